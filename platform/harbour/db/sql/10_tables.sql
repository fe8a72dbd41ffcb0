-- What is kept. Rows are added and moved by the functions of this schema only; see 80_policies.sql.

CREATE TABLE organisations (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    slug text NOT NULL UNIQUE CHECK (slug ~ '^[a-z][a-z0-9]{0,11}$'),
    name text NOT NULL CHECK (name <> ''),
    created_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE members (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id bigint NOT NULL REFERENCES organisations,
    name text NOT NULL UNIQUE CHECK (name ~ '^[a-z][a-z0-9]{0,11}-[a-z][a-z0-9]{0,15}$'),
    login text NOT NULL UNIQUE GENERATED ALWAYS AS ('m_' || replace(name, '-', '_')) STORED,
    display_name text NOT NULL CHECK (display_name <> ''),
    state text NOT NULL DEFAULT 'active' CHECK (state IN ('active', 'suspended')),
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (organisation_id, id)
);

CREATE TABLE member_roles (
    organisation_id bigint NOT NULL,
    member_id bigint NOT NULL,
    role text NOT NULL CHECK (role IN ('analyst', 'viewer', 'reviewer', 'org_admin', 'platform_admin')),
    PRIMARY KEY (member_id, role),
    FOREIGN KEY (organisation_id, member_id) REFERENCES members (organisation_id, id)
);

-- argon2 hashes. No member and no service can read this table: see 30_credentials.sql.
CREATE TABLE credentials (
    member_id bigint PRIMARY KEY REFERENCES members,
    password_hash text NOT NULL,
    must_change boolean NOT NULL,
    failed_attempts int NOT NULL DEFAULT 0,
    locked_until timestamptz,
    changed_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE uploads (
    id uuid PRIMARY KEY DEFAULT gen_random_uuid(),
    organisation_id bigint NOT NULL REFERENCES organisations,
    member_id bigint NOT NULL REFERENCES members,
    finished boolean NOT NULL DEFAULT false,
    started_at timestamptz NOT NULL DEFAULT now()
);

CREATE TABLE artefact_chunks (
    upload_id uuid NOT NULL REFERENCES uploads ON DELETE CASCADE,
    position int NOT NULL CHECK (position >= 0),
    organisation_id bigint NOT NULL REFERENCES organisations,
    content bytea NOT NULL CHECK (octet_length(content) <= 1048576),
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

CREATE TABLE submissions (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id bigint NOT NULL,
    run_id bigint NOT NULL,
    maker_id bigint NOT NULL REFERENCES members,
    note text NOT NULL,
    state text NOT NULL CHECK (state IN ('draft', 'in_review', 'returned', 'rejected', 'withdrawn', 'approved',
                                         'published', 'voided', 'superseded')),
    digest text NOT NULL,       -- run_digest(run_id) when it was submitted: what the reviewer sees
    created_at timestamptz NOT NULL DEFAULT now(),
    decided_at timestamptz,
    UNIQUE (organisation_id, id),
    FOREIGN KEY (organisation_id, run_id) REFERENCES runs (organisation_id, id)
);
CREATE INDEX submissions_by_state ON submissions (organisation_id, state, id DESC);

CREATE TABLE comments (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id bigint NOT NULL,
    submission_id bigint NOT NULL,
    author_id bigint NOT NULL REFERENCES members,
    body text NOT NULL CHECK (body <> ''),
    created_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (organisation_id, submission_id) REFERENCES submissions (organisation_id, id)
);
CREATE INDEX comments_by_submission ON comments (submission_id, id);

-- Every decision taken, approving or not, with the digest it was taken on.
CREATE TABLE approvals (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id bigint NOT NULL,
    submission_id bigint NOT NULL,
    reviewer_id bigint NOT NULL REFERENCES members,
    decision text NOT NULL CHECK (decision IN ('approve', 'return', 'reject', 'void')),
    digest text NOT NULL,
    comment text NOT NULL,
    decided_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (organisation_id, submission_id) REFERENCES submissions (organisation_id, id)
);
CREATE INDEX approvals_by_submission ON approvals (submission_id, id);

CREATE TABLE publications (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id bigint NOT NULL,
    submission_id bigint NOT NULL UNIQUE,
    run_id bigint NOT NULL,
    kind text NOT NULL,             -- the run's template
    entity text NOT NULL,
    reference_date text NOT NULL,   -- ISO 8601
    scenario text NOT NULL,
    digest text NOT NULL,
    approved_by bigint NOT NULL REFERENCES members,
    published_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,           -- voided or superseded
    FOREIGN KEY (organisation_id, submission_id) REFERENCES submissions (organisation_id, id),
    FOREIGN KEY (organisation_id, run_id) REFERENCES runs (organisation_id, id)
);
-- One figure in force per return, entity, date and scenario.
CREATE UNIQUE INDEX publications_in_force
    ON publications (organisation_id, kind, entity, reference_date, scenario) WHERE ended_at IS NULL;
CREATE INDEX publications_by_run ON publications (run_id);

-- One chain per organisation; `hash` covers the event and the hash before it: see 21_audit.sql.
CREATE TABLE audit_events (
    organisation_id bigint NOT NULL REFERENCES organisations,
    seq bigint NOT NULL CHECK (seq > 0),
    at timestamptz NOT NULL,
    actor text NOT NULL,        -- the member, or the service when it acted for itself
    login text NOT NULL,        -- whose database session it was
    action text NOT NULL,
    subject text NOT NULL,
    outcome text NOT NULL CHECK (outcome IN ('done', 'denied')),
    detail jsonb NOT NULL,
    hash text NOT NULL,
    PRIMARY KEY (organisation_id, seq)
);
CREATE INDEX audit_events_by_subject ON audit_events (organisation_id, subject, seq);

CREATE TABLE audit_heads (
    organisation_id bigint PRIMARY KEY REFERENCES organisations,
    seq bigint NOT NULL,
    hash text NOT NULL
);
