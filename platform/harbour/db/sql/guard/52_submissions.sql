-- Submissions. Every public function: who asks, may he, does the state allow it, four eyes, is it what he saw; then
-- the change and its audit event, in one transaction.

-- Internal: how this member stands to this action on this submission now. `refused` is the first reason against it, or
-- NULL; then on whose authority he acts, the step he passes (of an approval) and the state it leads to. It writes
-- nothing. What every action needs is read at once: each further statement costs as much as the reading.
CREATE FUNCTION standing_of(p_self members, p_action text, p_submission submissions) RETURNS standing
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    stands standing;
    wanted actions;
    prepared boolean;
    own boolean;
    blocked boolean;
    by_rule boolean := p_action = 'approve' AND p_submission.rule_id IS NOT NULL;
    turn_of text;
BEGIN
    SELECT a.action, a.whose, a.says_why,
           p_submission.maker_id = p_self.id
               OR EXISTS (SELECT FROM runs r WHERE r.id = p_submission.run_id AND r.maker_id = p_self.id),
           EXISTS (SELECT FROM member_roles r WHERE r.member_id = p_self.id AND r.role = ANY (a.roles)),
           (SELECT t.to_state FROM transitions t WHERE t.action = a.action AND t.from_state = p_submission.state),
           p_action = 'approve' AND EXISTS (SELECT FROM comments c
               WHERE c.submission_id = p_submission.id AND c.blocking AND c.resolved_at IS NULL)
        INTO STRICT stands.action, stands.whose, stands.says_why, prepared, own, stands.goes_to, blocked
        FROM actions a WHERE a.action = p_action;
    IF p_submission.id IS NULL OR p_submission.organisation_id <> p_self.organisation_id THEN
        stands.refused := refusal('not_found', 'There is no such submission in your organisation.');
        RETURN stands;
    ELSIF stands.whose = 'not_maker' AND prepared THEN
        stands.refused := refusal('own_work', format('You cannot %s what you prepared: another reviewer must decide.', p_action));
        RETURN stands;
    ELSIF session_user = 'harbour_worker' THEN
        stands.refused := refusal('not_allowed', 'The worker executes requested runs, and does nothing else for anyone.');
        RETURN stands;
    END IF;
    stands.authority := CASE WHEN own AND NOT by_rule THEN p_self.id END;
    IF stands.authority IS NULL THEN
        SELECT * INTO STRICT wanted FROM actions a WHERE a.action = p_action;
        IF by_rule THEN
            wanted.roles := ARRAY(SELECT DISTINCT s.role FROM steps_of(p_submission) s ORDER BY 1);
        END IF;
        IF stands.whose = 'not_maker' THEN
            stands.authority := authority_over(p_self, wanted.roles, p_submission);
        ELSE
            stands.authority := (SELECT min(p) FROM principals_of(p_self.id, wanted.roles) p);
        END IF;
        IF stands.authority IS NULL AND NOT (p_action = 'approve' AND has_approved(p_submission, p_self.id)) THEN
            stands.refused := refusal_of_role(wanted);
            RETURN stands;
        END IF;
    END IF;
    IF stands.whose = 'maker' AND NOT prepared THEN
        stands.refused := refusal('not_allowed', format('You may not %s: only who prepared it may.',
            (SELECT a.phrase FROM actions a WHERE a.action = p_action)));
    ELSIF stands.goes_to IS NULL THEN
        stands.refused := refusal('wrong_state', format('Submission %s is %s: you cannot %s it now.', p_submission.id,
            replace(p_submission.state, '_', ' '), CASE p_action WHEN 'comment' THEN 'comment on' ELSE p_action END));
    ELSIF (by_rule OR stands.authority IS NULL) AND has_approved(p_submission, p_self.id) THEN
        stands.refused := refusal('wrong_state', 'You have approved this already: the next approval is another person''s.');
    ELSIF blocked THEN
        stands.refused := refusal('blocked', sentence_of_block(p_submission.id));
    ELSIF by_rule THEN
        SELECT o.step, o.authority, o.turn_of INTO stands.step, stands.authority, turn_of FROM open_step(p_self, p_submission) o;
        IF stands.step IS NULL THEN
            stands.refused := refusal('not_allowed', format('You may not approve this submission now: the next approval is %s''s.',
                CASE turn_of WHEN 'analyst' THEN 'an analyst' WHEN 'reviewer' THEN 'a reviewer' ELSE 'an administrator' END));
        END IF;
    ELSE
        stands.step := 1;
    END IF;
    RETURN stands;
END
$$;

-- Internal: NULL, or why this member may not do this to this submission now.
CREATE FUNCTION refusal_of(p_self members, p_action text, p_submission submissions) RETURNS outcome
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN (standing_of(p_self, p_action, p_submission)).refused;
END
$$;

-- For buttons and `can_*`: NULL, or the sentence that refuses.
CREATE FUNCTION refusal_sentence(p_action text, p_submission bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT (refusal_of(member_asking(), p_action, (SELECT s FROM submissions s WHERE s.id = p_submission))).sentence
$$;

-- Internal: the state an action leads to from this one, as the table of transitions gives it.
CREATE FUNCTION state_after(p_action text, p_state text) RETURNS text
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    found text;
BEGIN
    SELECT t.to_state INTO STRICT found FROM transitions t WHERE t.action = p_action AND t.from_state = p_state;
    RETURN found;
END
$$;

-- Internal: what an event says of a move.
CREATE FUNCTION of_move(p_moved submissions, p_from text, p_to text) RETURNS jsonb
LANGUAGE sql STABLE
AS $$
    SELECT jsonb_build_object('from', p_from, 'to', p_to, 'run', p_moved.run_id, 'digest', p_moved.digest)
$$;

-- Internal: move to the state the table of transitions gives, and write it down.
CREATE FUNCTION move_submission(p_action text, p_submission bigint, p_detail jsonb) RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    moved submissions;
    goes_to text;
BEGIN
    SELECT s.* INTO STRICT moved FROM submissions s WHERE s.id = p_submission FOR NO KEY UPDATE;
    goes_to := state_after(p_action, moved.state);
    UPDATE submissions SET state = goes_to, decided_at = CASE WHEN goes_to IN ('in_review', 'draft') THEN NULL ELSE now() END
        WHERE id = p_submission;
    IF goes_to IN ('voided', 'superseded') THEN
        UPDATE publications SET ended_at = now() WHERE submission_id = p_submission;
    END IF;
    PERFORM write_event(moved.organisation_id, p_action, 'submission:' || p_submission, 'done',
                        p_detail || of_move(moved, moved.state, goes_to));
END
$$;

-- Internal: NULL, or why this organisation does not report for the entity that the run's figures name.
CREATE FUNCTION refusal_of_entity(p_organisation bigint, p_lei text) RETURNS outcome
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    owner bigint := (SELECT e.organisation_id FROM entities e WHERE e.lei = p_lei);
BEGIN
    IF owner = p_organisation OR (owner IS NULL AND NOT EXISTS (
            SELECT FROM entities e WHERE e.organisation_id = p_organisation)) THEN
        RETURN NULL;
    END IF;
    -- The same sentence whether the entity is another bank's or nobody's: a bank does not learn who else is here.
    RETURN refusal('not_allowed', format(
        'The return names the entity %s, for which your organisation does not report: submit your own bank''s.',
        coalesce(nullif(p_lei, ''), 'without an LEI')));
END
$$;

-- NULL, or why this run cannot be submitted by the member asking.
CREATE FUNCTION refusal_of_run(p_self members, p_run runs) RETURNS outcome
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    missing text;
BEGIN
    IF p_run.id IS NULL OR p_run.organisation_id <> p_self.organisation_id THEN
        RETURN refusal('not_found', 'There is no such run in your organisation.');
    END IF;
    IF p_run.maker_id <> p_self.id THEN
        RETURN refusal('not_allowed', 'You may submit your own runs only.');
    END IF;
    IF p_run.state <> 'succeeded' THEN
        RETURN refusal('wrong_state', format('Run %s is %s: only a run that succeeded can be submitted.', p_run.id, p_run.state));
    END IF;
    SELECT string_agg(part, ', ') INTO missing
        FROM unnest(ARRAY['code', 'data', 'parameters', 'environment', 'outputs', 'verdict']) part
        WHERE NOT p_run.digests ? part;
    IF missing IS NOT NULL THEN
        RETURN refusal('invalid', format('Run %s has no digest of %s: a reviewer could not know what he signs.', p_run.id, missing));
    END IF;
    RETURN refusal_of_entity(p_self.organisation_id, coalesce(p_run.summary #>> '{entity,lei}', ''));
END
$$;

CREATE FUNCTION submit(p_run bigint, p_note text) RETURNS outcome
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

CREATE FUNCTION resubmit(p_submission bigint, p_run bigint, p_note text) RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_asking();
    seen submissions;
    wanted runs;
    refused outcome;
BEGIN
    PERFORM take_turn(self.organisation_id);
    SELECT * INTO seen FROM submissions s WHERE s.id = p_submission AND s.organisation_id = self.organisation_id FOR NO KEY UPDATE;
    SELECT * INTO wanted FROM runs r WHERE r.id = p_run;
    refused := refusal_of(self, 'resubmit', seen);
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
