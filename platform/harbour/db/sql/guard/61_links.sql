-- Links that invite a member or let him choose a new password: once, and for a time. For harbour_admin only.

CREATE FUNCTION make_link(p_name text, p_hash text, p_purpose text, p_lasts interval) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_named(p_name);
BEGIN
    IF self.state <> 'active' THEN
        RAISE check_violation USING MESSAGE = format('"%s" is suspended: let the member back first.', p_name);
    END IF;
    UPDATE account_links SET ended_at = now() WHERE member_id = self.id AND ended_at IS NULL;
    INSERT INTO account_links (hash, member_id, purpose, expires_at)
        VALUES (p_hash, self.id, p_purpose, now() + p_lasts);
    PERFORM write_event(self.organisation_id, 'make_link', 'member:' || p_name, 'done',
                        jsonb_build_object('purpose', p_purpose));
END
$$;

-- Whose a link is, while it works.
CREATE FUNCTION link_member(p_hash text, OUT name text, OUT display_name text, OUT purpose text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT m.name, m.display_name, l.purpose FROM account_links l JOIN members m ON m.id = l.member_id
    WHERE l.hash = p_hash AND l.ended_at IS NULL AND l.expires_at > now() AND m.state = 'active'
$$;

-- Use a link up for a new password; NULL when it does not work, also for the second of two at once.
CREATE FUNCTION use_link(p_hash text, p_password_hash text) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    owner text := (link_member(p_hash)).name;
BEGIN
    UPDATE account_links SET ended_at = now() WHERE hash = p_hash AND ended_at IS NULL AND expires_at > now();
    IF NOT FOUND OR owner IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM set_password_hash(owner, p_password_hash, false);
    RETURN owner;
END
$$;

GRANT EXECUTE ON FUNCTION make_link(text, text, text, interval), link_member(text), use_link(text, text)
    TO harbour_admin;
