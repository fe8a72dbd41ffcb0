-- Who may see and call what of schedules and notices; the tables are closed by 80_policies.sql.

GRANT SELECT ON schedules, schedule_fires, schedule_attempts, run_cancellations, notices, notice_preferences TO harbour_member;
CREATE POLICY own ON schedules FOR SELECT TO harbour_member
    USING (organisation_id = (SELECT my_organisation()) AND (SELECT sees_work()));
CREATE POLICY own ON schedule_fires FOR SELECT TO harbour_member
    USING (organisation_id = (SELECT my_organisation()) AND (SELECT sees_work()));
CREATE POLICY own ON schedule_attempts FOR SELECT TO harbour_member
    USING (organisation_id = (SELECT my_organisation()) AND (SELECT sees_work()));
CREATE POLICY own ON run_cancellations FOR SELECT TO harbour_member
    USING (organisation_id = (SELECT my_organisation()) AND (SELECT sees_work()));
CREATE POLICY own ON notices FOR SELECT TO harbour_member USING (member_id = (SELECT my_id()));
CREATE POLICY own ON notice_preferences FOR SELECT TO harbour_member USING (member_id = (SELECT my_id()));

GRANT SELECT (id, organisation_id, name, language, last_sent) ON alert_channels TO harbour_member;
CREATE POLICY own ON alert_channels FOR SELECT TO harbour_member
    USING (organisation_id = (SELECT my_organisation()) AND (SELECT may('set_channel')));

GRANT EXECUTE ON FUNCTION my_id(), set_schedule(bigint, jsonb, timestamptz), move_schedule(bigint, text, timestamptz),
    hand_over_schedule(bigint, text, text), run_schedule(bigint, jsonb, bigint), cancel_run(bigint),
    fire_due(bigint, timestamptz, timestamptz, timestamptz, jsonb), read_notices(bigint),
    set_notice_preferences(text, text, text, text[]), set_alert_channel(text, text, text) TO harbour_member;

GRANT EXECUTE ON FUNCTION due_schedules(), pass_due(bigint, timestamptz, timestamptz, timestamptz, text),
    tell_late(interval), orders_of_run(bigint), cancelled_by(bigint), abandon_run(bigint, text), claim_deliveries(),
    note_deliveries(bigint[], text), delivery_standing(), gauges() TO harbour_worker;
GRANT EXECUTE ON FUNCTION delivery_standing() TO harbour_admin;
