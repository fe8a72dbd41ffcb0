-- What is decided: rules, submissions, what is said about them, decisions, what is in force, who has seen it.

-- The workflow as data: who may do an action is kept apart from which state allows it. ../guard/10_actions.sql fills
-- and explains both.
CREATE TABLE actions (
    action text PRIMARY KEY,
    module text NOT NULL,
    roles text[] NOT NULL,
    whose text NOT NULL CHECK (whose IN ('maker', 'not_maker', 'any')),
    says_why boolean NOT NULL,
    phrase text NOT NULL        -- "You may not <phrase>."
);
CREATE TABLE transitions (
    action text NOT NULL REFERENCES actions,
    from_state text NOT NULL,
    to_state text NOT NULL,
    PRIMARY KEY (action, from_state)
);

-- How many approvals, of which roles, in which order. An organisation sets a rule for one template or for all; a
-- rule is never changed but followed by its next version; a submission keeps the rule in force when it was
-- submitted. Without any rule: one reviewer.
CREATE TABLE approval_rules (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id bigint NOT NULL REFERENCES organisations,
    template text CHECK (template <> ''),   -- NULL: every template without a rule of its own
    version int NOT NULL,
    in_order boolean NOT NULL,
    set_by bigint NOT NULL REFERENCES members,
    set_at timestamptz NOT NULL DEFAULT now(),
    UNIQUE NULLS NOT DISTINCT (organisation_id, template, version),
    UNIQUE (organisation_id, id)
);

-- Each step is one approval by one person; no two steps by the same.
CREATE TABLE approval_steps (
    organisation_id bigint NOT NULL,
    rule_id bigint NOT NULL,
    place int NOT NULL CHECK (place > 0),
    role text NOT NULL CHECK (role IN ('analyst', 'reviewer', 'org_admin')),
    PRIMARY KEY (rule_id, place),
    FOREIGN KEY (organisation_id, rule_id) REFERENCES approval_rules (organisation_id, id)
);

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
    rule_id bigint REFERENCES approval_rules,   -- NULL: one reviewer
    round int NOT NULL DEFAULT 1,               -- one more with every resubmission
    UNIQUE (organisation_id, id),
    FOREIGN KEY (organisation_id, run_id) REFERENCES runs (organisation_id, id)
);
CREATE INDEX submissions_by_state ON submissions (organisation_id, state, id DESC);

-- What people say: about a submission, one cell of its return, or a template; in threads of one level; resolved and
-- reopened. A blocking comment stands in the way of approval until resolved.
CREATE TABLE comments (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    organisation_id bigint NOT NULL,
    submission_id bigint,
    template text CHECK (template <> '' AND length(template) <= 100),
    cell_table text CHECK (cell_table <> '' AND length(cell_table) <= 40),
    cell_row text CHECK (cell_row <> '' AND length(cell_row) <= 40),
    cell_column text CHECK (cell_column <> '' AND length(cell_column) <= 40),
    cell_sheet text CHECK (cell_sheet <> '' AND length(cell_sheet) <= 40),
    reply_to bigint,                    -- the first comment of the thread
    author_id bigint NOT NULL REFERENCES members,
    body text NOT NULL CHECK (body <> ''),
    blocking boolean NOT NULL DEFAULT false,
    created_at timestamptz NOT NULL DEFAULT now(),
    resolved_by bigint REFERENCES members,
    resolved_at timestamptz,
    UNIQUE (organisation_id, id),
    FOREIGN KEY (organisation_id, submission_id) REFERENCES submissions (organisation_id, id),
    FOREIGN KEY (organisation_id, reply_to) REFERENCES comments (organisation_id, id),
    CHECK ((submission_id IS NULL) <> (template IS NULL)),
    CHECK ((cell_table IS NULL) = (cell_row IS NULL) AND (cell_table IS NULL) = (cell_column IS NULL)),
    CHECK (cell_table IS NOT NULL OR cell_sheet IS NULL),
    CHECK (cell_table IS NULL OR submission_id IS NOT NULL),
    CHECK (NOT blocking OR (submission_id IS NOT NULL AND reply_to IS NULL))
);
CREATE INDEX comments_by_submission ON comments (submission_id, id);
CREATE INDEX comments_by_template ON comments (organisation_id, template, id) WHERE template IS NOT NULL;
CREATE INDEX comments_in_the_way ON comments (submission_id) WHERE blocking AND resolved_at IS NULL;

CREATE TABLE mentions (
    organisation_id bigint NOT NULL,
    comment_id bigint NOT NULL,
    member_id bigint NOT NULL,
    PRIMARY KEY (comment_id, member_id),
    FOREIGN KEY (organisation_id, comment_id) REFERENCES comments (organisation_id, id),
    FOREIGN KEY (organisation_id, member_id) REFERENCES members (organisation_id, id)
);
CREATE INDEX mentions_by_member ON mentions (member_id, comment_id);

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
    round int NOT NULL DEFAULT 1,
    step int NOT NULL DEFAULT 1,
    on_behalf_of bigint REFERENCES members,     -- the principal, when a deputy decided
    FOREIGN KEY (organisation_id, submission_id) REFERENCES submissions (organisation_id, id)
);
CREATE INDEX approvals_by_submission ON approvals (submission_id, id);
-- Four eyes, held by the tables too: in one round a person, an authority and a step count once.
CREATE UNIQUE INDEX approvals_by_person ON approvals (submission_id, round, reviewer_id) WHERE decision = 'approve';
CREATE UNIQUE INDEX approvals_by_authority ON approvals (submission_id, round, coalesce(on_behalf_of, reviewer_id))
    WHERE decision = 'approve';
CREATE UNIQUE INDEX approvals_by_step ON approvals (submission_id, round, step) WHERE decision = 'approve';

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

-- Opening a submission in a room leaves a trace, once per person and version.
CREATE TABLE sightings (
    organisation_id bigint NOT NULL,
    submission_id bigint NOT NULL,
    member_id bigint NOT NULL,
    digest text NOT NULL,
    seen_at timestamptz NOT NULL DEFAULT now(),
    PRIMARY KEY (submission_id, member_id, digest),
    FOREIGN KEY (organisation_id, submission_id) REFERENCES submissions (organisation_id, id),
    FOREIGN KEY (organisation_id, member_id) REFERENCES members (organisation_id, id)
);
