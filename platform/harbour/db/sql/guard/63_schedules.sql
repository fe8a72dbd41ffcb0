-- Schedules: what runs when, in whose name, and what came of each time.
--
-- A run of a schedule is made as its owner's, always: a schedule whose owner is suspended, or is no analyst any more,
-- does not run, and he and the administrators are told. Only the owner says what runs; when, for how long and for
-- whom to call is also the administrator's. The deputy may run, stop and pause it.

INSERT INTO actions (module, action, roles, whose, says_why, phrase) VALUES
    ('schedules', 'set_schedule',  '{analyst}',           'maker', false, 'say what this schedule runs'),
    ('schedules', 'move_schedule', '{analyst,org_admin}', 'any',   false, 'pause, resume or end this schedule'),
    ('schedules', 'hand_over',     '{analyst,org_admin}', 'any',   false, 'give this schedule to another'),
    ('schedules', 'run_schedule',  '{analyst,org_admin}', 'any',   false, 'run this schedule now'),
    ('schedules', 'cancel_run',    '{analyst,org_admin}', 'any',   false, 'cancel this run');

CREATE FUNCTION is_able(p_member bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT m.state = 'active' AND has_own_role(m.id, ARRAY['analyst']) FROM members m WHERE m.id = p_member
$$;

-- NULL, or why the member asking may not do this to the schedule.
CREATE FUNCTION refusal_of_schedule(p_action text, p_schedule schedules) RETURNS outcome
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_asking();
    refused outcome := refusal_by_role(p_action);
BEGIN
    IF refused.code IS NOT NULL THEN
        RETURN refused;
    ELSIF p_schedule.id IS NULL OR p_schedule.organisation_id <> self.organisation_id THEN
        RETURN refusal('not_found', 'There is no such schedule in your organisation.');
    ELSIF p_schedule.state = 'ended' THEN
        RETURN refusal('wrong_state', 'This schedule has ended: make a new one.');
    ELSIF p_schedule.owner_id = self.id
          OR (p_action <> 'set_schedule' AND has_role(ARRAY['org_admin']))
          OR (p_action IN ('move_schedule', 'run_schedule', 'cancel_run') AND p_schedule.deputy_id = self.id) THEN
        RETURN NULL;
    ELSIF p_action = 'set_schedule' THEN
        RETURN refusal('not_allowed', 'What a schedule runs is its owner''s word: ask him, or have it given to you.');
    END IF;
    RETURN refusal('not_allowed', 'This is another member''s schedule: its owner, his deputy or your administrator may.');
END
$$;

CREATE FUNCTION member_of(p_organisation bigint, p_name text) RETURNS members
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT m FROM members m WHERE m.organisation_id = p_organisation AND m.name = p_name AND m.state = 'active'
$$;

-- Internal: the owner and the deputy, and the administrators where they are asked for.
CREATE FUNCTION tell_of_schedule(p_schedule schedules, p_kind text, p_subject text, p_facts jsonb, p_admins boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    facts jsonb := p_facts || jsonb_build_object('schedule', p_schedule.id, 'name', p_schedule.name);
    reader bigint;
BEGIN
    FOR reader IN SELECT p_schedule.owner_id UNION SELECT p_schedule.deputy_id WHERE p_schedule.deputy_id IS NOT NULL
        UNION SELECT r.member_id FROM member_roles r JOIN members m ON m.id = r.member_id AND m.state = 'active'
              WHERE p_admins AND r.organisation_id = p_schedule.organisation_id AND r.role = 'org_admin' ORDER BY 1
    LOOP
        PERFORM tell(reader, p_kind, p_subject, facts);
    END LOOP;
    PERFORM tell_channels(p_schedule.organisation_id, p_kind, p_subject, facts);
END
$$;

-- Make a schedule, or change one's own. p_what: the columns by name; p_next: when it is due next.
CREATE FUNCTION set_schedule(p_schedule bigint, p_what jsonb, p_next timestamptz) RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_asking();
    given schedules := jsonb_populate_record(NULL::schedules, p_what);
    kept schedules;
    deputy members := member_of(self.organisation_id, p_what ->> 'deputy');
    refused outcome;
BEGIN
    PERFORM take_turn(self.organisation_id);
    SELECT s.* INTO kept FROM schedules s WHERE s.id = p_schedule AND s.organisation_id = self.organisation_id FOR UPDATE;
    refused := CASE WHEN p_schedule IS NULL THEN refusal_by_role('set_schedule') ELSE refusal_of_schedule('set_schedule', kept) END;
    IF refused.code IS NULL AND p_what ->> 'deputy' IS NOT NULL AND (deputy.id IS NULL OR deputy.id = self.id) THEN
        refused := refusal('not_found', 'The deputy is another active member of your organisation.');
    ELSIF refused.code IS NULL AND EXISTS (SELECT FROM schedules s WHERE s.organisation_id = self.organisation_id
            AND s.name = given.name AND s.state <> 'ended' AND s.id IS DISTINCT FROM p_schedule) THEN
        refused := refusal('invalid', format('There is a schedule "%s" already: choose another name.', given.name));
    ELSIF refused.code IS NULL AND p_schedule IS NULL AND (SELECT count(*) FROM schedules s
            WHERE s.organisation_id = self.organisation_id AND s.state <> 'ended') >= 200 THEN
        refused := refusal('quota', 'Your organisation has 200 schedules, which is as many as there may be: end one first.');
    END IF;
    IF refused.code IS NOT NULL THEN
        RETURN denied(self, 'set_schedule', 'schedule:' || coalesce(p_schedule::text, given.name), refused);
    END IF;
    IF p_schedule IS NULL THEN
        INSERT INTO schedules (organisation_id, owner_id, deputy_id, name, template, parameters, zone, cron, period, days_after,
                at_time, country, missed, overlap, retries, backoff_seconds, time_limit_seconds, needs, state, next_due)
            VALUES (self.organisation_id, self.id, deputy.id, given.name, given.template, given.parameters, given.zone,
                given.cron, given.period, given.days_after, given.at_time, given.country, given.missed, given.overlap,
                given.retries, given.backoff_seconds, given.time_limit_seconds, coalesce(given.needs, '{}'), 'active', p_next)
            RETURNING * INTO kept;
    ELSE
        UPDATE schedules SET deputy_id = deputy.id, name = given.name, template = given.template,
            parameters = given.parameters, zone = given.zone, cron = given.cron, period = given.period,
            days_after = given.days_after, at_time = given.at_time, country = given.country, missed = given.missed,
            overlap = given.overlap, retries = given.retries, backoff_seconds = given.backoff_seconds,
            time_limit_seconds = given.time_limit_seconds, needs = coalesce(given.needs, '{}'), next_due = p_next
            WHERE id = p_schedule RETURNING * INTO kept;
    END IF;
    PERFORM write_event(self.organisation_id, 'set_schedule', 'schedule:' || kept.id, 'done',
                        p_what || jsonb_build_object('next', utc_text(p_next)));
    PERFORM wake_organisation(self.organisation_id);
    RETURN done(kept.id);
END
$$;

-- p_state: active (with p_next), paused or ended.
CREATE FUNCTION move_schedule(p_schedule bigint, p_state text, p_next timestamptz) RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_asking();
    kept schedules;
    refused outcome;
BEGIN
    PERFORM take_turn(self.organisation_id);
    SELECT s.* INTO kept FROM schedules s WHERE s.id = p_schedule AND s.organisation_id = self.organisation_id FOR UPDATE;
    refused := refusal_of_schedule('move_schedule', kept);
    IF refused.code IS NOT NULL THEN
        RETURN denied(self, 'move_schedule', 'schedule:' || p_schedule, refused);
    END IF;
    UPDATE schedules SET state = p_state, next_due = CASE p_state WHEN 'active' THEN p_next END WHERE id = p_schedule;
    PERFORM write_event(self.organisation_id, 'move_schedule', 'schedule:' || p_schedule, 'done',
        jsonb_build_object('from', kept.state, 'to', p_state));
    PERFORM wake_organisation(self.organisation_id);
    RETURN done(p_schedule);
END
$$;

-- Another owner, another deputy, or none. What it runs stays; its runs are the new owner's from now on.
CREATE FUNCTION hand_over_schedule(p_schedule bigint, p_owner text, p_deputy text) RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_asking();
    kept schedules;
    heir members := member_of(self.organisation_id, p_owner);
    deputy members := member_of(self.organisation_id, p_deputy);
    refused outcome;
BEGIN
    PERFORM take_turn(self.organisation_id);
    SELECT s.* INTO kept FROM schedules s WHERE s.id = p_schedule AND s.organisation_id = self.organisation_id FOR UPDATE;
    refused := refusal_of_schedule('hand_over', kept);
    IF refused.code IS NULL AND NOT coalesce(is_able(heir.id), false) THEN
        refused := refusal('invalid', 'The owner is an active analyst of your organisation: its runs are made in his name.');
    ELSIF refused.code IS NULL AND p_deputy IS NOT NULL AND (deputy.id IS NULL OR deputy.id = heir.id) THEN
        refused := refusal('not_found', 'The deputy is another active member of your organisation.');
    END IF;
    IF refused.code IS NOT NULL THEN
        RETURN denied(self, 'hand_over', 'schedule:' || p_schedule, refused);
    END IF;
    UPDATE schedules SET owner_id = heir.id, deputy_id = deputy.id WHERE id = p_schedule RETURNING * INTO kept;
    PERFORM write_event(self.organisation_id, 'hand_over', 'schedule:' || p_schedule, 'done',
                        jsonb_build_object('owner', p_owner, 'deputy', p_deputy));
    IF heir.id <> self.id THEN
        PERFORM tell(heir.id, 'schedule_given', 'schedule:' || p_schedule,
                     jsonb_build_object('schedule', p_schedule, 'name', kept.name));
    END IF;
    RETURN done(p_schedule);
END
$$;
