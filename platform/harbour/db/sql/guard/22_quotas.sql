-- How much an organisation may have. Held where the thing is created, by triggers, so that no function can forget
-- it; each takes the organisation's turn first, so that two at once cannot both be last.

CREATE FUNCTION used_of(p_organisation bigint, p_what text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT CASE p_what
        WHEN 'members' THEN (SELECT count(*) FROM members m WHERE m.organisation_id = p_organisation AND m.state = 'active')
        WHEN 'runs_a_day' THEN (SELECT count(*) FROM runs r WHERE r.organisation_id = p_organisation
            AND r.created_at >= date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC')
        WHEN 'servers' THEN (SELECT count(*) FROM servers s WHERE s.organisation_id = p_organisation)
        WHEN 'storage' THEN (SELECT coalesce(sum(u.stored), 0) FROM uploads u WHERE u.organisation_id = p_organisation)
    END
$$;

CREATE FUNCTION quota_of(p_organisation bigint, p_what text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT CASE p_what WHEN 'members' THEN q.members WHEN 'runs_a_day' THEN q.runs_a_day WHEN 'storage' THEN q.storage
        WHEN 'servers' THEN q.servers END
    FROM quotas q WHERE q.organisation_id = p_organisation
$$;

CREATE FUNCTION sentence_of_quota(p_what text, p_bound bigint) RETURNS text
LANGUAGE sql IMMUTABLE SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT format('Your organisation may have %s %s, and has them: ask the platform''s administrator.', p_bound,
        CASE p_what WHEN 'members' THEN 'active members' WHEN 'runs_a_day' THEN 'runs a day'
                    WHEN 'servers' THEN 'notebook servers at once' ELSE 'bytes of files' END)
$$;

-- NULL, or why there cannot be one more.
CREATE FUNCTION refusal_by_quota(p_organisation bigint, p_what text) RETURNS outcome
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    bound bigint := quota_of(p_organisation, p_what);
BEGIN
    IF bound IS NOT NULL AND used_of(p_organisation, p_what) >= bound THEN
        RETURN refusal('quota', sentence_of_quota(p_what, bound));
    END IF;
    RETURN NULL;
END
$$;

CREATE FUNCTION hold_quota() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    what text := TG_ARGV[0];
    bound bigint := quota_of(NEW.organisation_id, what);
    more int := CASE what WHEN 'storage' THEN 0 ELSE 1 END;  -- an artefact's bytes are counted in its upload already
BEGIN
    IF bound IS NULL THEN
        RETURN NEW;
    END IF;
    PERFORM take_turn(NEW.organisation_id);
    IF used_of(NEW.organisation_id, what) + more > bound THEN
        RAISE configuration_limit_exceeded USING MESSAGE = sentence_of_quota(what, bound);
    END IF;
    RETURN NEW;
END
$$;

CREATE TRIGGER members_within_quota BEFORE INSERT ON members
    FOR EACH ROW WHEN (NEW.state = 'active') EXECUTE FUNCTION hold_quota('members');
CREATE TRIGGER members_back_within_quota BEFORE UPDATE OF state ON members
    FOR EACH ROW WHEN (NEW.state = 'active' AND OLD.state <> 'active') EXECUTE FUNCTION hold_quota('members');
CREATE TRIGGER runs_within_quota BEFORE INSERT ON runs FOR EACH ROW EXECUTE FUNCTION hold_quota('runs_a_day');
CREATE TRIGGER artefacts_within_quota BEFORE INSERT ON artefacts FOR EACH ROW EXECUTE FUNCTION hold_quota('storage');

-- Pieces are counted as they come, so that an upload nobody finishes cannot fill the disk either.
CREATE FUNCTION count_piece() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    bound bigint := quota_of(NEW.organisation_id, 'storage');
BEGIN
    UPDATE uploads SET stored = stored + octet_length(NEW.content) WHERE id = NEW.upload_id;
    IF bound IS NOT NULL AND used_of(NEW.organisation_id, 'storage') > bound THEN
        RAISE configuration_limit_exceeded USING MESSAGE = sentence_of_quota('storage', bound);
    END IF;
    RETURN NULL;
END
$$;

CREATE TRIGGER pieces_are_counted AFTER INSERT ON artefact_chunks FOR EACH ROW EXECUTE FUNCTION count_piece();

-- p_*: NULL is no bound.
CREATE FUNCTION set_quota(p_organisation text, p_members int, p_runs_a_day int, p_storage bigint, p_servers int) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    wanted bigint := (organisation_named(p_organisation)).id;
BEGIN
    INSERT INTO quotas (organisation_id, members, runs_a_day, storage, servers)
        VALUES (wanted, p_members, p_runs_a_day, p_storage, p_servers)
        ON CONFLICT (organisation_id) DO UPDATE SET members = EXCLUDED.members, runs_a_day = EXCLUDED.runs_a_day,
            storage = EXCLUDED.storage, servers = EXCLUDED.servers;
    PERFORM write_event(wanted, 'set_quota', 'organisation:' || p_organisation, 'done', jsonb_build_object(
        'members', p_members, 'runs_a_day', p_runs_a_day, 'storage', p_storage, 'servers', p_servers));
END
$$;
