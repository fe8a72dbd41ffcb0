-- Who may do what, as one table of truth, and who may lend it to a deputy.
--
-- `actions.roles` is read by every function and policy of the guard; `harbour.actions` joined with
-- `harbour.transitions` is what docs/workflow.md is drawn from.

ALTER TABLE actions ADD COLUMN module text;
UPDATE actions SET module = CASE
    WHEN action IN ('store_artefact', 'record_run', 'request_run') THEN 'runs'
    WHEN action IN ('submit', 'resubmit', 'withdraw') THEN 'submissions'
    WHEN action = 'comment' THEN 'comments'
    WHEN action IN ('publish', 'supersede') THEN 'publications'
    ELSE 'approvals' END;
ALTER TABLE actions ALTER COLUMN module SET NOT NULL;

INSERT INTO actions (module, action, roles, whose, says_why, phrase) VALUES
    ('comments',      'comment_template', '{analyst,reviewer,org_admin}', 'any',       true,  'comment on this template'),
    ('comments',      'block',            '{reviewer,org_admin}',         'not_maker', true,  'block this submission'),
    ('comments',      'resolve',          '{analyst,reviewer,org_admin}', 'any',       false, 'resolve this comment'),
    ('comments',      'reopen',           '{analyst,reviewer,org_admin}', 'any',       false, 'reopen this comment'),
    ('approvals',     'approve_in_part',  '{}',                           'any',       false, 'count this approval'),
    ('approvals',     'void_by_change',   '{}',                           'any',       false, 'void what has changed'),
    ('approvals',     'set_rule',         '{org_admin}',                  'any',       false, 'set approval rules'),
    ('organisations', 'delegate',         '{reviewer,org_admin}',         'any',       false, 'delegate'),
    ('submissions',   'see_work',         '{analyst,reviewer,org_admin}', 'any',       false, 'see work under way'),
    ('audit',         'see_audit',        '{analyst,reviewer,org_admin,platform_admin}', 'any', false, 'read the audit log');

INSERT INTO transitions (action, from_state, to_state) VALUES
    ('approve_in_part', 'in_review', 'in_review'),
    ('void_by_change',  'approved',  'voided'),
    ('void_by_change',  'published', 'voided'),
    ('block',           'in_review', 'in_review'),
    ('block',           'returned',  'returned');

-- A role lent for a time. It lends the principal's own authority: it ends with his role, his membership or the
-- date, it is not lent on, and it never reaches what the principal himself prepared.
CREATE TABLE delegations (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id bigint NOT NULL,
    principal_id bigint NOT NULL,
    deputy_id bigint NOT NULL,
    role text NOT NULL CHECK (role IN ('reviewer', 'org_admin')),
    created_at timestamptz NOT NULL DEFAULT now(),
    until timestamptz NOT NULL,
    ended_at timestamptz,
    CHECK (principal_id <> deputy_id),
    CHECK (until > created_at AND until <= created_at + interval '366 days'),
    FOREIGN KEY (organisation_id, principal_id) REFERENCES members (organisation_id, id),
    FOREIGN KEY (organisation_id, deputy_id) REFERENCES members (organisation_id, id)
);
CREATE INDEX delegations_by_deputy ON delegations (deputy_id);

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

CREATE FUNCTION has_own_role(p_member bigint, p_roles text[]) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT EXISTS (SELECT FROM member_roles r WHERE r.member_id = p_member AND r.role = ANY (p_roles))
$$;

CREATE OR REPLACE FUNCTION has_role(p_roles text[]) RETURNS boolean
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := asking();
BEGIN
    RETURN has_own_role(self.id, p_roles) OR EXISTS (SELECT FROM principals_of(self.id, p_roles));
END
$$;

CREATE FUNCTION may(p_action text) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT has_role((SELECT a.roles FROM actions a WHERE a.action = p_action))
$$;

CREATE OR REPLACE FUNCTION sees_work() RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT may('see_work')
$$;

CREATE FUNCTION prepared_by(p_submission submissions, p_member bigint) RETURNS boolean
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT p_submission.maker_id = p_member
        OR EXISTS (SELECT FROM runs r WHERE r.id = p_submission.run_id AND r.maker_id = p_member)
$$;

-- Internal: on whose authority a member may decide here: his own, or a principal's who did not prepare it and has
-- not used it in this round. NULL: on nobody's.
CREATE FUNCTION authority_over(p_self members, p_roles text[], p_submission submissions) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
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
