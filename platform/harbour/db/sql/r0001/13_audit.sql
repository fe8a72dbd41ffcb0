-- The audit log. ../guard/20_audit.sql says what the hash covers.

-- One chain per organisation; `hash` covers the event and the hash before it: see ../guard/20_audit.sql.
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
