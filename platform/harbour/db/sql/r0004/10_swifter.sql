-- What every action paid for again and again.

-- The functions of the guard have just read these rows when they refer to them, and rows of organisations, members,
-- runs and submissions are never deleted: ../guard/23_kept.sql holds that, once for each row and not for each mention.
ALTER TABLE audit_events DROP CONSTRAINT audit_events_organisation_id_fkey;
ALTER TABLE approvals DROP CONSTRAINT approvals_reviewer_id_fkey, DROP CONSTRAINT approvals_on_behalf_of_fkey;
ALTER TABLE publications DROP CONSTRAINT publications_approved_by_fkey,
    DROP CONSTRAINT publications_organisation_id_run_id_fkey;
ALTER TABLE comments DROP CONSTRAINT comments_author_id_fkey;

-- When a bank's listeners were last woken: see ../guard/55_changes.sql.
ALTER TABLE channels ADD COLUMN woken_at timestamptz NOT NULL DEFAULT '-infinity';

-- Every action changes one of these rows: room beside it keeps the change on its page and out of the index.
ALTER TABLE audit_heads SET (fillfactor = 20);
