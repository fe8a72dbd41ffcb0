-- Organisations, members and passwords. For the login harbour_admin only (the Hub and the command line).

CREATE FUNCTION add_organisation(p_slug text, p_name text) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    added bigint;
BEGIN
    INSERT INTO organisations (slug, name) VALUES (p_slug, p_name) RETURNING id INTO added;
    INSERT INTO audit_heads (organisation_id, seq, hash) VALUES (added, 0, repeat('0', 64));
    PERFORM write_event(added, 'create_organisation', 'organisation:' || p_slug, 'done',
                        jsonb_build_object('name', p_name));
    RETURN added;
END
$$;

CREATE FUNCTION add_member(p_organisation text, p_name text, p_display_name text, p_roles text[], p_password_hash text)
RETURNS text  -- the member's database login, which the caller creates
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    home bigint;
    added members;
BEGIN
    SELECT o.id INTO home FROM organisations o WHERE o.slug = p_organisation;
    IF home IS NULL THEN
        RAISE no_data_found USING MESSAGE = format('There is no organisation "%s".', p_organisation);
    END IF;
    IF split_part(p_name, '-', 1) <> p_organisation THEN
        RAISE check_violation USING MESSAGE = format('The name must begin with "%s-".', p_organisation);
    END IF;
    IF ('platform_admin' = ANY (p_roles)) <> (p_organisation = 'platform') THEN
        RAISE check_violation USING
            MESSAGE = 'Platform administrators, and they alone, belong to the organisation "platform".';
    END IF;
    INSERT INTO members (organisation_id, name, display_name) VALUES (home, p_name, p_display_name)
        RETURNING * INTO added;
    INSERT INTO member_roles (organisation_id, member_id, role) SELECT home, added.id, unnest(p_roles);
    INSERT INTO credentials (member_id, password_hash, must_change) VALUES (added.id, p_password_hash, true);
    PERFORM write_event(home, 'create_member', 'member:' || p_name, 'done',
                        jsonb_build_object('roles', to_jsonb(p_roles), 'display_name', p_display_name));
    RETURN added.login;
END
$$;

CREATE FUNCTION set_member_state(p_name text, p_state text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    changed members;
BEGIN
    UPDATE members SET state = p_state WHERE name = p_name RETURNING * INTO changed;
    IF changed.id IS NULL THEN
        RAISE no_data_found USING MESSAGE = format('There is no member "%s".', p_name);
    END IF;
    PERFORM write_event(changed.organisation_id, 'set_member_state', 'member:' || p_name, 'done',
                        jsonb_build_object('state', p_state));
END
$$;

-- Begin a login: the attempt is counted before the hash is handed out, so guesses made at the same time
-- cannot outrun the lockout. Five failures lock the account for fifteen minutes.
CREATE FUNCTION open_login(p_name text, OUT state text, OUT password_hash text, OUT must_change boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    kept credentials;
    self members;
BEGIN
    SELECT m.* INTO self FROM members m WHERE m.name = p_name;
    SELECT * INTO kept FROM credentials c WHERE c.member_id = self.id FOR UPDATE;
    IF kept.member_id IS NULL OR self.state <> 'active' THEN
        state := 'unknown';
        RETURN;
    END IF;
    IF kept.locked_until <= now() THEN
        kept.failed_attempts := 0;
        kept.locked_until := NULL;
    END IF;
    IF kept.failed_attempts >= 5 AND kept.locked_until IS NULL THEN
        kept.locked_until := now() + interval '15 minutes';
    END IF;
    IF kept.locked_until IS NOT NULL THEN
        state := 'locked';
        PERFORM write_event(self.organisation_id, 'log_in', 'member:' || p_name, 'denied', '{"code": "locked"}');
    ELSE
        kept.failed_attempts := kept.failed_attempts + 1;
        state := 'open';
        password_hash := kept.password_hash;
        must_change := kept.must_change;
    END IF;
    UPDATE credentials SET failed_attempts = kept.failed_attempts, locked_until = kept.locked_until
        WHERE member_id = kept.member_id;
END
$$;

CREATE FUNCTION close_login(p_name text, p_right boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members;
BEGIN
    SELECT m.* INTO STRICT self FROM members m WHERE m.name = p_name;
    IF p_right THEN
        UPDATE credentials SET failed_attempts = 0, locked_until = NULL WHERE member_id = self.id;
        PERFORM write_event(self.organisation_id, 'log_in', 'member:' || p_name, 'done', '{}');
    ELSE
        UPDATE credentials SET locked_until = now() + interval '15 minutes'
            WHERE member_id = self.id AND failed_attempts >= 5 AND locked_until IS NULL;
        PERFORM write_event(self.organisation_id, 'log_in', 'member:' || p_name, 'denied',
                            '{"code": "wrong_password"}');
    END IF;
END
$$;

CREATE FUNCTION set_password_hash(p_name text, p_password_hash text, p_must_change boolean) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members;
BEGIN
    SELECT m.* INTO self FROM members m WHERE m.name = p_name;
    IF self.id IS NULL THEN
        RAISE no_data_found USING MESSAGE = format('There is no member "%s".', p_name);
    END IF;
    UPDATE credentials SET password_hash = p_password_hash, must_change = p_must_change, failed_attempts = 0,
        locked_until = NULL, changed_at = now() WHERE member_id = self.id;
    PERFORM write_event(self.organisation_id, 'set_password', 'member:' || p_name, 'done',
                        jsonb_build_object('must_change', p_must_change));
END
$$;

-- Tell the chain that a database password was issued or withdrawn; answer the login it is for.
CREATE FUNCTION note_database_login(p_name text, p_issued boolean) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members;
BEGIN
    SELECT m.* INTO self FROM members m WHERE m.name = p_name AND (m.state = 'active' OR NOT p_issued);
    IF self.id IS NULL THEN
        RAISE no_data_found USING MESSAGE = format('There is no active member "%s".', p_name);
    END IF;
    PERFORM write_event(self.organisation_id,
                        CASE WHEN p_issued THEN 'issue_database_login' ELSE 'revoke_database_login' END,
                        'member:' || p_name, 'done', '{}');
    RETURN self.login;
END
$$;

-- The platform's own administrators and events have a home, like any bank's.
SELECT add_organisation('platform', 'The platform');
