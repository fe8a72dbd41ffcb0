-- What a public function answers. A refusal is an answer and not an exception, because an exception would
-- roll back the audit event that tells of it. code: done, not_allowed, own_work, wrong_state, blocked, quota,
-- stale_digest, not_found, invalid.
CREATE TYPE outcome AS (code text, sentence text, id bigint, digest text);

-- How a member stands to an action: see standing_of.
CREATE TYPE standing AS (action text, refused outcome, authority bigint, step int, goes_to text, says_why boolean, whose text);

CREATE FUNCTION done(p_id bigint, p_digest text DEFAULT NULL) RETURNS outcome
LANGUAGE sql IMMUTABLE
AS $$
    SELECT ROW('done', NULL, p_id, p_digest)::outcome
$$;

CREATE FUNCTION refusal(p_code text, p_sentence text) RETURNS outcome
LANGUAGE sql IMMUTABLE
AS $$
    SELECT ROW(p_code, p_sentence, NULL, NULL)::outcome
$$;

-- Write down a refused attempt in the chain of the member's own organisation, and hand the refusal back.
CREATE FUNCTION denied(p_self members, p_action text, p_subject text, p_refusal outcome) RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
BEGIN
    PERFORM write_event(p_self.organisation_id, p_action, p_subject, 'denied',
                        jsonb_build_object('code', p_refusal.code, 'sentence', p_refusal.sentence));
    RETURN p_refusal;
END
$$;

CREATE FUNCTION refusal_of_role(p_action actions) RETURNS outcome
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT refusal('not_allowed', format('You may not %s: it takes the role %s.', p_action.phrase,
        replace(coalesce(nullif(array_to_string(p_action.roles, ' or '), ''), 'of the platform'), '_', ' ')))
$$;

-- Who may: the roles of the action; the worker, whoever it acts for, executes and decides nothing.
CREATE FUNCTION refusal_by_role(p_action text) RETURNS outcome
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
