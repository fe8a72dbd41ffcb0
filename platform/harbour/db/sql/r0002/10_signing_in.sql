-- Signing in through the bank's own directory, and by links that work once.

-- Who a member is in the directory: its own lasting name for him, never one that can be given to somebody else.
CREATE TABLE member_identities (
    issuer text NOT NULL CHECK (issuer <> ''),
    subject text NOT NULL CHECK (subject <> ''),
    member_id bigint NOT NULL UNIQUE REFERENCES members,
    dismissed boolean NOT NULL DEFAULT false,   -- suspended because no group was left, not by an administrator
    linked_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (issuer, subject)
);

-- Invitations and password resets. The token itself is kept nowhere.
CREATE TABLE account_links (
    hash text PRIMARY KEY CHECK (hash ~ '^[0-9a-f]{64}$'),
    member_id bigint NOT NULL REFERENCES members,
    purpose text NOT NULL CHECK (purpose IN ('invitation', 'reset')),
    created_at timestamptz NOT NULL DEFAULT now(),
    expires_at timestamptz NOT NULL,
    ended_at timestamptz        -- used, or replaced by a newer one
);
CREATE INDEX account_links_open ON account_links (member_id) WHERE ended_at IS NULL;
