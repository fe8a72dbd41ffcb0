-- Who is asking. Identity is the session's, never an argument.

-- The member a trusted service has become for this transaction, or else the login itself. Inside a
-- SECURITY DEFINER function current_user is the owner; these two cannot be set by who may not SET ROLE.
CREATE FUNCTION actor() RETURNS text
LANGUAGE sql STABLE SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT CASE current_setting('role') WHEN 'none' THEN session_user::text ELSE current_setting('role') END
$$;

-- The active member asking; a row of NULLs for anyone else. Only his own login and the two trusted services may
-- ask for him: harbour_admin, who could grant itself the right to become a member, gains nothing by it.
-- Internal. What is not SECURITY DEFINER in the guard runs inside a function that is, as its owner and in its search
-- path: a door inside the house needs no second lock, and each lock costs as much as a query.
CREATE FUNCTION asking() RETURNS members
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    self members;
    asked text := CASE current_setting('role') WHEN 'none' THEN session_user::text ELSE current_setting('role') END;
BEGIN
    SELECT m.* INTO self FROM members m
        WHERE m.login = asked AND m.state = 'active' AND session_user IN (m.login, 'harbour_dashboards', 'harbour_worker');
    RETURN self;
END
$$;

-- As above, but nobody else gets further.
CREATE FUNCTION member_asking() RETURNS members
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    self members := asking();
BEGIN
    IF self.id IS NULL THEN
        RAISE insufficient_privilege USING MESSAGE = 'You are not an active member of any organisation.';
    END IF;
    RETURN self;
END
$$;

-- Internal: the principals who lend this member one of these roles now.
CREATE FUNCTION principals_of(p_deputy bigint, p_roles text[]) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT d.principal_id FROM delegations d
    JOIN members m ON m.id = d.principal_id AND m.state = 'active'
    JOIN member_roles r ON r.member_id = d.principal_id AND r.role = d.role
    WHERE d.deputy_id = p_deputy AND d.role = ANY (p_roles) AND d.ended_at IS NULL
      AND d.created_at <= now() AND d.until > now()
    ORDER BY d.id
$$;

-- Internal: whether one of these roles is his own.
CREATE FUNCTION has_own_role(p_member bigint, p_roles text[]) RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN EXISTS (SELECT FROM member_roles r WHERE r.member_id = p_member AND r.role = ANY (p_roles));
END
$$;

-- Internal: whether he has one of these roles, as his own or lent to him.
CREATE FUNCTION holds_role(p_self members, p_roles text[]) RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN has_own_role(p_self.id, p_roles) OR EXISTS (SELECT FROM principals_of(p_self.id, p_roles));
END
$$;

CREATE FUNCTION has_role(p_roles text[]) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
BEGIN
    RETURN holds_role(asking(), p_roles);
END
$$;

CREATE FUNCTION may(p_action text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT has_role((SELECT a.roles FROM actions a WHERE a.action = p_action))
$$;

CREATE FUNCTION my_organisation() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT (asking()).organisation_id
$$;

-- Work in progress is for those who make, review or administer it; a viewer sees what is published.
CREATE FUNCTION sees_work() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT may('see_work')
$$;

CREATE FUNCTION me() RETURNS TABLE (name text, display_name text, organisation text, organisation_name text, roles text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT m.name, m.display_name, o.slug, o.name,
           ARRAY(SELECT r.role FROM member_roles r WHERE r.member_id = m.id ORDER BY r.role)
    FROM members m JOIN organisations o ON o.id = m.organisation_id
    WHERE m.id = (asking()).id
$$;
