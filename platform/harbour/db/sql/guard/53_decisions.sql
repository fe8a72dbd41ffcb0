-- Decisions on submissions, and what is in force because of them.

CREATE TRIGGER approvals_are_kept BEFORE UPDATE OR DELETE ON approvals
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER approvals_are_not_emptied BEFORE TRUNCATE ON approvals
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Internal: write the decision down; what the audit event adds of it.
CREATE FUNCTION keep_decision(p_self members, p_seen submissions, p_stands standing, p_said text) RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
    principal bigint := nullif(p_stands.authority, p_self.id);
BEGIN
    INSERT INTO approvals (organisation_id, submission_id, reviewer_id, decision, digest, comment, round, step, on_behalf_of)
        VALUES (p_seen.organisation_id, p_seen.id, p_self.id, p_stands.action, p_seen.digest, p_said, p_seen.round,
                p_stands.step, principal);
    IF p_seen.rule_id IS NULL AND principal IS NULL THEN
        RETURN '{}';
    END IF;
    RETURN jsonb_strip_nulls(jsonb_build_object(
        'step', CASE WHEN p_seen.rule_id IS NOT NULL AND p_stands.action = 'approve' THEN p_stands.step END,
        'on_behalf_of', (SELECT m.name FROM members m WHERE m.id = principal)));
END
$$;

-- Internal: approve, which puts the figures in force and ends those they replace. Two moves, each written down, and
-- one change of the row.
CREATE FUNCTION publish_submission(p_turn chain_end, p_seen submissions, p_detail jsonb) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    shown publications;
    approved text;
    published text;
    replaced bigint;
BEGIN
    SELECT l.kind, l.entity, l.reference_date, l.scenario, p.submission_id, a.to_state, t.to_state
        INTO STRICT shown.kind, shown.entity, shown.reference_date, shown.scenario, replaced, approved, published
        FROM runs r CROSS JOIN LATERAL (
            SELECT r.template AS kind, coalesce(r.summary #>> '{entity,lei}', '') AS entity,
                   coalesce(r.summary ->> 'reference_date', '') AS reference_date,
                   coalesce(r.summary ->> 'scenario', '') AS scenario) l
        JOIN transitions a ON a.action = 'approve' AND a.from_state = p_seen.state
        JOIN transitions t ON t.action = 'publish' AND t.from_state = a.to_state
        LEFT JOIN publications p ON p.organisation_id = p_seen.organisation_id AND p.kind = l.kind AND p.entity = l.entity
            AND p.reference_date = l.reference_date AND p.scenario = l.scenario AND p.ended_at IS NULL
        WHERE r.id = p_seen.run_id;
    IF replaced IS NOT NULL THEN    -- one at most: publications_in_force
        PERFORM move_submission('supersede', replaced, jsonb_build_object('by', p_seen.id));
        p_turn := take_turn(p_seen.organisation_id);    -- which that has moved
    END IF;
    INSERT INTO publications (organisation_id, submission_id, run_id, kind, entity, reference_date, scenario, digest, approved_by)
        VALUES (p_seen.organisation_id, p_seen.id, p_seen.run_id, shown.kind, shown.entity, shown.reference_date,
                shown.scenario, p_seen.digest, p_turn.member_id);
    UPDATE submissions SET state = published, decided_at = now() WHERE id = p_seen.id;
    PERFORM write_events(p_turn, '{approve,publish}', 'submission:' || p_seen.id, 'done', ARRAY[
        p_detail || of_move(p_seen, p_seen.state, approved), of_move(p_seen, approved, published)]);
END
$$;

-- Internal: every decision a person takes on a submission.
CREATE FUNCTION decide(p_action text, p_submission bigint, p_digest text, p_comment text) RETURNS outcome
LANGUAGE plpgsql
AS $$
DECLARE
    self members := member_asking();
    turn chain_end;
    seen submissions;
    stands standing;
    refused outcome;
    said text := coalesce(btrim(p_comment), '');
    detail jsonb := jsonb_build_object('comment', said);
    move text := p_action;
BEGIN
    turn := take_turn(self.organisation_id);
    -- The row lock is what makes two decisions at once one decision and one refusal.
    SELECT * INTO seen FROM submissions s WHERE s.id = p_submission AND s.organisation_id = self.organisation_id FOR NO KEY UPDATE;
    stands := standing_of(self, p_action, seen);
    refused := stands.refused;
    IF refused.code IS NULL AND stands.says_why AND said = '' THEN
        refused := refusal('invalid', 'Say why: a comment is needed.');
    ELSIF refused.code IS NULL AND p_action = 'approve'
       AND (p_digest IS DISTINCT FROM seen.digest OR seen.digest IS DISTINCT FROM run_digest(seen.run_id)) THEN
        refused := refusal('stale_digest', 'What you saw has changed since: reload, read it again, then decide.');
    END IF;
    IF refused.code IS NOT NULL THEN
        RETURN denied(self, p_action, 'submission:' || p_submission, refused);
    END IF;
    IF stands.whose = 'not_maker' THEN
        detail := detail || keep_decision(self, seen, stands, said);
        IF p_action = 'approve' AND seen.rule_id IS NOT NULL AND EXISTS (SELECT FROM steps_of(seen) s WHERE NOT s.passed) THEN
            move := 'approve_in_part';
        END IF;
    END IF;
    IF move = 'approve' THEN
        PERFORM publish_submission(turn, seen, detail);
    ELSE
        PERFORM move_submission(move, p_submission, detail);
    END IF;
    RETURN done(p_submission, seen.digest);
END
$$;

CREATE FUNCTION approve(p_submission bigint, p_digest text, p_comment text) RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp SET enable_seqscan = off
AS $$ BEGIN RETURN decide('approve', p_submission, p_digest, p_comment); END $$;

CREATE FUNCTION return_(p_submission bigint, p_comment text) RETURNS outcome
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp SET enable_seqscan = off
AS $$ SELECT decide('return', p_submission, NULL, p_comment) $$;

CREATE FUNCTION reject(p_submission bigint, p_comment text) RETURNS outcome
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp SET enable_seqscan = off
AS $$ SELECT decide('reject', p_submission, NULL, p_comment) $$;

CREATE FUNCTION withdraw(p_submission bigint, p_comment text) RETURNS outcome
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp SET enable_seqscan = off
AS $$ SELECT decide('withdraw', p_submission, NULL, p_comment) $$;

CREATE FUNCTION void(p_submission bigint, p_comment text) RETURNS outcome
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp SET enable_seqscan = off
AS $$ SELECT decide('void', p_submission, NULL, p_comment) $$;
