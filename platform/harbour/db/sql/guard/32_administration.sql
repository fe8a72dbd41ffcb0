-- What an organisation's administrator does with its members himself: in his own organisation only, never for
-- himself, never a role of the platform. So that no one person gets both sides of a review, who makes or reviews
-- figures himself gives the role viewer only; and who was invited chooses his password by a link that works once, which
-- cannot be had for somebody who has one already.
--
-- The last administrator cannot be removed: who removes is one himself, at the moment he does, and stays one. Everything
-- here takes the organisation's turn first, so that two who remove each other come one after the other.

-- Internal: why this administrator may not change his organisation's members at all, or NULL.
CREATE FUNCTION refusal_of_administrator(p_self members) RETURNS outcome
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    refused outcome := refusal_by_role('manage_members');
BEGIN
    IF refused.code IS NULL AND NOT has_own_role(p_self.id, '{org_admin}') THEN
        refused := refusal('not_allowed', 'A role that was lent to you does not reach the members: it takes an administrator''s own.');
    ELSIF refused.code IS NULL AND split_part(p_self.name, '-', 1) = 'platform' THEN
        refused := refusal('not_allowed', 'The platform''s own administrators are changed on its command line.');
    END IF;
    RETURN refused;
END
$$;

-- Internal: why he may not give these roles, or NULL.
CREATE FUNCTION refusal_of_roles(p_self members, p_roles text[]) RETURNS outcome
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    IF NOT coalesce(array_ndims(p_roles) = 1 AND cardinality(p_roles) BETWEEN 1 AND 4
            AND p_roles <@ ARRAY['analyst', 'viewer', 'reviewer', 'org_admin'], false) THEN
        RETURN refusal('invalid', 'A member has one role at least, of analyst, viewer, reviewer and org_admin.');
    ELSIF p_roles <> '{viewer}' AND holds_role(p_self, '{analyst,reviewer}') THEN
        RETURN refusal('own_work',
            'You make or review figures yourself: another administrator must give a role other than viewer.');
    END IF;
    RETURN NULL;
END
$$;

-- Internal: the colleague meant, or why this administrator may not change him.
CREATE FUNCTION colleague_of(p_self members, p_name text, OUT colleague members, OUT refused outcome)
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    SELECT m.* INTO colleague FROM members m WHERE m.name = p_name AND m.organisation_id = p_self.organisation_id;
    refused := refusal_of_administrator(p_self);
    IF refused.code IS NULL AND colleague.id IS NULL THEN
        refused := refusal('not_found', 'There is no such member in your organisation.');
    ELSIF refused.code IS NULL AND colleague.id = p_self.id THEN
        refused := refusal('own_work', 'You cannot change your own membership: another administrator must.');
    END IF;
END
$$;

-- Internal: whether he was invited and has no password yet. Whom the bank's directory sends never has one here.
CREATE FUNCTION is_invited(p_member bigint) RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN EXISTS (SELECT FROM credentials c WHERE c.member_id = p_member AND c.password_hash = '-')
        AND NOT EXISTS (SELECT FROM member_identities i WHERE i.member_id = p_member);
END
$$;

-- p_hash: the SHA-256 of the link's token. The database login comes with the password (harbour_admin creates it).
CREATE FUNCTION invite_member(p_name text, p_display_name text, p_roles text[], p_hash text) RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_asking();
    slug text := split_part(self.name, '-', 1);
    refused outcome;
BEGIN
    PERFORM take_turn(self.organisation_id);
    refused := refusal_of_administrator(self);
    IF refused.code IS NULL THEN
        refused := refusal_of_roles(self, p_roles);
    END IF;
    IF refused.code IS NULL AND NOT coalesce(split_part(p_name, '-', 1) = slug AND p_name ~ '^[a-z0-9]+-[a-z][a-z0-9]{0,15}$', false) THEN
        refused := refusal('invalid', 'A sign-in name is one to sixteen letters a-z and digits, and begins with a letter.');
    ELSIF refused.code IS NULL AND NOT coalesce(length(trim(p_display_name)) BETWEEN 1 AND 100, false) THEN
        refused := refusal('invalid', 'Give the person''s name, as colleagues write it.');
    ELSIF refused.code IS NULL AND NOT coalesce(p_hash ~ '^[0-9a-f]{64}$', false) THEN
        refused := refusal('invalid', 'An invitation is kept as the SHA-256 of its token.');
    ELSIF refused.code IS NULL AND EXISTS (SELECT FROM members m WHERE m.name = p_name) THEN
        refused := refusal('wrong_state', format('There is a member "%s" already: choose another sign-in name.', p_name));
    ELSIF refused.code IS NULL THEN
        refused := refusal_by_quota(self.organisation_id, 'members');
    END IF;
    IF refused.code IS NOT NULL THEN
        RETURN denied(self, 'create_member', 'member:' || coalesce(p_name, ''), refused);
    END IF;
    PERFORM add_member(slug, p_name, trim(p_display_name), ARRAY(SELECT DISTINCT unnest(p_roles) ORDER BY 1), '-');
    PERFORM make_link(p_name, p_hash, 'invitation', interval '72 hours');
    RETURN done((SELECT m.id FROM members m WHERE m.name = p_name));
END
$$;

-- A new link for whom has not used his; the one before stops working.
CREATE FUNCTION renew_invitation(p_name text, p_hash text) RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_asking();
    meant record;
BEGIN
    PERFORM take_turn(self.organisation_id);
    meant := colleague_of(self, p_name);
    IF (meant.refused).code IS NULL AND NOT is_invited((meant.colleague).id) THEN
        meant.refused := refusal('wrong_state', 'Only who has never signed in is invited again: for a new password, ask the platform''s administrator.');
    ELSIF (meant.refused).code IS NULL AND (meant.colleague).state <> 'active' THEN
        meant.refused := refusal('wrong_state', format('%s is suspended.', p_name));
    ELSIF (meant.refused).code IS NULL AND NOT coalesce(p_hash ~ '^[0-9a-f]{64}$', false) THEN
        meant.refused := refusal('invalid', 'An invitation is kept as the SHA-256 of its token.');
    ELSIF (meant.refused).code IS NULL THEN
        -- The link lets its holder in with the roles he was given: what he may not give, he may not hand out again.
        meant.refused := refusal_of_roles(self, ARRAY(SELECT r.role FROM member_roles r WHERE r.member_id = (meant.colleague).id));
    END IF;
    IF (meant.refused).code IS NOT NULL THEN
        RETURN denied(self, 'make_link', 'member:' || coalesce(p_name, ''), meant.refused);
    END IF;
    PERFORM make_link(p_name, p_hash, 'invitation', interval '72 hours');
    RETURN done((meant.colleague).id);
END
$$;

-- Shut a colleague out or let him back. What the Hub has open for him ends within seconds (harbour.hub.watch); the
-- database answers him nothing from this moment on.
CREATE FUNCTION move_member(p_name text, p_state text) RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_asking();
    meant record;
BEGIN
    PERFORM take_turn(self.organisation_id);
    meant := colleague_of(self, p_name);
    IF (meant.refused).code IS NULL AND NOT coalesce(p_state IN ('active', 'suspended'), false) THEN
        meant.refused := refusal('invalid', 'A member is active or suspended.');
    ELSIF (meant.refused).code IS NULL AND (meant.colleague).state = p_state THEN
        meant.refused := refusal('wrong_state', format('%s is %s already.', p_name, p_state));
    ELSIF (meant.refused).code IS NULL AND p_state = 'active' THEN
        meant.refused := refusal_by_quota(self.organisation_id, 'members');
        IF (meant.refused).code IS NULL THEN
            meant.refused := refusal_of_roles(self, ARRAY(SELECT r.role FROM member_roles r WHERE r.member_id = (meant.colleague).id));
        END IF;
    END IF;
    IF (meant.refused).code IS NOT NULL THEN
        RETURN denied(self, 'set_member_state', 'member:' || coalesce(p_name, ''), meant.refused);
    END IF;
    -- From now on it is an administrator's word, which the directory does not undo.
    UPDATE member_identities i SET dismissed = false WHERE i.member_id = (meant.colleague).id;
    PERFORM set_member_state(p_name, p_state);
    RETURN done((meant.colleague).id);
END
$$;

-- These roles and no others.
CREATE FUNCTION change_roles(p_name text, p_roles text[]) RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_asking();
    meant record;
BEGIN
    PERFORM take_turn(self.organisation_id);
    meant := colleague_of(self, p_name);
    IF (meant.refused).code IS NULL THEN
        meant.refused := refusal_of_roles(self, p_roles);
    END IF;
    IF (meant.refused).code IS NULL AND EXISTS (SELECT FROM member_identities i WHERE i.member_id = (meant.colleague).id) THEN
        meant.refused := refusal('wrong_state', 'This member''s roles come from your directory: change his groups there.');
    END IF;
    IF (meant.refused).code IS NOT NULL THEN
        RETURN denied(self, 'change_roles', 'member:' || coalesce(p_name, ''), meant.refused);
    END IF;
    PERFORM set_member_roles(p_name, p_roles);
    RETURN done((meant.colleague).id);
END
$$;

-- What an administrator sees of his organisation's members beside their names.
CREATE FUNCTION members_administered()
RETURNS TABLE (name text, display_name text, state text, roles text[], invited boolean, from_directory boolean,
               seen_at timestamptz, runs bigint, runs_lately bigint, storage bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT m.name, m.display_name, m.state, ARRAY(SELECT r.role FROM member_roles r WHERE r.member_id = m.id ORDER BY 1),
           is_invited(m.id), EXISTS (SELECT FROM member_identities i WHERE i.member_id = m.id), c.seen_at,
           (SELECT count(*) FROM runs k WHERE k.organisation_id = m.organisation_id AND k.maker_id = m.id),
           (SELECT count(*) FROM runs k WHERE k.organisation_id = m.organisation_id AND k.maker_id = m.id
                AND k.created_at > now() - interval '30 days'),
           (SELECT coalesce(sum(u.stored), 0)::bigint FROM uploads u
                WHERE u.organisation_id = m.organisation_id AND u.member_id = m.id)
    FROM members m LEFT JOIN credentials c ON c.member_id = m.id
    WHERE m.organisation_id = my_organisation() AND has_own_role((asking()).id, '{org_admin,platform_admin}')
    ORDER BY m.name
$$;

-- What is used and what there may be: of one's own organisation, and for the platform's administrator of every one.
-- Counts only: he sees no bank's work.
CREATE FUNCTION usage_administered() RETURNS TABLE (organisation text, organisation_name text, what text, used bigint, bound bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT o.slug, o.name, w.what, used_of(o.id, w.what), quota_of(o.id, w.what)
    FROM organisations o, unnest(ARRAY['members', 'runs_a_day', 'storage', 'servers']) WITH ORDINALITY AS w (what, place)
    WHERE (o.id = my_organisation() AND has_own_role((asking()).id, '{org_admin}'))
       OR has_own_role((asking()).id, '{platform_admin}')
    ORDER BY o.slug, w.place
$$;

GRANT EXECUTE ON FUNCTION invite_member(text, text, text[], text), renew_invitation(text, text), move_member(text, text),
    change_roles(text, text[]), members_administered(), usage_administered() TO harbour_member;
