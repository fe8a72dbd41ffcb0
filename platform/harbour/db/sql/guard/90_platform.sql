-- The platform's own administrators and events have a home, like any bank's.
SELECT add_organisation('platform', 'The platform')
    WHERE NOT EXISTS (SELECT FROM organisations o WHERE o.slug = 'platform');
