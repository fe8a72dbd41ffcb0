-- Run once by the database superuser inside the database `plimsoll`. Nobody gets in unless named here.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA IF NOT EXISTS harbour AUTHORIZATION harbour_owner;
CREATE SCHEMA IF NOT EXISTS procrastinate AUTHORIZATION harbour_queue;
-- procrastinate names its tables without a schema.
ALTER ROLE harbour_worker SET search_path = procrastinate;

-- What the server tells every login by default, and a member of one bank has no business to read: who else has a
-- login, who is connected, who may become whom. (A name that is guessed can still be tested: see docs/security.md.)
DO $$
DECLARE
    shown text;
    harm regprocedure;
BEGIN
    FOREACH shown IN ARRAY ARRAY['pg_roles', 'pg_user', 'pg_group', 'pg_auth_members', 'pg_db_role_setting',
                                 'pg_stat_activity', 'pg_stat_ssl', 'pg_stat_gssapi', 'pg_locks', 'pg_prepared_xacts',
                                 'pg_stat_database', 'pg_stat_all_tables', 'pg_stat_user_tables', 'pg_stat_user_indexes']
    LOOP
        EXECUTE format('REVOKE SELECT ON pg_catalog.%I FROM PUBLIC', shown);
        EXECUTE format('GRANT SELECT ON pg_catalog.%I TO harbour_admin, harbour_migrator, harbour_owner', shown);
    END LOOP;
    -- Their functions say the same. Large objects have no row security, and a session's advisory locks could stop
    -- other people's work: nobody needs either.
    FOR harm IN SELECT p.oid FROM pg_catalog.pg_proc p WHERE p.pronamespace = 'pg_catalog'::regnamespace AND (
            p.proname IN ('pg_stat_get_activity', 'pg_stat_get_backend_idset', 'pg_stat_get_backend_userid',
                          'pg_get_userbyid', 'pg_lock_status', 'pg_prepared_xact', 'pg_notify')
            OR p.proname ~ '^(lo_|lowrite$|loread$)' OR p.proname ~ '^pg_(try_)?advisory_')
    LOOP
        EXECUTE format('REVOKE EXECUTE ON FUNCTION %s FROM PUBLIC', harm);
        IF harm::text ~ '^pg_(stat|get|lock|prepared)' THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO harbour_admin, harbour_migrator, harbour_owner', harm);
        ELSIF harm::text ~ '^pg_notify' THEN
            EXECUTE format('GRANT EXECUTE ON FUNCTION %s TO harbour_owner, harbour_queue, harbour_worker', harm);
        END IF;
    END LOOP;
END
$$;
