-- The work of a small bank, put into a new database of the present version by tools/keep_release.py.
SELECT harbour.add_organisation('oldbank', 'Old Bank');
SELECT harbour.add_member('oldbank', 'oldbank-ann', 'Ann', '{analyst}', 'no password opens this');
SELECT harbour.add_member('oldbank', 'oldbank-rev', 'Rev', '{reviewer,org_admin}', 'nor this');
SELECT harbour.set_quota('oldbank', 10, 100, 1000000);
INSERT INTO harbour.uploads (organisation_id, member_id, finished)
    SELECT organisation_id, id, true FROM harbour.members WHERE name = 'oldbank-ann';
INSERT INTO harbour.artefact_chunks (upload_id, position, organisation_id, content)
    SELECT id, place, organisation_id, 'twelve bytes' FROM harbour.uploads, generate_series(0, 2) place;
INSERT INTO harbour.artefacts (organisation_id, sha256, size, upload_id, member_id, root)
    SELECT organisation_id, harbour.sha256_of(id), 36, id, member_id, harbour.root_of(id) FROM harbour.uploads;
INSERT INTO harbour.runs (organisation_id, maker_id, executed_by, name, version, template, parameters, state)
    SELECT organisation_id, id, 'x', 'old run', 1, 'corep_of', '{}', 'running'
    FROM harbour.members WHERE name = 'oldbank-ann';
SELECT harbour.write_result(r.id, jsonb_build_object('state', 'succeeded', 'artefacts',
    jsonb_build_object('package.zip', a.sha256))) FROM harbour.runs r, harbour.artefacts a;
INSERT INTO harbour.approval_rules (organisation_id, template, version, in_order, set_by)
    SELECT organisation_id, 'finrep', 1, true, id FROM harbour.members WHERE name = 'oldbank-rev';
INSERT INTO harbour.approval_steps (organisation_id, rule_id, place, role)
    SELECT organisation_id, id, place, 'reviewer' FROM harbour.approval_rules, generate_series(1, 2) place;
INSERT INTO harbour.submissions (organisation_id, run_id, maker_id, note, state, digest)
    SELECT organisation_id, id, maker_id, 'old', s.state, harbour.run_digest(id)
    FROM harbour.runs, (VALUES ('in_review'), ('published')) AS s (state);
INSERT INTO harbour.comments (organisation_id, submission_id, author_id, body)
    SELECT organisation_id, id, maker_id, 'an old comment' FROM harbour.submissions;
INSERT INTO harbour.approvals (organisation_id, submission_id, reviewer_id, decision, digest, comment)
    SELECT s.organisation_id, s.id, m.id, 'approve', s.digest, ''
    FROM harbour.submissions s, harbour.members m WHERE s.state = 'published' AND m.name = 'oldbank-rev';
INSERT INTO harbour.publications
    (organisation_id, submission_id, run_id, kind, entity, reference_date, scenario, digest, approved_by)
    SELECT s.organisation_id, s.id, s.run_id, 'corep_of', '', '', '', s.digest, a.reviewer_id
    FROM harbour.submissions s JOIN harbour.approvals a ON a.submission_id = s.id;
SELECT harbour.write_event(organisation_id, 'old', 'member:oldbank-ann', 'done', '{"said": "é"}')
    FROM harbour.members WHERE name = 'oldbank-ann';
