-- The workflow as data. Who may do an action is kept apart from which state allows it.
--
--   roles     any one of them is enough; none at all means the platform itself does it
--   whose     'maker': only who prepared it; 'not_maker': never who prepared it (four eyes); 'any'
--   says_why  a comment must be given

CREATE TABLE actions (
    action text PRIMARY KEY,
    roles text[] NOT NULL,
    whose text NOT NULL CHECK (whose IN ('maker', 'not_maker', 'any')),
    says_why boolean NOT NULL,
    phrase text NOT NULL        -- "You may not <phrase>."
);

INSERT INTO actions (action, roles, whose, says_why, phrase) VALUES
    ('store_artefact', '{analyst}',                    'any',       false, 'store artefacts'),
    ('record_run',     '{analyst}',                    'any',       false, 'record a run'),
    ('request_run',    '{analyst}',                    'any',       false, 'request a run'),
    ('submit',         '{analyst}',                    'maker',     false, 'submit this run'),
    ('resubmit',       '{analyst}',                    'maker',     false, 'submit this again'),
    ('withdraw',       '{analyst}',                    'maker',     false, 'withdraw this submission'),
    ('comment',        '{analyst,reviewer,org_admin}', 'any',       true,  'comment on this submission'),
    ('approve',        '{reviewer}',                   'not_maker', false, 'approve this submission'),
    ('return',         '{reviewer}',                   'not_maker', true,  'return this submission'),
    ('reject',         '{reviewer}',                   'not_maker', true,  'reject this submission'),
    ('void',           '{reviewer}',                   'not_maker', true,  'void this approval'),
    ('publish',        '{}',                           'any',       false, 'publish this submission'),
    ('supersede',      '{}',                           'any',       false, 'supersede this submission');

CREATE TABLE transitions (
    action text NOT NULL REFERENCES actions,
    from_state text NOT NULL,
    to_state text NOT NULL,
    PRIMARY KEY (action, from_state)
);

INSERT INTO transitions (action, from_state, to_state) VALUES
    ('submit',    'draft',     'in_review'),
    ('approve',   'in_review', 'approved'),
    ('publish',   'approved',  'published'),
    ('return',    'in_review', 'returned'),
    ('resubmit',  'returned',  'in_review'),
    ('reject',    'in_review', 'rejected'),
    ('withdraw',  'in_review', 'withdrawn'),
    ('withdraw',  'returned',  'withdrawn'),
    ('void',      'approved',  'voided'),
    ('void',      'published', 'voided'),
    ('supersede', 'published', 'superseded'),
    ('comment',   'in_review', 'in_review'),
    ('comment',   'returned',  'returned'),
    ('comment',   'published', 'published');
