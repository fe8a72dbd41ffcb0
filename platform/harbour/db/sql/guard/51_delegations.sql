-- Roles lent for a time: see `delegations` in ../r0001/10_people.sql.

CREATE FUNCTION delegate(p_deputy text, p_role text, p_until timestamptz) RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_asking();
    refused outcome := refusal_by_role('delegate');
    deputy members;
    added bigint;
BEGIN
    PERFORM take_turn(self.organisation_id);
    SELECT m.* INTO deputy FROM members m
        WHERE m.name = p_deputy AND m.organisation_id = self.organisation_id AND m.state = 'active';
    IF refused.code IS NULL AND NOT (p_role IN ('reviewer', 'org_admin') AND has_own_role(self.id, ARRAY[p_role])) THEN
        refused := refusal('not_allowed', 'You may lend a role of your own only: reviewer, or org admin.');
    ELSIF refused.code IS NULL AND (deputy.id IS NULL OR deputy.id = self.id) THEN
        refused := refusal('not_found', 'The deputy is another active member of your organisation.');
    ELSIF refused.code IS NULL AND (p_until IS NULL OR p_until <= now() OR p_until > now() + interval '366 days') THEN
        refused := refusal('invalid', 'A delegation ends on a day to come, within a year.');
    END IF;
    IF refused.code IS NOT NULL THEN
        RETURN denied(self, 'delegate', 'member:' || coalesce(p_deputy, ''), refused);
    END IF;
    INSERT INTO delegations (organisation_id, principal_id, deputy_id, role, until)
        VALUES (self.organisation_id, self.id, deputy.id, p_role, p_until) RETURNING id INTO added;
    PERFORM write_event(self.organisation_id, 'delegate', 'member:' || deputy.name, 'done',
                        jsonb_build_object('delegation', added, 'role', p_role, 'until', utc_text(p_until)));
    RETURN done(added);
END
$$;

CREATE FUNCTION end_delegation(p_delegation bigint) RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_asking();
    ended delegations;
BEGIN
    PERFORM take_turn(self.organisation_id);
    UPDATE delegations d SET ended_at = now()
        WHERE d.id = p_delegation AND d.organisation_id = self.organisation_id AND d.ended_at IS NULL
          AND session_user <> 'harbour_worker'
          AND (d.principal_id = self.id OR has_own_role(self.id, ARRAY['org_admin']))
        RETURNING d.* INTO ended;
    IF ended.id IS NULL THEN
        RETURN denied(self, 'end_delegation', 'delegation:' || p_delegation,
                      refusal('not_found', 'There is no such delegation in force that you may end.'));
    END IF;
    PERFORM write_event(self.organisation_id, 'end_delegation', 'delegation:' || p_delegation, 'done', '{}');
    RETURN done(p_delegation);
END
$$;
