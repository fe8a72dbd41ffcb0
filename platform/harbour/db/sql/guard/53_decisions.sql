-- Decisions on submissions, and what is in force because of them.

CREATE TRIGGER approvals_are_kept BEFORE UPDATE OR DELETE ON approvals
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER approvals_are_not_emptied BEFORE TRUNCATE ON approvals
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- Internal: write the decision down; what the audit event adds of it.
CREATE FUNCTION keep_decision(p_self members, p_seen submissions, p_wanted actions, p_said text) RETURNS jsonb
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
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
    RETURN jsonb_strip_nulls(jsonb_build_object(
        'step', CASE WHEN p_seen.rule_id IS NOT NULL AND p_wanted.action = 'approve' THEN kept.step END,
        'on_behalf_of', (SELECT m.name FROM members m WHERE m.id = kept.on_behalf_of)));
END
$$;

-- Internal: put the approved figures in force, and end those they replace.
CREATE FUNCTION publish_submission(p_submission bigint) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_asking();
    approved submissions;
    shown runs;
    replaced bigint;
BEGIN
    SELECT * INTO STRICT approved FROM submissions s WHERE s.id = p_submission;
    SELECT * INTO STRICT shown FROM runs r WHERE r.id = approved.run_id;
    FOR replaced IN SELECT p.submission_id FROM publications p
        WHERE p.organisation_id = approved.organisation_id AND p.kind = shown.template AND p.ended_at IS NULL
          AND p.entity = coalesce(shown.summary #>> '{entity,lei}', '')
          AND p.reference_date = coalesce(shown.summary ->> 'reference_date', '')
          AND p.scenario = coalesce(shown.summary ->> 'scenario', '') FOR UPDATE
    LOOP
        PERFORM move_submission('supersede', replaced, jsonb_build_object('by', p_submission));
    END LOOP;
    INSERT INTO publications (organisation_id, submission_id, run_id, kind, entity, reference_date, scenario, digest, approved_by)
        VALUES (approved.organisation_id, approved.id, shown.id, shown.template, coalesce(shown.summary #>> '{entity,lei}', ''),
                coalesce(shown.summary ->> 'reference_date', ''), coalesce(shown.summary ->> 'scenario', ''),
                approved.digest, self.id);
    PERFORM move_submission('publish', p_submission, '{}');
END
$$;

-- Internal: every decision a person takes on a submission.
CREATE FUNCTION decide(p_action text, p_submission bigint, p_digest text, p_comment text) RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
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
    SELECT * INTO seen FROM submissions s WHERE s.id = p_submission AND s.organisation_id = self.organisation_id FOR UPDATE;
    refused := refusal_of(p_action, seen);
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
        IF p_action = 'approve' AND EXISTS (SELECT FROM steps_of(seen) s WHERE NOT s.passed) THEN
            move := 'approve_in_part';
        END IF;
    END IF;
    PERFORM move_submission(move, p_submission, detail);
    IF move = 'approve' THEN
        PERFORM publish_submission(p_submission);
    END IF;
    RETURN done(p_submission, seen.digest);
END
$$;

CREATE FUNCTION approve(p_submission bigint, p_digest text, p_comment text) RETURNS outcome
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$ SELECT decide('approve', p_submission, p_digest, p_comment) $$;

CREATE FUNCTION return_(p_submission bigint, p_comment text) RETURNS outcome
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$ SELECT decide('return', p_submission, NULL, p_comment) $$;

CREATE FUNCTION reject(p_submission bigint, p_comment text) RETURNS outcome
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$ SELECT decide('reject', p_submission, NULL, p_comment) $$;

CREATE FUNCTION withdraw(p_submission bigint, p_comment text) RETURNS outcome
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$ SELECT decide('withdraw', p_submission, NULL, p_comment) $$;

CREATE FUNCTION void(p_submission bigint, p_comment text) RETURNS outcome
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$ SELECT decide('void', p_submission, NULL, p_comment) $$;
