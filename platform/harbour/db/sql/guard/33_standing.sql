-- How the platform stands, for who looks after it: counts and moments, no name, no subject, nobody's work. The platform's
-- administrator sees the whole of it, an organisation's his own part; nobody else gets a row.
CREATE FUNCTION platform_standing()
RETURNS TABLE (whole boolean, queued bigint, running bigint, oldest_queued timestamptz, ended_lately bigint, failed_lately bigint,
               mails_waiting bigint, mails_failing bigint, mails_since timestamptz, mails_given_up bigint, server_version text)
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := asking();
    everything boolean := has_own_role(self.id, '{platform_admin}');
BEGIN
    IF NOT everything AND NOT has_own_role(self.id, '{org_admin}') THEN
        RETURN;
    END IF;
    RETURN QUERY
        SELECT everything, count(*) FILTER (WHERE r.state = 'queued'), count(*) FILTER (WHERE r.state = 'running'),
               min(r.created_at) FILTER (WHERE r.state = 'queued'),
               count(*) FILTER (WHERE r.finished_at > now() - interval '1 day'),
               count(*) FILTER (WHERE r.finished_at > now() - interval '1 day' AND r.state = 'failed'),
               d.waiting, d.failing, d.oldest, d.given_up, current_setting('server_version')
        FROM (SELECT * FROM delivery_standing() s WHERE everything) d
        RIGHT JOIN (SELECT 1) one ON true
        LEFT JOIN runs r ON (everything OR r.organisation_id = self.organisation_id)
            AND (r.state IN ('queued', 'running') OR r.finished_at > now() - interval '1 day')
        GROUP BY d.waiting, d.failing, d.oldest, d.given_up;
END
$$;

GRANT EXECUTE ON FUNCTION platform_standing() TO harbour_member;
