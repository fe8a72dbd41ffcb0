-- A change of any part of what was approved voids the approval at once, and a wake-up goes to who listens.
--
-- The channel's name is a secret of the bank, and nothing is sent on it: who does not know the name hears nothing,
-- and who does learns only that it is time to read again, under his own policies.

CREATE FUNCTION open_channel() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
BEGIN
    INSERT INTO channels (organisation_id) VALUES (NEW.id);
    RETURN NULL;
END
$$;

CREATE TRIGGER organisations_have_a_channel AFTER INSERT ON organisations FOR EACH ROW EXECUTE FUNCTION open_channel();

CREATE FUNCTION my_channel() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT c.name FROM channels c WHERE c.organisation_id = (member_asking()).organisation_id
$$;

CREATE FUNCTION anchor_channel() RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT c.name FROM channels c WHERE c.organisation_id IS NULL
$$;

-- Figures came into force or went: whoever writes it, also by hand. What went is told at once, always. What came is
-- told once a second and bank at most, because Postgres lets those who notify commit one after the other only, each
-- waiting for the disk: who is woken looks again after two seconds (harbour.publication, harbour.db.anchors).
CREATE FUNCTION wake_listeners() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    bank bigint := coalesce(NEW.organisation_id, OLD.organisation_id);
BEGIN
    IF TG_OP = 'INSERT' THEN
        UPDATE channels SET woken_at = clock_timestamp()
            WHERE organisation_id = bank AND woken_at < clock_timestamp() - interval '1 second';
        IF NOT FOUND THEN
            RETURN NULL;
        END IF;
    END IF;
    PERFORM pg_notify(c.name, '') FROM channels c WHERE c.organisation_id = bank OR c.organisation_id IS NULL;
    RETURN NULL;
END
$$;

CREATE TRIGGER publications_wake_listeners AFTER INSERT OR UPDATE OR DELETE ON publications
    FOR EACH ROW EXECUTE FUNCTION wake_listeners();
ALTER TABLE publications ENABLE ALWAYS TRIGGER publications_wake_listeners;

-- Internal: end what is in force and no longer has the digest that was approved.
CREATE FUNCTION void_changed(p_run bigint, p_part text) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    hit publications;
    voided int := 0;
BEGIN
    FOR hit IN SELECT p.* FROM publications p WHERE p.run_id = p_run AND p.ended_at IS NULL LOOP
        IF p_part = 'content' OR hit.digest IS DISTINCT FROM run_digest(p_run) THEN
            PERFORM move_submission('void_by_change', hit.submission_id,
                                    jsonb_build_object('changed', p_part, 'found', run_digest(p_run)));
            voided := voided + 1;
        END IF;
    END LOOP;
    RETURN voided;
END
$$;

CREATE FUNCTION void_what_changed() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
BEGIN
    CASE TG_TABLE_NAME
        WHEN 'runs' THEN PERFORM void_changed(OLD.id, 'run');
        WHEN 'run_artefacts' THEN PERFORM void_changed(coalesce(NEW.run_id, OLD.run_id), 'files');
        WHEN 'publications' THEN PERFORM void_changed(OLD.run_id, 'publication');
        WHEN 'members' THEN PERFORM void_changed(r.id, 'maker') FROM runs r WHERE r.maker_id = OLD.id;
        WHEN 'organisations' THEN PERFORM void_changed(r.id, 'organisation') FROM runs r WHERE r.organisation_id = OLD.id;
        WHEN 'artefact_chunks' THEN PERFORM void_changed(h.run_id, 'content') FROM artefacts a
            JOIN run_artefacts h ON h.organisation_id = a.organisation_id AND h.sha256 = a.sha256
            WHERE a.upload_id = OLD.upload_id;
    END CASE;
    RETURN NULL;
END
$$;

CREATE TRIGGER approvals_die_with_runs AFTER UPDATE ON runs FOR EACH ROW
    WHEN (OLD.state IN ('succeeded', 'failed')) EXECUTE FUNCTION void_what_changed();
CREATE TRIGGER approvals_die_with_files AFTER INSERT OR UPDATE OR DELETE ON run_artefacts
    FOR EACH ROW EXECUTE FUNCTION void_what_changed();
CREATE TRIGGER approvals_die_with_digests AFTER UPDATE OF digest, run_id ON publications FOR EACH ROW
    WHEN (NEW.ended_at IS NULL) EXECUTE FUNCTION void_what_changed();
CREATE TRIGGER approvals_die_with_makers AFTER UPDATE OF name ON members FOR EACH ROW EXECUTE FUNCTION void_what_changed();
CREATE TRIGGER approvals_die_with_names AFTER UPDATE OF slug ON organisations FOR EACH ROW EXECUTE FUNCTION void_what_changed();
CREATE TRIGGER approvals_die_with_content AFTER UPDATE OR DELETE ON artefact_chunks
    FOR EACH ROW EXECUTE FUNCTION void_what_changed();
-- ALWAYS: a session that replicates around the other triggers does not get around these.
ALTER TABLE runs ENABLE ALWAYS TRIGGER approvals_die_with_runs;
ALTER TABLE run_artefacts ENABLE ALWAYS TRIGGER approvals_die_with_files;
ALTER TABLE publications ENABLE ALWAYS TRIGGER approvals_die_with_digests;
ALTER TABLE members ENABLE ALWAYS TRIGGER approvals_die_with_makers;
ALTER TABLE organisations ENABLE ALWAYS TRIGGER approvals_die_with_names;
ALTER TABLE artefact_chunks ENABLE ALWAYS TRIGGER approvals_die_with_content;

-- For the worker, on a schedule: what was changed with the triggers switched off is found here.
CREATE FUNCTION void_all_changed() RETURNS int
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT coalesce(sum(void_changed(p.run_id, 'found by the sweep')), 0)::int FROM publications p WHERE p.ended_at IS NULL
$$;

-- That published figures fell, by whom and why, is for everyone who may have acted on them, also who sees no work.
CREATE FUNCTION void_notice(p_submission bigint) RETURNS TABLE (entity_name text, actor text, changed text, comment text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT r.summary #>> '{entity,name}', e.actor, e.detail ->> 'changed', e.detail ->> 'comment'
    FROM publications p JOIN submissions s ON s.id = p.submission_id JOIN runs r ON r.id = p.run_id
    LEFT JOIN LATERAL (SELECT v.actor, v.detail FROM audit_events v
        WHERE v.organisation_id = p.organisation_id AND v.subject = 'submission:' || p.submission_id
          AND v.action IN ('void', 'void_by_change') AND v.outcome = 'done'
        ORDER BY v.seq DESC LIMIT 1) e ON true
    WHERE p.submission_id = p_submission AND p.organisation_id = seen_organisation() AND s.state = 'voided'
$$;
