-- schedules --
SELECT s.id, s.name, s.template, s.parameters, o.name AS owner, d.name AS deputy, s.zone, s.cron, s.period, s.days_after,
       s.at_time, s.country, s.missed, s.overlap, s.retries, s.backoff_seconds, s.time_limit_seconds, s.needs, s.state,
       s.next_due
FROM harbour.schedules s JOIN harbour.members o ON o.id = s.owner_id LEFT JOIN harbour.members d ON d.id = s.deputy_id
WHERE s.id = coalesce(cast(:id AS bigint), s.id) AND (s.state <> 'ended' OR s.id = cast(:id AS bigint))
ORDER BY s.name, s.id

-- schedule_fires --
SELECT f.id, f.schedule_id, f.due_at, f.cause, m.name AS asked_by, f.parameters, f.state, f.reason, f.created_at, f.ended_at,
       coalesce((SELECT jsonb_agg(jsonb_build_object('attempt', a.attempt, 'run', r.id, 'version', r.version,
               'state', r.state, 'cell', r.error_cell, 'message', r.error_message, 'not_before', a.not_before,
               'started', r.started_at, 'finished', r.finished_at,
               'files', (SELECT coalesce(jsonb_object_agg(k.name, k.sha256), '{}') FROM harbour.run_artefacts k
                         WHERE k.run_id = r.id)) ORDER BY a.attempt)
           FROM harbour.schedule_attempts a JOIN harbour.runs r ON r.id = a.run_id WHERE a.fire_id = f.id), '[]') AS attempts
FROM harbour.schedule_fires f LEFT JOIN harbour.members m ON m.id = f.asked_by
WHERE f.schedule_id = coalesce(cast(:schedule AS bigint), f.schedule_id)
  AND f.id < coalesce(cast(:before AS bigint), 9223372036854775807)
ORDER BY f.id DESC LIMIT :limit

-- due_schedules --
SELECT id, owner, able, template, parameters, zone, cron, period, days_after, at_time, country, missed, next_due, now
FROM harbour.due_schedules()

-- tell_late --
SELECT harbour.tell_late(make_interval(secs => :seconds))

-- orders_of_run --
SELECT time_limit_seconds, needs FROM harbour.orders_of_run(:run)

-- cancelled_by --
SELECT harbour.cancelled_by(:run)

-- notices --
SELECT id, kind, subject, facts, times, created_at, read_at FROM harbour.notices
WHERE id < coalesce(cast(:before AS bigint), 9223372036854775807) ORDER BY id DESC LIMIT :limit

-- unread_notices --
SELECT count(*) AS unread FROM harbour.notices WHERE read_at IS NULL

-- notice_preferences --
SELECT email, mail, language, muted FROM harbour.notice_preferences

-- alert_channels --
SELECT name, language, last_sent FROM harbour.alert_channels ORDER BY name

-- claim_deliveries --
SELECT id, reader, reader_active, email, channel, address, language, kind, subject, facts, times, created_at, tries
FROM harbour.claim_deliveries()

-- note_deliveries --
SELECT harbour.note_deliveries(cast(:ids AS bigint[]), :error)

-- delivery_standing --
SELECT waiting, failing, oldest, last_error, given_up FROM harbour.delivery_standing()

-- gauges --
SELECT queued, running, succeeded_lately, failed_lately, oldest_queued_seconds, mails_waiting, mails_failing,
       members_active, submissions_in_review, pg_database_size(current_database()) AS database_bytes
FROM harbour.gauges()
