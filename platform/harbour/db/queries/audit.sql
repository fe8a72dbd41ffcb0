-- audit_events --
SELECT o.slug AS organisation, e.seq, harbour.utc_text(e.at) AS at, e.actor, e.login, e.action, e.subject, e.outcome,
       e.detail::text AS detail, e.hash
FROM harbour.audit_events e JOIN harbour.organisations o ON o.id = e.organisation_id
WHERE e.subject = coalesce(:subject, e.subject) AND e.seq < coalesce(cast(:before AS bigint), 9223372036854775807)
ORDER BY e.seq DESC LIMIT :limit

-- audit_search --
SELECT o.slug AS organisation, e.seq, harbour.utc_text(e.at) AS at, e.actor, e.login, e.action, e.subject, e.outcome,
       e.detail::text AS detail, e.hash
FROM harbour.audit_events e JOIN harbour.organisations o ON o.id = e.organisation_id
WHERE (cast(:actor AS text) IS NULL OR e.actor = :actor) AND (cast(:action AS text) IS NULL OR e.action = :action)
  AND (cast(:subject AS text) IS NULL OR e.subject = :subject OR starts_with(e.subject, :subject || ':'))
  AND e.at >= coalesce(cast(:since AS timestamptz), '-infinity') AND e.at < coalesce(cast(:until AS timestamptz), 'infinity')
  AND e.seq < coalesce(cast(:before AS bigint), 9223372036854775807)
ORDER BY e.seq DESC LIMIT :limit

-- audit_actions --
SELECT DISTINCT e.action FROM harbour.audit_events e ORDER BY 1

-- audit_chain --
SELECT o.slug AS organisation, e.seq, harbour.utc_text(e.at) AS at, e.actor, e.login, e.action, e.subject, e.outcome,
       e.detail::text AS detail, e.hash
FROM harbour.audit_events e JOIN harbour.organisations o ON o.id = e.organisation_id
WHERE e.seq > :after
ORDER BY e.seq LIMIT :limit

-- audit_full_chain --
SELECT o.slug AS organisation, e.seq, harbour.utc_text(e.at) AS at, e.actor, e.login, e.action, e.subject, e.outcome,
       e.detail::text AS detail, e.hash
FROM harbour.audit_events e JOIN harbour.organisations o ON o.id = e.organisation_id
WHERE o.slug = :organisation AND e.seq > :after
ORDER BY e.seq LIMIT :limit

-- who --
WITH runs AS (
    SELECT 'run:' || (e.detail ->> 'run') AS subject FROM harbour.audit_events e
    WHERE e.subject = :subject AND e.detail ? 'run' AND e.at <= coalesce(cast(:as_of AS timestamptz), 'infinity'))
SELECT CASE WHEN e.action IN ('record_run', 'request_run', 'claim_run', 'finish_run') THEN 'ran'
            WHEN e.action IN ('approve', 'approve_in_part') THEN 'approved'
            WHEN e.action IN ('return', 'reject', 'void', 'void_by_change', 'cancel_run', 'abandon_run') THEN 'decided'
            WHEN e.action IN ('submit', 'resubmit', 'withdraw') THEN 'submitted'
            WHEN e.action IN ('publish', 'supersede') THEN 'published'
            ELSE 'saw' END AS part,
       e.actor AS who, e.detail ->> 'on_behalf_of' AS on_behalf_of, e.login, e.action, e.subject, e.at, e.seq,
       coalesce(e.detail ->> 'digest', '') AS digest
FROM harbour.audit_events e
WHERE (e.subject = :subject OR e.subject IN (SELECT subject FROM runs)) AND e.outcome = 'done'
  AND e.at <= coalesce(cast(:as_of AS timestamptz), 'infinity')
ORDER BY e.seq

-- note_sight --
SELECT * FROM harbour.note_sight(:submission)

-- audit_heads_now --
SELECT organisation, seq, hash FROM harbour.audit_heads_now()

-- audit_hash_at --
SELECT harbour.audit_hash_at(:organisation, :seq)

-- anchor_channel --
SELECT harbour.anchor_channel()

-- audit_head --
SELECT o.slug AS organisation, h.seq, h.hash
FROM harbour.audit_heads h JOIN harbour.organisations o ON o.id = h.organisation_id
