-- Approval rules: how many approvals, of which roles, in which order, and whose authority counts.

CREATE TRIGGER approval_rules_are_kept BEFORE UPDATE OR DELETE ON approval_rules
    FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER approval_steps_are_kept BEFORE UPDATE OR DELETE ON approval_steps
    FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION rule_in_force(p_organisation bigint, p_template text) RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT r.id FROM approval_rules r
    WHERE r.organisation_id = p_organisation AND (r.template = p_template OR r.template IS NULL)
    ORDER BY r.template IS NULL, r.version DESC LIMIT 1
$$;

CREATE FUNCTION prepared_by(p_submission submissions, p_member bigint) RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN p_submission.maker_id = p_member
        OR EXISTS (SELECT FROM runs r WHERE r.id = p_submission.run_id AND r.maker_id = p_member);
END
$$;

CREATE FUNCTION has_approved(p_submission submissions, p_member bigint) RETURNS boolean
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN EXISTS (SELECT FROM approvals a WHERE a.submission_id = p_submission.id AND a.round = p_submission.round
                   AND a.decision = 'approve' AND p_member IN (a.reviewer_id, a.on_behalf_of));
END
$$;

-- Internal: the steps a submission must pass, and whether each is passed in this round.
CREATE FUNCTION steps_of(p_submission submissions) RETURNS TABLE (place int, role text, passed boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT s.place, s.role, EXISTS (
        SELECT FROM approvals a WHERE a.submission_id = p_submission.id AND a.round = p_submission.round
          AND a.decision = 'approve' AND a.step = s.place)
    FROM (SELECT t.place, t.role FROM approval_steps t WHERE t.rule_id = p_submission.rule_id
          UNION ALL SELECT 1, 'reviewer' WHERE p_submission.rule_id IS NULL) s
    ORDER BY s.place
$$;

-- Internal: on whose authority a member may decide here: his own, or a principal's who did not prepare it and has
-- not used it in this round. NULL: on nobody's.
CREATE FUNCTION authority_over(p_self members, p_roles text[], p_submission submissions) RETURNS bigint
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    principal bigint;
BEGIN
    IF has_own_role(p_self.id, p_roles) THEN
        RETURN p_self.id;
    END IF;
    FOR principal IN SELECT principals_of(p_self.id, p_roles) LOOP
        IF NOT prepared_by(p_submission, principal) AND NOT has_approved(p_submission, principal) THEN
            RETURN principal;
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;

-- Internal: the step of its rule this member would pass, on whose authority; or, with no step, whose turn it is.
CREATE FUNCTION open_step(p_self members, p_submission submissions, OUT step int, OUT authority bigint, OUT turn_of text)
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    next record;
    ordered boolean;
BEGIN
    SELECT r.in_order INTO STRICT ordered FROM approval_rules r WHERE r.id = p_submission.rule_id;
    FOR next IN SELECT s.place, s.role FROM steps_of(p_submission) s WHERE NOT s.passed ORDER BY s.place LOOP
        turn_of := coalesce(turn_of, next.role);
        authority := authority_over(p_self, ARRAY[next.role], p_submission);
        IF authority IS NOT NULL THEN
            step := next.place;
            RETURN;
        END IF;
        EXIT WHEN ordered;
    END LOOP;
END
$$;

-- The organisation's administrator sets a rule: one role per approval wanted.
CREATE FUNCTION set_approval_rule(p_template text, p_roles text[], p_in_order boolean) RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_asking();
    refused outcome := refusal_by_role('set_rule');
    added approval_rules;
BEGIN
    PERFORM take_turn(self.organisation_id);
    IF refused.code IS NULL AND NOT coalesce('reviewer' = ANY (p_roles) AND cardinality(p_roles) BETWEEN 1 AND 9
            AND p_roles <@ ARRAY['analyst', 'reviewer', 'org_admin'] AND array_ndims(p_roles) = 1, false) THEN
        refused := refusal('invalid',
            'A rule asks for one to nine approvals, each of an analyst, a reviewer or an org_admin; one at least of a reviewer.');
    END IF;
    IF refused.code IS NOT NULL THEN
        RETURN denied(self, 'set_rule', 'template:' || coalesce(p_template, ''), refused);
    END IF;
    INSERT INTO approval_rules (organisation_id, template, version, in_order, set_by)
        SELECT self.organisation_id, p_template, coalesce(max(r.version), 0) + 1, coalesce(p_in_order, true), self.id
        FROM approval_rules r
        WHERE r.organisation_id = self.organisation_id AND r.template IS NOT DISTINCT FROM p_template
        RETURNING * INTO added;
    INSERT INTO approval_steps (organisation_id, rule_id, place, role)
        SELECT self.organisation_id, added.id, place, role FROM unnest(p_roles) WITH ORDINALITY AS wanted (role, place);
    PERFORM write_event(self.organisation_id, 'set_rule', 'template:' || coalesce(p_template, ''), 'done',
        jsonb_build_object('rule', added.id, 'version', added.version, 'roles', p_roles, 'in_order', added.in_order));
    RETURN done(added.id);
END
$$;

-- For dashboards: what a submission still needs, in order.
CREATE FUNCTION steps_seen(p_submission bigint) RETURNS TABLE (place int, role text, passed boolean)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT t.* FROM submissions s, LATERAL steps_of(s) t
    WHERE s.id = p_submission AND s.organisation_id = seen_organisation() AND sees('see_work') ORDER BY t.place
$$;
