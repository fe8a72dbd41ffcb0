-- What is made: files by their content, and runs.

CREATE TABLE uploads (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organisation_id bigint NOT NULL REFERENCES organisations,
    member_id bigint NOT NULL REFERENCES members,
    finished boolean NOT NULL DEFAULT false,
    started_at timestamptz NOT NULL DEFAULT now(),
    stored bigint NOT NULL DEFAULT 0    -- bytes received
);
CREATE INDEX uploads_by_organisation ON uploads (organisation_id) INCLUDE (stored);

CREATE TABLE artefact_chunks (
    upload_id uuid NOT NULL REFERENCES uploads ON DELETE CASCADE,
    position int NOT NULL CHECK (position >= 0),
    organisation_id bigint NOT NULL REFERENCES organisations,
    content bytea NOT NULL CHECK (octet_length(content) <= 1048576),
    sha256 text NOT NULL GENERATED ALWAYS AS (encode(sha256(content), 'hex')) STORED,
    PRIMARY KEY (upload_id, position)
);
-- Packages and Parquet are compressed already.
ALTER TABLE artefact_chunks ALTER COLUMN content SET STORAGE EXTERNAL;

-- The same bytes in two banks are two artefacts: one bank never learns what another holds.
CREATE TABLE artefacts (
    organisation_id bigint NOT NULL REFERENCES organisations,
    sha256 text NOT NULL CHECK (sha256 ~ '^[0-9a-f]{64}$'),
    size bigint NOT NULL,
    upload_id uuid NOT NULL UNIQUE REFERENCES uploads,
    member_id bigint NOT NULL REFERENCES members,
    created_at timestamptz NOT NULL DEFAULT now(),
    root text NOT NULL,                     -- SHA-256 over the pieces' digests: see ../guard/40_artefacts.sql
    checked boolean NOT NULL DEFAULT true,  -- whether the server itself computed sha256
    PRIMARY KEY (organisation_id, sha256)
);

CREATE TABLE runs (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id bigint NOT NULL REFERENCES organisations,
    maker_id bigint NOT NULL REFERENCES members,
    executed_by text,           -- the login that recorded the result: the maker's own kernel, or harbour_worker
    name text NOT NULL CHECK (name <> ''),
    version int NOT NULL,
    template text NOT NULL CHECK (template <> ''),
    parameters jsonb NOT NULL,
    state text NOT NULL CHECK (state IN ('queued', 'running', 'succeeded', 'failed')),
    digests jsonb NOT NULL DEFAULT '{}',  -- code, data, parameters, environment, outputs, verdict
    summary jsonb NOT NULL DEFAULT '{}',
    error_cell int,
    error_message text,
    created_at timestamptz NOT NULL DEFAULT now(),
    started_at timestamptz,
    finished_at timestamptz,
    UNIQUE (organisation_id, name, version),
    UNIQUE (organisation_id, id)
);
CREATE INDEX runs_by_day ON runs (organisation_id, created_at);

CREATE TABLE run_artefacts (
    organisation_id bigint NOT NULL,
    run_id bigint NOT NULL,
    name text NOT NULL CHECK (name <> ''),
    sha256 text NOT NULL,
    PRIMARY KEY (run_id, name),
    FOREIGN KEY (organisation_id, run_id) REFERENCES runs (organisation_id, id),
    FOREIGN KEY (organisation_id, sha256) REFERENCES artefacts (organisation_id, sha256)
);
CREATE INDEX run_artefacts_by_content ON run_artefacts (organisation_id, sha256);
