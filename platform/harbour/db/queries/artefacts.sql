-- start_upload --
SELECT harbour.start_upload()

-- put_chunk --
SELECT harbour.put_chunk(:upload, :position, :content)

-- finish_upload --
SELECT harbour.finish_upload(:upload, :sha256)

-- artefact --
SELECT size, upload_id FROM harbour.artefacts WHERE sha256 = :sha256

-- chunk --
SELECT content FROM harbour.artefact_chunks WHERE upload_id = :upload AND position = :position

-- run --
SELECT r.id, r.name, r.version, r.template, r.parameters, r.state, m.name AS maker, r.executed_by, r.digests,
       harbour.digest_seen(r.id) AS digest, r.summary, r.error_cell, r.error_message,
       r.created_at, r.started_at, r.finished_at,
       (SELECT coalesce(jsonb_object_agg(a.name, a.sha256), '{}') FROM harbour.run_artefacts a WHERE a.run_id = r.id)
           AS artefacts
FROM harbour.runs r JOIN harbour.members m ON m.id = r.maker_id
WHERE r.id = :id

-- runs --
SELECT r.id, r.name, r.version, r.template, r.parameters, r.state, m.name AS maker, r.executed_by, r.digests,
       harbour.digest_seen(r.id) AS digest, r.summary, r.error_cell, r.error_message,
       r.created_at, r.started_at, r.finished_at,
       (SELECT coalesce(jsonb_object_agg(a.name, a.sha256), '{}') FROM harbour.run_artefacts a WHERE a.run_id = r.id)
           AS artefacts
FROM harbour.runs r JOIN harbour.members m ON m.id = r.maker_id
WHERE r.id < coalesce(cast(:before AS bigint), 9223372036854775807)
ORDER BY r.id DESC LIMIT :limit

-- versions --
SELECT r.id, r.name, r.version, r.template, r.parameters, r.state, m.name AS maker, r.executed_by, r.digests,
       harbour.digest_seen(r.id) AS digest, r.summary, r.error_cell, r.error_message,
       r.created_at, r.started_at, r.finished_at,
       (SELECT coalesce(jsonb_object_agg(a.name, a.sha256), '{}') FROM harbour.run_artefacts a WHERE a.run_id = r.id)
           AS artefacts
FROM harbour.runs r JOIN harbour.members m ON m.id = r.maker_id
WHERE r.name = :name ORDER BY r.version DESC

-- made_with --
SELECT r.id, r.name, r.version, r.template, r.parameters, r.state, m.name AS maker, r.executed_by, r.digests,
       harbour.digest_seen(r.id) AS digest, r.summary, r.error_cell, r.error_message,
       r.created_at, r.started_at, r.finished_at,
       (SELECT coalesce(jsonb_object_agg(a.name, a.sha256), '{}') FROM harbour.run_artefacts a WHERE a.run_id = r.id)
           AS artefacts
FROM harbour.runs r JOIN harbour.members m ON m.id = r.maker_id
WHERE r.template = :template AND r.state = 'succeeded' ORDER BY r.id DESC LIMIT :limit

-- claim_run --
SELECT run_id, member, organisation, name, template, parameters FROM harbour.claim_run(:run)

-- drop_abandoned_uploads --
SELECT harbour.drop_abandoned_uploads(make_interval(hours => :hours))
