-- The audit log: append-only, one hash chain per organisation.
--
-- hash = SHA-256, in hex, of the UTF-8 bytes of these ten fields, each written as a netstring
-- (<length in bytes>:<text>,) so that no two different events share a text:
--   previous hash (64 zeros for the first), organisation slug, seq, at (UTC, 2026-06-30T12:00:00.000000Z),
--   actor, login, action, subject, outcome, detail (the text form of the jsonb, as exported).
-- tools/verify_audit.py recomputes it with nothing but the standard library.

CREATE FUNCTION netstring(p_text text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT octet_length(p_text) || ':' || p_text || ','
$$;

CREATE FUNCTION hex_sha256(p_text text) RETURNS text
LANGUAGE sql IMMUTABLE STRICT SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT encode(sha256(convert_to(p_text, 'UTF8')), 'hex')
$$;

CREATE FUNCTION utc_text(p_at timestamptz) RETURNS text
LANGUAGE sql STABLE STRICT SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;

-- Internal: only functions of harbour_owner may call it.
CREATE FUNCTION write_event(p_organisation bigint, p_action text, p_subject text, p_outcome text, p_detail jsonb)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    head audit_heads;
    event audit_events;
    slug text;
BEGIN
    -- The head is the lock: events of one organisation queue up here and nowhere else.
    SELECT * INTO STRICT head FROM audit_heads h WHERE h.organisation_id = p_organisation FOR UPDATE;
    SELECT o.slug INTO STRICT slug FROM organisations o WHERE o.id = p_organisation;
    event.organisation_id := p_organisation;
    event.seq := head.seq + 1;
    event.at := clock_timestamp();
    event.actor := coalesce((SELECT m.name FROM members m WHERE m.login = actor()), actor());
    event.login := session_user;
    event.action := p_action;
    event.subject := p_subject;
    event.outcome := p_outcome;
    event.detail := p_detail;
    event.hash := hex_sha256(
        netstring(head.hash) || netstring(slug) || netstring(event.seq::text) || netstring(utc_text(event.at))
        || netstring(event.actor) || netstring(event.login) || netstring(event.action)
        || netstring(event.subject) || netstring(event.outcome) || netstring(event.detail::text));
    INSERT INTO audit_events SELECT (event).*;
    UPDATE audit_heads SET seq = event.seq, hash = event.hash WHERE organisation_id = p_organisation;
END
$$;

-- Not even the owner of the tables, in a careless migration, may change what was written.
CREATE FUNCTION refuse_change() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, harbour, pg_temp
AS $$
BEGIN
    RAISE insufficient_privilege USING MESSAGE = format('%s is append-only', TG_TABLE_NAME);
END
$$;

CREATE TRIGGER audit_events_are_kept BEFORE UPDATE OR DELETE ON audit_events
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER audit_events_are_not_emptied BEFORE TRUNCATE ON audit_events
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();
CREATE TRIGGER approvals_are_kept BEFORE UPDATE OR DELETE ON approvals
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER approvals_are_not_emptied BEFORE TRUNCATE ON approvals
    FOR EACH STATEMENT EXECUTE FUNCTION refuse_change();

-- What a public function answers. A refusal is an answer and not an exception, because an exception would
-- roll back the audit event that tells of it. code: done, not_allowed, own_work, wrong_state, stale_digest,
-- not_found, invalid.
CREATE TYPE outcome AS (code text, sentence text, id bigint, digest text);

CREATE FUNCTION done(p_id bigint, p_digest text DEFAULT NULL) RETURNS outcome
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT ROW('done', NULL, p_id, p_digest)::outcome
$$;

CREATE FUNCTION refusal(p_code text, p_sentence text) RETURNS outcome
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT ROW(p_code, p_sentence, NULL, NULL)::outcome
$$;

-- Internal: take the organisation's place in the queue of events, before any row. Every function that locks rows
-- others may want takes this lock first, so that two of them never wait for each other.
CREATE FUNCTION take_turn(p_organisation bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT FROM audit_heads h WHERE h.organisation_id = p_organisation FOR UPDATE
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

-- Who may: the roles of the action; the worker, whoever it acts for, executes and decides nothing.
CREATE FUNCTION refusal_by_role(p_action text) RETURNS outcome
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    wanted actions;
BEGIN
    SELECT * INTO STRICT wanted FROM actions a WHERE a.action = p_action;
    IF NOT has_role(wanted.roles) THEN
        RETURN refusal('not_allowed', format('You may not %s: it takes the role %s.', wanted.phrase,
            replace(coalesce(nullif(array_to_string(wanted.roles, ' or '), ''), 'of the platform'), '_', ' ')));
    END IF;
    IF session_user = 'harbour_worker' AND p_action <> 'store_artefact' THEN
        RETURN refusal('not_allowed', 'The worker executes requested runs, and does nothing else for anyone.');
    END IF;
    RETURN NULL;
END
$$;
