-- audit_events --
SELECT o.slug AS organisation, e.seq, harbour.utc_text(e.at) AS at, e.actor, e.login, e.action, e.subject, e.outcome,
       e.detail::text AS detail, e.hash
FROM harbour.audit_events e JOIN harbour.organisations o ON o.id = e.organisation_id
WHERE e.subject = coalesce(:subject, e.subject) AND e.seq < coalesce(cast(:before AS bigint), 9223372036854775807)
ORDER BY e.seq DESC LIMIT :limit

-- audit_chain --
SELECT o.slug AS organisation, e.seq, harbour.utc_text(e.at) AS at, e.actor, e.login, e.action, e.subject, e.outcome,
       e.detail::text AS detail, e.hash
FROM harbour.audit_events e JOIN harbour.organisations o ON o.id = e.organisation_id
WHERE e.seq > :after
ORDER BY e.seq LIMIT :limit

-- audit_head --
SELECT o.slug AS organisation, h.seq, h.hash
FROM harbour.audit_heads h JOIN harbour.organisations o ON o.id = h.organisation_id
