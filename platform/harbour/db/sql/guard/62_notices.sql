-- Who is told what, in the transaction of what happened: nothing is said that did not happen, and nothing is lost.
--
-- A notice holds numbers and names only. Its words are made when it is shown or sent, from what its reader may see
-- then. What goes to a team's channel, where nobody's rights can be known, never says more than that it happened.

INSERT INTO actions (module, action, roles, whose, says_why, phrase) VALUES
    ('notices', 'set_channel', '{org_admin}', 'any', false, 'set where your organisation''s teams are told');

CREATE FUNCTION my_id() RETURNS bigint
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT (asking()).id
$$;

CREATE FUNCTION wake_organisation(p_organisation bigint) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT pg_notify(c.name, '') FROM channels c WHERE c.organisation_id = p_organisation
$$;

-- Internal: when a member's next mail may go. Digests at 06:00 UTC; after five mails in a quarter of an hour, the
-- rest of a storm is gathered into one mail every ten minutes.
CREATE FUNCTION mail_not_before(p_how notice_preferences) RETURNS timestamptz
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT CASE
        WHEN p_how.mail = 'digest' THEN date_trunc('day', now() AT TIME ZONE 'UTC' + interval '18 hours') AT TIME ZONE 'UTC'
            + interval '6 hours'
        WHEN (SELECT count(DISTINCT d.sent_at) FROM deliveries d JOIN notices n ON n.id = d.notice_id
              WHERE n.member_id = p_how.member_id AND d.sent_at > now() - interval '15 minutes') >= 5
            THEN greatest(now(), p_how.last_mail + interval '10 minutes')
        ELSE now() END
$$;

-- Internal: tell one member. The same again while he has not read it, within the hour, is counted and not repeated.
CREATE FUNCTION tell(p_member bigint, p_kind text, p_subject text, p_facts jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    told members;
    how notice_preferences;
    added bigint;
BEGIN
    SELECT m.* INTO STRICT told FROM members m WHERE m.id = p_member;
    PERFORM FROM members m WHERE m.id = p_member FOR NO KEY UPDATE;     -- one at a time: the same is said once
    UPDATE notices n SET times = n.times + 1, facts = p_facts WHERE n.id = (
        SELECT max(o.id) FROM notices o WHERE o.member_id = p_member AND o.kind = p_kind AND o.subject = p_subject
            AND o.read_at IS NULL AND o.created_at > now() - interval '1 hour');
    IF NOT FOUND THEN
        INSERT INTO notices (organisation_id, member_id, kind, subject, facts)
            VALUES (told.organisation_id, p_member, p_kind, p_subject, p_facts) RETURNING id INTO added;
        SELECT p.* INTO how FROM notice_preferences p WHERE p.member_id = p_member;
        IF how.email IS NOT NULL AND how.mail <> 'off' AND NOT p_kind = ANY (how.muted) THEN
            INSERT INTO deliveries (organisation_id, notice_id, kind, subject, facts, not_before)
                VALUES (told.organisation_id, added, p_kind, p_subject, p_facts, mail_not_before(how));
        END IF;
    END IF;
    PERFORM wake_organisation(told.organisation_id);
END
$$;

-- Internal: tell every channel of an organisation; the same subject once an hour.
CREATE FUNCTION tell_channels(p_organisation bigint, p_kind text, p_subject text, p_facts jsonb) RETURNS void
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    INSERT INTO deliveries (organisation_id, channel_id, kind, subject, facts)
    SELECT c.organisation_id, c.id, p_kind, p_subject, p_facts FROM alert_channels c
    WHERE c.organisation_id = p_organisation AND NOT EXISTS (SELECT FROM deliveries d WHERE d.channel_id = c.id
        AND d.kind = p_kind AND d.subject = p_subject AND d.created_at > now() - interval '1 hour')
$$;

CREATE FUNCTION read_notices(p_upto bigint) RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_asking();
BEGIN
    UPDATE notices SET read_at = now() WHERE member_id = self.id AND read_at IS NULL AND id <= p_upto;
    IF FOUND THEN
        PERFORM wake_organisation(self.organisation_id);    -- his other open pages
    END IF;
    RETURN done(p_upto);
END
$$;

CREATE FUNCTION set_notice_preferences(p_email text, p_mail text, p_language text, p_muted text[]) RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_asking();
BEGIN
    IF session_user = 'harbour_worker' THEN
        RETURN denied(self, 'set_preferences', 'member:' || self.name,
                      refusal('not_allowed', 'The worker executes requested runs, and does nothing else for anyone.'));
    END IF;
    INSERT INTO notice_preferences (organisation_id, member_id, email, mail, language, muted)
        VALUES (self.organisation_id, self.id, nullif(btrim(p_email), ''), p_mail, p_language, coalesce(p_muted, '{}'))
        ON CONFLICT (member_id) DO UPDATE SET email = EXCLUDED.email, mail = EXCLUDED.mail,
            language = EXCLUDED.language, muted = EXCLUDED.muted;
    PERFORM write_event(self.organisation_id, 'set_preferences', 'member:' || self.name, 'done',
                        jsonb_build_object('mail', p_mail, 'language', p_language, 'muted', to_jsonb(p_muted)));
    RETURN done(self.id);
END
$$;

-- p_address NULL takes the channel away.
CREATE FUNCTION set_alert_channel(p_name text, p_address text, p_language text) RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_asking();
    refused outcome := refusal_by_role('set_channel');
BEGIN
    IF refused.code IS NOT NULL THEN
        RETURN denied(self, 'set_channel', 'channel:' || coalesce(p_name, ''), refused);
    END IF;
    IF p_address IS NULL THEN
        DELETE FROM alert_channels WHERE organisation_id = self.organisation_id AND name = p_name;
    ELSE
        INSERT INTO alert_channels (organisation_id, name, address, language)
            VALUES (self.organisation_id, p_name, p_address, p_language)
            ON CONFLICT (organisation_id, name) DO UPDATE SET address = EXCLUDED.address, language = EXCLUDED.language;
    END IF;
    PERFORM write_event(self.organisation_id, 'set_channel', 'channel:' || p_name, 'done',
                        jsonb_build_object('removed', p_address IS NULL, 'language', p_language));
    RETURN done(NULL);
END
$$;

-- The worker sends ---------------------------------------------------------------------------------------------

-- Everything that waits for the reader or channel whose turn it is, lent for two minutes; an empty set: nothing waits.
CREATE FUNCTION claim_deliveries()
RETURNS TABLE (id bigint, reader text, reader_active boolean, email text, channel text, address text, language text,
               kind text, subject text, facts jsonb, times int, created_at timestamptz, tries int)
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    first deliveries;
    wanted bigint;
BEGIN
    SELECT d.* INTO first FROM deliveries d WHERE d.state = 'waiting' AND d.not_before <= now()
        AND (d.leased_until IS NULL OR d.leased_until < now())
        ORDER BY d.not_before, d.id LIMIT 1 FOR UPDATE SKIP LOCKED;
    IF first.id IS NULL THEN
        RETURN;
    END IF;
    wanted := (SELECT n.member_id FROM notices n WHERE n.id = first.notice_id);
    RETURN QUERY
        WITH mine AS (
            SELECT d.id FROM deliveries d LEFT JOIN notices n ON n.id = d.notice_id
            WHERE d.state = 'waiting' AND (d.leased_until IS NULL OR d.leased_until < now())
              AND (n.member_id = wanted OR d.channel_id = first.channel_id)
            ORDER BY d.id LIMIT 50 FOR UPDATE OF d SKIP LOCKED
        ), lent AS (
            UPDATE deliveries d SET leased_until = now() + interval '2 minutes', tries = d.tries + 1
            FROM mine WHERE d.id = mine.id RETURNING d.*
        )
        SELECT l.id, m.name, m.state = 'active', p.email, c.name, c.address, coalesce(p.language, c.language),
               l.kind, l.subject, l.facts, coalesce(n.times, 1), l.created_at, l.tries
        FROM lent l LEFT JOIN notices n ON n.id = l.notice_id LEFT JOIN members m ON m.id = n.member_id
        LEFT JOIN notice_preferences p ON p.member_id = m.id LEFT JOIN alert_channels c ON c.id = l.channel_id
        ORDER BY l.id;
END
$$;

-- p_error NULL: it went. Otherwise it is tried again, at longer and longer intervals up to ten minutes, for three days;
-- the notice in the rooms stays.
CREATE FUNCTION note_deliveries(p_ids bigint[], p_error text) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
BEGIN
    IF p_error IS NULL THEN
        UPDATE deliveries SET state = 'sent', sent_at = now(), leased_until = NULL, last_error = NULL
            WHERE id = ANY (p_ids) AND state = 'waiting';
        UPDATE notice_preferences SET last_mail = now() WHERE member_id IN (
            SELECT n.member_id FROM notices n JOIN deliveries d ON d.notice_id = n.id WHERE d.id = ANY (p_ids));
        UPDATE alert_channels SET last_sent = now() WHERE id IN (
            SELECT d.channel_id FROM deliveries d WHERE d.id = ANY (p_ids));
    ELSE
        UPDATE deliveries SET last_error = left(p_error, 500), leased_until = NULL,
            state = CASE WHEN created_at < now() - interval '3 days' THEN 'dropped' ELSE state END,
            not_before = now() + least(interval '10 minutes', interval '10 seconds' * power(2, least(tries, 10) - 1))
            WHERE id = ANY (p_ids) AND state = 'waiting';
    END IF;
END
$$;

-- How sending stands, for who looks after the platform: counts and the last error, no reader and no subject.
CREATE FUNCTION delivery_standing()
RETURNS TABLE (waiting bigint, failing bigint, oldest timestamptz, last_error text, given_up bigint)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT count(*), count(*) FILTER (WHERE d.last_error IS NOT NULL), min(d.created_at),
           (array_agg(d.last_error ORDER BY d.id DESC) FILTER (WHERE d.last_error IS NOT NULL))[1],
           (SELECT count(*) FROM deliveries g WHERE g.state = 'dropped' AND g.created_at > now() - interval '10 days')
    FROM deliveries d WHERE d.state = 'waiting'
$$;
