-- Heads for the anchors that are kept outside the database, and who has opened what.

-- Where every chain stands, and the hash of one event: fingerprints only, for the worker and the command line.
CREATE FUNCTION audit_heads_now() RETURNS TABLE (organisation text, seq bigint, hash text)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT o.slug, h.seq, h.hash FROM audit_heads h JOIN organisations o ON o.id = h.organisation_id ORDER BY o.slug
$$;

CREATE FUNCTION audit_hash_at(p_organisation text, p_seq bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT e.hash FROM audit_events e JOIN organisations o ON o.id = e.organisation_id
    WHERE o.slug = p_organisation AND e.seq = p_seq
$$;

-- Opening a submission in a room leaves a trace, once per person and version.
CREATE TABLE sightings (
    organisation_id bigint NOT NULL,
    submission_id bigint NOT NULL,
    member_id bigint NOT NULL,
    digest text NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (submission_id, member_id, digest),
    FOREIGN KEY (organisation_id, submission_id) REFERENCES submissions (organisation_id, id),
    FOREIGN KEY (organisation_id, member_id) REFERENCES members (organisation_id, id)
);

CREATE FUNCTION note_sight(p_submission bigint) RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_asking();
    seen submissions;
BEGIN
    SELECT s.* INTO seen FROM submissions s WHERE s.id = p_submission AND s.organisation_id = self.organisation_id
        AND (sees_work() OR EXISTS (SELECT FROM publications p WHERE p.submission_id = s.id AND p.ended_at IS NULL));
    IF seen.id IS NULL OR session_user = 'harbour_worker' THEN
        RETURN denied(self, 'see', 'submission:' || coalesce(p_submission, 0),
                      refusal('not_found', 'There is no such submission in your organisation.'));
    END IF;
    INSERT INTO sightings (organisation_id, submission_id, member_id, digest)
        VALUES (seen.organisation_id, seen.id, self.id, seen.digest) ON CONFLICT DO NOTHING;
    IF FOUND THEN
        PERFORM write_event(self.organisation_id, 'see', 'submission:' || p_submission, 'done',
                            jsonb_build_object('digest', seen.digest, 'run', seen.run_id, 'state', seen.state));
    END IF;
    RETURN done(p_submission, seen.digest);
END
$$;
CREATE TRIGGER sightings_are_kept BEFORE UPDATE OR DELETE ON sightings FOR EACH ROW EXECUTE FUNCTION refuse_change();
