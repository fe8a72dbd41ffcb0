-- The guard of what this revision adds: see ../80_policies.sql.
DO $$
DECLARE
    held text;
BEGIN
    FOREACH held IN ARRAY ARRAY['approval_rules', 'approval_steps', 'channels', 'delegations', 'mentions', 'quotas', 'sightings']
    LOOP
        EXECUTE format('ALTER TABLE harbour.%I ENABLE ROW LEVEL SECURITY', held);
        EXECUTE format('ALTER TABLE harbour.%I FORCE ROW LEVEL SECURITY', held);
        EXECUTE format('CREATE POLICY owner ON harbour.%I TO harbour_owner USING (true) WITH CHECK (true)', held);
        EXECUTE format('REVOKE ALL ON harbour.%I FROM PUBLIC', held);
    END LOOP;
END
$$;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA harbour FROM PUBLIC;

GRANT SELECT ON approval_rules, approval_steps, delegations, mentions, quotas, sightings TO harbour_member;
CREATE POLICY own ON approval_rules FOR SELECT TO harbour_member USING (organisation_id = (SELECT my_organisation()));
CREATE POLICY own ON approval_steps FOR SELECT TO harbour_member USING (organisation_id = (SELECT my_organisation()));
CREATE POLICY own ON quotas FOR SELECT TO harbour_member USING (organisation_id = (SELECT my_organisation()));
CREATE POLICY own ON delegations FOR SELECT TO harbour_member
    USING (organisation_id = (SELECT my_organisation()) AND (SELECT sees_work()));
CREATE POLICY own ON mentions FOR SELECT TO harbour_member
    USING (organisation_id = (SELECT my_organisation()) AND (SELECT sees_work()));
CREATE POLICY own ON sightings FOR SELECT TO harbour_member
    USING (organisation_id = (SELECT my_organisation()) AND (SELECT may('see_audit')));

-- The policies of the audit log read the table of truth too.
ALTER POLICY own ON audit_events USING (organisation_id = (SELECT my_organisation()) AND (SELECT may('see_audit')));
ALTER POLICY own ON audit_heads USING (organisation_id = (SELECT my_organisation()) AND (SELECT may('see_audit')));

GRANT EXECUTE ON FUNCTION may(text), my_channel(), steps_seen(bigint), note_sight(bigint),
    comment_on(bigint, text, jsonb, bigint, boolean, text), resolve_comment(bigint), reopen_comment(bigint),
    set_approval_rule(text, text[], boolean), delegate(text, text, timestamptz), end_delegation(bigint) TO harbour_member;

GRANT EXECUTE ON FUNCTION audit_heads_now(), audit_hash_at(text, bigint), anchor_channel(), void_all_changed()
    TO harbour_worker, harbour_admin;
GRANT EXECUTE ON FUNCTION set_quota(text, int, int, bigint) TO harbour_admin;
