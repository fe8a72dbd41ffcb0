-- Who has opened what in a room.

CREATE TRIGGER sightings_are_kept BEFORE UPDATE OR DELETE ON sightings FOR EACH ROW EXECUTE FUNCTION refuse_change();

CREATE FUNCTION note_sight(p_submission bigint) RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_asking();
    seen submissions;
BEGIN
    SELECT s.* INTO seen FROM submissions s WHERE s.id = p_submission AND s.organisation_id = seen_organisation()
        AND (sees('see_work') OR EXISTS (SELECT FROM publications p WHERE p.submission_id = s.id AND p.ended_at IS NULL));
    IF seen.id IS NULL OR session_user = 'harbour_worker' THEN
        RETURN denied(self, 'see', 'submission:' || coalesce(p_submission, 0),
                      refusal('not_found', 'There is no such submission in your organisation.'));
    END IF;
    INSERT INTO sightings (organisation_id, submission_id, member_id, digest)
        VALUES (seen.organisation_id, seen.id, self.id, seen.digest) ON CONFLICT DO NOTHING;
    IF FOUND THEN
        PERFORM write_event(seen.organisation_id, 'see', 'submission:' || p_submission, 'done',
                            jsonb_build_object('digest', seen.digest, 'run', seen.run_id, 'state', seen.state));
    END IF;
    RETURN done(p_submission, seen.digest);
END
$$;
