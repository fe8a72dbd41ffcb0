-- Decisions under approval rules. These replace the functions of the same names in ../50_submissions.sql.

-- NULL, or why the member asking may not do this to this submission now. It writes nothing.
CREATE OR REPLACE FUNCTION refusal_of(p_action text, p_submission submissions) RETURNS outcome
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_asking();
    wanted actions;
    prepared boolean;
    blocked text;
    turn record;
BEGIN
    SELECT * INTO STRICT wanted FROM actions a WHERE a.action = p_action;
    IF p_submission.id IS NULL OR p_submission.organisation_id <> self.organisation_id THEN
        RETURN refusal('not_found', 'There is no such submission in your organisation.');
    END IF;
    prepared := prepared_by(p_submission, self.id);
    IF wanted.whose = 'not_maker' AND prepared THEN
        RETURN refusal('own_work', format('You cannot %s what you prepared: another reviewer must decide.', p_action));
    END IF;
    IF p_action = 'approve' AND p_submission.rule_id IS NOT NULL THEN
        wanted.roles := ARRAY(SELECT DISTINCT s.role FROM steps_of(p_submission) s ORDER BY 1);
    END IF;
    IF session_user = 'harbour_worker' THEN
        RETURN refusal('not_allowed', 'The worker executes requested runs, and does nothing else for anyone.');
    END IF;
    IF (wanted.whose = 'not_maker' AND authority_over(self, wanted.roles, p_submission) IS NULL
            AND NOT (p_action = 'approve' AND has_approved(p_submission, self.id)))
       OR (wanted.whose <> 'not_maker' AND NOT has_role(wanted.roles)) THEN
        RETURN refusal_of_role(wanted);
    END IF;
    IF wanted.whose = 'maker' AND NOT prepared THEN
        RETURN refusal('not_allowed', format('You may not %s: only who prepared it may.', wanted.phrase));
    END IF;
    IF NOT EXISTS (SELECT FROM transitions t WHERE t.action = p_action AND t.from_state = p_submission.state) THEN
        RETURN refusal('wrong_state', format('Submission %s is %s: you cannot %s it now.', p_submission.id,
                       replace(p_submission.state, '_', ' '), CASE p_action WHEN 'comment' THEN 'comment on' ELSE p_action END));
    END IF;
    IF p_action = 'approve' THEN
        blocked := sentence_of_block(p_submission.id);
        IF has_approved(p_submission, self.id) THEN
            RETURN refusal('wrong_state', 'You have approved this already: the next approval is another person''s.');
        ELSIF blocked IS NOT NULL THEN
            RETURN refusal('blocked', blocked);
        END IF;
        turn := open_step(self, p_submission);
        IF turn.step IS NULL THEN
            RETURN refusal('not_allowed', format('You may not approve this submission now: the next approval is %s''s.',
                CASE turn.turn_of WHEN 'analyst' THEN 'an analyst' WHEN 'reviewer' THEN 'a reviewer' ELSE 'an administrator' END));
        END IF;
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION refusal_of_role(p_action actions) RETURNS outcome
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT refusal('not_allowed', format('You may not %s: it takes the role %s.', p_action.phrase,
        replace(coalesce(nullif(array_to_string(p_action.roles, ' or '), ''), 'of the platform'), '_', ' ')))
$$;

CREATE OR REPLACE FUNCTION refusal_by_role(p_action text) RETURNS outcome
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    wanted actions;
BEGIN
    SELECT * INTO STRICT wanted FROM actions a WHERE a.action = p_action;
    IF NOT has_role(wanted.roles) THEN
        RETURN refusal_of_role(wanted);
    END IF;
    IF session_user = 'harbour_worker' AND p_action <> 'store_artefact' THEN
        RETURN refusal('not_allowed', 'The worker executes requested runs, and does nothing else for anyone.');
    END IF;
    IF p_action IN ('record_run', 'request_run') THEN
        RETURN refusal_by_quota(my_organisation(), 'runs_a_day');
    END IF;
    RETURN NULL;
END
$$;

CREATE OR REPLACE FUNCTION submit(p_run bigint, p_note text) RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_asking();
    refused outcome := refusal_by_role('submit');
    wanted runs;
    added submissions;
BEGIN
    SELECT * INTO wanted FROM runs r WHERE r.id = p_run;
    IF refused.code IS NULL THEN
        refused := refusal_of_run(self, wanted);
    END IF;
    IF refused.code IS NOT NULL THEN
        RETURN denied(self, 'submit', 'run:' || p_run, refused);
    END IF;
    INSERT INTO submissions (organisation_id, run_id, maker_id, note, state, digest, rule_id)
        VALUES (self.organisation_id, p_run, self.id, coalesce(p_note, ''), 'draft', run_digest(p_run),
                rule_in_force(self.organisation_id, wanted.template)) RETURNING * INTO added;
    PERFORM move_submission('submit', added.id, jsonb_strip_nulls(
        jsonb_build_object('note', added.note, 'rule', added.rule_id)));
    RETURN done(added.id, added.digest);
END
$$;

CREATE OR REPLACE FUNCTION resubmit(p_submission bigint, p_run bigint, p_note text) RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_asking();
    seen submissions;
    wanted runs;
    refused outcome;
BEGIN
    PERFORM take_turn(self.organisation_id);
    SELECT * INTO seen FROM submissions s WHERE s.id = p_submission AND s.organisation_id = self.organisation_id FOR UPDATE;
    SELECT * INTO wanted FROM runs r WHERE r.id = p_run;
    refused := refusal_of('resubmit', seen);
    IF refused.code IS NULL THEN
        refused := refusal_of_run(self, wanted);
    END IF;
    IF refused.code IS NOT NULL THEN
        RETURN denied(self, 'resubmit', 'submission:' || p_submission, refused);
    END IF;
    -- A new round: approvals given before were given to something else, and the rule is the one in force now.
    UPDATE submissions SET run_id = p_run, note = coalesce(p_note, ''), digest = run_digest(p_run), round = round + 1,
        rule_id = rule_in_force(self.organisation_id, wanted.template) WHERE id = p_submission RETURNING * INTO seen;
    PERFORM move_submission('resubmit', p_submission, jsonb_strip_nulls(
        jsonb_build_object('note', seen.note, 'rule', seen.rule_id, 'round', seen.round)));
    RETURN done(p_submission, seen.digest);
END
$$;

-- Internal: every decision a person takes on a submission.
CREATE OR REPLACE FUNCTION decide(p_action text, p_submission bigint, p_digest text, p_comment text) RETURNS outcome
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

-- For dashboards: what a submission still needs, in order.
CREATE FUNCTION steps_seen(p_submission bigint) RETURNS TABLE (place int, role text, passed boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT t.* FROM submissions s, LATERAL steps_of(s) t
    WHERE s.id = p_submission AND s.organisation_id = my_organisation() AND sees_work() ORDER BY t.place
$$;
