-- Run as harbour_queue. A run of a schedule: one at a time per lock, and not before a moment.
CREATE FUNCTION procrastinate.defer_run(p_run bigint, p_lock text, p_not_before timestamptz) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, procrastinate, pg_temp
AS $$
    SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(
        'runs', 'harbour.execute_run', 0, p_lock, NULL, jsonb_build_object('run_id', p_run), p_not_before
    )::procrastinate_job_to_defer_v1])
$$;
REVOKE ALL ON FUNCTION procrastinate.defer_run(bigint, text, timestamptz) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION procrastinate.defer_run(bigint, text, timestamptz) TO harbour_owner;
