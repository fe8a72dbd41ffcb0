-- submission --
SELECT s.id, s.run_id, o.slug AS organisation, s.state, m.name AS maker, s.note, s.digest, s.created_at, s.decided_at,
       r.template, r.name AS run_name, r.summary
FROM harbour.submissions s
JOIN harbour.organisations o ON o.id = s.organisation_id
JOIN harbour.members m ON m.id = s.maker_id
JOIN harbour.runs r ON r.id = s.run_id
WHERE s.id = :id

-- submissions --
-- The page first, from the index, and what belongs to it after: the cost is that of the page, not of the organisation.
SELECT s.id, s.run_id, o.slug AS organisation, s.state, m.name AS maker, s.note, s.digest, s.created_at, s.decided_at,
       r.template, r.name AS run_name, r.summary
FROM (SELECT p.* FROM harbour.submissions p
      WHERE (cast(:state AS text) IS NULL OR p.state = cast(:state AS text))
        AND p.id < coalesce(cast(:before AS bigint), 9223372036854775807)
      ORDER BY p.id DESC LIMIT :limit) s
JOIN harbour.organisations o ON o.id = s.organisation_id
JOIN harbour.members m ON m.id = s.maker_id
JOIN harbour.runs r ON r.id = s.run_id
ORDER BY s.id DESC

-- refusals --
SELECT a.action, harbour.refusal_sentence(a.action, :id) AS sentence FROM harbour.actions a
WHERE cardinality(a.roles) > 0 AND a.action IN (SELECT action FROM harbour.transitions WHERE action NOT IN ('submit', 'block'))
ORDER BY a.action

-- refusal --
SELECT harbour.refusal_sentence(:action, :id)

-- comments --
SELECT c.id, m.name AS author, c.body, c.created_at, c.template, c.cell_table AS "table", c.cell_row AS "row",
       c.cell_column AS "column", c.cell_sheet AS sheet, c.reply_to, c.blocking, r.name AS resolved_by, c.resolved_at,
       ARRAY(SELECT n.name FROM harbour.mentions s JOIN harbour.members n ON n.id = s.member_id
             WHERE s.comment_id = c.id ORDER BY n.name) AS mentions
FROM harbour.comments c JOIN harbour.members m ON m.id = c.author_id LEFT JOIN harbour.members r ON r.id = c.resolved_by
WHERE c.submission_id = :submission OR c.template = :template ORDER BY c.id

-- mentioning_me --
SELECT c.id, m.name AS author, c.body, c.created_at, c.template, c.cell_table AS "table", c.cell_row AS "row",
       c.cell_column AS "column", c.cell_sheet AS sheet, c.reply_to, c.blocking, r.name AS resolved_by, c.resolved_at,
       ARRAY(SELECT n.name FROM harbour.mentions s JOIN harbour.members n ON n.id = s.member_id
             WHERE s.comment_id = c.id ORDER BY n.name) AS mentions
FROM harbour.mentions k JOIN harbour.members self ON self.id = k.member_id
JOIN harbour.comments c ON c.id = k.comment_id JOIN harbour.members m ON m.id = c.author_id
LEFT JOIN harbour.members r ON r.id = c.resolved_by
WHERE self.name = (SELECT name FROM harbour.me()) ORDER BY c.id DESC LIMIT :limit

-- decisions --
SELECT a.id, m.name AS reviewer, a.decision, a.digest, a.comment, a.decided_at, a.round, a.step,
       p.name AS on_behalf_of
FROM harbour.approvals a JOIN harbour.members m ON m.id = a.reviewer_id LEFT JOIN harbour.members p ON p.id = a.on_behalf_of
WHERE a.submission_id = :submission ORDER BY a.id

-- transitions --
SELECT a.module, t.action, t.from_state, t.to_state, a.roles, a.whose, a.says_why
FROM harbour.transitions t JOIN harbour.actions a ON a.action = t.action
ORDER BY t.action, t.from_state

-- publications --
SELECT p.id, p.submission_id, p.run_id, p.kind, p.entity, p.reference_date, p.scenario, p.digest, r.summary,
       m.name AS approved_by, p.published_at
FROM harbour.publications p
JOIN harbour.runs r ON r.id = p.run_id
JOIN harbour.members m ON m.id = p.approved_by
-- A dashboard is no figure: it is listed to who asks for dashboards.
WHERE p.ended_at IS NULL AND p.kind = coalesce(:kind, p.kind) AND (p.kind <> 'dashboard' OR cast(:kind AS text) = 'dashboard')
  AND p.digest = harbour.digest_seen(p.run_id)
ORDER BY p.reference_date DESC, p.id DESC LIMIT :limit

-- dashboard_versions --
SELECT p.id, p.scenario AS name, m.name AS approved_by, p.published_at, p.ended_at,
       coalesce(s.state, CASE WHEN p.ended_at IS NULL THEN 'published' ELSE 'superseded' END) AS state
FROM harbour.publications p
JOIN harbour.members m ON m.id = p.approved_by
LEFT JOIN harbour.submissions s ON s.id = p.submission_id
WHERE p.kind = 'dashboard'
ORDER BY p.id DESC

-- voided --
-- Figures that fell and that nothing has replaced: a publication is superseded only by a later one of the same line.
-- Everyone who could read the figures learns by whom they were voided, and what had changed.
SELECT p.id, p.submission_id, p.kind, coalesce(e.entity_name, r.summary #>> '{entity,name}', '') AS entity_name, p.entity,
       p.reference_date, p.scenario, m.name AS approved_by, p.published_at, p.ended_at AS voided_at,
       e.actor AS voided_by, e.changed, e.comment
FROM harbour.publications p
JOIN harbour.members m ON m.id = p.approved_by
LEFT JOIN harbour.runs r ON r.id = p.run_id
LEFT JOIN LATERAL harbour.void_notice(p.submission_id) e ON true
WHERE (p.ended_at IS NOT NULL OR p.digest IS DISTINCT FROM harbour.digest_seen(p.run_id))
  AND p.submission_id = coalesce(cast(:submission AS bigint), p.submission_id)
  AND (p.kind <> 'dashboard' OR cast(:submission AS bigint) IS NOT NULL)
  AND NOT EXISTS (SELECT FROM harbour.publications q WHERE q.kind = p.kind AND q.entity = p.entity
      AND q.reference_date = p.reference_date AND q.scenario = p.scenario AND q.id > p.id
      AND cast(:submission AS bigint) IS NULL)
ORDER BY p.id DESC LIMIT :limit

-- permissions --
SELECT module, action, roles, whose, says_why FROM harbour.actions ORDER BY module, action

-- reach --
SELECT r.action, r.roles, a.phrase FROM harbour.reach r JOIN harbour.actions a ON a.action = r.action
ORDER BY cardinality(r.roles) DESC, r.action

-- approval_rules --
SELECT r.template, r.version, r.in_order, m.name AS set_by, r.set_at,
       ARRAY(SELECT s.role FROM harbour.approval_steps s WHERE s.rule_id = r.id ORDER BY s.place) AS roles
FROM harbour.approval_rules r JOIN harbour.members m ON m.id = r.set_by
ORDER BY r.template NULLS FIRST, r.version

-- steps --
SELECT place, role, passed FROM harbour.steps_seen(:submission)

-- my_channel --
SELECT harbour.my_channel()

-- void_all_changed --
SELECT harbour.void_all_changed()
