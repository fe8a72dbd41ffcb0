-- What the worker tells Prometheus: counts and ages over the whole platform, nothing of any one organisation.
CREATE FUNCTION gauges()
RETURNS TABLE (queued bigint, running bigint, succeeded_lately bigint, failed_lately bigint, oldest_queued_seconds float8,
               mails_waiting bigint, mails_failing bigint, members_active bigint, submissions_in_review bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT count(*) FILTER (WHERE r.state = 'queued'), count(*) FILTER (WHERE r.state = 'running'),
           count(*) FILTER (WHERE r.state = 'succeeded'), count(*) FILTER (WHERE r.state = 'failed'),
           coalesce(extract(epoch FROM now() - min(r.created_at) FILTER (WHERE r.state = 'queued')), 0)::float8,
           (SELECT s.waiting FROM delivery_standing() s), (SELECT s.failing FROM delivery_standing() s),
           (SELECT count(*) FROM members m WHERE m.state = 'active'),
           (SELECT count(*) FROM submissions s WHERE s.state = 'in_review')
    FROM runs r WHERE r.state IN ('queued', 'running') OR r.finished_at > now() - interval '1 day'
$$;
