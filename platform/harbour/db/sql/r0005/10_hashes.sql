-- The same hashes and digests as before (see ../21_audit.sql and ../41_runs.sql), in one expression instead of a call
-- per field: a call with a search path of its own costs more than the hash. And an attempt on nothing (a NULL where a
-- number should be) is written down like any other.

CREATE OR REPLACE FUNCTION write_event(p_organisation bigint, p_action text, p_subject text, p_outcome text, p_detail jsonb)
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

CREATE OR REPLACE FUNCTION run_digest(p_run bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT encode(sha256(convert_to((
        SELECT string_agg(octet_length(field) || ':' || field || ',', '' ORDER BY place)
        FROM unnest(ARRAY['plimsoll run 1', o.slug, m.name, coalesce(r.executed_by, ''), r.name, r.version::text, r.template,
                          r.state, r.parameters::text,
                          'code', coalesce(r.digests ->> 'code', ''), 'data', coalesce(r.digests ->> 'data', ''),
                          'parameters', coalesce(r.digests ->> 'parameters', ''),
                          'environment', coalesce(r.digests ->> 'environment', ''),
                          'outputs', coalesce(r.digests ->> 'outputs', ''), 'verdict', coalesce(r.digests ->> 'verdict', ''),
                          r.summary::text])
             WITH ORDINALITY AS fields (field, place))
        || coalesce((SELECT string_agg(octet_length(a.name) || ':' || a.name || ',' || octet_length(a.sha256) || ':' || a.sha256 || ',',
                                       '' ORDER BY a.name COLLATE "C")
                     FROM run_artefacts a WHERE a.run_id = r.id), ''), 'UTF8')), 'hex')
    FROM runs r JOIN organisations o ON o.id = r.organisation_id JOIN members m ON m.id = r.maker_id
    WHERE r.id = p_run
$$;
