-- Who there is: organisations, their members, how they sign in, what they may have.

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

-- argon2 hashes. No member and no service can read this table: see ../guard/31_signing_in.sql.
CREATE TABLE credentials (
    member_id bigint PRIMARY KEY REFERENCES members,
    password_hash text NOT NULL,
    must_change boolean NOT NULL,
    failed_attempts int NOT NULL DEFAULT 0,
    locked_until timestamptz,
    changed_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz,     -- of a one-time password; NULL for one's own
    signed_in_at timestamptz,
    seen_at timestamptz
);

CREATE TABLE one_time_codes (
    member_id bigint PRIMARY KEY REFERENCES members,
    secret text NOT NULL,                   -- base32, as the member's device has it
    confirmed boolean NOT NULL DEFAULT false,
    last_step bigint NOT NULL DEFAULT 0     -- of the last code used: neither it nor one before it works again
);

CREATE TABLE recovery_codes (
    member_id bigint NOT NULL REFERENCES members,
    hash text NOT NULL CHECK (hash ~ '^[0-9a-f]{64}$'),
    used_at timestamptz,
    PRIMARY KEY (member_id, hash)
);

-- A role lent for a time. It lends the principal's own authority: it ends with his role, his membership or the
-- date, it is not lent on, and it never reaches what the principal himself prepared.
CREATE TABLE delegations (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id bigint NOT NULL,
    principal_id bigint NOT NULL,
    deputy_id bigint NOT NULL,
    role text NOT NULL CHECK (role IN ('reviewer', 'org_admin')),
    created_at timestamptz NOT NULL DEFAULT now(),
    until timestamptz NOT NULL,
    ended_at timestamptz,
    CHECK (principal_id <> deputy_id),
    CHECK (until > created_at AND until <= created_at + interval '366 days'),
    FOREIGN KEY (organisation_id, principal_id) REFERENCES members (organisation_id, id),
    FOREIGN KEY (organisation_id, deputy_id) REFERENCES members (organisation_id, id)
);
CREATE INDEX delegations_by_deputy ON delegations (deputy_id);

-- How much an organisation may have. No row, or NULL: no bound. Held where the thing is created: ../guard/22_quotas.sql.
CREATE TABLE quotas (
    organisation_id bigint PRIMARY KEY REFERENCES organisations,
    members int CHECK (members >= 0),           -- active ones
    runs_a_day int CHECK (runs_a_day >= 0),     -- recorded or requested since midnight UTC
    storage bigint CHECK (storage >= 0)         -- bytes of artefacts
);

-- Where a bank's rooms listen for changes. The name is a secret of the bank, and nothing is sent on it: see
-- ../guard/55_changes.sql.
CREATE TABLE channels (
    name text PRIMARY KEY DEFAULT 'w' || replace(gen_random_uuid()::text, '-', ''),
    organisation_id bigint UNIQUE NULLS NOT DISTINCT REFERENCES organisations   -- NULL: the worker's, for the anchors
);
INSERT INTO channels (organisation_id) VALUES (NULL);
