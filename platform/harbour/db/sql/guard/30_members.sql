-- Organisations and members. For the login harbour_admin only (the Hub and the command line).

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

-- Internal: what still waits to run in the name of who is suspended runs in nobody's. A run that is running already is
-- ended by the worker (cancelled_by).
CREATE FUNCTION drop_queued_runs(p_member members) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    waiting bigint;
BEGIN
    FOR waiting IN SELECT r.id FROM runs r WHERE r.organisation_id = p_member.organisation_id
        AND r.maker_id = p_member.id AND r.state = 'queued' ORDER BY r.id FOR UPDATE
    LOOP
        PERFORM write_event(p_member.organisation_id, 'cancel_run', 'run:' || waiting, 'done',
                            jsonb_build_object('was', 'queued', 'because', 'set_member_state'));
        PERFORM write_result(waiting, jsonb_build_object('state', 'failed', 'error_message',
            format('cancelled before it began: %s was suspended', p_member.display_name)));
    END LOOP;
END
$$;

CREATE FUNCTION set_member_state(p_name text, p_state text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    changed members;
BEGIN
    PERFORM take_turn(m.organisation_id) FROM members m WHERE m.name = p_name;
    UPDATE members SET state = p_state WHERE name = p_name RETURNING * INTO changed;
    IF changed.id IS NULL THEN
        RAISE no_data_found USING MESSAGE = format('There is no member "%s".', p_name);
    END IF;
    PERFORM write_event(changed.organisation_id, 'set_member_state', 'member:' || p_name, 'done',
                        jsonb_build_object('state', p_state));
    IF p_state = 'suspended' THEN
        PERFORM drop_queued_runs(changed);
    END IF;
END
$$;

-- Suspended members who could still come in by their database password, or are in: the Hub and the command line end it.
CREATE FUNCTION suspended_with_login() RETURNS SETOF text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT m.name FROM members m JOIN pg_roles r ON r.rolname = m.login
    WHERE m.state = 'suspended' AND (coalesce(r.rolvaliduntil, 'infinity') > now()
        OR EXISTS (SELECT FROM pg_stat_get_activity(NULL) a WHERE a.usesysid = r.oid))
    ORDER BY m.name
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

-- Internal.
CREATE FUNCTION organisation_named(p_slug text) RETURNS organisations
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    named organisations;
BEGIN
    SELECT o.* INTO named FROM organisations o WHERE o.slug = p_slug;
    IF named.id IS NULL THEN
        RAISE no_data_found USING MESSAGE = format('There is no organisation "%s".', p_slug);
    END IF;
    RETURN named;
END
$$;

-- Put an organisation below another, or on its own with NULL. Both chains tell of it.
CREATE FUNCTION set_parent(p_organisation text, p_parent text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    child organisations := organisation_named(p_organisation);
    parent organisations;
    concerned bigint;
BEGIN
    IF p_parent IS NOT NULL THEN
        parent := organisation_named(p_parent);
    END IF;
    IF 'platform' IN (child.slug, parent.slug) THEN
        RAISE check_violation USING MESSAGE = 'The platform is above no bank, and below none.';
    END IF;
    UPDATE organisations SET parent_id = parent.id WHERE id = child.id;
    FOR concerned IN SELECT DISTINCT x FROM unnest(ARRAY[child.id, child.parent_id, parent.id]) x WHERE x IS NOT NULL ORDER BY x
    LOOP
        PERFORM write_event(concerned, 'set_parent', 'organisation:' || p_organisation, 'done',
            jsonb_build_object('parent', p_parent,
                               'before', (SELECT o.slug FROM organisations o WHERE o.id = child.parent_id)));
    END LOOP;
END
$$;

-- The entities an organisation reports for, by their LEI: these and no others.
CREATE FUNCTION set_entities(p_organisation text, p_leis text[]) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    named organisations := organisation_named(p_organisation);
    taken text;
    wrong text;
BEGIN
    SELECT min(e.lei) INTO taken FROM entities e WHERE e.lei = ANY (p_leis) AND e.organisation_id <> named.id;
    SELECT min(lei) INTO wrong FROM unnest(p_leis) lei WHERE lei !~ '^[A-Z0-9]{18}[0-9]{2}$';
    IF taken IS NOT NULL THEN
        RAISE check_violation USING MESSAGE = format('The entity %s is another organisation''s.', taken);
    ELSIF wrong IS NOT NULL THEN
        RAISE check_violation USING MESSAGE = format('"%s" is no LEI: 18 letters or digits and two digits.', wrong);
    END IF;
    DELETE FROM entities e WHERE e.organisation_id = named.id AND e.lei <> ALL (p_leis);
    INSERT INTO entities (lei, organisation_id) SELECT DISTINCT lei, named.id FROM unnest(p_leis) lei ON CONFLICT DO NOTHING;
    PERFORM write_event(named.id, 'set_entities', 'organisation:' || p_organisation, 'done', jsonb_build_object('leis', p_leis));
END
$$;
