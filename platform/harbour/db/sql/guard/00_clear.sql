-- The guard is built as a whole whenever its text changed: first everything of it goes, so that no function, trigger
-- or policy of an older version can stay behind. Tables and what is in them belong to the revisions (../r0001 and on).
-- All of it happens in one transaction: nobody ever meets a database without its guard.
DO $$
DECLARE
    dropped record;
BEGIN
    FOR dropped IN SELECT p.polname AS name, c.relname AS held FROM pg_catalog.pg_policy p
        JOIN pg_catalog.pg_class c ON c.oid = p.polrelid WHERE c.relnamespace = 'harbour'::regnamespace
    LOOP
        EXECUTE format('DROP POLICY %I ON harbour.%I', dropped.name, dropped.held);
    END LOOP;
    FOR dropped IN SELECT t.tgname AS name, c.relname AS held FROM pg_catalog.pg_trigger t
        JOIN pg_catalog.pg_class c ON c.oid = t.tgrelid
        WHERE c.relnamespace = 'harbour'::regnamespace AND NOT t.tgisinternal
    LOOP
        EXECUTE format('DROP TRIGGER %I ON harbour.%I', dropped.name, dropped.held);
    END LOOP;
    FOR dropped IN SELECT p.oid::regprocedure AS name FROM pg_catalog.pg_proc p
        WHERE p.pronamespace = 'harbour'::regnamespace
    LOOP
        EXECUTE format('DROP FUNCTION %s', dropped.name);
    END LOOP;
END
$$;
DROP TYPE IF EXISTS standing, outcome, chain_end;

-- Members, services and everybody else start with nothing; each file below gives what it gives.
REVOKE ALL ON ALL TABLES IN SCHEMA harbour FROM PUBLIC, harbour_member, harbour_admin, harbour_dashboards, harbour_worker;
REVOKE ALL ON SCHEMA harbour FROM PUBLIC, harbour_member, harbour_admin, harbour_dashboards, harbour_worker;
ALTER DEFAULT PRIVILEGES FOR ROLE harbour_owner REVOKE EXECUTE ON FUNCTIONS FROM PUBLIC;

-- Every table is closed, also one that a later revision added, before a file below opens it.
DO $$
DECLARE
    held text;
BEGIN
    FOR held IN SELECT c.relname FROM pg_catalog.pg_class c
        WHERE c.relnamespace = 'harbour'::regnamespace AND c.relkind IN ('r', 'p')
    LOOP
        EXECUTE format('ALTER TABLE harbour.%I ENABLE ROW LEVEL SECURITY', held);
        EXECUTE format('ALTER TABLE harbour.%I FORCE ROW LEVEL SECURITY', held);
        EXECUTE format('CREATE POLICY owner ON harbour.%I TO harbour_owner USING (true) WITH CHECK (true)', held);
    END LOOP;
END
$$;
