-- second_step --
SELECT ended, secret, last_step FROM harbour.second_step(:name)

-- forgive_attempt --
SELECT harbour.forgive_attempt(:name)

-- enrol_code --
SELECT harbour.enrol_code(:name, :secret)

-- enrolled_secret --
SELECT harbour.enrolled_secret(:name) AS secret

-- confirm_code --
SELECT harbour.confirm_code(:name, :step, cast(:recovery AS text[])) AS done

-- use_code --
SELECT harbour.use_code(:name, :step) AS done

-- use_recovery_code --
SELECT harbour.use_recovery_code(:name, :hash) AS done

-- drop_code --
SELECT harbour.drop_code(:name)

-- begin_session --
SELECT harbour.begin_session(:name)

-- continue_session --
SELECT harbour.continue_session(:name, make_interval(mins => :idle), make_interval(hours => :lifetime)) AS lasts

-- set_member_roles --
SELECT harbour.set_member_roles(:name, cast(:roles AS text[]))

-- admit_identity --
SELECT name, login, created
FROM harbour.admit_identity(:issuer, :subject, :organisation, :name, :display_name, cast(:roles AS text[]))

-- identity_member --
SELECT harbour.identity_member(:issuer, :subject) AS name

-- dismiss_identity --
SELECT harbour.dismiss_identity(:issuer, :subject)

-- link_identity --
SELECT harbour.link_identity(:name, :issuer, :subject)

-- make_link --
SELECT harbour.make_link(:name, :hash, :purpose, make_interval(hours => :hours))

-- link_member --
SELECT name, display_name, purpose FROM harbour.link_member(:hash)

-- use_link --
SELECT harbour.use_link(:hash, :password_hash) AS name
