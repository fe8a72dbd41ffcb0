-- What members, the worker and the administrator of logins may see and call. Row security is FORCEd on every table (see
-- 00_clear.sql), so that even the owner's functions pass through a policy; members may SELECT what their policies show,
-- and nothing else; no one but the owner may write.

-- Members -----------------------------------------------------------------------------------------------------

GRANT USAGE ON SCHEMA harbour TO harbour_member;
GRANT SELECT ON actions, transitions, organisations, members, member_roles, delegations, quotas, reach, entities,
    servers, artefacts,
    artefact_chunks, runs, run_artefacts, approval_rules, approval_steps, submissions, comments, mentions, approvals,
    publications, sightings, audit_events, audit_heads TO harbour_member;

CREATE POLICY anyone ON actions FOR SELECT TO harbour_member USING (true);
CREATE POLICY anyone ON transitions FOR SELECT TO harbour_member USING (true);
CREATE POLICY own ON organisations FOR SELECT TO harbour_member USING (id = ANY ((SELECT organisations_in_sight())::bigint[]));
CREATE POLICY own ON members FOR SELECT TO harbour_member USING (organisation_id = (SELECT seen_organisation()));
CREATE POLICY own ON member_roles FOR SELECT TO harbour_member USING (organisation_id = (SELECT my_organisation()));
CREATE POLICY anyone ON reach FOR SELECT TO harbour_member USING (true);
CREATE POLICY own ON entities FOR SELECT TO harbour_member USING (organisation_id = (SELECT my_organisation()));
CREATE POLICY own ON servers FOR SELECT TO harbour_member
    USING (organisation_id = (SELECT my_organisation()) AND (SELECT may('set_rule')));
CREATE POLICY own ON quotas FOR SELECT TO harbour_member USING (organisation_id = (SELECT my_organisation()));
CREATE POLICY own ON delegations FOR SELECT TO harbour_member
    USING (organisation_id = (SELECT my_organisation()) AND (SELECT sees_work()));

CREATE POLICY own ON publications FOR SELECT TO harbour_member USING (organisation_id = (SELECT seen_organisation()));
CREATE POLICY own ON runs FOR SELECT TO harbour_member USING (
    organisation_id = (SELECT seen_organisation())
    AND ((SELECT sees('see_work')) OR EXISTS (SELECT FROM publications p WHERE p.run_id = runs.id AND p.ended_at IS NULL)));
-- A row of run_artefacts is seen by who sees the run: the subquery passes through the policy above.
CREATE POLICY own ON run_artefacts FOR SELECT TO harbour_member USING (
    organisation_id = (SELECT seen_organisation())
    AND ((SELECT sees('see_work')) OR EXISTS (SELECT FROM runs r WHERE r.id = run_artefacts.run_id)));
CREATE POLICY own ON artefacts FOR SELECT TO harbour_member USING (
    organisation_id = (SELECT seen_organisation())
    AND ((SELECT sees('see_work')) OR EXISTS (SELECT FROM run_artefacts a
        WHERE a.organisation_id = artefacts.organisation_id AND a.sha256 = artefacts.sha256)));
CREATE POLICY own ON artefact_chunks FOR SELECT TO harbour_member USING (
    organisation_id = (SELECT seen_organisation())
    AND ((SELECT sees('see_work')) OR EXISTS (SELECT FROM artefacts a WHERE a.upload_id = artefact_chunks.upload_id)));

CREATE POLICY own ON approval_rules FOR SELECT TO harbour_member USING (organisation_id = (SELECT seen_organisation()));
CREATE POLICY own ON approval_steps FOR SELECT TO harbour_member USING (organisation_id = (SELECT seen_organisation()));
CREATE POLICY own ON submissions FOR SELECT TO harbour_member USING (
    organisation_id = (SELECT seen_organisation())
    AND ((SELECT sees('see_work')) OR EXISTS (SELECT FROM publications p
        WHERE p.submission_id = submissions.id AND p.ended_at IS NULL)));
CREATE POLICY own ON comments FOR SELECT TO harbour_member
    USING (organisation_id = (SELECT seen_organisation()) AND (SELECT sees('see_work')));
CREATE POLICY own ON mentions FOR SELECT TO harbour_member
    USING (organisation_id = (SELECT seen_organisation()) AND (SELECT sees('see_work')));
CREATE POLICY own ON approvals FOR SELECT TO harbour_member
    USING (organisation_id = (SELECT seen_organisation()) AND (SELECT sees('see_work')));
CREATE POLICY own ON sightings FOR SELECT TO harbour_member
    USING (organisation_id = (SELECT seen_organisation()) AND (SELECT sees('see_audit')));
CREATE POLICY own ON audit_events FOR SELECT TO harbour_member
    USING (organisation_id = (SELECT seen_organisation()) AND (SELECT sees('see_audit')));
CREATE POLICY own ON audit_heads FOR SELECT TO harbour_member
    USING (organisation_id = (SELECT seen_organisation()) AND (SELECT sees('see_audit')));

GRANT EXECUTE ON FUNCTION actor(), has_role(text[]), may(text), sees(text), seen_organisation(), organisations_in_sight(),
    my_organisation(), sees_work(), me(), my_channel(), void_notice(bigint),
    utc_text(timestamptz), digest_seen(bigint), start_upload(), put_chunk(uuid, int, bytea), finish_upload(uuid, text),
    record_run(text, text, jsonb, jsonb), request_run(text, text, jsonb), finish_run(bigint, jsonb),
    refusal_sentence(text, bigint), steps_seen(bigint), note_sight(bigint), submit(bigint, text),
    resubmit(bigint, bigint, text), comment(bigint, text),
    comment_on(bigint, text, jsonb, bigint, boolean, text), resolve_comment(bigint), reopen_comment(bigint),
    approve(bigint, text, text), return_(bigint, text), reject(bigint, text), withdraw(bigint, text), void(bigint, text),
    set_approval_rule(text, text[], boolean), delegate(text, text, timestamptz), end_delegation(bigint)
    TO harbour_member;

-- The worker, as itself, may learn whose a queued run is, where the chains stand, and void what has changed ----

GRANT USAGE ON SCHEMA harbour TO harbour_worker;
GRANT EXECUTE ON FUNCTION claim_run(bigint), audit_heads_now(), audit_hash_at(text, bigint), anchor_channel(),
    void_all_changed(), drop_abandoned_uploads(interval) TO harbour_worker;

-- The administrator of logins ---------------------------------------------------------------------------------

GRANT USAGE ON SCHEMA harbour TO harbour_admin;
GRANT SELECT ON organisations, members, member_roles TO harbour_admin;
CREATE POLICY admin ON organisations FOR SELECT TO harbour_admin USING (true);
CREATE POLICY admin ON members FOR SELECT TO harbour_admin USING (true);
CREATE POLICY admin ON member_roles FOR SELECT TO harbour_admin USING (true);
GRANT EXECUTE ON FUNCTION add_organisation(text, text), add_member(text, text, text, text[], text),
    set_member_state(text, text), suspended_with_login(), open_login(text), close_login(text, boolean),
    set_password_hash(text, text, boolean), note_database_login(text, boolean), second_step(text),
    forgive_attempt(text), enrol_code(text, text), enrolled_secret(text), confirm_code(text, bigint, text[]),
    use_code(text, bigint), use_recovery_code(text, text), drop_code(text), begin_session(text),
    continue_session(text, interval, interval), set_quota(text, int, int, bigint, int), set_parent(text, text),
    set_entities(text, text[]), start_server(text, text), stop_server(text, text), keep_servers(text[]), audit_heads_now(),
    audit_hash_at(text, bigint), anchor_channel(), void_all_changed() TO harbour_admin;
