-- Schedules and what came of them; notices and how they go out. Rows are moved by the guard's functions only.

CREATE TABLE schedules (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id bigint NOT NULL,
    owner_id bigint NOT NULL,               -- its runs are his
    deputy_id bigint,                       -- told whenever he is
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 100),
    template text NOT NULL CHECK (length(template) BETWEEN 1 AND 100),
    parameters jsonb NOT NULL CHECK (jsonb_typeof(parameters) = 'object'),
    zone text NOT NULL CHECK (length(zone) BETWEEN 1 AND 64),   -- IANA name
    cron text CHECK (length(cron) <= 200),
    period text CHECK (period IN ('month', 'quarter', 'half_year', 'year')),    -- whose end is the reference date
    days_after int CHECK (days_after BETWEEN 1 AND 250),    -- working days after the reference date
    at_time time,
    country text CHECK (country ~ '^[A-Z]{2}$'),            -- whose holidays are no working days
    missed text NOT NULL CHECK (missed IN ('run_once', 'skip')),
    overlap text NOT NULL CHECK (overlap IN ('skip', 'queue')),
    retries int NOT NULL CHECK (retries BETWEEN 0 AND 10),
    backoff_seconds int NOT NULL CHECK (backoff_seconds BETWEEN 1 AND 86400),
    time_limit_seconds int NOT NULL CHECK (time_limit_seconds BETWEEN 1 AND 86400),
    needs text[] NOT NULL DEFAULT '{}',     -- books that must be there and valid before it runs
    state text NOT NULL CHECK (state IN ('active', 'paused', 'ended')),
    next_due timestamptz,
    created_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE (organisation_id, id),
    CHECK ((cron IS NULL) <> (days_after IS NULL)),
    CHECK (days_after IS NULL OR (period IS NOT NULL AND at_time IS NOT NULL AND country IS NOT NULL)),
    CHECK (state <> 'active' OR next_due IS NOT NULL),
    CHECK (deputy_id <> owner_id),
    FOREIGN KEY (organisation_id, owner_id) REFERENCES members (organisation_id, id),
    FOREIGN KEY (organisation_id, deputy_id) REFERENCES members (organisation_id, id)
);
CREATE UNIQUE INDEX schedules_by_name ON schedules (organisation_id, name) WHERE state <> 'ended';
CREATE INDEX schedules_by_due ON schedules (next_due) WHERE state = 'active';

-- Each time it was due, or was run by hand. What is due once fires once: two workers cannot both write the row.
CREATE TABLE schedule_fires (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id bigint NOT NULL,
    schedule_id bigint NOT NULL,
    due_at timestamptz NOT NULL,
    cause text NOT NULL CHECK (cause IN ('clock', 'now', 'again')),
    asked_by bigint,                        -- who ran it by hand
    template text NOT NULL,
    parameters jsonb NOT NULL,
    retries int NOT NULL,
    backoff_seconds int NOT NULL,
    time_limit_seconds int NOT NULL,
    needs text[] NOT NULL,
    state text NOT NULL CHECK (state IN ('open', 'succeeded', 'failed', 'cancelled', 'skipped', 'missed')),
    reason text,                            -- why there was no run, or how the last one ended
    told_late boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    ended_at timestamptz,
    UNIQUE (schedule_id, due_at),
    UNIQUE (organisation_id, id),
    FOREIGN KEY (organisation_id, schedule_id) REFERENCES schedules (organisation_id, id),
    FOREIGN KEY (organisation_id, asked_by) REFERENCES members (organisation_id, id)
);
CREATE INDEX schedule_fires_open ON schedule_fires (schedule_id) WHERE state = 'open';

CREATE TABLE schedule_attempts (
    organisation_id bigint NOT NULL,
    fire_id bigint NOT NULL,
    attempt int NOT NULL CHECK (attempt > 0),
    run_id bigint NOT NULL UNIQUE,
    not_before timestamptz,                 -- the pause before a retry
    PRIMARY KEY (fire_id, attempt),
    FOREIGN KEY (organisation_id, fire_id) REFERENCES schedule_fires (organisation_id, id),
    FOREIGN KEY (organisation_id, run_id) REFERENCES runs (organisation_id, id)
);

CREATE TABLE run_cancellations (
    organisation_id bigint NOT NULL,
    run_id bigint PRIMARY KEY,
    member_id bigint NOT NULL,
    asked_at timestamptz NOT NULL DEFAULT now(),
    FOREIGN KEY (organisation_id, run_id) REFERENCES runs (organisation_id, id),
    FOREIGN KEY (organisation_id, member_id) REFERENCES members (organisation_id, id)
);

-- What a member is told. Only numbers and names of things: the words and figures are read when shown, under his rights.
CREATE TABLE notices (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id bigint NOT NULL,
    member_id bigint NOT NULL,
    kind text NOT NULL CHECK (kind ~ '^[a-z_]{1,40}$'),
    subject text NOT NULL,
    facts jsonb NOT NULL,
    times int NOT NULL DEFAULT 1,           -- said again while it was unread
    created_at timestamptz NOT NULL DEFAULT now(),
    read_at timestamptz,
    FOREIGN KEY (organisation_id, member_id) REFERENCES members (organisation_id, id)
);
CREATE INDEX notices_by_member ON notices (member_id, id DESC);
CREATE INDEX notices_unread ON notices (member_id) WHERE read_at IS NULL;

CREATE TABLE notice_preferences (
    organisation_id bigint NOT NULL,
    member_id bigint PRIMARY KEY,
    email text CHECK (email ~ '^[^@[:space:][:cntrl:]<>",;]+@[^@[:space:][:cntrl:]<>",;]+$' AND length(email) <= 254),
    mail text NOT NULL DEFAULT 'now' CHECK (mail IN ('now', 'digest', 'off')),
    language text NOT NULL DEFAULT 'en' CHECK (language IN ('en', 'fr')),
    muted text[] NOT NULL DEFAULT '{}',
    last_mail timestamptz,
    FOREIGN KEY (organisation_id, member_id) REFERENCES members (organisation_id, id)
);

-- Where a team reads: Slack, Teams, a webhook. The address is a secret, which no member can select.
CREATE TABLE alert_channels (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id bigint NOT NULL REFERENCES organisations,
    name text NOT NULL CHECK (length(name) BETWEEN 1 AND 40),
    address text NOT NULL CHECK (length(address) BETWEEN 1 AND 2000),
    language text NOT NULL DEFAULT 'en' CHECK (language IN ('en', 'fr')),
    last_sent timestamptz,
    UNIQUE (organisation_id, name),
    UNIQUE (organisation_id, id)
);

-- One line to go out: to a member's mail, or to a team's channel. It stays until it went.
CREATE TABLE deliveries (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id bigint NOT NULL,
    notice_id bigint REFERENCES notices,
    channel_id bigint,
    kind text NOT NULL,
    subject text NOT NULL,
    facts jsonb NOT NULL,
    state text NOT NULL DEFAULT 'waiting' CHECK (state IN ('waiting', 'sent', 'dropped')),
    tries int NOT NULL DEFAULT 0,
    not_before timestamptz NOT NULL DEFAULT now(),
    leased_until timestamptz,
    last_error text,
    created_at timestamptz NOT NULL DEFAULT now(),
    sent_at timestamptz,
    CHECK ((notice_id IS NULL) <> (channel_id IS NULL)),
    FOREIGN KEY (organisation_id, channel_id) REFERENCES alert_channels (organisation_id, id) ON DELETE CASCADE
);
CREATE INDEX deliveries_waiting ON deliveries (not_before) WHERE state = 'waiting';
