-- Runs: what was executed, by whom, on what, with which result. A finished run never changes.

CREATE FUNCTION keep_finished_run() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, harbour, pg_temp
AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state IN ('succeeded', 'failed') THEN
        RAISE insufficient_privilege USING MESSAGE = 'A finished run is kept as it is: record a new version.';
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER finished_runs_are_kept BEFORE UPDATE OR DELETE ON runs
    FOR EACH ROW EXECUTE FUNCTION keep_finished_run();
CREATE TRIGGER run_artefacts_are_kept BEFORE UPDATE OR DELETE ON run_artefacts
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- SHA-256 over everything a reviewer sees of a run, as netstrings (see 20_audit.sql).
CREATE FUNCTION run_digest(p_run bigint) RETURNS text
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
BEGIN
    RETURN (SELECT encode(sha256(convert_to(concat('14:plimsoll run 1,',
        octet_length(r.slug), ':', r.slug, ',', octet_length(r.maker), ':', r.maker, ',',
        octet_length(r.executed_by), ':', r.executed_by, ',', octet_length(r.name), ':', r.name, ',',
        octet_length(r.version), ':', r.version, ',', octet_length(r.template), ':', r.template, ',',
        octet_length(r.state), ':', r.state, ',', octet_length(r.parameters), ':', r.parameters, ',',
        '4:code,', octet_length(r.code), ':', r.code, ',', '4:data,', octet_length(r.data), ':', r.data, ',',
        '10:parameters,', octet_length(r.parameters_digest), ':', r.parameters_digest, ',',
        '11:environment,', octet_length(r.environment), ':', r.environment, ',',
        '7:outputs,', octet_length(r.outputs), ':', r.outputs, ',', '7:verdict,', octet_length(r.verdict), ':', r.verdict, ',',
        octet_length(r.summary), ':', r.summary, ',', r.files), 'UTF8')), 'hex')
    FROM (
    SELECT (SELECT o.slug FROM organisations o WHERE o.id = x.organisation_id) AS slug,
           (SELECT m.name FROM members m WHERE m.id = x.maker_id) AS maker,
           coalesce(x.executed_by, '') AS executed_by, x.name, x.version::text AS version,
           x.template, x.state, x.parameters::text AS parameters, x.summary::text AS summary,
           coalesce(x.digests ->> 'code', '') AS code, coalesce(x.digests ->> 'data', '') AS data,
           coalesce(x.digests ->> 'parameters', '') AS parameters_digest,
           coalesce(x.digests ->> 'environment', '') AS environment,
           coalesce(x.digests ->> 'outputs', '') AS outputs, coalesce(x.digests ->> 'verdict', '') AS verdict,
           (SELECT string_agg(concat(octet_length(a.name), ':', a.name, ',', octet_length(a.sha256), ':', a.sha256, ','),
                              '' ORDER BY a.name COLLATE "C") FROM run_artefacts a WHERE a.run_id = x.id) AS files
    FROM runs x WHERE x.id = p_run OFFSET 0) r);   -- OFFSET: each part is read once, and not once for each mention
END
$$;

-- The same for members, of the runs they may see.
CREATE FUNCTION digest_seen(p_run bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT run_digest(r.id) FROM runs r
    WHERE r.id = p_run AND r.organisation_id = seen_organisation()
      AND (sees('see_work') OR EXISTS (SELECT FROM publications p WHERE p.run_id = r.id AND p.ended_at IS NULL))
$$;

-- NULL, or why this result cannot be recorded.
CREATE FUNCTION refusal_of_result(p_organisation bigint, p_result jsonb) RETURNS outcome
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    part record;
BEGIN
    IF coalesce(p_result ->> 'state', '') NOT IN ('succeeded', 'failed') THEN
        RETURN refusal('invalid', 'A run ends as "succeeded" or "failed".');
    END IF;
    FOR part IN SELECT key, value FROM jsonb_each_text(p_result -> 'digests') LOOP
        IF part.key NOT IN ('code', 'data', 'parameters', 'environment', 'outputs', 'verdict')
           OR part.value !~ '^[0-9a-f]{64}$' THEN
            RETURN refusal('invalid', format('The digest "%s" is not a SHA-256 of a part of a run.', part.key));
        END IF;
    END LOOP;
    FOR part IN SELECT key, value FROM jsonb_each_text(p_result -> 'artefacts') LOOP
        IF NOT EXISTS (SELECT FROM artefacts a WHERE a.organisation_id = p_organisation AND a.sha256 = part.value) THEN
            RETURN refusal('not_found', format('The artefact "%s" has not been stored: put it first.', part.key));
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;

-- Internal: write the result into a run that is queued or running.
CREATE FUNCTION write_result(p_run bigint, p_result jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    INSERT INTO run_artefacts (organisation_id, run_id, name, sha256)
        SELECT r.organisation_id, r.id, a.key, a.value
        FROM runs r, jsonb_each_text(p_result -> 'artefacts') a WHERE r.id = p_run;
    UPDATE runs SET state = p_result ->> 'state', digests = coalesce(p_result -> 'digests', '{}'),
        summary = coalesce(p_result -> 'summary', '{}'), error_cell = (p_result ->> 'error_cell')::int,
        error_message = p_result ->> 'error_message', executed_by = session_user,
        started_at = coalesce(started_at, now()), finished_at = now()
    WHERE id = p_run;
$$;

-- Internal: a new version under this name.
CREATE FUNCTION new_run(p_self members, p_name text, p_template text, p_parameters jsonb, p_state text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    added bigint;
BEGIN
    PERFORM take_turn(p_self.organisation_id);  -- one version at a time
    INSERT INTO runs (organisation_id, maker_id, name, version, template, parameters, state)
        SELECT p_self.organisation_id, p_self.id, p_name, coalesce(max(r.version), 0) + 1, p_template, p_parameters, p_state
        FROM runs r WHERE r.organisation_id = p_self.organisation_id AND r.name = p_name
        RETURNING id INTO added;
    RETURN added;
END
$$;

-- A run the member executed himself. p_result: state, digests, summary, artefacts {name: sha256}, error_cell, error_message.
CREATE FUNCTION record_run(p_name text, p_template text, p_parameters jsonb, p_result jsonb) RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_asking();
    refused outcome := refusal_by_role('record_run');
    added bigint;
BEGIN
    IF refused.code IS NULL THEN
        refused := refusal_of_result(self.organisation_id, p_result);
    END IF;
    IF refused.code IS NOT NULL THEN
        RETURN denied(self, 'record_run', 'run:' || p_name, refused);
    END IF;
    added := new_run(self, p_name, p_template, p_parameters, 'running');
    PERFORM write_result(added, p_result);
    PERFORM write_event(self.organisation_id, 'record_run', 'run:' || added, 'done', jsonb_build_object(
        'name', p_name, 'template', p_template, 'state', p_result ->> 'state', 'digest', run_digest(added)));
    RETURN done(added, run_digest(added));
END
$$;

-- Queue a run for the worker, in the same transaction as its row.
CREATE FUNCTION request_run(p_name text, p_template text, p_parameters jsonb) RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_asking();
    refused outcome := refusal_by_role('request_run');
    added bigint;
BEGIN
    IF refused.code IS NOT NULL THEN
        RETURN denied(self, 'request_run', 'template:' || p_template, refused);
    END IF;
    added := new_run(self, p_name, p_template, p_parameters, 'queued');
    PERFORM procrastinate.defer_run(added);
    PERFORM write_event(self.organisation_id, 'request_run', 'run:' || added, 'done',
                        jsonb_build_object('name', p_name, 'template', p_template, 'parameters', p_parameters));
    RETURN done(added);
END
$$;

-- The worker takes a queued run; a running one is taken again after a crash (the queue gives each job to one worker).
CREATE FUNCTION claim_run(p_run bigint)
RETURNS TABLE (run_id bigint, member text, organisation text, name text, template text, parameters jsonb)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    taken runs;
    maker members;
BEGIN
    UPDATE runs r SET state = 'running', started_at = now() WHERE r.id = p_run AND r.state IN ('queued', 'running')
        RETURNING * INTO taken;
    IF taken.id IS NULL THEN
        RAISE no_data_found USING MESSAGE = format('Run %s is not waiting to be executed.', p_run);
    END IF;
    SELECT m.* INTO STRICT maker FROM members m WHERE m.id = taken.maker_id;
    IF maker.state <> 'active' THEN
        RAISE insufficient_privilege USING MESSAGE = format('%s is no longer an active member.', maker.name);
    END IF;
    PERFORM write_event(taken.organisation_id, 'claim_run', 'run:' || p_run, 'done', '{}');
    RETURN QUERY SELECT taken.id, maker.name, o.slug, taken.name, taken.template, taken.parameters
        FROM organisations o WHERE o.id = taken.organisation_id;
END
$$;

-- The worker, as the maker, writes the result of a run it claimed.
CREATE FUNCTION finish_run(p_run bigint, p_result jsonb) RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_asking();
    claimed runs;
    refused outcome;
BEGIN
    SELECT * INTO claimed FROM runs r WHERE r.id = p_run AND r.organisation_id = self.organisation_id FOR UPDATE;
    IF session_user <> 'harbour_worker' THEN
        refused := refusal('not_allowed', 'Only the worker ends a queued run: record your own run instead.');
    ELSIF claimed.id IS NULL OR claimed.maker_id <> self.id THEN
        refused := refusal('not_found', format('%s has no run %s.', self.name, p_run));
    ELSIF claimed.state <> 'running' THEN
        refused := refusal('wrong_state', format('Run %s is %s and not running.', p_run, claimed.state));
    ELSE
        refused := refusal_of_result(self.organisation_id, p_result);
    END IF;
    IF refused.code IS NOT NULL THEN
        RETURN denied(self, 'finish_run', 'run:' || p_run, refused);
    END IF;
    PERFORM write_result(p_run, p_result);
    PERFORM write_event(self.organisation_id, 'finish_run', 'run:' || p_run, 'done',
                        jsonb_build_object('state', p_result ->> 'state', 'digest', run_digest(p_run)));
    RETURN done(p_run, run_digest(p_run));
END
$$;
