-- Decisions on submissions, and what is in force because of them.

CREATE TRIGGER approvals_are_kept BEFORE UPDATE OR DELETE ON approvals
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER approvals_are_not_emptied BEFORE TRUNCATE ON approvals
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Internal: write the decision down; what the audit event adds of it.
CREATE FUNCTION keep_decision(p_self members, p_seen submissions, p_wanted actions, p_said text) RETURNS jsonb
LANGUAGE plpgsql
AS $$
DECLARE
    passed record;
    kept approvals;
BEGIN
    IF p_wanted.action = 'approve' THEN
        passed := open_step(p_self, p_seen);
        kept.step := passed.step;
        kept.on_behalf_of := nullif(passed.authority, p_self.id);
    ELSE
        kept.step := 1;
        kept.on_behalf_of := nullif(authority_over(p_self, p_wanted.roles, p_seen), p_self.id);
    END IF;
    INSERT INTO approvals (organisation_id, submission_id, reviewer_id, decision, digest, comment, round, step, on_behalf_of)
        VALUES (p_seen.organisation_id, p_seen.id, p_self.id, p_wanted.action, p_seen.digest, p_said, p_seen.round,
                kept.step, kept.on_behalf_of);
    IF p_seen.rule_id IS NULL AND kept.on_behalf_of IS NULL THEN
        RETURN '{}';
    END IF;
    RETURN jsonb_strip_nulls(jsonb_build_object(
        'step', CASE WHEN p_seen.rule_id IS NOT NULL AND p_wanted.action = 'approve' THEN kept.step END,
        'on_behalf_of', (SELECT m.name FROM members m WHERE m.id = kept.on_behalf_of)));
END
$$;

-- Internal: approve, which puts the figures in force and ends those they replace. Two moves, each written down, and
-- one change of the row.
CREATE FUNCTION publish_submission(p_self members, p_seen submissions, p_detail jsonb) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    approved text := state_after('approve', p_seen.state);
    published text := state_after('publish', approved);
    shown publications;
    replaced bigint;
BEGIN
    SELECT r.template, coalesce(r.summary #>> '{entity,lei}', ''), coalesce(r.summary ->> 'reference_date', ''),
           coalesce(r.summary ->> 'scenario', '')
        INTO STRICT shown.kind, shown.entity, shown.reference_date, shown.scenario FROM runs r WHERE r.id = p_seen.run_id;
    FOR replaced IN SELECT p.submission_id FROM publications p
        WHERE p.organisation_id = p_seen.organisation_id AND p.kind = shown.kind AND p.entity = shown.entity
          AND p.reference_date = shown.reference_date AND p.scenario = shown.scenario AND p.ended_at IS NULL
    LOOP
        PERFORM move_submission('supersede', replaced, jsonb_build_object('by', p_seen.id));
    END LOOP;
    INSERT INTO publications (organisation_id, submission_id, run_id, kind, entity, reference_date, scenario, digest, approved_by)
        VALUES (p_seen.organisation_id, p_seen.id, p_seen.run_id, shown.kind, shown.entity, shown.reference_date,
                shown.scenario, p_seen.digest, p_self.id);
    UPDATE submissions SET state = published, decided_at = now() WHERE id = p_seen.id;
    PERFORM write_events(p_seen.organisation_id, '{approve,publish}', 'submission:' || p_seen.id, 'done', ARRAY[
        p_detail || of_move(p_seen, p_seen.state, approved), of_move(p_seen, approved, published)]);
END
$$;

-- Internal: every decision a person takes on a submission.
CREATE FUNCTION decide(p_action text, p_submission bigint, p_digest text, p_comment text) RETURNS outcome
LANGUAGE plpgsql
AS $$
DECLARE
    self members := member_asking();
    wanted actions;
    seen submissions;
    refused outcome;
    said text := coalesce(btrim(p_comment), '');
    detail jsonb;
    move text := p_action;
BEGIN
    SELECT * INTO STRICT wanted FROM actions a WHERE a.action = p_action;
    PERFORM take_turn(self.organisation_id);
    -- The row lock is what makes two decisions at once one decision and one refusal.
    SELECT * INTO seen FROM submissions s WHERE s.id = p_submission AND s.organisation_id = self.organisation_id FOR NO KEY UPDATE;
    refused := refusal_of(self, p_action, seen);
    IF refused.code IS NULL AND wanted.says_why AND said = '' THEN
        refused := refusal('invalid', 'Say why: a comment is needed.');
    END IF;
    IF refused.code IS NULL AND p_action = 'approve'
       AND (p_digest IS DISTINCT FROM seen.digest OR seen.digest IS DISTINCT FROM run_digest(seen.run_id)) THEN
        refused := refusal('stale_digest', 'What you saw has changed since: reload, read it again, then decide.');
    END IF;
    IF refused.code IS NOT NULL THEN
        RETURN denied(self, p_action, 'submission:' || p_submission, refused);
    END IF;
    detail := jsonb_build_object('comment', said);
    IF wanted.whose = 'not_maker' THEN
        detail := detail || keep_decision(self, seen, wanted, said);
        IF p_action = 'approve' AND seen.rule_id IS NOT NULL AND EXISTS (SELECT FROM steps_of(seen) s WHERE NOT s.passed) THEN
            move := 'approve_in_part';
        END IF;
    END IF;
    IF move = 'approve' THEN
        PERFORM publish_submission(self, seen, detail);
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
