-- Notebook servers, which the Hub starts and stops: so many at once for each organisation. For the login harbour_admin.

-- The Hub asks before it starts one. Asking again for the same one is asking once.
CREATE FUNCTION start_server(p_name text, p_server text) RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_named(p_name);
    refused outcome;
BEGIN
    PERFORM take_turn(self.organisation_id);
    IF EXISTS (SELECT FROM servers s WHERE s.member_id = self.id AND s.name = coalesce(p_server, '')) THEN
        RETURN done(self.id);
    END IF;
    refused := CASE WHEN self.state <> 'active' THEN refusal('not_allowed', format('%s is suspended.', p_name))
        ELSE refusal_by_quota(self.organisation_id, 'servers') END;
    IF refused.code IS NOT NULL THEN
        RETURN denied(self, 'start_server', 'member:' || p_name, refused);
    END IF;
    INSERT INTO servers (member_id, name, organisation_id) VALUES (self.id, coalesce(p_server, ''), self.organisation_id);
    PERFORM write_event(self.organisation_id, 'start_server', 'member:' || p_name, 'done', '{}');
    RETURN done(self.id);
END
$$;

-- It has ended, whoever ended it, or never came up.
CREATE FUNCTION stop_server(p_name text, p_server text) RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_named(p_name);
BEGIN
    DELETE FROM servers WHERE member_id = self.id AND name = coalesce(p_server, '');
    IF FOUND THEN
        PERFORM write_event(self.organisation_id, 'stop_server', 'member:' || p_name, 'done', '{}');
    END IF;
    RETURN done(self.id);
END
$$;

-- After the Hub was away: only these members' servers run; the others have ended. How many had.
CREATE FUNCTION keep_servers(p_names text[]) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    ended record;
    gone int := 0;
BEGIN
    FOR ended IN SELECT m.name, s.name AS server FROM servers s JOIN members m ON m.id = s.member_id
        WHERE m.name <> ALL (p_names) ORDER BY m.organisation_id, m.id
    LOOP
        PERFORM stop_server(ended.name, ended.server);
        gone := gone + 1;
    END LOOP;
    RETURN gone;
END
$$;
