-- Run as harbour_queue. A job carries the id of the request it was asked for in, as the asker's application_name has it.
CREATE FUNCTION procrastinate.arguments_of(p_run bigint) RETURNS jsonb
LANGUAGE sql STABLE SET search_path = pg_catalog, pg_temp
AS $$
    SELECT jsonb_strip_nulls(jsonb_build_object('run_id', p_run,
        'request', substring(current_setting('application_name') FROM '^harbour/([0-9a-f-]{8,36})$')))
$$;
REVOKE ALL ON FUNCTION procrastinate.arguments_of(bigint) FROM PUBLIC;

DROP FUNCTION procrastinate.defer_run(bigint);
CREATE FUNCTION procrastinate.defer_run(p_run bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, procrastinate, pg_temp
AS $$
    SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(
        'runs', 'harbour.execute_run', 0, NULL, NULL, arguments_of(p_run), NULL
    )::procrastinate_job_to_defer_v1])
$$;
REVOKE ALL ON FUNCTION procrastinate.defer_run(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION procrastinate.defer_run(bigint) TO harbour_owner;

DROP FUNCTION procrastinate.defer_run(bigint, text, timestamptz);
CREATE FUNCTION procrastinate.defer_run(p_run bigint, p_lock text, p_not_before timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, procrastinate, pg_temp
AS $$
    SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(
        'runs', 'harbour.execute_run', 0, p_lock, NULL, arguments_of(p_run), p_not_before
    )::procrastinate_job_to_defer_v1])
$$;
REVOKE ALL ON FUNCTION procrastinate.defer_run(bigint, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION procrastinate.defer_run(bigint, text, timestamptz) TO harbour_owner;
