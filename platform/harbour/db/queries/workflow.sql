-- submission --
SELECT s.id, s.run_id, o.slug AS organisation, s.state, m.name AS maker, s.note, s.digest, s.created_at, s.decided_at,
       r.template, r.name AS run_name, r.summary
FROM harbour.submissions s
JOIN harbour.organisations o ON o.id = s.organisation_id
JOIN harbour.members m ON m.id = s.maker_id
JOIN harbour.runs r ON r.id = s.run_id
WHERE s.id = :id

-- submissions --
SELECT s.id, s.run_id, o.slug AS organisation, s.state, m.name AS maker, s.note, s.digest, s.created_at, s.decided_at,
       r.template, r.name AS run_name, r.summary
FROM harbour.submissions s
JOIN harbour.organisations o ON o.id = s.organisation_id
JOIN harbour.members m ON m.id = s.maker_id
JOIN harbour.runs r ON r.id = s.run_id
WHERE s.state = coalesce(:state, s.state) AND s.id < coalesce(cast(:before AS bigint), 9223372036854775807)
ORDER BY s.id DESC LIMIT :limit

-- refusals --
SELECT a.action, harbour.refusal_sentence(a.action, :id) AS sentence FROM harbour.actions a
WHERE cardinality(a.roles) > 0 AND a.action IN (SELECT action FROM harbour.transitions WHERE action <> 'submit')
ORDER BY a.action

-- refusal --
SELECT harbour.refusal_sentence(:action, :id)

-- comments --
SELECT c.id, m.name AS author, c.body, c.created_at
FROM harbour.comments c JOIN harbour.members m ON m.id = c.author_id
WHERE c.submission_id = :submission ORDER BY c.id

-- decisions --
SELECT a.id, m.name AS reviewer, a.decision, a.digest, a.comment, a.decided_at
FROM harbour.approvals a JOIN harbour.members m ON m.id = a.reviewer_id
WHERE a.submission_id = :submission ORDER BY a.id

-- transitions --
SELECT t.action, t.from_state, t.to_state, a.roles, a.whose
FROM harbour.transitions t JOIN harbour.actions a ON a.action = t.action
ORDER BY t.action, t.from_state

-- publications --
SELECT p.id, p.submission_id, p.run_id, p.kind, p.entity, p.reference_date, p.scenario, p.digest, r.summary,
       m.name AS approved_by, p.published_at
FROM harbour.publications p
JOIN harbour.runs r ON r.id = p.run_id
JOIN harbour.members m ON m.id = p.approved_by
WHERE p.ended_at IS NULL AND p.kind = coalesce(:kind, p.kind) AND p.digest = harbour.digest_seen(p.run_id)
ORDER BY p.reference_date DESC, p.id DESC LIMIT :limit
