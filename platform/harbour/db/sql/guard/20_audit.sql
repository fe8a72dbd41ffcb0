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

-- Internal: take the organisation's place in the queue of events, before any row. Every function that locks rows
-- others may want takes this lock first, so that two of them never wait for each other.
CREATE FUNCTION take_turn(p_organisation bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT FROM audit_heads h WHERE h.organisation_id = p_organisation FOR UPDATE
$$;

-- Internal: only functions of harbour_owner may call it.
CREATE FUNCTION write_event(p_organisation bigint, p_action text, p_subject text, p_outcome text, p_detail jsonb)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    head record;
    event audit_events;
    asked text := CASE current_setting('role') WHEN 'none' THEN session_user::text ELSE current_setting('role') END;
BEGIN
    -- The head is the lock: events of one organisation queue up here and nowhere else.
    SELECT h.seq, h.hash, o.slug INTO STRICT head
        FROM audit_heads h JOIN organisations o ON o.id = h.organisation_id
        WHERE h.organisation_id = p_organisation FOR UPDATE OF h;
    event.organisation_id := p_organisation;
    event.seq := head.seq + 1;
    event.at := clock_timestamp();
    event.actor := coalesce((SELECT m.name FROM members m WHERE m.login = asked), asked);
    event.login := session_user;
    event.action := p_action;
    event.subject := coalesce(p_subject, 'nothing');
    event.outcome := p_outcome;
    event.detail := p_detail;
    event.hash := (
        SELECT encode(sha256(convert_to(string_agg(octet_length(field) || ':' || field || ',', '' ORDER BY place), 'UTF8')), 'hex')
        FROM unnest(ARRAY[head.hash, head.slug, event.seq::text,
                          to_char(event.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), event.actor, event.login,
                          event.action, event.subject, event.outcome, event.detail::text])
             WITH ORDINALITY AS fields (field, place));
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

-- Where every chain stands, and the hash of one event: fingerprints only, for the worker and the command line.
CREATE FUNCTION audit_heads_now() RETURNS TABLE (organisation text, seq bigint, hash text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT o.slug, h.seq, h.hash FROM audit_heads h JOIN organisations o ON o.id = h.organisation_id ORDER BY o.slug
$$;

CREATE FUNCTION audit_hash_at(p_organisation text, p_seq bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT e.hash FROM audit_events e JOIN organisations o ON o.id = e.organisation_id
    WHERE o.slug = p_organisation AND e.seq = p_seq
$$;
