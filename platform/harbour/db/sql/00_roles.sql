-- Run once by the database superuser. Who exists in the cluster, and who may become whom.
--
--   harbour_owner       NOLOGIN  owns the schema `harbour`: tables, policies, functions. Not a superuser,
--                                so the FORCEd row security below holds for its functions too.
--   harbour_queue       NOLOGIN  owns the schema `procrastinate`: the job queue.
--   harbour_member      NOLOGIN  carries what every member may do. Never the actor of anything.
--   harbour_migrator    LOGIN    may become harbour_owner and harbour_queue: migrations only.
--   harbour_admin       LOGIN    creates member logins and rotates their passwords (the Hub, the command line).
--   harbour_dashboards  LOGIN    trusted service: may become a member, for a transaction.
--   harbour_worker      LOGIN    trusted service: as above, but may not decide on a submission.
--   hub                 LOGIN    owns the database `hub`, JupyterHub's own state. Sees nothing of ours.
--   m_<bank>_<name>     LOGIN    one per member, created by harbour_admin.
DO $$
DECLARE
    wanted text;
BEGIN
    FOREACH wanted IN ARRAY ARRAY['harbour_owner', 'harbour_queue', 'harbour_member'] LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I NOLOGIN', wanted);
        END IF;
    END LOOP;
    FOREACH wanted IN ARRAY ARRAY['harbour_migrator', 'harbour_admin', 'harbour_dashboards', 'harbour_worker', 'hub']
    LOOP
        IF NOT EXISTS (SELECT FROM pg_catalog.pg_roles WHERE rolname = wanted) THEN
            EXECUTE format('CREATE ROLE %I LOGIN NOINHERIT', wanted);
        END IF;
    END LOOP;
END
$$;

ALTER ROLE harbour_admin CREATEROLE;
GRANT harbour_owner, harbour_queue TO harbour_migrator WITH INHERIT FALSE, SET TRUE;
-- Members are given harbour_member's rights (INHERIT) and can never become it (no SET).
GRANT harbour_member TO harbour_admin WITH ADMIN TRUE, INHERIT FALSE, SET FALSE;
-- A suspended or stopped member's sessions are ended at once.
GRANT pg_signal_backend TO harbour_admin WITH INHERIT TRUE, SET FALSE;
