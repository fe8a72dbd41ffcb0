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

-- Where a chain ends, for who has taken the turn to add to it, and who that is (a service for itself is no member).
CREATE TYPE chain_end AS (organisation_id bigint, slug text, member_id bigint, actor text, seq bigint, hash text);

-- Internal: take the organisation's place in the queue of events, before any row. Every function that locks rows
-- others may want takes this lock first, so that two of them never wait for each other; events of one organisation
-- queue up here and nowhere else.
CREATE FUNCTION take_turn(p_organisation bigint) RETURNS chain_end
LANGUAGE plpgsql
AS $$
DECLARE
    asked text := CASE current_setting('role') WHEN 'none' THEN session_user::text ELSE current_setting('role') END;
    found chain_end;
BEGIN
    SELECT h.organisation_id, o.slug, m.id, coalesce(m.name, asked), h.seq, h.hash INTO STRICT found
        FROM audit_heads h JOIN organisations o ON o.id = h.organisation_id LEFT JOIN members m ON m.login = asked
        WHERE h.organisation_id = p_organisation FOR NO KEY UPDATE OF h;
    RETURN found;
END
$$;

-- Internal: the hash of an event, as said above. One expression, so that it is computed where it stands.
CREATE FUNCTION seal(p_before text, p_slug text, p_seq text, p_at text, p_actor text, p_login text, p_action text,
                     p_subject text, p_outcome text, p_detail text) RETURNS text
LANGUAGE sql STABLE
AS $$
    SELECT encode(sha256(convert_to(concat(
        octet_length(p_before), ':', p_before, ',', octet_length(p_slug), ':', p_slug, ',',
        octet_length(p_seq), ':', p_seq, ',', octet_length(p_at), ':', p_at, ',',
        octet_length(p_actor), ':', p_actor, ',', octet_length(p_login), ':', p_login, ',',
        octet_length(p_action), ':', p_action, ',', octet_length(p_subject), ':', p_subject, ',',
        octet_length(p_outcome), ':', p_outcome, ',', octet_length(p_detail), ':', p_detail, ','), 'UTF8')), 'hex')
$$;

-- Internal: write down what was done to one subject, one event for each action, at the end of the organisation's chain,
-- which is where `take_turn` found it in this transaction, or nothing is written at all: a chain has no forks.
CREATE FUNCTION write_events(p_end chain_end, p_actions text[], p_subject text, p_outcome text, p_details jsonb[])
RETURNS void
LANGUAGE plpgsql
AS $$
DECLARE
    about text := coalesce(p_subject, 'nothing');
    sealed text := p_end.hash;
    written_at timestamptz;
BEGIN
    FOR place IN 1 .. cardinality(p_actions) LOOP
        written_at := clock_timestamp();
        sealed := seal(sealed, p_end.slug, (p_end.seq + place)::text,
                       to_char(written_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), p_end.actor, session_user::text,
                       p_actions[place], about, p_outcome, p_details[place]::text);
        INSERT INTO audit_events (organisation_id, seq, at, actor, login, action, subject, outcome, detail, hash)
            VALUES (p_end.organisation_id, p_end.seq + place, written_at, p_end.actor, session_user, p_actions[place], about,
                    p_outcome, p_details[place], sealed);
    END LOOP;
    UPDATE audit_heads SET seq = p_end.seq + cardinality(p_actions), hash = sealed
        WHERE organisation_id = p_end.organisation_id AND seq = p_end.seq AND hash = p_end.hash;
    IF NOT FOUND THEN
        RAISE integrity_constraint_violation USING MESSAGE = 'The chain of events has moved on.';
    END IF;
END
$$;

-- Internal: write down one event.
CREATE FUNCTION write_event(p_organisation bigint, p_action text, p_subject text, p_outcome text, p_detail jsonb)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
BEGIN
    PERFORM write_events(take_turn(p_organisation), ARRAY[p_action], p_subject, p_outcome, ARRAY[p_detail]);
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
