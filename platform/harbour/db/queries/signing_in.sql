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
