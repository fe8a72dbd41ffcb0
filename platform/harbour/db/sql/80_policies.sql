-- The guard. Row security is FORCEd on every table, so that even the owner's functions pass through a policy;
-- members may SELECT what their policies show, and nothing else; no one but the owner may write.

DO $$
DECLARE
    held text;
BEGIN
    FOR held IN SELECT c.relname FROM pg_catalog.pg_class c
        WHERE c.relnamespace = 'harbour'::regnamespace AND c.relkind IN ('r', 'p')
    LOOP
        EXECUTE format('ALTER TABLE harbour.%I ENABLE ROW LEVEL SECURITY', held);
        EXECUTE format('ALTER TABLE harbour.%I FORCE ROW LEVEL SECURITY', held);
        EXECUTE format('CREATE POLICY owner ON harbour.%I TO harbour_owner USING (true) WITH CHECK (true)', held);
    END LOOP;
END
$$;

REVOKE ALL ON ALL TABLES IN SCHEMA harbour FROM PUBLIC;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA harbour FROM PUBLIC;
ALTER DEFAULT PRIVILEGES FOR ROLE harbour_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- Members -----------------------------------------------------------------------------------------------------

GRANT USAGE ON SCHEMA harbour TO harbour_member;
GRANT SELECT ON actions, transitions, organisations, members, member_roles, artefacts, artefact_chunks, runs,
    run_artefacts, submissions, comments, approvals, publications, audit_events, audit_heads TO harbour_member;

CREATE POLICY anyone ON actions FOR SELECT TO harbour_member USING (true);
CREATE POLICY anyone ON transitions FOR SELECT TO harbour_member USING (true);
CREATE POLICY own ON organisations FOR SELECT TO harbour_member USING (id = (SELECT my_organisation()));
CREATE POLICY own ON members FOR SELECT TO harbour_member USING (organisation_id = (SELECT my_organisation()));
CREATE POLICY own ON member_roles FOR SELECT TO harbour_member USING (organisation_id = (SELECT my_organisation()));

CREATE POLICY own ON publications FOR SELECT TO harbour_member USING (organisation_id = (SELECT my_organisation()));
CREATE POLICY own ON runs FOR SELECT TO harbour_member USING (
    organisation_id = (SELECT my_organisation())
    AND ((SELECT sees_work()) OR EXISTS (SELECT FROM publications p WHERE p.run_id = runs.id AND p.ended_at IS NULL)));
-- A row of run_artefacts is seen by who sees the run: the subquery passes through the policy above.
CREATE POLICY own ON run_artefacts FOR SELECT TO harbour_member USING (
    organisation_id = (SELECT my_organisation())
    AND ((SELECT sees_work()) OR EXISTS (SELECT FROM runs r WHERE r.id = run_artefacts.run_id)));
CREATE POLICY own ON artefacts FOR SELECT TO harbour_member USING (
    organisation_id = (SELECT my_organisation())
    AND ((SELECT sees_work()) OR EXISTS (SELECT FROM run_artefacts a
        WHERE a.organisation_id = artefacts.organisation_id AND a.sha256 = artefacts.sha256)));
CREATE POLICY own ON artefact_chunks FOR SELECT TO harbour_member USING (
    organisation_id = (SELECT my_organisation())
    AND ((SELECT sees_work()) OR EXISTS (SELECT FROM artefacts a WHERE a.upload_id = artefact_chunks.upload_id)));

CREATE POLICY own ON submissions FOR SELECT TO harbour_member USING (
    organisation_id = (SELECT my_organisation())
    AND ((SELECT sees_work()) OR EXISTS (SELECT FROM publications p
        WHERE p.submission_id = submissions.id AND p.ended_at IS NULL)));
CREATE POLICY own ON comments FOR SELECT TO harbour_member
    USING (organisation_id = (SELECT my_organisation()) AND (SELECT sees_work()));
CREATE POLICY own ON approvals FOR SELECT TO harbour_member
    USING (organisation_id = (SELECT my_organisation()) AND (SELECT sees_work()));
CREATE POLICY own ON audit_events FOR SELECT TO harbour_member USING (
    organisation_id = (SELECT my_organisation())
    AND (SELECT has_role(ARRAY['analyst', 'reviewer', 'org_admin', 'platform_admin'])));
CREATE POLICY own ON audit_heads FOR SELECT TO harbour_member USING (
    organisation_id = (SELECT my_organisation())
    AND (SELECT has_role(ARRAY['analyst', 'reviewer', 'org_admin', 'platform_admin'])));

GRANT EXECUTE ON FUNCTION actor(), has_role(text[]), my_organisation(), sees_work(), me(), utc_text(timestamptz),
    digest_seen(bigint), start_upload(), put_chunk(uuid, int, bytea), finish_upload(uuid),
    record_run(text, text, jsonb, jsonb), request_run(text, text, jsonb), finish_run(bigint, jsonb),
    refusal_sentence(text, bigint), submit(bigint, text), resubmit(bigint, bigint, text), comment(bigint, text),
    approve(bigint, text, text), return_(bigint, text), reject(bigint, text), withdraw(bigint, text), void(bigint, text)
    TO harbour_member;

-- The worker, as itself, may learn whose a queued run is, and nothing more ------------------------------------

GRANT USAGE ON SCHEMA harbour TO harbour_worker;
GRANT EXECUTE ON FUNCTION claim_run(bigint) TO harbour_worker;

-- The administrator of logins ---------------------------------------------------------------------------------

GRANT USAGE ON SCHEMA harbour TO harbour_admin;
GRANT SELECT ON organisations, members, member_roles TO harbour_admin;
CREATE POLICY admin ON organisations FOR SELECT TO harbour_admin USING (true);
CREATE POLICY admin ON members FOR SELECT TO harbour_admin USING (true);
CREATE POLICY admin ON member_roles FOR SELECT TO harbour_admin USING (true);
GRANT EXECUTE ON FUNCTION add_organisation(text, text), add_member(text, text, text, text[], text),
    set_member_state(text, text), open_login(text), close_login(text, boolean),
    set_password_hash(text, text, boolean), note_database_login(text, boolean) TO harbour_admin;
