-- Submissions and decisions. Every public function: who asks, may he, does the state allow it, four eyes,
-- is it what he saw; then the change and its audit event, in one transaction.

-- NULL, or why the member asking may not do this to this submission now. It writes nothing.
CREATE FUNCTION refusal_of(p_action text, p_submission submissions) RETURNS outcome
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_asking();
    wanted actions;
    refused outcome := refusal_by_role(p_action);
    prepared boolean;
BEGIN
    SELECT * INTO STRICT wanted FROM actions a WHERE a.action = p_action;
    IF p_submission.id IS NULL OR p_submission.organisation_id <> self.organisation_id THEN
        RETURN refusal('not_found', 'There is no such submission in your organisation.');
    END IF;
    prepared := p_submission.maker_id = self.id
        OR EXISTS (SELECT FROM runs r WHERE r.id = p_submission.run_id AND r.maker_id = self.id);
    IF wanted.whose = 'not_maker' AND prepared THEN
        RETURN refusal('own_work', format('You cannot %s what you prepared: another reviewer must decide.', p_action));
    END IF;
    IF refused.code IS NOT NULL THEN
        RETURN refused;
    END IF;
    IF wanted.whose = 'maker' AND NOT prepared THEN
        RETURN refusal('not_allowed', format('You may not %s: only who prepared it may.', wanted.phrase));
    END IF;
    IF NOT EXISTS (SELECT FROM transitions t WHERE t.action = p_action AND t.from_state = p_submission.state) THEN
        RETURN refusal('wrong_state', format('Submission %s is %s: you cannot %s it now.', p_submission.id,
                       replace(p_submission.state, '_', ' '), CASE p_action WHEN 'comment' THEN 'comment on' ELSE p_action END));
    END IF;
    RETURN NULL;
END
$$;

-- For buttons and `can_*`: NULL, or the sentence that refuses.
CREATE FUNCTION refusal_sentence(p_action text, p_submission bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT (refusal_of(p_action, (SELECT s FROM submissions s WHERE s.id = p_submission))).sentence
$$;

-- Internal: move to the state the table of transitions gives, and write it down.
CREATE FUNCTION move_submission(p_action text, p_submission bigint, p_detail jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    moved submissions;
    came_from text;
BEGIN
    SELECT s.state INTO STRICT came_from FROM submissions s WHERE s.id = p_submission FOR UPDATE;
    UPDATE submissions s SET state = t.to_state,
        decided_at = CASE WHEN t.to_state IN ('in_review', 'draft') THEN NULL ELSE now() END
        FROM transitions t WHERE s.id = p_submission AND t.action = p_action AND t.from_state = s.state
        RETURNING s.* INTO STRICT moved;
    IF moved.state IN ('voided', 'superseded') THEN
        UPDATE publications SET ended_at = now() WHERE submission_id = p_submission;
    END IF;
    PERFORM write_event(moved.organisation_id, p_action, 'submission:' || p_submission, 'done',
        p_detail || jsonb_build_object('from', came_from, 'to', moved.state, 'run', moved.run_id, 'digest', moved.digest));
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
    RETURN NULL;
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
    INSERT INTO submissions (organisation_id, run_id, maker_id, note, state, digest)
        VALUES (self.organisation_id, p_run, self.id, p_note, 'draft', run_digest(p_run)) RETURNING * INTO added;
    PERFORM move_submission('submit', added.id, jsonb_build_object('note', p_note));
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
    SELECT * INTO seen FROM submissions s WHERE s.id = p_submission AND s.organisation_id = self.organisation_id FOR UPDATE;
    SELECT * INTO wanted FROM runs r WHERE r.id = p_run;
    refused := refusal_of('resubmit', seen);
    IF refused.code IS NULL THEN
        refused := refusal_of_run(self, wanted);
    END IF;
    IF refused.code IS NOT NULL THEN
        RETURN denied(self, 'resubmit', 'submission:' || p_submission, refused);
    END IF;
    UPDATE submissions SET run_id = p_run, note = p_note, digest = run_digest(p_run) WHERE id = p_submission;
    PERFORM move_submission('resubmit', p_submission, jsonb_build_object('note', p_note));
    RETURN done(p_submission, run_digest(p_run));
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
    IF wanted.whose = 'not_maker' THEN
        INSERT INTO approvals (organisation_id, submission_id, reviewer_id, decision, digest, comment)
            VALUES (self.organisation_id, p_submission, self.id, p_action, seen.digest, said);
    END IF;
    PERFORM move_submission(p_action, p_submission, jsonb_build_object('comment', said));
    IF p_action = 'approve' THEN
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

CREATE FUNCTION comment(p_submission bigint, p_body text) RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_asking();
    seen submissions;
    refused outcome;
    added bigint;
BEGIN
    PERFORM take_turn(self.organisation_id);
    SELECT * INTO seen FROM submissions s WHERE s.id = p_submission AND s.organisation_id = self.organisation_id FOR UPDATE;
    refused := refusal_of('comment', seen);
    IF refused.code IS NULL AND coalesce(btrim(p_body), '') = '' THEN
        refused := refusal('invalid', 'A comment says something.');
    END IF;
    IF refused.code IS NOT NULL THEN
        RETURN denied(self, 'comment', 'submission:' || p_submission, refused);
    END IF;
    INSERT INTO comments (organisation_id, submission_id, author_id, body)
        VALUES (self.organisation_id, p_submission, self.id, btrim(p_body)) RETURNING id INTO added;
    PERFORM write_event(self.organisation_id, 'comment', 'submission:' || p_submission, 'done',
                        jsonb_build_object('comment', added, 'body', btrim(p_body)));
    RETURN done(added);
END
$$;
