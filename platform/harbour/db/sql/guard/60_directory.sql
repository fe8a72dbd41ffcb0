-- Members whom the bank's own directory (OpenID Connect) sends. For the login harbour_admin only (the Hub).

CREATE FUNCTION set_member_roles(p_name text, p_roles text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_named(p_name);
    wanted text[] := ARRAY(SELECT DISTINCT unnest(p_roles) ORDER BY 1);
    held text[] := ARRAY(SELECT r.role FROM member_roles r WHERE r.member_id = self.id ORDER BY 1);
BEGIN
    IF wanted = held THEN
        RETURN;
    END IF;
    IF cardinality(wanted) = 0 THEN
        RAISE check_violation USING MESSAGE = 'A member has at least one role: suspend him instead.';
    END IF;
    IF ('platform_admin' = ANY (wanted)) <> (split_part(p_name, '-', 1) = 'platform') THEN
        RAISE check_violation USING
            MESSAGE = 'Platform administrators, and they alone, belong to the organisation "platform".';
    END IF;
    DELETE FROM member_roles r WHERE r.member_id = self.id AND r.role <> ALL (wanted);
    INSERT INTO member_roles (organisation_id, member_id, role)
        SELECT self.organisation_id, self.id, unnest(wanted) ON CONFLICT DO NOTHING;
    PERFORM write_event(self.organisation_id, 'change_roles', 'member:' || p_name, 'done',
                        jsonb_build_object('before', to_jsonb(held), 'roles', to_jsonb(wanted)));
END
$$;

-- Let in whom the directory sends, as it has him now: a new member, or one who is here, with his roles of today.
-- An administrator's suspension stays; one that only followed the directory ends with it.
CREATE FUNCTION admit_identity(p_issuer text, p_subject text, p_organisation text, p_name text, p_display_name text,
                               p_roles text[], OUT name text, OUT login text, OUT created boolean)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    known member_identities;
    self members;
BEGIN
    SELECT i.* INTO known FROM member_identities i WHERE i.issuer = p_issuer AND i.subject = p_subject FOR UPDATE;
    created := known.member_id IS NULL;
    IF created THEN
        IF EXISTS (SELECT FROM members m WHERE m.name = p_name) THEN
            RAISE insufficient_privilege USING MESSAGE = format('An account "%s" exists already and is not linked to '
                'your directory: ask your administrator to link it (harbour member link).', p_name);
        END IF;
        login := add_member(p_organisation, p_name, p_display_name, p_roles, '-');  -- no password: none is right
        name := p_name;
        INSERT INTO member_identities (issuer, subject, member_id)
            SELECT p_issuer, p_subject, m.id FROM members m WHERE m.name = p_name;
        RETURN;
    END IF;
    SELECT m.* INTO self FROM members m WHERE m.id = known.member_id;
    name := self.name;
    login := self.login;
    IF split_part(self.name, '-', 1) <> p_organisation THEN
        RAISE insufficient_privilege USING MESSAGE = format('Your account belongs to "%s", your groups to "%s": ask your '
            'administrator.', split_part(self.name, '-', 1), p_organisation);
    END IF;
    IF self.state = 'suspended' THEN
        IF NOT known.dismissed THEN
            RAISE insufficient_privilege USING MESSAGE = 'Your account is suspended: ask your administrator.';
        END IF;
        UPDATE member_identities i SET dismissed = false WHERE i.member_id = self.id;
        PERFORM set_member_state(self.name, 'active');
    END IF;
    PERFORM set_member_roles(self.name, p_roles);
    UPDATE members m SET display_name = p_display_name WHERE m.id = self.id AND m.display_name <> p_display_name;
    IF FOUND THEN
        PERFORM write_event(self.organisation_id, 'rename_member', 'member:' || self.name, 'done',
                            jsonb_build_object('before', self.display_name, 'display_name', p_display_name));
    END IF;
END
$$;

CREATE FUNCTION identity_member(p_issuer text, p_subject text) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT m.name FROM member_identities i JOIN members m ON m.id = i.member_id
    WHERE i.issuer = p_issuer AND i.subject = p_subject
$$;

-- No group is left to him: suspended, until the directory gives him one again.
CREATE FUNCTION dismiss_identity(p_issuer text, p_subject text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members;
BEGIN
    SELECT m.* INTO self FROM member_identities i JOIN members m ON m.id = i.member_id
        WHERE i.issuer = p_issuer AND i.subject = p_subject FOR UPDATE OF i;
    IF self.state = 'active' THEN
        UPDATE member_identities i SET dismissed = true WHERE i.member_id = self.id;
        PERFORM set_member_state(self.name, 'suspended');
    END IF;
END
$$;

CREATE FUNCTION link_identity(p_name text, p_issuer text, p_subject text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_named(p_name);
BEGIN
    IF EXISTS (SELECT FROM member_identities i
        WHERE i.member_id = self.id OR (i.issuer = p_issuer AND i.subject = p_subject)) THEN
        RAISE check_violation USING MESSAGE = 'That member, or that person of the directory, is linked already.';
    END IF;
    INSERT INTO member_identities (issuer, subject, member_id) VALUES (p_issuer, p_subject, self.id);
    PERFORM write_event(self.organisation_id, 'link_identity', 'member:' || p_name, 'done',
                        jsonb_build_object('issuer', p_issuer, 'subject', p_subject));
END
$$;

GRANT EXECUTE ON FUNCTION set_member_roles(text, text[]), admit_identity(text, text, text, text, text, text[]),
    identity_member(text, text), dismiss_identity(text, text), link_identity(text, text, text) TO harbour_admin;
