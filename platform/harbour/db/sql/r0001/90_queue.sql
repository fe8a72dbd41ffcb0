-- Run as harbour_queue, after procrastinate's own schema.sql. The worker gets the rights to work the queue, and not
-- the owner's: who may replace a function that harbour_owner calls could act as harbour_owner.
GRANT USAGE ON SCHEMA procrastinate TO harbour_worker, harbour_owner;
REVOKE ALL ON ALL FUNCTIONS IN SCHEMA procrastinate FROM PUBLIC;
GRANT SELECT, INSERT, UPDATE, DELETE ON ALL TABLES IN SCHEMA procrastinate TO harbour_worker;
GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA procrastinate TO harbour_worker;
GRANT EXECUTE ON ALL FUNCTIONS IN SCHEMA procrastinate TO harbour_worker;

-- The only way in for everyone else: harbour.request_run calls it.
CREATE FUNCTION procrastinate.defer_run(p_run bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, procrastinate, pg_temp
AS $$
    SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(
        'runs', 'harbour.execute_run', 0, NULL, NULL, jsonb_build_object('run_id', p_run), NULL
    )::procrastinate_job_to_defer_v1])
$$;
REVOKE ALL ON FUNCTION procrastinate.defer_run(bigint) FROM PUBLIC;
GRANT EXECUTE ON FUNCTION procrastinate.defer_run(bigint) TO harbour_owner;
