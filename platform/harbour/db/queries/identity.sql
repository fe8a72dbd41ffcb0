-- me --
SELECT name, display_name, organisation, organisation_name, roles FROM harbour.me()

-- member --
SELECT m.name, m.display_name, o.slug AS organisation, o.name AS organisation_name, m.state,
       ARRAY(SELECT r.role FROM harbour.member_roles r WHERE r.member_id = m.id ORDER BY r.role) AS roles
FROM harbour.members m JOIN harbour.organisations o ON o.id = m.organisation_id
WHERE m.name = :name

-- members --
SELECT m.name, m.display_name, o.slug AS organisation, o.name AS organisation_name, m.state,
       ARRAY(SELECT r.role FROM harbour.member_roles r WHERE r.member_id = m.id ORDER BY r.role) AS roles
FROM harbour.members m JOIN harbour.organisations o ON o.id = m.organisation_id
WHERE o.slug = coalesce(:organisation, o.slug)
ORDER BY m.name

-- organisations --
SELECT slug, name FROM harbour.organisations ORDER BY slug

-- add_organisation --
SELECT harbour.add_organisation(:slug, :name)

-- add_member --
SELECT harbour.add_member(:organisation, :name, :display_name, cast(:roles AS text[]), :password_hash)

-- set_member_state --
SELECT harbour.set_member_state(:name, :state)

-- suspended_with_login --
SELECT name FROM harbour.suspended_with_login() name

-- open_login --
SELECT state, password_hash, must_change FROM harbour.open_login(:name)

-- close_login --
SELECT harbour.close_login(:name, :right)

-- set_password_hash --
SELECT harbour.set_password_hash(:name, :password_hash, :must_change)

-- note_database_login --
SELECT harbour.note_database_login(:name, :issued)

-- delegations --
SELECT d.id, p.name AS principal, s.name AS deputy, d.role, d.created_at, d.until, d.ended_at
FROM harbour.delegations d JOIN harbour.members p ON p.id = d.principal_id JOIN harbour.members s ON s.id = d.deputy_id
ORDER BY d.id DESC LIMIT :limit

-- members_administered --
SELECT name, display_name, state, roles, invited, from_directory, seen_at, runs, runs_lately, storage
FROM harbour.members_administered()

-- usage_administered --
SELECT organisation, organisation_name, what, used, bound FROM harbour.usage_administered()

-- platform_standing --
SELECT whole, queued, running, oldest_queued, ended_lately, failed_lately, mails_waiting, mails_failing, mails_since,
       mails_given_up, server_version
FROM harbour.platform_standing()

-- set_quota --
SELECT harbour.set_quota(:organisation, cast(:members AS int), cast(:runs_a_day AS int), cast(:storage AS bigint),
                         cast(:servers AS int))

-- set_parent --
SELECT harbour.set_parent(:organisation, :parent)

-- set_entities --
SELECT harbour.set_entities(:organisation, cast(:leis AS text[]))

-- keep_servers --
SELECT harbour.keep_servers(cast(:names AS text[]))

-- organisations_below --
SELECT o.slug, o.name, p.slug AS parent FROM harbour.organisations o LEFT JOIN harbour.organisations p ON p.id = o.parent_id
ORDER BY o.slug
