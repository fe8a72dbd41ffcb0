-- The workflow as data. Who may do an action is kept apart from which state allows it. Every function and policy of
-- the guard reads these two tables, and docs/workflow.md is drawn from them.
--
--   roles     any one of them is enough; none at all means the platform itself does it
--   whose     'maker': only who prepared it; 'not_maker': never who prepared it (four eyes); 'any'
--   says_why  a comment must be given

DELETE FROM transitions;
DELETE FROM reach;
DELETE FROM actions;

INSERT INTO actions (module, action, roles, whose, says_why, phrase) VALUES
    ('runs',          'store_artefact',   '{analyst}',                    'any',       false, 'store artefacts'),
    ('runs',          'record_run',       '{analyst}',                    'any',       false, 'record a run'),
    ('runs',          'request_run',      '{analyst}',                    'any',       false, 'request a run'),
    ('submissions',   'submit',           '{analyst}',                    'maker',     false, 'submit this run'),
    ('submissions',   'resubmit',         '{analyst}',                    'maker',     false, 'submit this again'),
    ('submissions',   'withdraw',         '{analyst}',                    'maker',     false, 'withdraw this submission'),
    ('publications',  'see_published',    '{analyst,viewer,reviewer,org_admin}', 'any', false, 'read published figures'),
    ('submissions',   'see_work',         '{analyst,reviewer,org_admin}', 'any',       false, 'see work under way'),
    ('comments',      'comment',          '{analyst,reviewer,org_admin}', 'any',       true,  'comment on this submission'),
    ('comments',      'comment_template', '{analyst,reviewer,org_admin}', 'any',       true,  'comment on this template'),
    ('comments',      'block',            '{reviewer,org_admin}',         'not_maker', true,  'block this submission'),
    ('comments',      'resolve',          '{analyst,reviewer,org_admin}', 'any',       false, 'resolve this comment'),
    ('comments',      'reopen',           '{analyst,reviewer,org_admin}', 'any',       false, 'reopen this comment'),
    ('approvals',     'approve',          '{reviewer}',                   'not_maker', false, 'approve this submission'),
    ('approvals',     'approve_in_part',  '{}',                           'any',       false, 'count this approval'),
    ('approvals',     'return',           '{reviewer}',                   'not_maker', true,  'return this submission'),
    ('approvals',     'reject',           '{reviewer}',                   'not_maker', true,  'reject this submission'),
    ('approvals',     'void',             '{reviewer}',                   'not_maker', true,  'void this approval'),
    ('approvals',     'void_by_change',   '{}',                           'any',       false, 'void what has changed'),
    ('approvals',     'set_rule',         '{org_admin}',                  'any',       false, 'set approval rules'),
    ('publications',  'publish',          '{}',                           'any',       false, 'publish this submission'),
    ('publications',  'supersede',        '{}',                           'any',       false, 'supersede this submission'),
    ('organisations', 'delegate',         '{reviewer,org_admin}',         'any',       false, 'delegate'),
    ('organisations', 'manage_members',   '{org_admin}',                  'any',       false, 'change members'),
    ('audit',         'see_audit',        '{analyst,reviewer,org_admin,platform_admin}', 'any', false, 'read the audit log');

INSERT INTO transitions (action, from_state, to_state) VALUES
    ('submit',          'draft',     'in_review'),
    ('comment',         'in_review', 'in_review'),
    ('comment',         'returned',  'returned'),
    ('comment',         'published', 'published'),
    ('block',           'in_review', 'in_review'),
    ('block',           'returned',  'returned'),
    ('return',          'in_review', 'returned'),
    ('resubmit',        'returned',  'in_review'),
    ('reject',          'in_review', 'rejected'),
    ('withdraw',        'in_review', 'withdrawn'),
    ('withdraw',        'returned',  'withdrawn'),
    ('approve_in_part', 'in_review', 'in_review'),
    ('approve',         'in_review', 'approved'),
    ('publish',         'approved',  'published'),
    ('void',            'approved',  'voided'),
    ('void',            'published', 'voided'),
    ('void_by_change',  'approved',  'voided'),
    ('void_by_change',  'published', 'voided'),
    ('supersede',       'published', 'superseded');
