-- Signing in: passwords, one-time codes, sessions that end. For the login harbour_admin only.

-- Internal.
CREATE FUNCTION member_named(p_name text) RETURNS members
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members;
BEGIN
    SELECT m.* INTO self FROM members m WHERE m.name = p_name;
    IF self.id IS NULL THEN
        RAISE no_data_found USING MESSAGE = format('There is no member "%s".', p_name);
    END IF;
    RETURN self;
END
$$;

-- An invitation is good for 72 hours, a new one-time password for 24.
CREATE FUNCTION end_one_time_password() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, harbour, pg_temp
AS $$
BEGIN
    NEW.expires_at := CASE WHEN NOT NEW.must_change THEN NULL
        WHEN TG_OP = 'INSERT' THEN now() + interval '72 hours' ELSE now() + interval '24 hours' END;
    RETURN NEW;
END
$$;

CREATE TRIGGER one_time_passwords_end BEFORE INSERT OR UPDATE OF password_hash ON credentials
    FOR EACH ROW EXECUTE FUNCTION end_one_time_password();

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

-- One-time codes ------------------------------------------------------------------------------------------------

-- What a right password still needs: whether it has ended, and the secret and last step of a confirmed code.
CREATE FUNCTION second_step(p_name text, OUT ended boolean, OUT secret text, OUT last_step bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT c.must_change AND coalesce(c.expires_at <= now(), false), k.secret, k.last_step
    FROM credentials c LEFT JOIN one_time_codes k ON k.member_id = c.member_id AND k.confirmed
    WHERE c.member_id = (member_named(p_name)).id
$$;

-- An attempt that came to neither right nor wrong is not counted: the code is asked for on a second page. It never
-- resets the count, so that who has the password gets five guesses at the code and no more.
CREATE FUNCTION forgive_attempt(p_name text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    UPDATE credentials SET failed_attempts = greatest(failed_attempts - 1, 0)
    WHERE member_id = (member_named(p_name)).id
$$;

CREATE FUNCTION enrol_code(p_name text, p_secret text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_named(p_name);
BEGIN
    IF EXISTS (SELECT FROM one_time_codes k WHERE k.member_id = self.id AND k.confirmed) THEN
        RAISE check_violation USING MESSAGE = 'One-time codes are on already: switch them off first.';
    END IF;
    INSERT INTO one_time_codes (member_id, secret) VALUES (self.id, p_secret)
        ON CONFLICT (member_id) DO UPDATE SET secret = EXCLUDED.secret, last_step = 0;
    PERFORM write_event(self.organisation_id, 'enrol_one_time_code', 'member:' || p_name, 'done', '{}');
END
$$;

-- The secret that waits to be confirmed.
CREATE FUNCTION enrolled_secret(p_name text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT k.secret FROM one_time_codes k WHERE k.member_id = (member_named(p_name)).id AND NOT k.confirmed
$$;

CREATE FUNCTION confirm_code(p_name text, p_step bigint, p_recovery text[]) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_named(p_name);
BEGIN
    UPDATE one_time_codes SET confirmed = true, last_step = p_step WHERE member_id = self.id AND NOT confirmed;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    DELETE FROM recovery_codes WHERE member_id = self.id;
    INSERT INTO recovery_codes (member_id, hash) SELECT self.id, unnest(p_recovery);
    PERFORM write_event(self.organisation_id, 'confirm_one_time_code', 'member:' || p_name, 'done', '{}');
    RETURN true;
END
$$;

-- True once for each step: two sign-ins with one code are one sign-in and one refusal.
CREATE FUNCTION use_code(p_name text, p_step bigint) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
BEGIN
    UPDATE one_time_codes SET last_step = p_step
        WHERE member_id = (member_named(p_name)).id AND confirmed AND last_step < p_step;
    RETURN FOUND;
END
$$;

CREATE FUNCTION use_recovery_code(p_name text, p_hash text) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_named(p_name);
BEGIN
    UPDATE recovery_codes SET used_at = now() WHERE member_id = self.id AND hash = p_hash AND used_at IS NULL;
    IF FOUND THEN
        PERFORM write_event(self.organisation_id, 'use_recovery_code', 'member:' || p_name, 'done', jsonb_build_object(
            'left', (SELECT count(*) FROM recovery_codes r WHERE r.member_id = self.id AND r.used_at IS NULL)));
        RETURN true;
    END IF;
    RETURN false;
END
$$;

CREATE FUNCTION drop_code(p_name text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_named(p_name);
BEGIN
    DELETE FROM recovery_codes WHERE member_id = self.id;
    DELETE FROM one_time_codes WHERE member_id = self.id;
    PERFORM write_event(self.organisation_id, 'drop_one_time_code', 'member:' || p_name, 'done', '{}');
END
$$;

-- Sessions: from a sign-in on, for so long, and never idle for longer than so long ------------------------------

CREATE FUNCTION begin_session(p_name text) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    UPDATE credentials SET signed_in_at = now(), seen_at = now() WHERE member_id = (member_named(p_name)).id
$$;

-- True while the session lasts, which is thereby seen; false from then on until the next sign-in.
CREATE FUNCTION continue_session(p_name text, p_idle interval, p_lifetime interval) RETURNS boolean
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_named(p_name);
BEGIN
    UPDATE credentials SET seen_at = now()
        WHERE member_id = self.id AND seen_at > now() - p_idle AND signed_in_at > now() - p_lifetime;
    IF FOUND THEN
        RETURN true;
    END IF;
    UPDATE credentials SET signed_in_at = NULL, seen_at = NULL WHERE member_id = self.id AND seen_at IS NOT NULL;
    IF FOUND THEN
        PERFORM write_event(self.organisation_id, 'end_session', 'member:' || p_name, 'done', '{}');
    END IF;
    RETURN false;
END
$$;
