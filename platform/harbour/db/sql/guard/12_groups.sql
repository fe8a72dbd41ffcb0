-- Organisations above others: group, bank, entity. Who is above may look below, at one organisation at a time, when he
-- says so (SET harbour.looking_at = its slug); what he then sees, this table says. It never goes up or sideways, a role
-- that was lent does not reach below, and nobody does anything below: every function that changes something knows its
-- caller's own organisation only.
INSERT INTO reach (action, roles) VALUES
    ('see_published', '{analyst,viewer,reviewer,org_admin}'),
    ('see_work',      '{reviewer,org_admin}'),
    ('see_audit',     '{org_admin}');

-- Internal: an organisation and all below it.
CREATE FUNCTION with_those_below(p_organisation bigint) RETURNS SETOF bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    WITH RECURSIVE below AS (
        SELECT p_organisation AS id
        UNION SELECT o.id FROM organisations o JOIN below b ON o.parent_id = b.id)
    SELECT id FROM below
$$;

-- Internal: whether one's own role reaches below for this.
CREATE FUNCTION reaches(p_self members, p_action text) RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN EXISTS (SELECT FROM reach r WHERE r.action = p_action AND has_own_role(p_self.id, r.roles));
END
$$;

-- The organisation whose rows are seen: one's own, or the one below that is looked at. NULL: none.
CREATE FUNCTION seen_organisation() RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := asking();
    looked_at text := coalesce(current_setting('harbour.looking_at', true), '');
BEGIN
    IF looked_at = '' THEN
        RETURN self.organisation_id;
    END IF;
    RETURN (SELECT o.id FROM organisations o WHERE o.slug = looked_at AND self.id IS NOT NULL
            AND (o.id = self.organisation_id
                 OR (o.id IN (SELECT with_those_below(self.organisation_id)) AND reaches(self, 'see_published'))));
END
$$;

-- Whether one may see this there: by one's role at home, by `reach` below.
CREATE FUNCTION sees(p_action text) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := asking();
    there bigint := seen_organisation();
BEGIN
    RETURN CASE WHEN there = self.organisation_id THEN holds_role(self, (SELECT a.roles FROM actions a WHERE a.action = p_action))
        ELSE there IS NOT NULL AND reaches(self, p_action) END;
END
$$;

-- The organisations one may look at: one's own and, for whom `reach` names, those below.
CREATE FUNCTION organisations_in_sight() RETURNS bigint[]
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := asking();
BEGIN
    RETURN CASE WHEN reaches(self, 'see_published')
        THEN ARRAY(SELECT with_those_below(self.organisation_id)) ELSE ARRAY[self.organisation_id] END;
END
$$;

-- No organisation is above itself, whoever writes it; two who write at once take turns.
CREATE FUNCTION refuse_circle() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
BEGIN
    PERFORM FROM organisations o WHERE o.slug = 'platform' FOR UPDATE;
    IF NEW.parent_id IN (SELECT with_those_below(NEW.id)) THEN
        RAISE check_violation USING MESSAGE = format('%s would be above itself.', NEW.name);
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER organisations_make_no_circle BEFORE UPDATE OF parent_id ON organisations
    FOR EACH ROW WHEN (NEW.parent_id IS NOT NULL) EXECUTE FUNCTION refuse_circle();
