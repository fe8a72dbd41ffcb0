-- Files by the SHA-256 of their content, sent and read in pieces of at most 1 MiB.

CREATE FUNCTION start_upload() RETURNS uuid
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_asking();
    refused outcome := refusal_by_role('store_artefact');
    started uuid;
BEGIN
    IF refused.code IS NOT NULL THEN
        RAISE insufficient_privilege USING MESSAGE = refused.sentence;
    END IF;
    INSERT INTO uploads (organisation_id, member_id) VALUES (self.organisation_id, self.id) RETURNING id INTO started;
    RETURN started;
END
$$;

CREATE FUNCTION put_chunk(p_upload uuid, p_position int, p_content bytea) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_asking();
BEGIN
    PERFORM FROM uploads u WHERE u.id = p_upload AND u.member_id = self.id AND NOT u.finished FOR UPDATE;
    IF NOT FOUND THEN
        RAISE no_data_found USING MESSAGE = 'There is no such upload of yours under way.';
    END IF;
    INSERT INTO artefact_chunks (upload_id, position, organisation_id, content)
        VALUES (p_upload, p_position, self.organisation_id, p_content);
END
$$;

-- The database computes the digest itself: an artefact's name is never the sender's word.
CREATE FUNCTION finish_upload(p_upload uuid) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_asking();
    content bytea;
    pieces bigint;
    found_sha256 text;
BEGIN
    PERFORM FROM uploads u WHERE u.id = p_upload AND u.member_id = self.id AND NOT u.finished FOR UPDATE;
    IF NOT FOUND THEN
        RAISE no_data_found USING MESSAGE = 'There is no such upload of yours under way.';
    END IF;
    SELECT string_agg(c.content, ''::bytea ORDER BY c.position), count(*) INTO content, pieces
        FROM artefact_chunks c WHERE c.upload_id = p_upload;
    IF EXISTS (SELECT FROM artefact_chunks c WHERE c.upload_id = p_upload AND c.position >= pieces) THEN
        RAISE check_violation USING MESSAGE = 'A piece of the upload is missing: send it again.';
    END IF;
    content := coalesce(content, ''::bytea);
    found_sha256 := encode(sha256(content), 'hex');
    INSERT INTO artefacts (organisation_id, sha256, size, upload_id, member_id)
        VALUES (self.organisation_id, found_sha256, octet_length(content), p_upload, self.id)
        ON CONFLICT (organisation_id, sha256) DO NOTHING;
    IF FOUND THEN
        UPDATE uploads SET finished = true WHERE id = p_upload;
    ELSE
        DELETE FROM uploads WHERE id = p_upload;  -- the bank holds these bytes already
    END IF;
    PERFORM write_event(self.organisation_id, 'store_artefact', 'artefact:' || found_sha256, 'done',
                        jsonb_build_object('size', octet_length(content)));
    RETURN found_sha256;
END
$$;
