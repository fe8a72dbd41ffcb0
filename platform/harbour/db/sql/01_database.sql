-- Run once by the database superuser inside the database `plimsoll`. Nobody gets in unless named here.
REVOKE ALL ON SCHEMA public FROM PUBLIC;
CREATE SCHEMA IF NOT EXISTS harbour AUTHORIZATION harbour_owner;
CREATE SCHEMA IF NOT EXISTS procrastinate AUTHORIZATION harbour_queue;
-- procrastinate names its tables without a schema.
ALTER ROLE harbour_worker SET search_path = procrastinate;
