-- evidence_submission --
SELECT s.id, o.slug AS organisation, o.name AS organisation_name, s.run_id AS run, s.state, m.name AS maker, s.note,
       s.digest, harbour.utc_text(s.created_at) AS created_at, harbour.utc_text(s.decided_at) AS decided_at
FROM harbour.submissions s
JOIN harbour.organisations o ON o.id = s.organisation_id
JOIN harbour.members m ON m.id = s.maker_id
WHERE s.id = :id

-- evidence_run --
SELECT r.id, o.slug AS organisation, m.name AS maker, coalesce(r.executed_by, '') AS executed_by, r.name, r.version,
       r.template, r.state, r.parameters::text AS parameters, r.digests, r.summary::text AS summary,
       harbour.digest_seen(r.id) AS digest, harbour.utc_text(r.created_at) AS created_at,
       harbour.utc_text(r.finished_at) AS finished_at
FROM harbour.runs r
JOIN harbour.organisations o ON o.id = r.organisation_id
JOIN harbour.members m ON m.id = r.maker_id
WHERE r.id = :id

-- evidence_artefacts --
SELECT a.name, a.sha256 FROM harbour.run_artefacts a WHERE a.run_id = :run ORDER BY a.name COLLATE "C"

-- evidence_comments --
SELECT c.id, m.name AS author, c.body, harbour.utc_text(c.created_at) AS created_at
FROM harbour.comments c JOIN harbour.members m ON m.id = c.author_id
WHERE c.submission_id = :submission ORDER BY c.id

-- evidence_approvals --
SELECT a.id, m.name AS reviewer, a.decision, a.digest, a.comment, harbour.utc_text(a.decided_at) AS decided_at
FROM harbour.approvals a JOIN harbour.members m ON m.id = a.reviewer_id
WHERE a.submission_id = :submission ORDER BY a.id

-- evidence_slice --
-- From the first to the last event about the submission and the runs it was made of, with all in between.
WITH told AS (
    SELECT e.seq, e.detail FROM harbour.audit_events e WHERE e.subject = 'submission:' || cast(:submission AS bigint)
), ours AS (
    SELECT seq FROM told
    UNION ALL
    SELECT e.seq FROM harbour.audit_events e
    WHERE e.subject IN (SELECT 'run:' || (detail ->> 'run') FROM told WHERE detail ? 'run')
)
SELECT min(seq) AS first, max(seq) AS last,
       coalesce((SELECT e.hash FROM harbour.audit_events e WHERE e.seq = (SELECT min(seq) FROM ours) - 1), repeat('0', 64))
           AS before
FROM ours

-- evidence_events --
SELECT o.slug AS organisation, e.seq, harbour.utc_text(e.at) AS at, e.actor, e.login, e.action, e.subject, e.outcome,
       e.detail::text AS detail, e.hash
FROM harbour.audit_events e JOIN harbour.organisations o ON o.id = e.organisation_id
WHERE e.seq BETWEEN :first AND :last
ORDER BY e.seq

-- evidence_before --
-- The figures that were in force for an earlier period when this was decided.
SELECT p.submission_id AS submission, p.run_id AS run, p.reference_date, p.digest,
       harbour.utc_text(p.published_at) AS published_at, r.summary
FROM harbour.publications p JOIN harbour.runs r ON r.id = p.run_id
WHERE p.kind = :template AND p.entity = :entity AND p.scenario = :scenario AND p.reference_date < :reference_date
  AND p.published_at < coalesce(cast(:at AS timestamptz), now())
  AND (p.ended_at IS NULL OR p.ended_at > coalesce(cast(:at AS timestamptz), now()))
ORDER BY p.reference_date DESC, p.id DESC LIMIT 1
