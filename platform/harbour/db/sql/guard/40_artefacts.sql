-- Files by the SHA-256 of their content, of any size without holding one in memory: sent and read in pieces of at
-- most 1 MiB. The server takes the SHA-256 of each piece as it comes, and knows a file by the root over them.
--
-- What is whose word:
--   piece     the server's, always (artefact_chunks.sha256)
--   root      the server's, always: SHA-256 over the pieces' digests in their order; every piece but the last has
--             1 MiB, so that one content has one root
--   sha256    the server's up to 16 MiB (artefacts.checked); above, the sender's, and each reader's: nobody is ever
--             handed bytes that do not have it. A second sender of the same SHA-256 with another root shows that one
--             of the two lied: then, and only then, the server reads it all and keeps the true one.

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

-- Internal: the root over an upload's pieces.
CREATE FUNCTION root_of(p_upload uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT hex_sha256(coalesce(string_agg(c.sha256, '' ORDER BY c.position), '')) FROM artefact_chunks c
    WHERE c.upload_id = p_upload
$$;

-- Internal: SHA-256 over the whole content, read at once.
CREATE FUNCTION sha256_of(p_upload uuid) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT encode(sha256(coalesce(string_agg(c.content, ''::bytea ORDER BY c.position), '')), 'hex') FROM artefact_chunks c
    WHERE c.upload_id = p_upload
$$;

-- Internal: the size of a whole upload; an exception when a piece is missing or short.
CREATE FUNCTION size_of(p_upload uuid) RETURNS bigint
LANGUAGE plpgsql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    pieces bigint;
    last_position int;
    full_pieces bigint;
    total bigint;
BEGIN
    SELECT count(*), max(c.position), count(*) FILTER (WHERE octet_length(c.content) = 1048576),
           coalesce(sum(octet_length(c.content)), 0)
        INTO pieces, last_position, full_pieces, total FROM artefact_chunks c WHERE c.upload_id = p_upload;
    IF pieces > 0 AND last_position <> pieces - 1 THEN
        RAISE check_violation USING MESSAGE = 'A piece of the upload is missing: send it again.';
    END IF;
    IF pieces - full_pieces > 1 OR (pieces > full_pieces AND (SELECT octet_length(c.content) = 1048576
            FROM artefact_chunks c WHERE c.upload_id = p_upload AND c.position = last_position)) THEN
        RAISE check_violation USING MESSAGE = 'Every piece of an upload but the last has 1 MiB.';
    END IF;
    RETURN total;
END
$$;

-- Internal: make the upload the content of an artefact, or drop it when the bank holds these bytes already.
CREATE FUNCTION keep_upload(p_upload uuid, p_sha256 text, p_size bigint, p_checked boolean, p_kept artefacts, p_replaces boolean)
RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_asking();
BEGIN
    IF p_kept.sha256 IS NULL THEN
        INSERT INTO artefacts (organisation_id, sha256, size, upload_id, member_id, root, checked)
            VALUES (self.organisation_id, p_sha256, p_size, p_upload, self.id, root_of(p_upload), p_checked);
    ELSIF p_replaces THEN
        UPDATE artefacts SET upload_id = p_upload, size = p_size, root = root_of(p_upload), checked = true,
            member_id = self.id WHERE organisation_id = self.organisation_id AND sha256 = p_sha256;
        DELETE FROM uploads WHERE id = p_kept.upload_id;
    ELSE
        DELETE FROM uploads WHERE id = p_upload;
    END IF;
    UPDATE uploads SET finished = true WHERE id = p_upload;
    PERFORM write_event(self.organisation_id, 'store_artefact', 'artefact:' || p_sha256, 'done',
                        jsonb_build_object('size', p_size, 'checked', p_checked)
                        || CASE WHEN p_replaces THEN '{"replaced": true}' ELSE '{}' END::jsonb);
END
$$;

-- p_sha256: what the sender says it is; needed above 16 MiB, checked below.
CREATE FUNCTION finish_upload(p_upload uuid, p_sha256 text DEFAULT NULL) RETURNS text
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_asking();
    total bigint;
    whole boolean;
    name text := p_sha256;
    kept artefacts;
    replaced boolean := false;
BEGIN
    PERFORM FROM uploads u WHERE u.id = p_upload AND u.member_id = self.id AND NOT u.finished FOR UPDATE;
    IF NOT FOUND THEN
        RAISE no_data_found USING MESSAGE = 'There is no such upload of yours under way.';
    END IF;
    total := size_of(p_upload);
    PERFORM take_turn(self.organisation_id);
    whole := total <= 16777216;
    SELECT * INTO kept FROM artefacts a WHERE a.organisation_id = self.organisation_id AND a.sha256 = p_sha256 FOR UPDATE;
    IF NOT whole AND kept.root <> root_of(p_upload) THEN
        whole := true;
        replaced := true;
    END IF;
    IF whole THEN
        name := sha256_of(p_upload);
        IF name <> p_sha256 THEN
            RAISE check_violation USING MESSAGE = 'What arrived is not what was sent: send it again.';
        END IF;
        SELECT * INTO kept FROM artefacts a WHERE a.organisation_id = self.organisation_id AND a.sha256 = name FOR UPDATE;
        replaced := kept.root <> root_of(p_upload);
    ELSIF coalesce(name, '') !~ '^[0-9a-f]{64}$' THEN
        RAISE check_violation USING MESSAGE = 'An upload of more than 16 MiB comes with its SHA-256.';
    END IF;
    PERFORM keep_upload(p_upload, name, total, whole, kept, coalesce(replaced, false));
    RETURN name;
END
$$;

-- For the worker: uploads that nobody has ended for so long are dropped, and their bytes given back. How many were.
CREATE FUNCTION drop_abandoned_uploads(p_after interval) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    dropped record;
    gone int := 0;
BEGIN
    FOR dropped IN SELECT u.organisation_id, count(*) AS uploads, sum(u.stored) AS bytes FROM uploads u
        WHERE NOT u.finished AND u.started_at < now() - p_after GROUP BY u.organisation_id ORDER BY u.organisation_id
    LOOP
        DELETE FROM uploads u WHERE u.organisation_id = dropped.organisation_id AND NOT u.finished
            AND u.started_at < now() - p_after;
        PERFORM write_event(dropped.organisation_id, 'drop_abandoned_uploads', 'organisation', 'done',
                            jsonb_build_object('uploads', dropped.uploads, 'bytes', dropped.bytes));
        gone := gone + dropped.uploads;
    END LOOP;
    RETURN gone;
END
$$;
