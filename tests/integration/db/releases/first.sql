--
-- PostgreSQL database dump
--


-- Dumped from database version 18.4
-- Dumped by pg_dump version 18.4

SET statement_timeout = 0;
SET lock_timeout = 0;
SET idle_in_transaction_session_timeout = 0;
SET client_encoding = 'UTF8';
SET standard_conforming_strings = on;
SELECT pg_catalog.set_config('search_path', '', false);
SET check_function_bodies = false;
SET xmloption = content;
SET client_min_messages = warning;
SET row_security = off;

--
-- Name: harbour; Type: SCHEMA; Schema: -; Owner: harbour_owner
--

CREATE SCHEMA harbour;


ALTER SCHEMA harbour OWNER TO harbour_owner;

--
-- Name: SCHEMA harbour; Type: COMMENT; Schema: -; Owner: harbour_owner
--

COMMENT ON SCHEMA harbour IS '98422f72f4cea1444ed49a4f176ee31d6cfcb993d8746eb4e4df1617c0353e41';


--
-- Name: procrastinate; Type: SCHEMA; Schema: -; Owner: harbour_queue
--

CREATE SCHEMA procrastinate;


ALTER SCHEMA procrastinate OWNER TO harbour_queue;

--
-- Name: outcome; Type: TYPE; Schema: harbour; Owner: harbour_owner
--

CREATE TYPE harbour.outcome AS (
	code text,
	sentence text,
	id bigint,
	digest text
);


ALTER TYPE harbour.outcome OWNER TO harbour_owner;

--
-- Name: procrastinate_job_event_type; Type: TYPE; Schema: procrastinate; Owner: harbour_queue
--

CREATE TYPE procrastinate.procrastinate_job_event_type AS ENUM (
    'deferred',
    'started',
    'deferred_for_retry',
    'failed',
    'succeeded',
    'cancelled',
    'abort_requested',
    'aborted',
    'scheduled',
    'retried'
);


ALTER TYPE procrastinate.procrastinate_job_event_type OWNER TO harbour_queue;

--
-- Name: procrastinate_job_status; Type: TYPE; Schema: procrastinate; Owner: harbour_queue
--

CREATE TYPE procrastinate.procrastinate_job_status AS ENUM (
    'todo',
    'doing',
    'succeeded',
    'failed',
    'cancelled',
    'aborting',
    'aborted'
);


ALTER TYPE procrastinate.procrastinate_job_status OWNER TO harbour_queue;

--
-- Name: procrastinate_job_to_defer_v1; Type: TYPE; Schema: procrastinate; Owner: harbour_queue
--

CREATE TYPE procrastinate.procrastinate_job_to_defer_v1 AS (
	queue_name character varying,
	task_name character varying,
	priority integer,
	lock text,
	queueing_lock text,
	args jsonb,
	scheduled_at timestamp with time zone
);


ALTER TYPE procrastinate.procrastinate_job_to_defer_v1 OWNER TO harbour_queue;

--
-- Name: actor(); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.actor() RETURNS text
    LANGUAGE sql STABLE
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT CASE current_setting('role') WHEN 'none' THEN session_user::text ELSE current_setting('role') END
$$;


ALTER FUNCTION harbour.actor() OWNER TO harbour_owner;

--
-- Name: add_member(text, text, text, text[], text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.add_member(p_organisation text, p_name text, p_display_name text, p_roles text[], p_password_hash text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    home bigint;
    added members;
BEGIN
    SELECT o.id INTO home FROM organisations o WHERE o.slug = p_organisation;
    IF home IS NULL THEN
        RAISE no_data_found USING MESSAGE = format('There is no organisation "%s".', p_organisation);
    END IF;
    IF split_part(p_name, '-', 1) <> p_organisation THEN
        RAISE check_violation USING MESSAGE = format('The name must begin with "%s-".', p_organisation);
    END IF;
    IF ('platform_admin' = ANY (p_roles)) <> (p_organisation = 'platform') THEN
        RAISE check_violation USING
            MESSAGE = 'Platform administrators, and they alone, belong to the organisation "platform".';
    END IF;
    INSERT INTO members (organisation_id, name, display_name) VALUES (home, p_name, p_display_name)
        RETURNING * INTO added;
    INSERT INTO member_roles (organisation_id, member_id, role) SELECT home, added.id, unnest(p_roles);
    INSERT INTO credentials (member_id, password_hash, must_change) VALUES (added.id, p_password_hash, true);
    PERFORM write_event(home, 'create_member', 'member:' || p_name, 'done',
                        jsonb_build_object('roles', to_jsonb(p_roles), 'display_name', p_display_name));
    RETURN added.login;
END
$$;


ALTER FUNCTION harbour.add_member(p_organisation text, p_name text, p_display_name text, p_roles text[], p_password_hash text) OWNER TO harbour_owner;

--
-- Name: add_organisation(text, text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.add_organisation(p_slug text, p_name text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    added bigint;
BEGIN
    INSERT INTO organisations (slug, name) VALUES (p_slug, p_name) RETURNING id INTO added;
    INSERT INTO audit_heads (organisation_id, seq, hash) VALUES (added, 0, repeat('0', 64));
    PERFORM write_event(added, 'create_organisation', 'organisation:' || p_slug, 'done',
                        jsonb_build_object('name', p_name));
    RETURN added;
END
$$;


ALTER FUNCTION harbour.add_organisation(p_slug text, p_name text) OWNER TO harbour_owner;

--
-- Name: anchor_channel(); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.anchor_channel() RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT c.name FROM channels c WHERE c.organisation_id IS NULL
$$;


ALTER FUNCTION harbour.anchor_channel() OWNER TO harbour_owner;

--
-- Name: approve(bigint, text, text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.approve(p_submission bigint, p_digest text, p_comment text) RETURNS harbour.outcome
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$ SELECT decide('approve', p_submission, p_digest, p_comment) $$;


ALTER FUNCTION harbour.approve(p_submission bigint, p_digest text, p_comment text) OWNER TO harbour_owner;

SET default_tablespace = '';

SET default_table_access_method = heap;

--
-- Name: members; Type: TABLE; Schema: harbour; Owner: harbour_owner
--

CREATE TABLE harbour.members (
    id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    name text NOT NULL,
    login text GENERATED ALWAYS AS (('m_'::text || replace(name, '-'::text, '_'::text))) STORED NOT NULL,
    display_name text NOT NULL,
    state text DEFAULT 'active'::text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT members_display_name_check CHECK ((display_name <> ''::text)),
    CONSTRAINT members_name_check CHECK ((name ~ '^[a-z][a-z0-9]{0,11}-[a-z][a-z0-9]{0,15}$'::text)),
    CONSTRAINT members_state_check CHECK ((state = ANY (ARRAY['active'::text, 'suspended'::text])))
);

ALTER TABLE ONLY harbour.members FORCE ROW LEVEL SECURITY;


ALTER TABLE harbour.members OWNER TO harbour_owner;

--
-- Name: asking(); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.asking() RETURNS harbour.members
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT m FROM members m
    WHERE m.login = actor() AND m.state = 'active'
      AND session_user IN (m.login, 'harbour_dashboards', 'harbour_worker')
$$;


ALTER FUNCTION harbour.asking() OWNER TO harbour_owner;

--
-- Name: audit_hash_at(text, bigint); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.audit_hash_at(p_organisation text, p_seq bigint) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT e.hash FROM audit_events e JOIN organisations o ON o.id = e.organisation_id
    WHERE o.slug = p_organisation AND e.seq = p_seq
$$;


ALTER FUNCTION harbour.audit_hash_at(p_organisation text, p_seq bigint) OWNER TO harbour_owner;

--
-- Name: audit_heads_now(); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.audit_heads_now() RETURNS TABLE(organisation text, seq bigint, hash text)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT o.slug, h.seq, h.hash FROM audit_heads h JOIN organisations o ON o.id = h.organisation_id ORDER BY o.slug
$$;


ALTER FUNCTION harbour.audit_heads_now() OWNER TO harbour_owner;

--
-- Name: submissions; Type: TABLE; Schema: harbour; Owner: harbour_owner
--

CREATE TABLE harbour.submissions (
    id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    run_id bigint NOT NULL,
    maker_id bigint NOT NULL,
    note text NOT NULL,
    state text NOT NULL,
    digest text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    decided_at timestamp with time zone,
    rule_id bigint,
    round integer DEFAULT 1 NOT NULL,
    CONSTRAINT submissions_state_check CHECK ((state = ANY (ARRAY['draft'::text, 'in_review'::text, 'returned'::text, 'rejected'::text, 'withdrawn'::text, 'approved'::text, 'published'::text, 'voided'::text, 'superseded'::text])))
);

ALTER TABLE ONLY harbour.submissions FORCE ROW LEVEL SECURITY;


ALTER TABLE harbour.submissions OWNER TO harbour_owner;

--
-- Name: authority_over(harbour.members, text[], harbour.submissions); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.authority_over(p_self harbour.members, p_roles text[], p_submission harbour.submissions) RETURNS bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    principal bigint;
BEGIN
    IF has_own_role(p_self.id, p_roles) THEN
        RETURN p_self.id;
    END IF;
    FOR principal IN SELECT principals_of(p_self.id, p_roles) LOOP
        IF NOT prepared_by(p_submission, principal) AND NOT has_approved(p_submission, principal) THEN
            RETURN principal;
        END IF;
    END LOOP;
    RETURN NULL;
END
$$;


ALTER FUNCTION harbour.authority_over(p_self harbour.members, p_roles text[], p_submission harbour.submissions) OWNER TO harbour_owner;

--
-- Name: begin_session(text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.begin_session(p_name text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    UPDATE credentials SET signed_in_at = now(), seen_at = now() WHERE member_id = (member_named(p_name)).id
$$;


ALTER FUNCTION harbour.begin_session(p_name text) OWNER TO harbour_owner;

--
-- Name: claim_run(bigint); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.claim_run(p_run bigint) RETURNS TABLE(run_id bigint, member text, organisation text, name text, template text, parameters jsonb)
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    taken runs;
    maker members;
BEGIN
    UPDATE runs r SET state = 'running', started_at = now() WHERE r.id = p_run AND r.state IN ('queued', 'running')
        RETURNING * INTO taken;
    IF taken.id IS NULL THEN
        RAISE no_data_found USING MESSAGE = format('Run %s is not waiting to be executed.', p_run);
    END IF;
    SELECT m.* INTO STRICT maker FROM members m WHERE m.id = taken.maker_id;
    IF maker.state <> 'active' THEN
        RAISE insufficient_privilege USING MESSAGE = format('%s is no longer an active member.', maker.name);
    END IF;
    PERFORM write_event(taken.organisation_id, 'claim_run', 'run:' || p_run, 'done', '{}');
    RETURN QUERY SELECT taken.id, maker.name, o.slug, taken.name, taken.template, taken.parameters
        FROM organisations o WHERE o.id = taken.organisation_id;
END
$$;


ALTER FUNCTION harbour.claim_run(p_run bigint) OWNER TO harbour_owner;

--
-- Name: close_login(text, boolean); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.close_login(p_name text, p_right boolean) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    self members;
BEGIN
    SELECT m.* INTO STRICT self FROM members m WHERE m.name = p_name;
    IF p_right THEN
        UPDATE credentials SET failed_attempts = 0, locked_until = NULL WHERE member_id = self.id;
        PERFORM write_event(self.organisation_id, 'log_in', 'member:' || p_name, 'done', '{}');
    ELSE
        UPDATE credentials SET locked_until = now() + interval '15 minutes'
            WHERE member_id = self.id AND failed_attempts >= 5 AND locked_until IS NULL;
        PERFORM write_event(self.organisation_id, 'log_in', 'member:' || p_name, 'denied',
                            '{"code": "wrong_password"}');
    END IF;
END
$$;


ALTER FUNCTION harbour.close_login(p_name text, p_right boolean) OWNER TO harbour_owner;

--
-- Name: comment(bigint, text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.comment(p_submission bigint, p_body text) RETURNS harbour.outcome
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$ SELECT comment_on(coalesce(p_submission, 0), NULL, NULL, NULL, false, p_body) $$;


ALTER FUNCTION harbour.comment(p_submission bigint, p_body text) OWNER TO harbour_owner;

--
-- Name: comment_on(bigint, text, jsonb, bigint, boolean, text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.comment_on(p_submission bigint, p_template text, p_cell jsonb, p_reply_to bigint, p_blocking boolean, p_body text) RETURNS harbour.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    self members := member_asking();
    thread comments;
    said comments;
    refused outcome;
    subject text;
BEGIN
    PERFORM take_turn(self.organisation_id);
    SELECT c.* INTO thread FROM comments c WHERE c.id = p_reply_to AND c.organisation_id = self.organisation_id;
    said.organisation_id := self.organisation_id;
    said.submission_id := coalesce(p_submission, thread.submission_id);
    said.template := coalesce(p_template, thread.template);
    said.cell_table := coalesce(p_cell ->> 'table', thread.cell_table);
    said.cell_row := coalesce(p_cell ->> 'row', thread.cell_row);
    said.cell_column := coalesce(p_cell ->> 'column', thread.cell_column);
    said.cell_sheet := coalesce(p_cell ->> 'sheet', thread.cell_sheet);
    said.reply_to := coalesce(thread.reply_to, thread.id);
    said.blocking := coalesce(p_blocking, false);
    said.body := btrim(coalesce(p_body, ''));
    subject := coalesce('submission:' || said.submission_id, 'template:' || said.template, 'comment:' || p_reply_to, 'comment:');
    IF p_reply_to IS NOT NULL AND thread.id IS NULL THEN
        refused := refusal('not_found', 'There is no such comment in your organisation.');
    ELSIF num_nonnulls(p_submission, p_template, p_reply_to) <> 1 OR (p_reply_to IS NOT NULL AND p_cell IS NOT NULL) THEN
        refused := refusal('invalid', 'A comment is about a submission, or a cell of it, or a template, or answers another.');
    ELSE
        refused := refusal_of_comment(said);
    END IF;
    IF refused.code IS NOT NULL THEN
        RETURN denied(self, CASE WHEN said.blocking THEN 'block' ELSE 'comment' END, subject, refused);
    END IF;
    INSERT INTO comments (organisation_id, submission_id, template, cell_table, cell_row, cell_column, cell_sheet,
                          reply_to, blocking, author_id, body)
        VALUES (said.organisation_id, said.submission_id, said.template, said.cell_table, said.cell_row, said.cell_column,
                said.cell_sheet, said.reply_to, said.blocking, self.id, said.body) RETURNING * INTO said;
    PERFORM write_event(self.organisation_id, CASE WHEN said.blocking THEN 'block' ELSE 'comment' END, subject, 'done',
        jsonb_strip_nulls(jsonb_build_object('comment', said.id, 'body', said.body, 'reply_to', said.reply_to,
            'table', said.cell_table, 'row', said.cell_row, 'column', said.cell_column, 'sheet', said.cell_sheet,
            'mentions', nullif(keep_mentions(said), '[]'))));
    RETURN done(said.id);
END
$$;


ALTER FUNCTION harbour.comment_on(p_submission bigint, p_template text, p_cell jsonb, p_reply_to bigint, p_blocking boolean, p_body text) OWNER TO harbour_owner;

--
-- Name: confirm_code(text, bigint, text[]); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.confirm_code(p_name text, p_step bigint, p_recovery text[]) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    self members := member_named(p_name);
BEGIN
    UPDATE one_time_codes SET confirmed = true, last_step = p_step WHERE member_id = self.id AND NOT confirmed;
    IF NOT FOUND THEN
        RETURN false;
    END IF;
    DELETE FROM recovery_codes WHERE member_id = self.id;
    INSERT INTO recovery_codes (member_id, hash) SELECT self.id, unnest(p_recovery);
    PERFORM write_event(self.organisation_id, 'confirm_one_time_code', 'member:' || p_name, 'done', '{}');
    RETURN true;
END
$$;


ALTER FUNCTION harbour.confirm_code(p_name text, p_step bigint, p_recovery text[]) OWNER TO harbour_owner;

--
-- Name: continue_session(text, interval, interval); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.continue_session(p_name text, p_idle interval, p_lifetime interval) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    self members := member_named(p_name);
BEGIN
    UPDATE credentials SET seen_at = now()
        WHERE member_id = self.id AND seen_at > now() - p_idle AND signed_in_at > now() - p_lifetime;
    IF FOUND THEN
        RETURN true;
    END IF;
    UPDATE credentials SET signed_in_at = NULL, seen_at = NULL WHERE member_id = self.id AND seen_at IS NOT NULL;
    IF FOUND THEN
        PERFORM write_event(self.organisation_id, 'end_session', 'member:' || p_name, 'done', '{}');
    END IF;
    RETURN false;
END
$$;


ALTER FUNCTION harbour.continue_session(p_name text, p_idle interval, p_lifetime interval) OWNER TO harbour_owner;

--
-- Name: count_piece(); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.count_piece() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    bound bigint := quota_of(NEW.organisation_id, 'storage');
BEGIN
    UPDATE uploads SET stored = stored + octet_length(NEW.content) WHERE id = NEW.upload_id;
    IF bound IS NOT NULL AND used_of(NEW.organisation_id, 'storage') > bound THEN
        RAISE configuration_limit_exceeded USING MESSAGE = sentence_of_quota('storage', bound);
    END IF;
    RETURN NULL;
END
$$;


ALTER FUNCTION harbour.count_piece() OWNER TO harbour_owner;

--
-- Name: decide(text, bigint, text, text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.decide(p_action text, p_submission bigint, p_digest text, p_comment text) RETURNS harbour.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    self members := member_asking();
    wanted actions;
    seen submissions;
    refused outcome;
    said text := coalesce(btrim(p_comment), '');
    detail jsonb;
    move text := p_action;
BEGIN
    SELECT * INTO STRICT wanted FROM actions a WHERE a.action = p_action;
    PERFORM take_turn(self.organisation_id);
    -- The row lock is what makes two decisions at once one decision and one refusal.
    SELECT * INTO seen FROM submissions s WHERE s.id = p_submission AND s.organisation_id = self.organisation_id FOR UPDATE;
    refused := refusal_of(p_action, seen);
    IF refused.code IS NULL AND wanted.says_why AND said = '' THEN
        refused := refusal('invalid', 'Say why: a comment is needed.');
    END IF;
    IF refused.code IS NULL AND p_action = 'approve'
       AND (p_digest IS DISTINCT FROM seen.digest OR seen.digest IS DISTINCT FROM run_digest(seen.run_id)) THEN
        refused := refusal('stale_digest', 'What you saw has changed since: reload, read it again, then decide.');
    END IF;
    IF refused.code IS NOT NULL THEN
        RETURN denied(self, p_action, 'submission:' || p_submission, refused);
    END IF;
    detail := jsonb_build_object('comment', said);
    IF wanted.whose = 'not_maker' THEN
        detail := detail || keep_decision(self, seen, wanted, said);
        IF p_action = 'approve' AND EXISTS (SELECT FROM steps_of(seen) s WHERE NOT s.passed) THEN
            move := 'approve_in_part';
        END IF;
    END IF;
    PERFORM move_submission(move, p_submission, detail);
    IF move = 'approve' THEN
        PERFORM publish_submission(p_submission);
    END IF;
    RETURN done(p_submission, seen.digest);
END
$$;


ALTER FUNCTION harbour.decide(p_action text, p_submission bigint, p_digest text, p_comment text) OWNER TO harbour_owner;

--
-- Name: delegate(text, text, timestamp with time zone); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.delegate(p_deputy text, p_role text, p_until timestamp with time zone) RETURNS harbour.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    self members := member_asking();
    refused outcome := refusal_by_role('delegate');
    deputy members;
    added bigint;
BEGIN
    PERFORM take_turn(self.organisation_id);
    SELECT m.* INTO deputy FROM members m
        WHERE m.name = p_deputy AND m.organisation_id = self.organisation_id AND m.state = 'active';
    IF refused.code IS NULL AND NOT (p_role IN ('reviewer', 'org_admin') AND has_own_role(self.id, ARRAY[p_role])) THEN
        refused := refusal('not_allowed', 'You may lend a role of your own only: reviewer, or org admin.');
    ELSIF refused.code IS NULL AND (deputy.id IS NULL OR deputy.id = self.id) THEN
        refused := refusal('not_found', 'The deputy is another active member of your organisation.');
    ELSIF refused.code IS NULL AND (p_until IS NULL OR p_until <= now() OR p_until > now() + interval '366 days') THEN
        refused := refusal('invalid', 'A delegation ends on a day to come, within a year.');
    END IF;
    IF refused.code IS NOT NULL THEN
        RETURN denied(self, 'delegate', 'member:' || coalesce(p_deputy, ''), refused);
    END IF;
    INSERT INTO delegations (organisation_id, principal_id, deputy_id, role, until)
        VALUES (self.organisation_id, self.id, deputy.id, p_role, p_until) RETURNING id INTO added;
    PERFORM write_event(self.organisation_id, 'delegate', 'member:' || deputy.name, 'done',
                        jsonb_build_object('delegation', added, 'role', p_role, 'until', utc_text(p_until)));
    RETURN done(added);
END
$$;


ALTER FUNCTION harbour.delegate(p_deputy text, p_role text, p_until timestamp with time zone) OWNER TO harbour_owner;

--
-- Name: denied(harbour.members, text, text, harbour.outcome); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.denied(p_self harbour.members, p_action text, p_subject text, p_refusal harbour.outcome) RETURNS harbour.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
BEGIN
    PERFORM write_event(p_self.organisation_id, p_action, p_subject, 'denied',
                        jsonb_build_object('code', p_refusal.code, 'sentence', p_refusal.sentence));
    RETURN p_refusal;
END
$$;


ALTER FUNCTION harbour.denied(p_self harbour.members, p_action text, p_subject text, p_refusal harbour.outcome) OWNER TO harbour_owner;

--
-- Name: digest_seen(bigint); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.digest_seen(p_run bigint) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT run_digest(r.id) FROM runs r
    WHERE r.id = p_run AND r.organisation_id = my_organisation()
      AND (sees_work() OR EXISTS (SELECT FROM publications p WHERE p.run_id = r.id AND p.ended_at IS NULL))
$$;


ALTER FUNCTION harbour.digest_seen(p_run bigint) OWNER TO harbour_owner;

--
-- Name: done(bigint, text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.done(p_id bigint, p_digest text DEFAULT NULL::text) RETURNS harbour.outcome
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT ROW('done', NULL, p_id, p_digest)::outcome
$$;


ALTER FUNCTION harbour.done(p_id bigint, p_digest text) OWNER TO harbour_owner;

--
-- Name: drop_code(text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.drop_code(p_name text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    self members := member_named(p_name);
BEGIN
    DELETE FROM recovery_codes WHERE member_id = self.id;
    DELETE FROM one_time_codes WHERE member_id = self.id;
    PERFORM write_event(self.organisation_id, 'drop_one_time_code', 'member:' || p_name, 'done', '{}');
END
$$;


ALTER FUNCTION harbour.drop_code(p_name text) OWNER TO harbour_owner;

--
-- Name: end_delegation(bigint); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.end_delegation(p_delegation bigint) RETURNS harbour.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    self members := member_asking();
    ended delegations;
BEGIN
    PERFORM take_turn(self.organisation_id);
    UPDATE delegations d SET ended_at = now()
        WHERE d.id = p_delegation AND d.organisation_id = self.organisation_id AND d.ended_at IS NULL
          AND session_user <> 'harbour_worker'
          AND (d.principal_id = self.id OR has_own_role(self.id, ARRAY['org_admin']))
        RETURNING d.* INTO ended;
    IF ended.id IS NULL THEN
        RETURN denied(self, 'end_delegation', 'delegation:' || p_delegation,
                      refusal('not_found', 'There is no such delegation in force that you may end.'));
    END IF;
    PERFORM write_event(self.organisation_id, 'end_delegation', 'delegation:' || p_delegation, 'done', '{}');
    RETURN done(p_delegation);
END
$$;


ALTER FUNCTION harbour.end_delegation(p_delegation bigint) OWNER TO harbour_owner;

--
-- Name: end_one_time_password(); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.end_one_time_password() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
BEGIN
    NEW.expires_at := CASE WHEN NOT NEW.must_change THEN NULL
        WHEN TG_OP = 'INSERT' THEN now() + interval '72 hours' ELSE now() + interval '24 hours' END;
    RETURN NEW;
END
$$;


ALTER FUNCTION harbour.end_one_time_password() OWNER TO harbour_owner;

--
-- Name: enrol_code(text, text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.enrol_code(p_name text, p_secret text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    self members := member_named(p_name);
BEGIN
    IF EXISTS (SELECT FROM one_time_codes k WHERE k.member_id = self.id AND k.confirmed) THEN
        RAISE check_violation USING MESSAGE = 'One-time codes are on already: switch them off first.';
    END IF;
    INSERT INTO one_time_codes (member_id, secret) VALUES (self.id, p_secret)
        ON CONFLICT (member_id) DO UPDATE SET secret = EXCLUDED.secret, last_step = 0;
    PERFORM write_event(self.organisation_id, 'enrol_one_time_code', 'member:' || p_name, 'done', '{}');
END
$$;


ALTER FUNCTION harbour.enrol_code(p_name text, p_secret text) OWNER TO harbour_owner;

--
-- Name: enrolled_secret(text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.enrolled_secret(p_name text) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT k.secret FROM one_time_codes k WHERE k.member_id = (member_named(p_name)).id AND NOT k.confirmed
$$;


ALTER FUNCTION harbour.enrolled_secret(p_name text) OWNER TO harbour_owner;

--
-- Name: finish_run(bigint, jsonb); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.finish_run(p_run bigint, p_result jsonb) RETURNS harbour.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    self members := member_asking();
    claimed runs;
    refused outcome;
BEGIN
    SELECT * INTO claimed FROM runs r WHERE r.id = p_run AND r.organisation_id = self.organisation_id FOR UPDATE;
    IF session_user <> 'harbour_worker' THEN
        refused := refusal('not_allowed', 'Only the worker ends a queued run: record your own run instead.');
    ELSIF claimed.id IS NULL OR claimed.maker_id <> self.id THEN
        refused := refusal('not_found', format('%s has no run %s.', self.name, p_run));
    ELSIF claimed.state <> 'running' THEN
        refused := refusal('wrong_state', format('Run %s is %s and not running.', p_run, claimed.state));
    ELSE
        refused := refusal_of_result(self.organisation_id, p_result);
    END IF;
    IF refused.code IS NOT NULL THEN
        RETURN denied(self, 'finish_run', 'run:' || p_run, refused);
    END IF;
    PERFORM write_result(p_run, p_result);
    PERFORM write_event(self.organisation_id, 'finish_run', 'run:' || p_run, 'done',
                        jsonb_build_object('state', p_result ->> 'state', 'digest', run_digest(p_run)));
    RETURN done(p_run, run_digest(p_run));
END
$$;


ALTER FUNCTION harbour.finish_run(p_run bigint, p_result jsonb) OWNER TO harbour_owner;

--
-- Name: finish_upload(uuid, text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.finish_upload(p_upload uuid, p_sha256 text DEFAULT NULL::text) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $_$
DECLARE
    self members := member_asking();
    total bigint;
    whole boolean;
    name text := p_sha256;
    kept artefacts;
    replaced boolean := false;
BEGIN
    PERFORM FROM uploads u WHERE u.id = p_upload AND u.member_id = self.id AND NOT u.finished FOR UPDATE;
    IF NOT FOUND THEN
        RAISE no_data_found USING MESSAGE = 'There is no such upload of yours under way.';
    END IF;
    total := size_of(p_upload);
    PERFORM take_turn(self.organisation_id);
    whole := total <= 16777216;
    SELECT * INTO kept FROM artefacts a WHERE a.organisation_id = self.organisation_id AND a.sha256 = p_sha256 FOR UPDATE;
    IF NOT whole AND kept.root <> root_of(p_upload) THEN
        whole := true;
        replaced := true;
    END IF;
    IF whole THEN
        name := sha256_of(p_upload);
        IF name <> p_sha256 THEN
            RAISE check_violation USING MESSAGE = 'What arrived is not what was sent: send it again.';
        END IF;
        SELECT * INTO kept FROM artefacts a WHERE a.organisation_id = self.organisation_id AND a.sha256 = name FOR UPDATE;
        replaced := kept.root <> root_of(p_upload);
    ELSIF coalesce(name, '') !~ '^[0-9a-f]{64}$' THEN
        RAISE check_violation USING MESSAGE = 'An upload of more than 16 MiB comes with its SHA-256.';
    END IF;
    PERFORM keep_upload(p_upload, name, total, whole, kept, coalesce(replaced, false));
    RETURN name;
END
$_$;


ALTER FUNCTION harbour.finish_upload(p_upload uuid, p_sha256 text) OWNER TO harbour_owner;

--
-- Name: forgive_attempt(text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.forgive_attempt(p_name text) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    UPDATE credentials SET failed_attempts = greatest(failed_attempts - 1, 0)
    WHERE member_id = (member_named(p_name)).id
$$;


ALTER FUNCTION harbour.forgive_attempt(p_name text) OWNER TO harbour_owner;

--
-- Name: has_approved(harbour.submissions, bigint); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.has_approved(p_submission harbour.submissions, p_member bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT EXISTS (SELECT FROM approvals a WHERE a.submission_id = p_submission.id AND a.round = p_submission.round
                   AND a.decision = 'approve' AND p_member IN (a.reviewer_id, a.on_behalf_of))
$$;


ALTER FUNCTION harbour.has_approved(p_submission harbour.submissions, p_member bigint) OWNER TO harbour_owner;

--
-- Name: has_own_role(bigint, text[]); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.has_own_role(p_member bigint, p_roles text[]) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT EXISTS (SELECT FROM member_roles r WHERE r.member_id = p_member AND r.role = ANY (p_roles))
$$;


ALTER FUNCTION harbour.has_own_role(p_member bigint, p_roles text[]) OWNER TO harbour_owner;

--
-- Name: has_role(text[]); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.has_role(p_roles text[]) RETURNS boolean
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    self members := asking();
BEGIN
    RETURN has_own_role(self.id, p_roles) OR EXISTS (SELECT FROM principals_of(self.id, p_roles));
END
$$;


ALTER FUNCTION harbour.has_role(p_roles text[]) OWNER TO harbour_owner;

--
-- Name: hex_sha256(text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.hex_sha256(p_text text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT encode(sha256(convert_to(p_text, 'UTF8')), 'hex')
$$;


ALTER FUNCTION harbour.hex_sha256(p_text text) OWNER TO harbour_owner;

--
-- Name: hold_quota(); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.hold_quota() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    what text := TG_ARGV[0];
    bound bigint := quota_of(NEW.organisation_id, what);
    more int := CASE what WHEN 'storage' THEN 0 ELSE 1 END;  -- an artefact's bytes are counted in its upload already
BEGIN
    IF bound IS NULL THEN
        RETURN NEW;
    END IF;
    PERFORM take_turn(NEW.organisation_id);
    IF used_of(NEW.organisation_id, what) + more > bound THEN
        RAISE configuration_limit_exceeded USING MESSAGE = sentence_of_quota(what, bound);
    END IF;
    RETURN NEW;
END
$$;


ALTER FUNCTION harbour.hold_quota() OWNER TO harbour_owner;

--
-- Name: keep_comment(); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.keep_comment() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
BEGIN
    IF TG_OP = 'UPDATE' THEN
        OLD.resolved_by := NEW.resolved_by;
        OLD.resolved_at := NEW.resolved_at;
        IF NEW IS NOT DISTINCT FROM OLD THEN
            RETURN NEW;
        END IF;
    END IF;
    RAISE insufficient_privilege USING MESSAGE = 'What was said is kept as it was said.';
END
$$;


ALTER FUNCTION harbour.keep_comment() OWNER TO harbour_owner;

--
-- Name: actions; Type: TABLE; Schema: harbour; Owner: harbour_owner
--

CREATE TABLE harbour.actions (
    action text NOT NULL,
    module text NOT NULL,
    roles text[] NOT NULL,
    whose text NOT NULL,
    says_why boolean NOT NULL,
    phrase text NOT NULL,
    CONSTRAINT actions_whose_check CHECK ((whose = ANY (ARRAY['maker'::text, 'not_maker'::text, 'any'::text])))
);

ALTER TABLE ONLY harbour.actions FORCE ROW LEVEL SECURITY;


ALTER TABLE harbour.actions OWNER TO harbour_owner;

--
-- Name: keep_decision(harbour.members, harbour.submissions, harbour.actions, text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.keep_decision(p_self harbour.members, p_seen harbour.submissions, p_wanted harbour.actions, p_said text) RETURNS jsonb
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    passed record;
    kept approvals;
BEGIN
    IF p_wanted.action = 'approve' THEN
        passed := open_step(p_self, p_seen);
        kept.step := passed.step;
        kept.on_behalf_of := nullif(passed.authority, p_self.id);
    ELSE
        kept.step := 1;
        kept.on_behalf_of := nullif(authority_over(p_self, p_wanted.roles, p_seen), p_self.id);
    END IF;
    INSERT INTO approvals (organisation_id, submission_id, reviewer_id, decision, digest, comment, round, step, on_behalf_of)
        VALUES (p_seen.organisation_id, p_seen.id, p_self.id, p_wanted.action, p_seen.digest, p_said, p_seen.round,
                kept.step, kept.on_behalf_of);
    RETURN jsonb_strip_nulls(jsonb_build_object(
        'step', CASE WHEN p_seen.rule_id IS NOT NULL AND p_wanted.action = 'approve' THEN kept.step END,
        'on_behalf_of', (SELECT m.name FROM members m WHERE m.id = kept.on_behalf_of)));
END
$$;


ALTER FUNCTION harbour.keep_decision(p_self harbour.members, p_seen harbour.submissions, p_wanted harbour.actions, p_said text) OWNER TO harbour_owner;

--
-- Name: keep_finished_run(); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.keep_finished_run() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state IN ('succeeded', 'failed') THEN
        RAISE insufficient_privilege USING MESSAGE = 'A finished run is kept as it is: record a new version.';
    END IF;
    RETURN NEW;
END
$$;


ALTER FUNCTION harbour.keep_finished_run() OWNER TO harbour_owner;

--
-- Name: comments; Type: TABLE; Schema: harbour; Owner: harbour_owner
--

CREATE TABLE harbour.comments (
    id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    submission_id bigint,
    template text,
    cell_table text,
    cell_row text,
    cell_column text,
    cell_sheet text,
    reply_to bigint,
    author_id bigint NOT NULL,
    body text NOT NULL,
    blocking boolean DEFAULT false NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    resolved_by bigint,
    resolved_at timestamp with time zone,
    CONSTRAINT comments_body_check CHECK ((body <> ''::text)),
    CONSTRAINT comments_cell_column_check CHECK (((cell_column <> ''::text) AND (length(cell_column) <= 40))),
    CONSTRAINT comments_cell_row_check CHECK (((cell_row <> ''::text) AND (length(cell_row) <= 40))),
    CONSTRAINT comments_cell_sheet_check CHECK (((cell_sheet <> ''::text) AND (length(cell_sheet) <= 40))),
    CONSTRAINT comments_cell_table_check CHECK (((cell_table <> ''::text) AND (length(cell_table) <= 40))),
    CONSTRAINT comments_check CHECK (((submission_id IS NULL) <> (template IS NULL))),
    CONSTRAINT comments_check1 CHECK ((((cell_table IS NULL) = (cell_row IS NULL)) AND ((cell_table IS NULL) = (cell_column IS NULL)))),
    CONSTRAINT comments_check2 CHECK (((cell_table IS NOT NULL) OR (cell_sheet IS NULL))),
    CONSTRAINT comments_check3 CHECK (((cell_table IS NULL) OR (submission_id IS NOT NULL))),
    CONSTRAINT comments_check4 CHECK (((NOT blocking) OR ((submission_id IS NOT NULL) AND (reply_to IS NULL)))),
    CONSTRAINT comments_template_check CHECK (((template <> ''::text) AND (length(template) <= 100)))
);

ALTER TABLE ONLY harbour.comments FORCE ROW LEVEL SECURITY;


ALTER TABLE harbour.comments OWNER TO harbour_owner;

--
-- Name: keep_mentions(harbour.comments); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.keep_mentions(p_comment harbour.comments) RETURNS jsonb
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    WITH named AS (
        SELECT DISTINCT lower(found[2]) AS word
        FROM regexp_matches(p_comment.body, '(^|[^[:alnum:]_@])@([A-Za-z][A-Za-z0-9-]*(@[A-Za-z][A-Za-z0-9]*)?)', 'g') found
    ), kept AS (
        INSERT INTO mentions (organisation_id, comment_id, member_id)
        SELECT m.organisation_id, p_comment.id, m.id
        FROM members m JOIN organisations o ON o.id = m.organisation_id
        WHERE m.organisation_id = p_comment.organisation_id AND m.state = 'active' AND EXISTS (
            SELECT FROM named WHERE word IN (m.name, split_part(m.name, '-', 2), split_part(m.name, '-', 2) || '@' || o.slug))
        RETURNING member_id)
    SELECT coalesce(jsonb_agg(m.name ORDER BY m.name), '[]') FROM kept JOIN members m ON m.id = kept.member_id
$$;


ALTER FUNCTION harbour.keep_mentions(p_comment harbour.comments) OWNER TO harbour_owner;

--
-- Name: artefacts; Type: TABLE; Schema: harbour; Owner: harbour_owner
--

CREATE TABLE harbour.artefacts (
    organisation_id bigint NOT NULL,
    sha256 text NOT NULL,
    size bigint NOT NULL,
    upload_id uuid NOT NULL,
    member_id bigint NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    root text NOT NULL,
    checked boolean DEFAULT true NOT NULL,
    CONSTRAINT artefacts_sha256_check CHECK ((sha256 ~ '^[0-9a-f]{64}$'::text))
);

ALTER TABLE ONLY harbour.artefacts FORCE ROW LEVEL SECURITY;


ALTER TABLE harbour.artefacts OWNER TO harbour_owner;

--
-- Name: keep_upload(uuid, text, bigint, boolean, harbour.artefacts, boolean); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.keep_upload(p_upload uuid, p_sha256 text, p_size bigint, p_checked boolean, p_kept harbour.artefacts, p_replaces boolean) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    self members := member_asking();
BEGIN
    IF p_kept.sha256 IS NULL THEN
        INSERT INTO artefacts (organisation_id, sha256, size, upload_id, member_id, root, checked)
            VALUES (self.organisation_id, p_sha256, p_size, p_upload, self.id, root_of(p_upload), p_checked);
    ELSIF p_replaces THEN
        UPDATE artefacts SET upload_id = p_upload, size = p_size, root = root_of(p_upload), checked = true,
            member_id = self.id WHERE organisation_id = self.organisation_id AND sha256 = p_sha256;
        DELETE FROM uploads WHERE id = p_kept.upload_id;
    ELSE
        DELETE FROM uploads WHERE id = p_upload;
    END IF;
    UPDATE uploads SET finished = true WHERE id = p_upload;
    PERFORM write_event(self.organisation_id, 'store_artefact', 'artefact:' || p_sha256, 'done',
                        jsonb_build_object('size', p_size, 'checked', p_checked)
                        || CASE WHEN p_replaces THEN '{"replaced": true}' ELSE '{}' END::jsonb);
END
$$;


ALTER FUNCTION harbour.keep_upload(p_upload uuid, p_sha256 text, p_size bigint, p_checked boolean, p_kept harbour.artefacts, p_replaces boolean) OWNER TO harbour_owner;

--
-- Name: mark_comment(text, bigint); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.mark_comment(p_action text, p_comment bigint) RETURNS harbour.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    self members := member_asking();
    marked comments;
    about submissions;
    refused outcome := refusal_by_role(p_action);
BEGIN
    PERFORM take_turn(self.organisation_id);
    SELECT c.* INTO marked FROM comments c WHERE c.id = p_comment AND c.organisation_id = self.organisation_id FOR UPDATE;
    SELECT s.* INTO about FROM submissions s WHERE s.id = marked.submission_id;
    IF refused.code IS NOT NULL THEN
        NULL;
    ELSIF marked.id IS NULL THEN
        refused := refusal('not_found', 'There is no such comment in your organisation.');
    ELSIF marked.reply_to IS NOT NULL THEN
        refused := refusal('invalid', format('A thread is resolved as a whole: by its first comment, %s.', marked.reply_to));
    ELSIF (marked.resolved_at IS NULL) <> (p_action = 'resolve') THEN
        refused := refusal('wrong_state', format('Comment %s is %s.', p_comment,
            CASE p_action WHEN 'resolve' THEN 'resolved already' ELSE 'open' END));
    ELSIF marked.blocking AND prepared_by(about, self.id) THEN
        refused := refusal('own_work', 'You cannot resolve what stands against your own work.');
    ELSIF marked.blocking AND p_action = 'resolve' AND marked.author_id <> self.id
          AND NOT has_own_role(self.id, ARRAY['org_admin']) THEN
        refused := refusal('not_allowed', 'A blocking comment is resolved by who wrote it, or by your organisation''s administrator.');
    ELSIF marked.blocking AND p_action = 'reopen' THEN
        refused := refusal_of('block', about);
    END IF;
    IF refused.code IS NOT NULL THEN
        RETURN denied(self, p_action, 'comment:' || p_comment, refused);
    END IF;
    UPDATE comments SET resolved_at = CASE p_action WHEN 'resolve' THEN now() END,
        resolved_by = CASE p_action WHEN 'resolve' THEN self.id END WHERE id = p_comment;
    PERFORM write_event(self.organisation_id, p_action,
        coalesce('submission:' || marked.submission_id, 'template:' || marked.template), 'done',
        jsonb_build_object('comment', p_comment, 'blocking', marked.blocking));
    RETURN done(p_comment);
END
$$;


ALTER FUNCTION harbour.mark_comment(p_action text, p_comment bigint) OWNER TO harbour_owner;

--
-- Name: may(text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.may(p_action text) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT has_role((SELECT a.roles FROM actions a WHERE a.action = p_action))
$$;


ALTER FUNCTION harbour.may(p_action text) OWNER TO harbour_owner;

--
-- Name: me(); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.me() RETURNS TABLE(name text, display_name text, organisation text, organisation_name text, roles text[])
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT m.name, m.display_name, o.slug, o.name,
           ARRAY(SELECT r.role FROM member_roles r WHERE r.member_id = m.id ORDER BY r.role)
    FROM members m JOIN organisations o ON o.id = m.organisation_id
    WHERE m.id = (asking()).id
$$;


ALTER FUNCTION harbour.me() OWNER TO harbour_owner;

--
-- Name: member_asking(); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.member_asking() RETURNS harbour.members
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    self members := asking();
BEGIN
    IF self.id IS NULL THEN
        RAISE insufficient_privilege USING MESSAGE = 'You are not an active member of any organisation.';
    END IF;
    RETURN self;
END
$$;


ALTER FUNCTION harbour.member_asking() OWNER TO harbour_owner;

--
-- Name: member_named(text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.member_named(p_name text) RETURNS harbour.members
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    self members;
BEGIN
    SELECT m.* INTO self FROM members m WHERE m.name = p_name;
    IF self.id IS NULL THEN
        RAISE no_data_found USING MESSAGE = format('There is no member "%s".', p_name);
    END IF;
    RETURN self;
END
$$;


ALTER FUNCTION harbour.member_named(p_name text) OWNER TO harbour_owner;

--
-- Name: move_submission(text, bigint, jsonb); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.move_submission(p_action text, p_submission bigint, p_detail jsonb) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    moved submissions;
    came_from text;
BEGIN
    SELECT s.state INTO STRICT came_from FROM submissions s WHERE s.id = p_submission FOR UPDATE;
    UPDATE submissions s SET state = t.to_state,
        decided_at = CASE WHEN t.to_state IN ('in_review', 'draft') THEN NULL ELSE now() END
        FROM transitions t WHERE s.id = p_submission AND t.action = p_action AND t.from_state = s.state
        RETURNING s.* INTO STRICT moved;
    IF moved.state IN ('voided', 'superseded') THEN
        UPDATE publications SET ended_at = now() WHERE submission_id = p_submission;
    END IF;
    PERFORM write_event(moved.organisation_id, p_action, 'submission:' || p_submission, 'done',
        p_detail || jsonb_build_object('from', came_from, 'to', moved.state, 'run', moved.run_id, 'digest', moved.digest));
END
$$;


ALTER FUNCTION harbour.move_submission(p_action text, p_submission bigint, p_detail jsonb) OWNER TO harbour_owner;

--
-- Name: my_channel(); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.my_channel() RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT c.name FROM channels c WHERE c.organisation_id = (member_asking()).organisation_id
$$;


ALTER FUNCTION harbour.my_channel() OWNER TO harbour_owner;

--
-- Name: my_organisation(); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.my_organisation() RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT (asking()).organisation_id
$$;


ALTER FUNCTION harbour.my_organisation() OWNER TO harbour_owner;

--
-- Name: netstring(text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.netstring(p_text text) RETURNS text
    LANGUAGE sql IMMUTABLE STRICT
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT octet_length(p_text) || ':' || p_text || ','
$$;


ALTER FUNCTION harbour.netstring(p_text text) OWNER TO harbour_owner;

--
-- Name: new_run(harbour.members, text, text, jsonb, text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.new_run(p_self harbour.members, p_name text, p_template text, p_parameters jsonb, p_state text) RETURNS bigint
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    added bigint;
BEGIN
    PERFORM take_turn(p_self.organisation_id);  -- one version at a time
    INSERT INTO runs (organisation_id, maker_id, name, version, template, parameters, state)
        SELECT p_self.organisation_id, p_self.id, p_name, coalesce(max(r.version), 0) + 1, p_template, p_parameters, p_state
        FROM runs r WHERE r.organisation_id = p_self.organisation_id AND r.name = p_name
        RETURNING id INTO added;
    RETURN added;
END
$$;


ALTER FUNCTION harbour.new_run(p_self harbour.members, p_name text, p_template text, p_parameters jsonb, p_state text) OWNER TO harbour_owner;

--
-- Name: note_database_login(text, boolean); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.note_database_login(p_name text, p_issued boolean) RETURNS text
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    self members;
BEGIN
    SELECT m.* INTO self FROM members m WHERE m.name = p_name AND (m.state = 'active' OR NOT p_issued);
    IF self.id IS NULL THEN
        RAISE no_data_found USING MESSAGE = format('There is no active member "%s".', p_name);
    END IF;
    PERFORM write_event(self.organisation_id,
                        CASE WHEN p_issued THEN 'issue_database_login' ELSE 'revoke_database_login' END,
                        'member:' || p_name, 'done', '{}');
    RETURN self.login;
END
$$;


ALTER FUNCTION harbour.note_database_login(p_name text, p_issued boolean) OWNER TO harbour_owner;

--
-- Name: note_sight(bigint); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.note_sight(p_submission bigint) RETURNS harbour.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    self members := member_asking();
    seen submissions;
BEGIN
    SELECT s.* INTO seen FROM submissions s WHERE s.id = p_submission AND s.organisation_id = self.organisation_id
        AND (sees_work() OR EXISTS (SELECT FROM publications p WHERE p.submission_id = s.id AND p.ended_at IS NULL));
    IF seen.id IS NULL OR session_user = 'harbour_worker' THEN
        RETURN denied(self, 'see', 'submission:' || coalesce(p_submission, 0),
                      refusal('not_found', 'There is no such submission in your organisation.'));
    END IF;
    INSERT INTO sightings (organisation_id, submission_id, member_id, digest)
        VALUES (seen.organisation_id, seen.id, self.id, seen.digest) ON CONFLICT DO NOTHING;
    IF FOUND THEN
        PERFORM write_event(self.organisation_id, 'see', 'submission:' || p_submission, 'done',
                            jsonb_build_object('digest', seen.digest, 'run', seen.run_id, 'state', seen.state));
    END IF;
    RETURN done(p_submission, seen.digest);
END
$$;


ALTER FUNCTION harbour.note_sight(p_submission bigint) OWNER TO harbour_owner;

--
-- Name: open_channel(); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.open_channel() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
BEGIN
    INSERT INTO channels (organisation_id) VALUES (NEW.id);
    RETURN NULL;
END
$$;


ALTER FUNCTION harbour.open_channel() OWNER TO harbour_owner;

--
-- Name: open_login(text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.open_login(p_name text, OUT state text, OUT password_hash text, OUT must_change boolean) RETURNS record
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    kept credentials;
    self members;
BEGIN
    SELECT m.* INTO self FROM members m WHERE m.name = p_name;
    SELECT * INTO kept FROM credentials c WHERE c.member_id = self.id FOR UPDATE;
    IF kept.member_id IS NULL OR self.state <> 'active' THEN
        state := 'unknown';
        RETURN;
    END IF;
    IF kept.locked_until <= now() THEN
        kept.failed_attempts := 0;
        kept.locked_until := NULL;
    END IF;
    IF kept.failed_attempts >= 5 AND kept.locked_until IS NULL THEN
        kept.locked_until := now() + interval '15 minutes';
    END IF;
    IF kept.locked_until IS NOT NULL THEN
        state := 'locked';
        PERFORM write_event(self.organisation_id, 'log_in', 'member:' || p_name, 'denied', '{"code": "locked"}');
    ELSE
        kept.failed_attempts := kept.failed_attempts + 1;
        state := 'open';
        password_hash := kept.password_hash;
        must_change := kept.must_change;
    END IF;
    UPDATE credentials SET failed_attempts = kept.failed_attempts, locked_until = kept.locked_until
        WHERE member_id = kept.member_id;
END
$$;


ALTER FUNCTION harbour.open_login(p_name text, OUT state text, OUT password_hash text, OUT must_change boolean) OWNER TO harbour_owner;

--
-- Name: open_step(harbour.members, harbour.submissions); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.open_step(p_self harbour.members, p_submission harbour.submissions, OUT step integer, OUT authority bigint, OUT turn_of text) RETURNS record
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    next record;
    ordered boolean := coalesce((SELECT r.in_order FROM approval_rules r WHERE r.id = p_submission.rule_id), true);
BEGIN
    FOR next IN SELECT s.place, s.role FROM steps_of(p_submission) s WHERE NOT s.passed ORDER BY s.place LOOP
        turn_of := coalesce(turn_of, next.role);
        authority := authority_over(p_self, ARRAY[next.role], p_submission);
        IF authority IS NOT NULL THEN
            step := next.place;
            RETURN;
        END IF;
        EXIT WHEN ordered;
    END LOOP;
END
$$;


ALTER FUNCTION harbour.open_step(p_self harbour.members, p_submission harbour.submissions, OUT step integer, OUT authority bigint, OUT turn_of text) OWNER TO harbour_owner;

--
-- Name: prepared_by(harbour.submissions, bigint); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.prepared_by(p_submission harbour.submissions, p_member bigint) RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT p_submission.maker_id = p_member
        OR EXISTS (SELECT FROM runs r WHERE r.id = p_submission.run_id AND r.maker_id = p_member)
$$;


ALTER FUNCTION harbour.prepared_by(p_submission harbour.submissions, p_member bigint) OWNER TO harbour_owner;

--
-- Name: principals_of(bigint, text[]); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.principals_of(p_deputy bigint, p_roles text[]) RETURNS SETOF bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT d.principal_id FROM delegations d
    JOIN members m ON m.id = d.principal_id AND m.state = 'active'
    JOIN member_roles r ON r.member_id = d.principal_id AND r.role = d.role
    WHERE d.deputy_id = p_deputy AND d.role = ANY (p_roles) AND d.ended_at IS NULL
      AND d.created_at <= now() AND d.until > now()
    ORDER BY d.id
$$;


ALTER FUNCTION harbour.principals_of(p_deputy bigint, p_roles text[]) OWNER TO harbour_owner;

--
-- Name: publish_submission(bigint); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.publish_submission(p_submission bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    self members := member_asking();
    approved submissions;
    shown runs;
    replaced bigint;
BEGIN
    SELECT * INTO STRICT approved FROM submissions s WHERE s.id = p_submission;
    SELECT * INTO STRICT shown FROM runs r WHERE r.id = approved.run_id;
    FOR replaced IN SELECT p.submission_id FROM publications p
        WHERE p.organisation_id = approved.organisation_id AND p.kind = shown.template AND p.ended_at IS NULL
          AND p.entity = coalesce(shown.summary #>> '{entity,lei}', '')
          AND p.reference_date = coalesce(shown.summary ->> 'reference_date', '')
          AND p.scenario = coalesce(shown.summary ->> 'scenario', '') FOR UPDATE
    LOOP
        PERFORM move_submission('supersede', replaced, jsonb_build_object('by', p_submission));
    END LOOP;
    INSERT INTO publications (organisation_id, submission_id, run_id, kind, entity, reference_date, scenario, digest, approved_by)
        VALUES (approved.organisation_id, approved.id, shown.id, shown.template, coalesce(shown.summary #>> '{entity,lei}', ''),
                coalesce(shown.summary ->> 'reference_date', ''), coalesce(shown.summary ->> 'scenario', ''),
                approved.digest, self.id);
    PERFORM move_submission('publish', p_submission, '{}');
END
$$;


ALTER FUNCTION harbour.publish_submission(p_submission bigint) OWNER TO harbour_owner;

--
-- Name: put_chunk(uuid, integer, bytea); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.put_chunk(p_upload uuid, p_position integer, p_content bytea) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    self members := member_asking();
BEGIN
    PERFORM FROM uploads u WHERE u.id = p_upload AND u.member_id = self.id AND NOT u.finished FOR UPDATE;
    IF NOT FOUND THEN
        RAISE no_data_found USING MESSAGE = 'There is no such upload of yours under way.';
    END IF;
    INSERT INTO artefact_chunks (upload_id, position, organisation_id, content)
        VALUES (p_upload, p_position, self.organisation_id, p_content);
END
$$;


ALTER FUNCTION harbour.put_chunk(p_upload uuid, p_position integer, p_content bytea) OWNER TO harbour_owner;

--
-- Name: quota_of(bigint, text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.quota_of(p_organisation bigint, p_what text) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT CASE p_what WHEN 'members' THEN q.members WHEN 'runs_a_day' THEN q.runs_a_day WHEN 'storage' THEN q.storage END
    FROM quotas q WHERE q.organisation_id = p_organisation
$$;


ALTER FUNCTION harbour.quota_of(p_organisation bigint, p_what text) OWNER TO harbour_owner;

--
-- Name: record_run(text, text, jsonb, jsonb); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.record_run(p_name text, p_template text, p_parameters jsonb, p_result jsonb) RETURNS harbour.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    self members := member_asking();
    refused outcome := refusal_by_role('record_run');
    added bigint;
BEGIN
    IF refused.code IS NULL THEN
        refused := refusal_of_result(self.organisation_id, p_result);
    END IF;
    IF refused.code IS NOT NULL THEN
        RETURN denied(self, 'record_run', 'run:' || p_name, refused);
    END IF;
    added := new_run(self, p_name, p_template, p_parameters, 'running');
    PERFORM write_result(added, p_result);
    PERFORM write_event(self.organisation_id, 'record_run', 'run:' || added, 'done', jsonb_build_object(
        'name', p_name, 'template', p_template, 'state', p_result ->> 'state', 'digest', run_digest(added)));
    RETURN done(added, run_digest(added));
END
$$;


ALTER FUNCTION harbour.record_run(p_name text, p_template text, p_parameters jsonb, p_result jsonb) OWNER TO harbour_owner;

--
-- Name: refusal(text, text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.refusal(p_code text, p_sentence text) RETURNS harbour.outcome
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT ROW(p_code, p_sentence, NULL, NULL)::outcome
$$;


ALTER FUNCTION harbour.refusal(p_code text, p_sentence text) OWNER TO harbour_owner;

--
-- Name: refusal_by_quota(bigint, text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.refusal_by_quota(p_organisation bigint, p_what text) RETURNS harbour.outcome
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    bound bigint := quota_of(p_organisation, p_what);
BEGIN
    IF bound IS NOT NULL AND used_of(p_organisation, p_what) >= bound THEN
        RETURN refusal('quota', sentence_of_quota(p_what, bound));
    END IF;
    RETURN NULL;
END
$$;


ALTER FUNCTION harbour.refusal_by_quota(p_organisation bigint, p_what text) OWNER TO harbour_owner;

--
-- Name: refusal_by_role(text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.refusal_by_role(p_action text) RETURNS harbour.outcome
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    wanted actions;
BEGIN
    SELECT * INTO STRICT wanted FROM actions a WHERE a.action = p_action;
    IF NOT has_role(wanted.roles) THEN
        RETURN refusal_of_role(wanted);
    END IF;
    IF session_user = 'harbour_worker' AND p_action <> 'store_artefact' THEN
        RETURN refusal('not_allowed', 'The worker executes requested runs, and does nothing else for anyone.');
    END IF;
    IF p_action IN ('record_run', 'request_run') THEN
        RETURN refusal_by_quota(my_organisation(), 'runs_a_day');
    END IF;
    RETURN NULL;
END
$$;


ALTER FUNCTION harbour.refusal_by_role(p_action text) OWNER TO harbour_owner;

--
-- Name: refusal_of(text, harbour.submissions); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.refusal_of(p_action text, p_submission harbour.submissions) RETURNS harbour.outcome
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    self members := member_asking();
    wanted actions;
    prepared boolean;
    blocked text;
    turn record;
BEGIN
    SELECT * INTO STRICT wanted FROM actions a WHERE a.action = p_action;
    IF p_submission.id IS NULL OR p_submission.organisation_id <> self.organisation_id THEN
        RETURN refusal('not_found', 'There is no such submission in your organisation.');
    END IF;
    prepared := prepared_by(p_submission, self.id);
    IF wanted.whose = 'not_maker' AND prepared THEN
        RETURN refusal('own_work', format('You cannot %s what you prepared: another reviewer must decide.', p_action));
    END IF;
    IF p_action = 'approve' AND p_submission.rule_id IS NOT NULL THEN
        wanted.roles := ARRAY(SELECT DISTINCT s.role FROM steps_of(p_submission) s ORDER BY 1);
    END IF;
    IF session_user = 'harbour_worker' THEN
        RETURN refusal('not_allowed', 'The worker executes requested runs, and does nothing else for anyone.');
    END IF;
    IF (wanted.whose = 'not_maker' AND authority_over(self, wanted.roles, p_submission) IS NULL
            AND NOT (p_action = 'approve' AND has_approved(p_submission, self.id)))
       OR (wanted.whose <> 'not_maker' AND NOT has_role(wanted.roles)) THEN
        RETURN refusal_of_role(wanted);
    END IF;
    IF wanted.whose = 'maker' AND NOT prepared THEN
        RETURN refusal('not_allowed', format('You may not %s: only who prepared it may.', wanted.phrase));
    END IF;
    IF NOT EXISTS (SELECT FROM transitions t WHERE t.action = p_action AND t.from_state = p_submission.state) THEN
        RETURN refusal('wrong_state', format('Submission %s is %s: you cannot %s it now.', p_submission.id,
                       replace(p_submission.state, '_', ' '), CASE p_action WHEN 'comment' THEN 'comment on' ELSE p_action END));
    END IF;
    IF p_action = 'approve' THEN
        blocked := sentence_of_block(p_submission.id);
        IF has_approved(p_submission, self.id) THEN
            RETURN refusal('wrong_state', 'You have approved this already: the next approval is another person''s.');
        ELSIF blocked IS NOT NULL THEN
            RETURN refusal('blocked', blocked);
        END IF;
        turn := open_step(self, p_submission);
        IF turn.step IS NULL THEN
            RETURN refusal('not_allowed', format('You may not approve this submission now: the next approval is %s''s.',
                CASE turn.turn_of WHEN 'analyst' THEN 'an analyst' WHEN 'reviewer' THEN 'a reviewer' ELSE 'an administrator' END));
        END IF;
    END IF;
    RETURN NULL;
END
$$;


ALTER FUNCTION harbour.refusal_of(p_action text, p_submission harbour.submissions) OWNER TO harbour_owner;

--
-- Name: refusal_of_comment(harbour.comments); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.refusal_of_comment(p_said harbour.comments) RETURNS harbour.outcome
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    refused outcome;
BEGIN
    IF p_said.submission_id IS NULL THEN
        refused := refusal_by_role('comment_template');
    ELSE
        refused := refusal_of(CASE WHEN p_said.blocking THEN 'block' ELSE 'comment' END, (SELECT s FROM submissions s
            WHERE s.id = p_said.submission_id AND s.organisation_id = p_said.organisation_id));
    END IF;
    IF refused.code IS NULL AND coalesce(p_said.body, '') = '' THEN
        refused := refusal('invalid', 'A comment says something.');
    ELSIF refused.code IS NULL AND length(p_said.body) > 10000 THEN
        refused := refusal('invalid', 'A comment has 10,000 characters at most.');
    END IF;
    RETURN refused;
END
$$;


ALTER FUNCTION harbour.refusal_of_comment(p_said harbour.comments) OWNER TO harbour_owner;

--
-- Name: refusal_of_result(bigint, jsonb); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.refusal_of_result(p_organisation bigint, p_result jsonb) RETURNS harbour.outcome
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $_$
DECLARE
    part record;
BEGIN
    IF coalesce(p_result ->> 'state', '') NOT IN ('succeeded', 'failed') THEN
        RETURN refusal('invalid', 'A run ends as "succeeded" or "failed".');
    END IF;
    FOR part IN SELECT key, value FROM jsonb_each_text(p_result -> 'digests') LOOP
        IF part.key NOT IN ('code', 'data', 'parameters', 'environment', 'outputs', 'verdict')
           OR part.value !~ '^[0-9a-f]{64}$' THEN
            RETURN refusal('invalid', format('The digest "%s" is not a SHA-256 of a part of a run.', part.key));
        END IF;
    END LOOP;
    FOR part IN SELECT key, value FROM jsonb_each_text(p_result -> 'artefacts') LOOP
        IF NOT EXISTS (SELECT FROM artefacts a WHERE a.organisation_id = p_organisation AND a.sha256 = part.value) THEN
            RETURN refusal('not_found', format('The artefact "%s" has not been stored: put it first.', part.key));
        END IF;
    END LOOP;
    RETURN NULL;
END
$_$;


ALTER FUNCTION harbour.refusal_of_result(p_organisation bigint, p_result jsonb) OWNER TO harbour_owner;

--
-- Name: refusal_of_role(harbour.actions); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.refusal_of_role(p_action harbour.actions) RETURNS harbour.outcome
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT refusal('not_allowed', format('You may not %s: it takes the role %s.', p_action.phrase,
        replace(coalesce(nullif(array_to_string(p_action.roles, ' or '), ''), 'of the platform'), '_', ' ')))
$$;


ALTER FUNCTION harbour.refusal_of_role(p_action harbour.actions) OWNER TO harbour_owner;

--
-- Name: runs; Type: TABLE; Schema: harbour; Owner: harbour_owner
--

CREATE TABLE harbour.runs (
    id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    maker_id bigint NOT NULL,
    executed_by text,
    name text NOT NULL,
    version integer NOT NULL,
    template text NOT NULL,
    parameters jsonb NOT NULL,
    state text NOT NULL,
    digests jsonb DEFAULT '{}'::jsonb NOT NULL,
    summary jsonb DEFAULT '{}'::jsonb NOT NULL,
    error_cell integer,
    error_message text,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    started_at timestamp with time zone,
    finished_at timestamp with time zone,
    CONSTRAINT runs_name_check CHECK ((name <> ''::text)),
    CONSTRAINT runs_state_check CHECK ((state = ANY (ARRAY['queued'::text, 'running'::text, 'succeeded'::text, 'failed'::text]))),
    CONSTRAINT runs_template_check CHECK ((template <> ''::text))
);

ALTER TABLE ONLY harbour.runs FORCE ROW LEVEL SECURITY;


ALTER TABLE harbour.runs OWNER TO harbour_owner;

--
-- Name: refusal_of_run(harbour.members, harbour.runs); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.refusal_of_run(p_self harbour.members, p_run harbour.runs) RETURNS harbour.outcome
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    missing text;
BEGIN
    IF p_run.id IS NULL OR p_run.organisation_id <> p_self.organisation_id THEN
        RETURN refusal('not_found', 'There is no such run in your organisation.');
    END IF;
    IF p_run.maker_id <> p_self.id THEN
        RETURN refusal('not_allowed', 'You may submit your own runs only.');
    END IF;
    IF p_run.state <> 'succeeded' THEN
        RETURN refusal('wrong_state', format('Run %s is %s: only a run that succeeded can be submitted.', p_run.id, p_run.state));
    END IF;
    SELECT string_agg(part, ', ') INTO missing
        FROM unnest(ARRAY['code', 'data', 'parameters', 'environment', 'outputs', 'verdict']) part
        WHERE NOT p_run.digests ? part;
    IF missing IS NOT NULL THEN
        RETURN refusal('invalid', format('Run %s has no digest of %s: a reviewer could not know what he signs.', p_run.id, missing));
    END IF;
    RETURN NULL;
END
$$;


ALTER FUNCTION harbour.refusal_of_run(p_self harbour.members, p_run harbour.runs) OWNER TO harbour_owner;

--
-- Name: refusal_sentence(text, bigint); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.refusal_sentence(p_action text, p_submission bigint) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT (refusal_of(p_action, (SELECT s FROM submissions s WHERE s.id = p_submission))).sentence
$$;


ALTER FUNCTION harbour.refusal_sentence(p_action text, p_submission bigint) OWNER TO harbour_owner;

--
-- Name: refuse_change(); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.refuse_change() RETURNS trigger
    LANGUAGE plpgsql
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
BEGIN
    RAISE insufficient_privilege USING MESSAGE = format('%s is append-only', TG_TABLE_NAME);
END
$$;


ALTER FUNCTION harbour.refuse_change() OWNER TO harbour_owner;

--
-- Name: reject(bigint, text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.reject(p_submission bigint, p_comment text) RETURNS harbour.outcome
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$ SELECT decide('reject', p_submission, NULL, p_comment) $$;


ALTER FUNCTION harbour.reject(p_submission bigint, p_comment text) OWNER TO harbour_owner;

--
-- Name: reopen_comment(bigint); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.reopen_comment(p_comment bigint) RETURNS harbour.outcome
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$ SELECT mark_comment('reopen', p_comment) $$;


ALTER FUNCTION harbour.reopen_comment(p_comment bigint) OWNER TO harbour_owner;

--
-- Name: request_run(text, text, jsonb); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.request_run(p_name text, p_template text, p_parameters jsonb) RETURNS harbour.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    self members := member_asking();
    refused outcome := refusal_by_role('request_run');
    added bigint;
BEGIN
    IF refused.code IS NOT NULL THEN
        RETURN denied(self, 'request_run', 'template:' || p_template, refused);
    END IF;
    added := new_run(self, p_name, p_template, p_parameters, 'queued');
    PERFORM procrastinate.defer_run(added);
    PERFORM write_event(self.organisation_id, 'request_run', 'run:' || added, 'done',
                        jsonb_build_object('name', p_name, 'template', p_template, 'parameters', p_parameters));
    RETURN done(added);
END
$$;


ALTER FUNCTION harbour.request_run(p_name text, p_template text, p_parameters jsonb) OWNER TO harbour_owner;

--
-- Name: resolve_comment(bigint); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.resolve_comment(p_comment bigint) RETURNS harbour.outcome
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$ SELECT mark_comment('resolve', p_comment) $$;


ALTER FUNCTION harbour.resolve_comment(p_comment bigint) OWNER TO harbour_owner;

--
-- Name: resubmit(bigint, bigint, text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.resubmit(p_submission bigint, p_run bigint, p_note text) RETURNS harbour.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    self members := member_asking();
    seen submissions;
    wanted runs;
    refused outcome;
BEGIN
    PERFORM take_turn(self.organisation_id);
    SELECT * INTO seen FROM submissions s WHERE s.id = p_submission AND s.organisation_id = self.organisation_id FOR UPDATE;
    SELECT * INTO wanted FROM runs r WHERE r.id = p_run;
    refused := refusal_of('resubmit', seen);
    IF refused.code IS NULL THEN
        refused := refusal_of_run(self, wanted);
    END IF;
    IF refused.code IS NOT NULL THEN
        RETURN denied(self, 'resubmit', 'submission:' || p_submission, refused);
    END IF;
    -- A new round: approvals given before were given to something else, and the rule is the one in force now.
    UPDATE submissions SET run_id = p_run, note = coalesce(p_note, ''), digest = run_digest(p_run), round = round + 1,
        rule_id = rule_in_force(self.organisation_id, wanted.template) WHERE id = p_submission RETURNING * INTO seen;
    PERFORM move_submission('resubmit', p_submission, jsonb_strip_nulls(
        jsonb_build_object('note', seen.note, 'rule', seen.rule_id, 'round', seen.round)));
    RETURN done(p_submission, seen.digest);
END
$$;


ALTER FUNCTION harbour.resubmit(p_submission bigint, p_run bigint, p_note text) OWNER TO harbour_owner;

--
-- Name: return_(bigint, text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.return_(p_submission bigint, p_comment text) RETURNS harbour.outcome
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$ SELECT decide('return', p_submission, NULL, p_comment) $$;


ALTER FUNCTION harbour.return_(p_submission bigint, p_comment text) OWNER TO harbour_owner;

--
-- Name: root_of(uuid); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.root_of(p_upload uuid) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT hex_sha256(coalesce(string_agg(c.sha256, '' ORDER BY c.position), '')) FROM artefact_chunks c
    WHERE c.upload_id = p_upload
$$;


ALTER FUNCTION harbour.root_of(p_upload uuid) OWNER TO harbour_owner;

--
-- Name: rule_in_force(bigint, text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.rule_in_force(p_organisation bigint, p_template text) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT r.id FROM approval_rules r
    WHERE r.organisation_id = p_organisation AND (r.template = p_template OR r.template IS NULL)
    ORDER BY r.template IS NULL, r.version DESC LIMIT 1
$$;


ALTER FUNCTION harbour.rule_in_force(p_organisation bigint, p_template text) OWNER TO harbour_owner;

--
-- Name: run_digest(bigint); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.run_digest(p_run bigint) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT encode(sha256(convert_to((
        SELECT string_agg(octet_length(field) || ':' || field || ',', '' ORDER BY place)
        FROM unnest(ARRAY['plimsoll run 1', o.slug, m.name, coalesce(r.executed_by, ''), r.name, r.version::text, r.template,
                          r.state, r.parameters::text,
                          'code', coalesce(r.digests ->> 'code', ''), 'data', coalesce(r.digests ->> 'data', ''),
                          'parameters', coalesce(r.digests ->> 'parameters', ''),
                          'environment', coalesce(r.digests ->> 'environment', ''),
                          'outputs', coalesce(r.digests ->> 'outputs', ''), 'verdict', coalesce(r.digests ->> 'verdict', ''),
                          r.summary::text])
             WITH ORDINALITY AS fields (field, place))
        || coalesce((SELECT string_agg(octet_length(a.name) || ':' || a.name || ',' || octet_length(a.sha256) || ':' || a.sha256 || ',',
                                       '' ORDER BY a.name COLLATE "C")
                     FROM run_artefacts a WHERE a.run_id = r.id), ''), 'UTF8')), 'hex')
    FROM runs r JOIN organisations o ON o.id = r.organisation_id JOIN members m ON m.id = r.maker_id
    WHERE r.id = p_run
$$;


ALTER FUNCTION harbour.run_digest(p_run bigint) OWNER TO harbour_owner;

--
-- Name: second_step(text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.second_step(p_name text, OUT ended boolean, OUT secret text, OUT last_step bigint) RETURNS record
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT c.must_change AND coalesce(c.expires_at <= now(), false), k.secret, k.last_step
    FROM credentials c LEFT JOIN one_time_codes k ON k.member_id = c.member_id AND k.confirmed
    WHERE c.member_id = (member_named(p_name)).id
$$;


ALTER FUNCTION harbour.second_step(p_name text, OUT ended boolean, OUT secret text, OUT last_step bigint) OWNER TO harbour_owner;

--
-- Name: sees_work(); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.sees_work() RETURNS boolean
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT may('see_work')
$$;


ALTER FUNCTION harbour.sees_work() OWNER TO harbour_owner;

--
-- Name: sentence_of_block(bigint); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.sentence_of_block(p_submission bigint) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT format('A comment of %s blocks approval (“%s”): it must be resolved first.', m.display_name, left(c.body, 80))
    FROM comments c JOIN members m ON m.id = c.author_id
    WHERE c.submission_id = p_submission AND c.blocking AND c.resolved_at IS NULL ORDER BY c.id LIMIT 1
$$;


ALTER FUNCTION harbour.sentence_of_block(p_submission bigint) OWNER TO harbour_owner;

--
-- Name: sentence_of_quota(text, bigint); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.sentence_of_quota(p_what text, p_bound bigint) RETURNS text
    LANGUAGE sql IMMUTABLE
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT format('Your organisation may have %s %s, and has them: ask the platform''s administrator.', p_bound,
        CASE p_what WHEN 'members' THEN 'active members' WHEN 'runs_a_day' THEN 'runs a day' ELSE 'bytes of files' END)
$$;


ALTER FUNCTION harbour.sentence_of_quota(p_what text, p_bound bigint) OWNER TO harbour_owner;

--
-- Name: set_approval_rule(text, text[], boolean); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.set_approval_rule(p_template text, p_roles text[], p_in_order boolean) RETURNS harbour.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    self members := member_asking();
    refused outcome := refusal_by_role('set_rule');
    added approval_rules;
BEGIN
    PERFORM take_turn(self.organisation_id);
    IF refused.code IS NULL AND NOT coalesce('reviewer' = ANY (p_roles) AND cardinality(p_roles) BETWEEN 1 AND 9
            AND p_roles <@ ARRAY['analyst', 'reviewer', 'org_admin'] AND array_ndims(p_roles) = 1, false) THEN
        refused := refusal('invalid',
            'A rule asks for one to nine approvals, each of an analyst, a reviewer or an org_admin; one at least of a reviewer.');
    END IF;
    IF refused.code IS NOT NULL THEN
        RETURN denied(self, 'set_rule', 'template:' || coalesce(p_template, ''), refused);
    END IF;
    INSERT INTO approval_rules (organisation_id, template, version, in_order, set_by)
        SELECT self.organisation_id, p_template, coalesce(max(r.version), 0) + 1, coalesce(p_in_order, true), self.id
        FROM approval_rules r
        WHERE r.organisation_id = self.organisation_id AND r.template IS NOT DISTINCT FROM p_template
        RETURNING * INTO added;
    INSERT INTO approval_steps (organisation_id, rule_id, place, role)
        SELECT self.organisation_id, added.id, place, role FROM unnest(p_roles) WITH ORDINALITY AS wanted (role, place);
    PERFORM write_event(self.organisation_id, 'set_rule', 'template:' || coalesce(p_template, ''), 'done',
        jsonb_build_object('rule', added.id, 'version', added.version, 'roles', p_roles, 'in_order', added.in_order));
    RETURN done(added.id);
END
$$;


ALTER FUNCTION harbour.set_approval_rule(p_template text, p_roles text[], p_in_order boolean) OWNER TO harbour_owner;

--
-- Name: set_member_state(text, text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.set_member_state(p_name text, p_state text) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    changed members;
BEGIN
    UPDATE members SET state = p_state WHERE name = p_name RETURNING * INTO changed;
    IF changed.id IS NULL THEN
        RAISE no_data_found USING MESSAGE = format('There is no member "%s".', p_name);
    END IF;
    PERFORM write_event(changed.organisation_id, 'set_member_state', 'member:' || p_name, 'done',
                        jsonb_build_object('state', p_state));
END
$$;


ALTER FUNCTION harbour.set_member_state(p_name text, p_state text) OWNER TO harbour_owner;

--
-- Name: set_password_hash(text, text, boolean); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.set_password_hash(p_name text, p_password_hash text, p_must_change boolean) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    self members;
BEGIN
    SELECT m.* INTO self FROM members m WHERE m.name = p_name;
    IF self.id IS NULL THEN
        RAISE no_data_found USING MESSAGE = format('There is no member "%s".', p_name);
    END IF;
    UPDATE credentials SET password_hash = p_password_hash, must_change = p_must_change, failed_attempts = 0,
        locked_until = NULL, changed_at = now() WHERE member_id = self.id;
    PERFORM write_event(self.organisation_id, 'set_password', 'member:' || p_name, 'done',
                        jsonb_build_object('must_change', p_must_change));
END
$$;


ALTER FUNCTION harbour.set_password_hash(p_name text, p_password_hash text, p_must_change boolean) OWNER TO harbour_owner;

--
-- Name: set_quota(text, integer, integer, bigint); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.set_quota(p_organisation text, p_members integer, p_runs_a_day integer, p_storage bigint) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    wanted bigint := (SELECT o.id FROM organisations o WHERE o.slug = p_organisation);
BEGIN
    IF wanted IS NULL THEN
        RAISE no_data_found USING MESSAGE = format('There is no organisation "%s".', p_organisation);
    END IF;
    INSERT INTO quotas VALUES (wanted, p_members, p_runs_a_day, p_storage)
        ON CONFLICT (organisation_id) DO UPDATE
        SET members = EXCLUDED.members, runs_a_day = EXCLUDED.runs_a_day, storage = EXCLUDED.storage;
    PERFORM write_event(wanted, 'set_quota', 'organisation:' || p_organisation, 'done',
        jsonb_build_object('members', p_members, 'runs_a_day', p_runs_a_day, 'storage', p_storage));
END
$$;


ALTER FUNCTION harbour.set_quota(p_organisation text, p_members integer, p_runs_a_day integer, p_storage bigint) OWNER TO harbour_owner;

--
-- Name: sha256_of(uuid); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.sha256_of(p_upload uuid) RETURNS text
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT encode(sha256(coalesce(string_agg(c.content, ''::bytea ORDER BY c.position), '')), 'hex') FROM artefact_chunks c
    WHERE c.upload_id = p_upload
$$;


ALTER FUNCTION harbour.sha256_of(p_upload uuid) OWNER TO harbour_owner;

--
-- Name: size_of(uuid); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.size_of(p_upload uuid) RETURNS bigint
    LANGUAGE plpgsql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    pieces bigint;
    last_position int;
    full_pieces bigint;
    total bigint;
BEGIN
    SELECT count(*), max(c.position), count(*) FILTER (WHERE octet_length(c.content) = 1048576),
           coalesce(sum(octet_length(c.content)), 0)
        INTO pieces, last_position, full_pieces, total FROM artefact_chunks c WHERE c.upload_id = p_upload;
    IF pieces > 0 AND last_position <> pieces - 1 THEN
        RAISE check_violation USING MESSAGE = 'A piece of the upload is missing: send it again.';
    END IF;
    IF pieces - full_pieces > 1 OR (pieces > full_pieces AND (SELECT octet_length(c.content) = 1048576
            FROM artefact_chunks c WHERE c.upload_id = p_upload AND c.position = last_position)) THEN
        RAISE check_violation USING MESSAGE = 'Every piece of an upload but the last has 1 MiB.';
    END IF;
    RETURN total;
END
$$;


ALTER FUNCTION harbour.size_of(p_upload uuid) OWNER TO harbour_owner;

--
-- Name: start_upload(); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.start_upload() RETURNS uuid
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    self members := member_asking();
    refused outcome := refusal_by_role('store_artefact');
    started uuid;
BEGIN
    IF refused.code IS NOT NULL THEN
        RAISE insufficient_privilege USING MESSAGE = refused.sentence;
    END IF;
    INSERT INTO uploads (organisation_id, member_id) VALUES (self.organisation_id, self.id) RETURNING id INTO started;
    RETURN started;
END
$$;


ALTER FUNCTION harbour.start_upload() OWNER TO harbour_owner;

--
-- Name: steps_of(harbour.submissions); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.steps_of(p_submission harbour.submissions) RETURNS TABLE(place integer, role text, passed boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT s.place, s.role, EXISTS (
        SELECT FROM approvals a WHERE a.submission_id = p_submission.id AND a.round = p_submission.round
          AND a.decision = 'approve' AND a.step = s.place)
    FROM (SELECT t.place, t.role FROM approval_steps t WHERE t.rule_id = p_submission.rule_id
          UNION ALL SELECT 1, 'reviewer' WHERE p_submission.rule_id IS NULL) s
    ORDER BY s.place
$$;


ALTER FUNCTION harbour.steps_of(p_submission harbour.submissions) OWNER TO harbour_owner;

--
-- Name: steps_seen(bigint); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.steps_seen(p_submission bigint) RETURNS TABLE(place integer, role text, passed boolean)
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT t.* FROM submissions s, LATERAL steps_of(s) t
    WHERE s.id = p_submission AND s.organisation_id = my_organisation() AND sees_work() ORDER BY t.place
$$;


ALTER FUNCTION harbour.steps_seen(p_submission bigint) OWNER TO harbour_owner;

--
-- Name: submit(bigint, text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.submit(p_run bigint, p_note text) RETURNS harbour.outcome
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    self members := member_asking();
    refused outcome := refusal_by_role('submit');
    wanted runs;
    added submissions;
BEGIN
    SELECT * INTO wanted FROM runs r WHERE r.id = p_run;
    IF refused.code IS NULL THEN
        refused := refusal_of_run(self, wanted);
    END IF;
    IF refused.code IS NOT NULL THEN
        RETURN denied(self, 'submit', 'run:' || p_run, refused);
    END IF;
    INSERT INTO submissions (organisation_id, run_id, maker_id, note, state, digest, rule_id)
        VALUES (self.organisation_id, p_run, self.id, coalesce(p_note, ''), 'draft', run_digest(p_run),
                rule_in_force(self.organisation_id, wanted.template)) RETURNING * INTO added;
    PERFORM move_submission('submit', added.id, jsonb_strip_nulls(
        jsonb_build_object('note', added.note, 'rule', added.rule_id)));
    RETURN done(added.id, added.digest);
END
$$;


ALTER FUNCTION harbour.submit(p_run bigint, p_note text) OWNER TO harbour_owner;

--
-- Name: take_turn(bigint); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.take_turn(p_organisation bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT FROM audit_heads h WHERE h.organisation_id = p_organisation FOR UPDATE
$$;


ALTER FUNCTION harbour.take_turn(p_organisation bigint) OWNER TO harbour_owner;

--
-- Name: use_code(text, bigint); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.use_code(p_name text, p_step bigint) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
BEGIN
    UPDATE one_time_codes SET last_step = p_step
        WHERE member_id = (member_named(p_name)).id AND confirmed AND last_step < p_step;
    RETURN FOUND;
END
$$;


ALTER FUNCTION harbour.use_code(p_name text, p_step bigint) OWNER TO harbour_owner;

--
-- Name: use_recovery_code(text, text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.use_recovery_code(p_name text, p_hash text) RETURNS boolean
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    self members := member_named(p_name);
BEGIN
    UPDATE recovery_codes SET used_at = now() WHERE member_id = self.id AND hash = p_hash AND used_at IS NULL;
    IF FOUND THEN
        PERFORM write_event(self.organisation_id, 'use_recovery_code', 'member:' || p_name, 'done', jsonb_build_object(
            'left', (SELECT count(*) FROM recovery_codes r WHERE r.member_id = self.id AND r.used_at IS NULL)));
        RETURN true;
    END IF;
    RETURN false;
END
$$;


ALTER FUNCTION harbour.use_recovery_code(p_name text, p_hash text) OWNER TO harbour_owner;

--
-- Name: used_of(bigint, text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.used_of(p_organisation bigint, p_what text) RETURNS bigint
    LANGUAGE sql STABLE SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT CASE p_what
        WHEN 'members' THEN (SELECT count(*) FROM members m WHERE m.organisation_id = p_organisation AND m.state = 'active')
        WHEN 'runs_a_day' THEN (SELECT count(*) FROM runs r WHERE r.organisation_id = p_organisation
            AND r.created_at >= date_trunc('day', now() AT TIME ZONE 'UTC') AT TIME ZONE 'UTC')
        WHEN 'storage' THEN (SELECT coalesce(sum(u.stored), 0) FROM uploads u WHERE u.organisation_id = p_organisation)
    END
$$;


ALTER FUNCTION harbour.used_of(p_organisation bigint, p_what text) OWNER TO harbour_owner;

--
-- Name: utc_text(timestamp with time zone); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.utc_text(p_at timestamp with time zone) RETURNS text
    LANGUAGE sql STABLE STRICT
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT to_char(p_at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')
$$;


ALTER FUNCTION harbour.utc_text(p_at timestamp with time zone) OWNER TO harbour_owner;

--
-- Name: void(bigint, text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.void(p_submission bigint, p_comment text) RETURNS harbour.outcome
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$ SELECT decide('void', p_submission, NULL, p_comment) $$;


ALTER FUNCTION harbour.void(p_submission bigint, p_comment text) OWNER TO harbour_owner;

--
-- Name: void_all_changed(); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.void_all_changed() RETURNS integer
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    SELECT coalesce(sum(void_changed(p.run_id, 'found by the sweep')), 0)::int FROM publications p WHERE p.ended_at IS NULL
$$;


ALTER FUNCTION harbour.void_all_changed() OWNER TO harbour_owner;

--
-- Name: void_changed(bigint, text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.void_changed(p_run bigint, p_part text) RETURNS integer
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    hit publications;
    voided int := 0;
BEGIN
    FOR hit IN SELECT p.* FROM publications p WHERE p.run_id = p_run AND p.ended_at IS NULL LOOP
        IF p_part = 'content' OR hit.digest IS DISTINCT FROM run_digest(p_run) THEN
            PERFORM move_submission('void_by_change', hit.submission_id,
                                    jsonb_build_object('changed', p_part, 'found', run_digest(p_run)));
            voided := voided + 1;
        END IF;
    END LOOP;
    RETURN voided;
END
$$;


ALTER FUNCTION harbour.void_changed(p_run bigint, p_part text) OWNER TO harbour_owner;

--
-- Name: void_what_changed(); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.void_what_changed() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
BEGIN
    CASE TG_TABLE_NAME
        WHEN 'runs' THEN PERFORM void_changed(OLD.id, 'run');
        WHEN 'run_artefacts' THEN PERFORM void_changed(coalesce(NEW.run_id, OLD.run_id), 'files');
        WHEN 'publications' THEN PERFORM void_changed(OLD.run_id, 'publication');
        WHEN 'members' THEN PERFORM void_changed(r.id, 'maker') FROM runs r WHERE r.maker_id = OLD.id;
        WHEN 'organisations' THEN PERFORM void_changed(r.id, 'organisation') FROM runs r WHERE r.organisation_id = OLD.id;
        WHEN 'artefact_chunks' THEN PERFORM void_changed(h.run_id, 'content') FROM artefacts a
            JOIN run_artefacts h ON h.organisation_id = a.organisation_id AND h.sha256 = a.sha256
            WHERE a.upload_id = OLD.upload_id;
    END CASE;
    RETURN NULL;
END
$$;


ALTER FUNCTION harbour.void_what_changed() OWNER TO harbour_owner;

--
-- Name: wake_listeners(); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.wake_listeners() RETURNS trigger
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
BEGIN
    PERFORM pg_notify(c.name, '') FROM channels c
        WHERE c.organisation_id = coalesce(NEW.organisation_id, OLD.organisation_id) OR c.organisation_id IS NULL;
    RETURN NULL;
END
$$;


ALTER FUNCTION harbour.wake_listeners() OWNER TO harbour_owner;

--
-- Name: withdraw(bigint, text); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.withdraw(p_submission bigint, p_comment text) RETURNS harbour.outcome
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$ SELECT decide('withdraw', p_submission, NULL, p_comment) $$;


ALTER FUNCTION harbour.withdraw(p_submission bigint, p_comment text) OWNER TO harbour_owner;

--
-- Name: write_event(bigint, text, text, text, jsonb); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.write_event(p_organisation bigint, p_action text, p_subject text, p_outcome text, p_detail jsonb) RETURNS void
    LANGUAGE plpgsql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
DECLARE
    head record;
    event audit_events;
    asked text := CASE current_setting('role') WHEN 'none' THEN session_user::text ELSE current_setting('role') END;
BEGIN
    -- The head is the lock: events of one organisation queue up here and nowhere else.
    SELECT h.seq, h.hash, o.slug INTO STRICT head
        FROM audit_heads h JOIN organisations o ON o.id = h.organisation_id
        WHERE h.organisation_id = p_organisation FOR UPDATE OF h;
    event.organisation_id := p_organisation;
    event.seq := head.seq + 1;
    event.at := clock_timestamp();
    event.actor := coalesce((SELECT m.name FROM members m WHERE m.login = asked), asked);
    event.login := session_user;
    event.action := p_action;
    event.subject := coalesce(p_subject, 'nothing');
    event.outcome := p_outcome;
    event.detail := p_detail;
    event.hash := (
        SELECT encode(sha256(convert_to(string_agg(octet_length(field) || ':' || field || ',', '' ORDER BY place), 'UTF8')), 'hex')
        FROM unnest(ARRAY[head.hash, head.slug, event.seq::text,
                          to_char(event.at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"'), event.actor, event.login,
                          event.action, event.subject, event.outcome, event.detail::text])
             WITH ORDINALITY AS fields (field, place));
    INSERT INTO audit_events SELECT (event).*;
    UPDATE audit_heads SET seq = event.seq, hash = event.hash WHERE organisation_id = p_organisation;
END
$$;


ALTER FUNCTION harbour.write_event(p_organisation bigint, p_action text, p_subject text, p_outcome text, p_detail jsonb) OWNER TO harbour_owner;

--
-- Name: write_result(bigint, jsonb); Type: FUNCTION; Schema: harbour; Owner: harbour_owner
--

CREATE FUNCTION harbour.write_result(p_run bigint, p_result jsonb) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'harbour', 'pg_temp'
    AS $$
    INSERT INTO run_artefacts (organisation_id, run_id, name, sha256)
        SELECT r.organisation_id, r.id, a.key, a.value
        FROM runs r, jsonb_each_text(p_result -> 'artefacts') a WHERE r.id = p_run;
    UPDATE runs SET state = p_result ->> 'state', digests = coalesce(p_result -> 'digests', '{}'),
        summary = coalesce(p_result -> 'summary', '{}'), error_cell = (p_result ->> 'error_cell')::int,
        error_message = p_result ->> 'error_message', executed_by = session_user,
        started_at = coalesce(started_at, now()), finished_at = now()
    WHERE id = p_run;
$$;


ALTER FUNCTION harbour.write_result(p_run bigint, p_result jsonb) OWNER TO harbour_owner;

--
-- Name: defer_run(bigint); Type: FUNCTION; Schema: procrastinate; Owner: harbour_queue
--

CREATE FUNCTION procrastinate.defer_run(p_run bigint) RETURNS void
    LANGUAGE sql SECURITY DEFINER
    SET search_path TO 'pg_catalog', 'procrastinate', 'pg_temp'
    AS $$
    SELECT procrastinate_defer_jobs_v1(ARRAY[ROW(
        'runs', 'harbour.execute_run', 0, NULL, NULL, jsonb_build_object('run_id', p_run), NULL
    )::procrastinate_job_to_defer_v1])
$$;


ALTER FUNCTION procrastinate.defer_run(p_run bigint) OWNER TO harbour_queue;

--
-- Name: procrastinate_cancel_job_v1(bigint, boolean, boolean); Type: FUNCTION; Schema: procrastinate; Owner: harbour_queue
--

CREATE FUNCTION procrastinate.procrastinate_cancel_job_v1(job_id bigint, abort boolean, delete_job boolean) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status = 'todo'
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        IF abort THEN
            UPDATE procrastinate_jobs
            SET abort_requested = true,
                status = CASE status
                    WHEN 'todo' THEN 'cancelled'::procrastinate_job_status ELSE status
                END
            WHERE id = job_id AND status IN ('todo', 'doing')
            RETURNING id INTO _job_id;
        ELSE
            UPDATE procrastinate_jobs
            SET status = 'cancelled'::procrastinate_job_status
            WHERE id = job_id AND status = 'todo'
            RETURNING id INTO _job_id;
        END IF;
    END IF;
    RETURN _job_id;
END;
$$;


ALTER FUNCTION procrastinate.procrastinate_cancel_job_v1(job_id bigint, abort boolean, delete_job boolean) OWNER TO harbour_queue;

--
-- Name: procrastinate_defer_jobs_v1(procrastinate.procrastinate_job_to_defer_v1[]); Type: FUNCTION; Schema: procrastinate; Owner: harbour_queue
--

CREATE FUNCTION procrastinate.procrastinate_defer_jobs_v1(jobs procrastinate.procrastinate_job_to_defer_v1[]) RETURNS bigint[]
    LANGUAGE plpgsql
    AS $$
DECLARE
    job_ids bigint[];
BEGIN
    WITH inserted_jobs AS (
        INSERT INTO procrastinate_jobs (queue_name, task_name, priority, lock, queueing_lock, args, scheduled_at)
        SELECT (job).queue_name,
               (job).task_name,
               (job).priority,
               (job).lock,
               (job).queueing_lock,
               (job).args,
               (job).scheduled_at
        FROM unnest(jobs) AS job
        RETURNING id
    )
    SELECT array_agg(id) FROM inserted_jobs INTO job_ids;

    RETURN job_ids;
END;
$$;


ALTER FUNCTION procrastinate.procrastinate_defer_jobs_v1(jobs procrastinate.procrastinate_job_to_defer_v1[]) OWNER TO harbour_queue;

--
-- Name: procrastinate_defer_periodic_job_v2(character varying, character varying, character varying, character varying, integer, character varying, bigint, jsonb); Type: FUNCTION; Schema: procrastinate; Owner: harbour_queue
--

CREATE FUNCTION procrastinate.procrastinate_defer_periodic_job_v2(_queue_name character varying, _lock character varying, _queueing_lock character varying, _task_name character varying, _priority integer, _periodic_id character varying, _defer_timestamp bigint, _args jsonb) RETURNS bigint
    LANGUAGE plpgsql
    AS $$
DECLARE
	_job_id bigint;
	_defer_id bigint;
BEGIN
    INSERT
        INTO procrastinate_periodic_defers (task_name, periodic_id, defer_timestamp)
        VALUES (_task_name, _periodic_id, _defer_timestamp)
        ON CONFLICT DO NOTHING
        RETURNING id into _defer_id;

    IF _defer_id IS NULL THEN
        RETURN NULL;
    END IF;

    UPDATE procrastinate_periodic_defers
        SET job_id = (
            SELECT COALESCE((
                SELECT unnest(procrastinate_defer_jobs_v1(
                    ARRAY[
                        ROW(
                            _queue_name,
                            _task_name,
                            _priority,
                            _lock,
                            _queueing_lock,
                            _args,
                            NULL::timestamptz
                        )
                    ]::procrastinate_job_to_defer_v1[]
                ))
            ), NULL)
        )
        WHERE id = _defer_id
        RETURNING job_id INTO _job_id;

    DELETE
        FROM procrastinate_periodic_defers
        USING (
            SELECT id
            FROM procrastinate_periodic_defers
            WHERE procrastinate_periodic_defers.task_name = _task_name
            AND procrastinate_periodic_defers.periodic_id = _periodic_id
            AND procrastinate_periodic_defers.defer_timestamp < _defer_timestamp
            ORDER BY id
            FOR UPDATE
        ) to_delete
        WHERE procrastinate_periodic_defers.id = to_delete.id;

    RETURN _job_id;
END;
$$;


ALTER FUNCTION procrastinate.procrastinate_defer_periodic_job_v2(_queue_name character varying, _lock character varying, _queueing_lock character varying, _task_name character varying, _priority integer, _periodic_id character varying, _defer_timestamp bigint, _args jsonb) OWNER TO harbour_queue;

--
-- Name: procrastinate_jobs; Type: TABLE; Schema: procrastinate; Owner: harbour_queue
--

CREATE TABLE procrastinate.procrastinate_jobs (
    id bigint NOT NULL,
    queue_name character varying(128) NOT NULL,
    task_name character varying(128) NOT NULL,
    priority integer DEFAULT 0 NOT NULL,
    lock text,
    queueing_lock text,
    args jsonb DEFAULT '{}'::jsonb NOT NULL,
    status procrastinate.procrastinate_job_status DEFAULT 'todo'::procrastinate.procrastinate_job_status NOT NULL,
    scheduled_at timestamp with time zone,
    attempts integer DEFAULT 0 NOT NULL,
    abort_requested boolean DEFAULT false NOT NULL,
    worker_id bigint,
    CONSTRAINT check_not_todo_abort_requested CHECK ((NOT ((status = 'todo'::procrastinate.procrastinate_job_status) AND (abort_requested = true))))
);


ALTER TABLE procrastinate.procrastinate_jobs OWNER TO harbour_queue;

--
-- Name: procrastinate_fetch_job_v2(character varying[], bigint); Type: FUNCTION; Schema: procrastinate; Owner: harbour_queue
--

CREATE FUNCTION procrastinate.procrastinate_fetch_job_v2(target_queue_names character varying[], p_worker_id bigint) RETURNS procrastinate.procrastinate_jobs
    LANGUAGE plpgsql
    AS $$
DECLARE
	found_jobs procrastinate_jobs;
BEGIN
    WITH candidate AS (
        SELECT jobs.*
            FROM procrastinate_jobs AS jobs
            WHERE
                -- reject the job if its lock has earlier or higher priority jobs
                NOT EXISTS (
                    SELECT 1
                        FROM procrastinate_jobs AS other_jobs
                        WHERE
                            jobs.lock IS NOT NULL
                            AND other_jobs.lock = jobs.lock
                            AND (
                                -- job with same lock is already running
                                other_jobs.status = 'doing'
                                OR
                                -- job with same lock is waiting and has higher priority (or same priority but was queued first)
                                (
                                    other_jobs.status = 'todo'
                                    AND (
                                        other_jobs.priority > jobs.priority
                                        OR (
                                        other_jobs.priority = jobs.priority
                                        AND other_jobs.id < jobs.id
                                        )
                                    )
                                )
                            )
                )
                AND jobs.status = 'todo'
                AND (target_queue_names IS NULL OR jobs.queue_name = ANY( target_queue_names ))
                AND (jobs.scheduled_at IS NULL OR jobs.scheduled_at <= now())
            ORDER BY jobs.priority DESC, jobs.id ASC LIMIT 1
            FOR UPDATE OF jobs SKIP LOCKED
    )
    UPDATE procrastinate_jobs
        SET status = 'doing', worker_id = p_worker_id
        FROM candidate
        WHERE procrastinate_jobs.id = candidate.id
        RETURNING procrastinate_jobs.* INTO found_jobs;

 RETURN found_jobs;
END;
$$;


ALTER FUNCTION procrastinate.procrastinate_fetch_job_v2(target_queue_names character varying[], p_worker_id bigint) OWNER TO harbour_queue;

--
-- Name: procrastinate_finish_job_v1(bigint, procrastinate.procrastinate_job_status, boolean); Type: FUNCTION; Schema: procrastinate; Owner: harbour_queue
--

CREATE FUNCTION procrastinate.procrastinate_finish_job_v1(job_id bigint, end_status procrastinate.procrastinate_job_status, delete_job boolean) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
BEGIN
    IF end_status NOT IN ('succeeded', 'failed', 'aborted') THEN
        RAISE 'End status should be either "succeeded", "failed" or "aborted" (job id: %)', job_id;
    END IF;
    IF delete_job THEN
        DELETE FROM procrastinate_jobs
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = end_status,
            abort_requested = false,
            attempts = CASE status
                WHEN 'doing' THEN attempts + 1 ELSE attempts
            END
        WHERE id = job_id AND status IN ('todo', 'doing')
        RETURNING id INTO _job_id;
    END IF;
    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" or "todo" status (job id: %)', job_id;
    END IF;
END;
$$;


ALTER FUNCTION procrastinate.procrastinate_finish_job_v1(job_id bigint, end_status procrastinate.procrastinate_job_status, delete_job boolean) OWNER TO harbour_queue;

--
-- Name: procrastinate_notify_queue_abort_job_v1(); Type: FUNCTION; Schema: procrastinate; Owner: harbour_queue
--

CREATE FUNCTION procrastinate.procrastinate_notify_queue_abort_job_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'abort_job_requested', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;


ALTER FUNCTION procrastinate.procrastinate_notify_queue_abort_job_v1() OWNER TO harbour_queue;

--
-- Name: procrastinate_notify_queue_job_inserted_v1(); Type: FUNCTION; Schema: procrastinate; Owner: harbour_queue
--

CREATE FUNCTION procrastinate.procrastinate_notify_queue_job_inserted_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
DECLARE
    payload TEXT;
BEGIN
    SELECT json_build_object('type', 'job_inserted', 'job_id', NEW.id)::text INTO payload;
	PERFORM pg_notify('procrastinate_queue_v1#' || NEW.queue_name, payload);
	PERFORM pg_notify('procrastinate_any_queue_v1', payload);
	RETURN NEW;
END;
$$;


ALTER FUNCTION procrastinate.procrastinate_notify_queue_job_inserted_v1() OWNER TO harbour_queue;

--
-- Name: procrastinate_prune_stalled_workers_v1(double precision); Type: FUNCTION; Schema: procrastinate; Owner: harbour_queue
--

CREATE FUNCTION procrastinate.procrastinate_prune_stalled_workers_v1(seconds_since_heartbeat double precision) RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN QUERY
    DELETE FROM procrastinate_workers
    WHERE last_heartbeat < NOW() - (seconds_since_heartbeat || 'SECOND')::INTERVAL
    RETURNING procrastinate_workers.id;
END;
$$;


ALTER FUNCTION procrastinate.procrastinate_prune_stalled_workers_v1(seconds_since_heartbeat double precision) OWNER TO harbour_queue;

--
-- Name: procrastinate_register_worker_v1(); Type: FUNCTION; Schema: procrastinate; Owner: harbour_queue
--

CREATE FUNCTION procrastinate.procrastinate_register_worker_v1() RETURNS TABLE(worker_id bigint)
    LANGUAGE plpgsql
    AS $$
BEGIN
    RETURN QUERY
    INSERT INTO procrastinate_workers DEFAULT VALUES
    RETURNING procrastinate_workers.id;
END;
$$;


ALTER FUNCTION procrastinate.procrastinate_register_worker_v1() OWNER TO harbour_queue;

--
-- Name: procrastinate_retry_job_v1(bigint, timestamp with time zone, integer, character varying, character varying); Type: FUNCTION; Schema: procrastinate; Owner: harbour_queue
--

CREATE FUNCTION procrastinate.procrastinate_retry_job_v1(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
BEGIN
    SELECT abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status = 'doing'
    FOR UPDATE
    INTO _abort_requested;
    IF _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    END IF;

    IF _job_id IS NULL THEN
        RAISE 'Job was not found or not in "doing" status (job id: %)', job_id;
    END IF;
END;
$$;


ALTER FUNCTION procrastinate.procrastinate_retry_job_v1(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) OWNER TO harbour_queue;

--
-- Name: procrastinate_retry_job_v2(bigint, timestamp with time zone, integer, character varying, character varying); Type: FUNCTION; Schema: procrastinate; Owner: harbour_queue
--

CREATE FUNCTION procrastinate.procrastinate_retry_job_v2(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) RETURNS void
    LANGUAGE plpgsql
    AS $$
DECLARE
    _job_id bigint;
    _abort_requested boolean;
    _current_status procrastinate_job_status;
BEGIN
    SELECT status, abort_requested FROM procrastinate_jobs
    WHERE id = job_id AND status IN ('doing', 'failed')
    FOR UPDATE
    INTO _current_status, _abort_requested;
    IF _current_status = 'doing' AND _abort_requested THEN
        UPDATE procrastinate_jobs
        SET status = 'failed'::procrastinate_job_status
        WHERE id = job_id AND status = 'doing'
        RETURNING id INTO _job_id;
    ELSE
        UPDATE procrastinate_jobs
        SET status = 'todo'::procrastinate_job_status,
            attempts = attempts + 1,
            scheduled_at = retry_at,
            priority = COALESCE(new_priority, priority),
            queue_name = COALESCE(new_queue_name, queue_name),
            lock = COALESCE(new_lock, lock)
        WHERE id = job_id AND status IN ('doing', 'failed')
        RETURNING id INTO _job_id;
    END IF;

    IF _job_id IS NULL THEN
        RAISE 'Job was not found or has an invalid status to retry (job id: %)', job_id;
    END IF;

END;
$$;


ALTER FUNCTION procrastinate.procrastinate_retry_job_v2(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) OWNER TO harbour_queue;

--
-- Name: procrastinate_trigger_abort_requested_events_procedure_v1(); Type: FUNCTION; Schema: procrastinate; Owner: harbour_queue
--

CREATE FUNCTION procrastinate.procrastinate_trigger_abort_requested_events_procedure_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'abort_requested'::procrastinate_job_event_type);
    RETURN NEW;
END;
$$;


ALTER FUNCTION procrastinate.procrastinate_trigger_abort_requested_events_procedure_v1() OWNER TO harbour_queue;

--
-- Name: procrastinate_trigger_function_scheduled_events_v1(); Type: FUNCTION; Schema: procrastinate; Owner: harbour_queue
--

CREATE FUNCTION procrastinate.procrastinate_trigger_function_scheduled_events_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type, at)
        VALUES (NEW.id, 'scheduled'::procrastinate_job_event_type, NEW.scheduled_at);

	RETURN NEW;
END;
$$;


ALTER FUNCTION procrastinate.procrastinate_trigger_function_scheduled_events_v1() OWNER TO harbour_queue;

--
-- Name: procrastinate_trigger_function_status_events_insert_v1(); Type: FUNCTION; Schema: procrastinate; Owner: harbour_queue
--

CREATE FUNCTION procrastinate.procrastinate_trigger_function_status_events_insert_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    INSERT INTO procrastinate_events(job_id, type)
        VALUES (NEW.id, 'deferred'::procrastinate_job_event_type);
	RETURN NEW;
END;
$$;


ALTER FUNCTION procrastinate.procrastinate_trigger_function_status_events_insert_v1() OWNER TO harbour_queue;

--
-- Name: procrastinate_trigger_function_status_events_update_v1(); Type: FUNCTION; Schema: procrastinate; Owner: harbour_queue
--

CREATE FUNCTION procrastinate.procrastinate_trigger_function_status_events_update_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    WITH t AS (
        SELECT CASE
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND NEW.status = 'doing'::procrastinate_job_status
                THEN 'started'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'deferred_for_retry'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'failed'::procrastinate_job_status
                THEN 'failed'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'succeeded'::procrastinate_job_status
                THEN 'succeeded'::procrastinate_job_event_type
            WHEN OLD.status = 'todo'::procrastinate_job_status
                AND (
                    NEW.status = 'cancelled'::procrastinate_job_status
                    OR NEW.status = 'failed'::procrastinate_job_status
                    OR NEW.status = 'succeeded'::procrastinate_job_status
                )
                THEN 'cancelled'::procrastinate_job_event_type
            WHEN OLD.status = 'doing'::procrastinate_job_status
                AND NEW.status = 'aborted'::procrastinate_job_status
                THEN 'aborted'::procrastinate_job_event_type
            WHEN OLD.status = 'failed'::procrastinate_job_status
                AND NEW.status = 'todo'::procrastinate_job_status
                THEN 'retried'::procrastinate_job_event_type
            ELSE NULL
        END as event_type
    )
    INSERT INTO procrastinate_events(job_id, type)
        SELECT NEW.id, t.event_type
        FROM t
        WHERE t.event_type IS NOT NULL;
	RETURN NEW;
END;
$$;


ALTER FUNCTION procrastinate.procrastinate_trigger_function_status_events_update_v1() OWNER TO harbour_queue;

--
-- Name: procrastinate_unlink_periodic_defers_v1(); Type: FUNCTION; Schema: procrastinate; Owner: harbour_queue
--

CREATE FUNCTION procrastinate.procrastinate_unlink_periodic_defers_v1() RETURNS trigger
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE procrastinate_periodic_defers
    SET job_id = NULL
    WHERE job_id = OLD.id;
    RETURN OLD;
END;
$$;


ALTER FUNCTION procrastinate.procrastinate_unlink_periodic_defers_v1() OWNER TO harbour_queue;

--
-- Name: procrastinate_unregister_worker_v1(bigint); Type: FUNCTION; Schema: procrastinate; Owner: harbour_queue
--

CREATE FUNCTION procrastinate.procrastinate_unregister_worker_v1(worker_id bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    DELETE FROM procrastinate_workers
    WHERE id = worker_id;
END;
$$;


ALTER FUNCTION procrastinate.procrastinate_unregister_worker_v1(worker_id bigint) OWNER TO harbour_queue;

--
-- Name: procrastinate_update_heartbeat_v1(bigint); Type: FUNCTION; Schema: procrastinate; Owner: harbour_queue
--

CREATE FUNCTION procrastinate.procrastinate_update_heartbeat_v1(worker_id bigint) RETURNS void
    LANGUAGE plpgsql
    AS $$
BEGIN
    UPDATE procrastinate_workers
    SET last_heartbeat = NOW()
    WHERE id = worker_id;
END;
$$;


ALTER FUNCTION procrastinate.procrastinate_update_heartbeat_v1(worker_id bigint) OWNER TO harbour_queue;

--
-- Name: alembic_version; Type: TABLE; Schema: harbour; Owner: harbour_owner
--

CREATE TABLE harbour.alembic_version (
    version_num character varying(32) NOT NULL
);

ALTER TABLE ONLY harbour.alembic_version FORCE ROW LEVEL SECURITY;


ALTER TABLE harbour.alembic_version OWNER TO harbour_owner;

--
-- Name: approval_rules; Type: TABLE; Schema: harbour; Owner: harbour_owner
--

CREATE TABLE harbour.approval_rules (
    id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    template text,
    version integer NOT NULL,
    in_order boolean NOT NULL,
    set_by bigint NOT NULL,
    set_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT approval_rules_template_check CHECK ((template <> ''::text))
);

ALTER TABLE ONLY harbour.approval_rules FORCE ROW LEVEL SECURITY;


ALTER TABLE harbour.approval_rules OWNER TO harbour_owner;

--
-- Name: approval_rules_id_seq; Type: SEQUENCE; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.approval_rules ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME harbour.approval_rules_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: approval_steps; Type: TABLE; Schema: harbour; Owner: harbour_owner
--

CREATE TABLE harbour.approval_steps (
    organisation_id bigint NOT NULL,
    rule_id bigint NOT NULL,
    place integer NOT NULL,
    role text NOT NULL,
    CONSTRAINT approval_steps_place_check CHECK ((place > 0)),
    CONSTRAINT approval_steps_role_check CHECK ((role = ANY (ARRAY['analyst'::text, 'reviewer'::text, 'org_admin'::text])))
);

ALTER TABLE ONLY harbour.approval_steps FORCE ROW LEVEL SECURITY;


ALTER TABLE harbour.approval_steps OWNER TO harbour_owner;

--
-- Name: approvals; Type: TABLE; Schema: harbour; Owner: harbour_owner
--

CREATE TABLE harbour.approvals (
    id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    submission_id bigint NOT NULL,
    reviewer_id bigint NOT NULL,
    decision text NOT NULL,
    digest text NOT NULL,
    comment text NOT NULL,
    decided_at timestamp with time zone DEFAULT now() NOT NULL,
    round integer DEFAULT 1 NOT NULL,
    step integer DEFAULT 1 NOT NULL,
    on_behalf_of bigint,
    CONSTRAINT approvals_decision_check CHECK ((decision = ANY (ARRAY['approve'::text, 'return'::text, 'reject'::text, 'void'::text])))
);

ALTER TABLE ONLY harbour.approvals FORCE ROW LEVEL SECURITY;


ALTER TABLE harbour.approvals OWNER TO harbour_owner;

--
-- Name: approvals_id_seq; Type: SEQUENCE; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.approvals ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME harbour.approvals_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: artefact_chunks; Type: TABLE; Schema: harbour; Owner: harbour_owner
--

CREATE TABLE harbour.artefact_chunks (
    upload_id uuid NOT NULL,
    "position" integer NOT NULL,
    organisation_id bigint NOT NULL,
    content bytea NOT NULL,
    sha256 text GENERATED ALWAYS AS (encode(sha256(content), 'hex'::text)) STORED NOT NULL,
    CONSTRAINT artefact_chunks_content_check CHECK ((octet_length(content) <= 1048576)),
    CONSTRAINT artefact_chunks_position_check CHECK (("position" >= 0))
);
ALTER TABLE ONLY harbour.artefact_chunks ALTER COLUMN content SET STORAGE EXTERNAL;

ALTER TABLE ONLY harbour.artefact_chunks FORCE ROW LEVEL SECURITY;


ALTER TABLE harbour.artefact_chunks OWNER TO harbour_owner;

--
-- Name: audit_events; Type: TABLE; Schema: harbour; Owner: harbour_owner
--

CREATE TABLE harbour.audit_events (
    organisation_id bigint NOT NULL,
    seq bigint NOT NULL,
    at timestamp with time zone NOT NULL,
    actor text NOT NULL,
    login text NOT NULL,
    action text NOT NULL,
    subject text NOT NULL,
    outcome text NOT NULL,
    detail jsonb NOT NULL,
    hash text NOT NULL,
    CONSTRAINT audit_events_outcome_check CHECK ((outcome = ANY (ARRAY['done'::text, 'denied'::text]))),
    CONSTRAINT audit_events_seq_check CHECK ((seq > 0))
);

ALTER TABLE ONLY harbour.audit_events FORCE ROW LEVEL SECURITY;


ALTER TABLE harbour.audit_events OWNER TO harbour_owner;

--
-- Name: audit_heads; Type: TABLE; Schema: harbour; Owner: harbour_owner
--

CREATE TABLE harbour.audit_heads (
    organisation_id bigint NOT NULL,
    seq bigint NOT NULL,
    hash text NOT NULL
);

ALTER TABLE ONLY harbour.audit_heads FORCE ROW LEVEL SECURITY;


ALTER TABLE harbour.audit_heads OWNER TO harbour_owner;

--
-- Name: channels; Type: TABLE; Schema: harbour; Owner: harbour_owner
--

CREATE TABLE harbour.channels (
    name text DEFAULT ('w'::text || replace((gen_random_uuid())::text, '-'::text, ''::text)) NOT NULL,
    organisation_id bigint
);

ALTER TABLE ONLY harbour.channels FORCE ROW LEVEL SECURITY;


ALTER TABLE harbour.channels OWNER TO harbour_owner;

--
-- Name: comments_id_seq; Type: SEQUENCE; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.comments ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME harbour.comments_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: credentials; Type: TABLE; Schema: harbour; Owner: harbour_owner
--

CREATE TABLE harbour.credentials (
    member_id bigint NOT NULL,
    password_hash text NOT NULL,
    must_change boolean NOT NULL,
    failed_attempts integer DEFAULT 0 NOT NULL,
    locked_until timestamp with time zone,
    changed_at timestamp with time zone DEFAULT now() NOT NULL,
    expires_at timestamp with time zone,
    signed_in_at timestamp with time zone,
    seen_at timestamp with time zone
);

ALTER TABLE ONLY harbour.credentials FORCE ROW LEVEL SECURITY;


ALTER TABLE harbour.credentials OWNER TO harbour_owner;

--
-- Name: delegations; Type: TABLE; Schema: harbour; Owner: harbour_owner
--

CREATE TABLE harbour.delegations (
    id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    principal_id bigint NOT NULL,
    deputy_id bigint NOT NULL,
    role text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    until timestamp with time zone NOT NULL,
    ended_at timestamp with time zone,
    CONSTRAINT delegations_check CHECK ((principal_id <> deputy_id)),
    CONSTRAINT delegations_check1 CHECK (((until > created_at) AND (until <= (created_at + '366 days'::interval)))),
    CONSTRAINT delegations_role_check CHECK ((role = ANY (ARRAY['reviewer'::text, 'org_admin'::text])))
);

ALTER TABLE ONLY harbour.delegations FORCE ROW LEVEL SECURITY;


ALTER TABLE harbour.delegations OWNER TO harbour_owner;

--
-- Name: delegations_id_seq; Type: SEQUENCE; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.delegations ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME harbour.delegations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: member_roles; Type: TABLE; Schema: harbour; Owner: harbour_owner
--

CREATE TABLE harbour.member_roles (
    organisation_id bigint NOT NULL,
    member_id bigint NOT NULL,
    role text NOT NULL,
    CONSTRAINT member_roles_role_check CHECK ((role = ANY (ARRAY['analyst'::text, 'viewer'::text, 'reviewer'::text, 'org_admin'::text, 'platform_admin'::text])))
);

ALTER TABLE ONLY harbour.member_roles FORCE ROW LEVEL SECURITY;


ALTER TABLE harbour.member_roles OWNER TO harbour_owner;

--
-- Name: members_id_seq; Type: SEQUENCE; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.members ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME harbour.members_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: mentions; Type: TABLE; Schema: harbour; Owner: harbour_owner
--

CREATE TABLE harbour.mentions (
    organisation_id bigint NOT NULL,
    comment_id bigint NOT NULL,
    member_id bigint NOT NULL
);

ALTER TABLE ONLY harbour.mentions FORCE ROW LEVEL SECURITY;


ALTER TABLE harbour.mentions OWNER TO harbour_owner;

--
-- Name: one_time_codes; Type: TABLE; Schema: harbour; Owner: harbour_owner
--

CREATE TABLE harbour.one_time_codes (
    member_id bigint NOT NULL,
    secret text NOT NULL,
    confirmed boolean DEFAULT false NOT NULL,
    last_step bigint DEFAULT 0 NOT NULL
);

ALTER TABLE ONLY harbour.one_time_codes FORCE ROW LEVEL SECURITY;


ALTER TABLE harbour.one_time_codes OWNER TO harbour_owner;

--
-- Name: organisations; Type: TABLE; Schema: harbour; Owner: harbour_owner
--

CREATE TABLE harbour.organisations (
    id bigint NOT NULL,
    slug text NOT NULL,
    name text NOT NULL,
    created_at timestamp with time zone DEFAULT now() NOT NULL,
    CONSTRAINT organisations_name_check CHECK ((name <> ''::text)),
    CONSTRAINT organisations_slug_check CHECK ((slug ~ '^[a-z][a-z0-9]{0,11}$'::text))
);

ALTER TABLE ONLY harbour.organisations FORCE ROW LEVEL SECURITY;


ALTER TABLE harbour.organisations OWNER TO harbour_owner;

--
-- Name: organisations_id_seq; Type: SEQUENCE; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.organisations ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME harbour.organisations_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: publications; Type: TABLE; Schema: harbour; Owner: harbour_owner
--

CREATE TABLE harbour.publications (
    id bigint NOT NULL,
    organisation_id bigint NOT NULL,
    submission_id bigint NOT NULL,
    run_id bigint NOT NULL,
    kind text NOT NULL,
    entity text NOT NULL,
    reference_date text NOT NULL,
    scenario text NOT NULL,
    digest text NOT NULL,
    approved_by bigint NOT NULL,
    published_at timestamp with time zone DEFAULT now() NOT NULL,
    ended_at timestamp with time zone
);

ALTER TABLE ONLY harbour.publications FORCE ROW LEVEL SECURITY;


ALTER TABLE harbour.publications OWNER TO harbour_owner;

--
-- Name: publications_id_seq; Type: SEQUENCE; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.publications ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME harbour.publications_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: quotas; Type: TABLE; Schema: harbour; Owner: harbour_owner
--

CREATE TABLE harbour.quotas (
    organisation_id bigint NOT NULL,
    members integer,
    runs_a_day integer,
    storage bigint,
    CONSTRAINT quotas_members_check CHECK ((members >= 0)),
    CONSTRAINT quotas_runs_a_day_check CHECK ((runs_a_day >= 0)),
    CONSTRAINT quotas_storage_check CHECK ((storage >= 0))
);

ALTER TABLE ONLY harbour.quotas FORCE ROW LEVEL SECURITY;


ALTER TABLE harbour.quotas OWNER TO harbour_owner;

--
-- Name: recovery_codes; Type: TABLE; Schema: harbour; Owner: harbour_owner
--

CREATE TABLE harbour.recovery_codes (
    member_id bigint NOT NULL,
    hash text NOT NULL,
    used_at timestamp with time zone,
    CONSTRAINT recovery_codes_hash_check CHECK ((hash ~ '^[0-9a-f]{64}$'::text))
);

ALTER TABLE ONLY harbour.recovery_codes FORCE ROW LEVEL SECURITY;


ALTER TABLE harbour.recovery_codes OWNER TO harbour_owner;

--
-- Name: run_artefacts; Type: TABLE; Schema: harbour; Owner: harbour_owner
--

CREATE TABLE harbour.run_artefacts (
    organisation_id bigint NOT NULL,
    run_id bigint NOT NULL,
    name text NOT NULL,
    sha256 text NOT NULL,
    CONSTRAINT run_artefacts_name_check CHECK ((name <> ''::text))
);

ALTER TABLE ONLY harbour.run_artefacts FORCE ROW LEVEL SECURITY;


ALTER TABLE harbour.run_artefacts OWNER TO harbour_owner;

--
-- Name: runs_id_seq; Type: SEQUENCE; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.runs ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME harbour.runs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: sightings; Type: TABLE; Schema: harbour; Owner: harbour_owner
--

CREATE TABLE harbour.sightings (
    organisation_id bigint NOT NULL,
    submission_id bigint NOT NULL,
    member_id bigint NOT NULL,
    digest text NOT NULL,
    seen_at timestamp with time zone DEFAULT now() NOT NULL
);

ALTER TABLE ONLY harbour.sightings FORCE ROW LEVEL SECURITY;


ALTER TABLE harbour.sightings OWNER TO harbour_owner;

--
-- Name: submissions_id_seq; Type: SEQUENCE; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.submissions ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME harbour.submissions_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: transitions; Type: TABLE; Schema: harbour; Owner: harbour_owner
--

CREATE TABLE harbour.transitions (
    action text NOT NULL,
    from_state text NOT NULL,
    to_state text NOT NULL
);

ALTER TABLE ONLY harbour.transitions FORCE ROW LEVEL SECURITY;


ALTER TABLE harbour.transitions OWNER TO harbour_owner;

--
-- Name: uploads; Type: TABLE; Schema: harbour; Owner: harbour_owner
--

CREATE TABLE harbour.uploads (
    id uuid DEFAULT gen_random_uuid() NOT NULL,
    organisation_id bigint NOT NULL,
    member_id bigint NOT NULL,
    finished boolean DEFAULT false NOT NULL,
    started_at timestamp with time zone DEFAULT now() NOT NULL,
    stored bigint DEFAULT 0 NOT NULL
);

ALTER TABLE ONLY harbour.uploads FORCE ROW LEVEL SECURITY;


ALTER TABLE harbour.uploads OWNER TO harbour_owner;

--
-- Name: procrastinate_events; Type: TABLE; Schema: procrastinate; Owner: harbour_queue
--

CREATE TABLE procrastinate.procrastinate_events (
    id bigint NOT NULL,
    job_id bigint NOT NULL,
    type procrastinate.procrastinate_job_event_type,
    at timestamp with time zone DEFAULT now()
);


ALTER TABLE procrastinate.procrastinate_events OWNER TO harbour_queue;

--
-- Name: procrastinate_events_id_seq; Type: SEQUENCE; Schema: procrastinate; Owner: harbour_queue
--

CREATE SEQUENCE procrastinate.procrastinate_events_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


ALTER SEQUENCE procrastinate.procrastinate_events_id_seq OWNER TO harbour_queue;

--
-- Name: procrastinate_events_id_seq; Type: SEQUENCE OWNED BY; Schema: procrastinate; Owner: harbour_queue
--

ALTER SEQUENCE procrastinate.procrastinate_events_id_seq OWNED BY procrastinate.procrastinate_events.id;


--
-- Name: procrastinate_jobs_id_seq; Type: SEQUENCE; Schema: procrastinate; Owner: harbour_queue
--

CREATE SEQUENCE procrastinate.procrastinate_jobs_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


ALTER SEQUENCE procrastinate.procrastinate_jobs_id_seq OWNER TO harbour_queue;

--
-- Name: procrastinate_jobs_id_seq; Type: SEQUENCE OWNED BY; Schema: procrastinate; Owner: harbour_queue
--

ALTER SEQUENCE procrastinate.procrastinate_jobs_id_seq OWNED BY procrastinate.procrastinate_jobs.id;


--
-- Name: procrastinate_periodic_defers; Type: TABLE; Schema: procrastinate; Owner: harbour_queue
--

CREATE TABLE procrastinate.procrastinate_periodic_defers (
    id bigint NOT NULL,
    task_name character varying(128) NOT NULL,
    defer_timestamp bigint,
    job_id bigint,
    periodic_id character varying(128) DEFAULT ''::character varying NOT NULL
);


ALTER TABLE procrastinate.procrastinate_periodic_defers OWNER TO harbour_queue;

--
-- Name: procrastinate_periodic_defers_id_seq; Type: SEQUENCE; Schema: procrastinate; Owner: harbour_queue
--

CREATE SEQUENCE procrastinate.procrastinate_periodic_defers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1;


ALTER SEQUENCE procrastinate.procrastinate_periodic_defers_id_seq OWNER TO harbour_queue;

--
-- Name: procrastinate_periodic_defers_id_seq; Type: SEQUENCE OWNED BY; Schema: procrastinate; Owner: harbour_queue
--

ALTER SEQUENCE procrastinate.procrastinate_periodic_defers_id_seq OWNED BY procrastinate.procrastinate_periodic_defers.id;


--
-- Name: procrastinate_workers; Type: TABLE; Schema: procrastinate; Owner: harbour_queue
--

CREATE TABLE procrastinate.procrastinate_workers (
    id bigint NOT NULL,
    last_heartbeat timestamp with time zone DEFAULT now() NOT NULL
);


ALTER TABLE procrastinate.procrastinate_workers OWNER TO harbour_queue;

--
-- Name: procrastinate_workers_id_seq; Type: SEQUENCE; Schema: procrastinate; Owner: harbour_queue
--

ALTER TABLE procrastinate.procrastinate_workers ALTER COLUMN id ADD GENERATED ALWAYS AS IDENTITY (
    SEQUENCE NAME procrastinate.procrastinate_workers_id_seq
    START WITH 1
    INCREMENT BY 1
    NO MINVALUE
    NO MAXVALUE
    CACHE 1
);


--
-- Name: procrastinate_events id; Type: DEFAULT; Schema: procrastinate; Owner: harbour_queue
--

ALTER TABLE ONLY procrastinate.procrastinate_events ALTER COLUMN id SET DEFAULT nextval('procrastinate.procrastinate_events_id_seq'::regclass);


--
-- Name: procrastinate_jobs id; Type: DEFAULT; Schema: procrastinate; Owner: harbour_queue
--

ALTER TABLE ONLY procrastinate.procrastinate_jobs ALTER COLUMN id SET DEFAULT nextval('procrastinate.procrastinate_jobs_id_seq'::regclass);


--
-- Name: procrastinate_periodic_defers id; Type: DEFAULT; Schema: procrastinate; Owner: harbour_queue
--

ALTER TABLE ONLY procrastinate.procrastinate_periodic_defers ALTER COLUMN id SET DEFAULT nextval('procrastinate.procrastinate_periodic_defers_id_seq'::regclass);


--
-- Data for Name: actions; Type: TABLE DATA; Schema: harbour; Owner: harbour_owner
--

INSERT INTO harbour.actions VALUES ('store_artefact', 'runs', '{analyst}', 'any', false, 'store artefacts');
INSERT INTO harbour.actions VALUES ('record_run', 'runs', '{analyst}', 'any', false, 'record a run');
INSERT INTO harbour.actions VALUES ('request_run', 'runs', '{analyst}', 'any', false, 'request a run');
INSERT INTO harbour.actions VALUES ('submit', 'submissions', '{analyst}', 'maker', false, 'submit this run');
INSERT INTO harbour.actions VALUES ('resubmit', 'submissions', '{analyst}', 'maker', false, 'submit this again');
INSERT INTO harbour.actions VALUES ('withdraw', 'submissions', '{analyst}', 'maker', false, 'withdraw this submission');
INSERT INTO harbour.actions VALUES ('see_work', 'submissions', '{analyst,reviewer,org_admin}', 'any', false, 'see work under way');
INSERT INTO harbour.actions VALUES ('comment', 'comments', '{analyst,reviewer,org_admin}', 'any', true, 'comment on this submission');
INSERT INTO harbour.actions VALUES ('comment_template', 'comments', '{analyst,reviewer,org_admin}', 'any', true, 'comment on this template');
INSERT INTO harbour.actions VALUES ('block', 'comments', '{reviewer,org_admin}', 'not_maker', true, 'block this submission');
INSERT INTO harbour.actions VALUES ('resolve', 'comments', '{analyst,reviewer,org_admin}', 'any', false, 'resolve this comment');
INSERT INTO harbour.actions VALUES ('reopen', 'comments', '{analyst,reviewer,org_admin}', 'any', false, 'reopen this comment');
INSERT INTO harbour.actions VALUES ('approve', 'approvals', '{reviewer}', 'not_maker', false, 'approve this submission');
INSERT INTO harbour.actions VALUES ('approve_in_part', 'approvals', '{}', 'any', false, 'count this approval');
INSERT INTO harbour.actions VALUES ('return', 'approvals', '{reviewer}', 'not_maker', true, 'return this submission');
INSERT INTO harbour.actions VALUES ('reject', 'approvals', '{reviewer}', 'not_maker', true, 'reject this submission');
INSERT INTO harbour.actions VALUES ('void', 'approvals', '{reviewer}', 'not_maker', true, 'void this approval');
INSERT INTO harbour.actions VALUES ('void_by_change', 'approvals', '{}', 'any', false, 'void what has changed');
INSERT INTO harbour.actions VALUES ('set_rule', 'approvals', '{org_admin}', 'any', false, 'set approval rules');
INSERT INTO harbour.actions VALUES ('publish', 'publications', '{}', 'any', false, 'publish this submission');
INSERT INTO harbour.actions VALUES ('supersede', 'publications', '{}', 'any', false, 'supersede this submission');
INSERT INTO harbour.actions VALUES ('delegate', 'organisations', '{reviewer,org_admin}', 'any', false, 'delegate');
INSERT INTO harbour.actions VALUES ('see_audit', 'audit', '{analyst,reviewer,org_admin,platform_admin}', 'any', false, 'read the audit log');


--
-- Data for Name: alembic_version; Type: TABLE DATA; Schema: harbour; Owner: harbour_owner
--

INSERT INTO harbour.alembic_version VALUES ('0001');


--
-- Data for Name: approval_rules; Type: TABLE DATA; Schema: harbour; Owner: harbour_owner
--

INSERT INTO harbour.approval_rules OVERRIDING SYSTEM VALUE VALUES (1, 2, 'finrep', 1, true, 2, '2026-11-21 10:09:26.881342+00');


--
-- Data for Name: approval_steps; Type: TABLE DATA; Schema: harbour; Owner: harbour_owner
--

INSERT INTO harbour.approval_steps VALUES (2, 1, 1, 'reviewer');
INSERT INTO harbour.approval_steps VALUES (2, 1, 2, 'reviewer');


--
-- Data for Name: approvals; Type: TABLE DATA; Schema: harbour; Owner: harbour_owner
--

INSERT INTO harbour.approvals OVERRIDING SYSTEM VALUE VALUES (1, 2, 2, 2, 'approve', '99142ccc27fd82e7d8bb37bd170b0401772a18bc67426267c1b25653ce5c110c', '', '2026-11-21 10:09:26.881342+00', 1, 1, NULL);


--
-- Data for Name: artefact_chunks; Type: TABLE DATA; Schema: harbour; Owner: harbour_owner
--

INSERT INTO harbour.artefact_chunks VALUES ('c224a63d-ad16-4be3-aa1e-e9bab7498b27', 0, 2, '\x7477656c7665206279746573', DEFAULT);
INSERT INTO harbour.artefact_chunks VALUES ('c224a63d-ad16-4be3-aa1e-e9bab7498b27', 1, 2, '\x7477656c7665206279746573', DEFAULT);
INSERT INTO harbour.artefact_chunks VALUES ('c224a63d-ad16-4be3-aa1e-e9bab7498b27', 2, 2, '\x7477656c7665206279746573', DEFAULT);


--
-- Data for Name: artefacts; Type: TABLE DATA; Schema: harbour; Owner: harbour_owner
--

INSERT INTO harbour.artefacts VALUES (2, 'c053804fea3a623e06b0e1c16a2eb62ff74d09af9e5f4c9a696ef8a0872b09a2', 36, 'c224a63d-ad16-4be3-aa1e-e9bab7498b27', 1, '2026-11-21 10:09:26.881342+00', '196bc5a96028f420a822adcbe5a22cb2e4a6a36825a9693354d07f2debcbc7fd', true);


--
-- Data for Name: audit_events; Type: TABLE DATA; Schema: harbour; Owner: harbour_owner
--

INSERT INTO harbour.audit_events VALUES (1, 1, '2026-11-21 10:09:26.869435+00', 'harbour_owner', 'harbour_migrator', 'create_organisation', 'organisation:platform', 'done', '{"name": "The platform"}', '409c436908ebd543fd2a24ab7049f0fbce849697fa0845741266f7a66c39247e');
INSERT INTO harbour.audit_events VALUES (2, 1, '2026-11-21 10:09:26.884316+00', 'postgres', 'postgres', 'create_organisation', 'organisation:oldbank', 'done', '{"name": "Old Bank"}', 'b6fbc83805cec93908e920e99970fd351d87d7167134cfb9734af79cd7b88c26');
INSERT INTO harbour.audit_events VALUES (2, 2, '2026-11-21 10:09:26.886995+00', 'postgres', 'postgres', 'create_member', 'member:oldbank-ann', 'done', '{"roles": ["analyst"], "display_name": "Ann"}', 'ad3db77cf8541e25eb581c08048caaf7b6955395e96a86523b3a97f356f762fc');
INSERT INTO harbour.audit_events VALUES (2, 3, '2026-11-21 10:09:26.887587+00', 'postgres', 'postgres', 'create_member', 'member:oldbank-rev', 'done', '{"roles": ["reviewer", "org_admin"], "display_name": "Rev"}', '385d284d20715891970ade8e6af3332817bcdfb72b2e88e6a97e3b96c959826f');
INSERT INTO harbour.audit_events VALUES (2, 4, '2026-11-21 10:09:26.888228+00', 'postgres', 'postgres', 'set_quota', 'organisation:oldbank', 'done', '{"members": 10, "storage": 1000000, "runs_a_day": 100}', '2d7197b5b69eaa3ac731369561d35ad6eed1521e1ec8d3c5b2d68d51c122c56a');
INSERT INTO harbour.audit_events VALUES (2, 5, '2026-11-21 10:09:26.897488+00', 'postgres', 'postgres', 'old', 'member:oldbank-ann', 'done', '{"said": "é"}', '79c021b478f4ddb7d1fe06f20484331e12153260b2c5ff23265dc05d39da13d7');


--
-- Data for Name: audit_heads; Type: TABLE DATA; Schema: harbour; Owner: harbour_owner
--

INSERT INTO harbour.audit_heads VALUES (1, 1, '409c436908ebd543fd2a24ab7049f0fbce849697fa0845741266f7a66c39247e');
INSERT INTO harbour.audit_heads VALUES (2, 5, '79c021b478f4ddb7d1fe06f20484331e12153260b2c5ff23265dc05d39da13d7');


--
-- Data for Name: channels; Type: TABLE DATA; Schema: harbour; Owner: harbour_owner
--

INSERT INTO harbour.channels VALUES ('w23a268ab23aa4ff7865de753f68a24c9', NULL);
INSERT INTO harbour.channels VALUES ('w8215f1064ac0406ca6e65dab1484d24c', 1);
INSERT INTO harbour.channels VALUES ('wd22458d9295944a9b045ae94c45e2293', 2);


--
-- Data for Name: comments; Type: TABLE DATA; Schema: harbour; Owner: harbour_owner
--

INSERT INTO harbour.comments OVERRIDING SYSTEM VALUE VALUES (1, 2, 1, NULL, NULL, NULL, NULL, NULL, NULL, 1, 'an old comment', false, '2026-11-21 10:09:26.881342+00', NULL, NULL);
INSERT INTO harbour.comments OVERRIDING SYSTEM VALUE VALUES (2, 2, 2, NULL, NULL, NULL, NULL, NULL, NULL, 1, 'an old comment', false, '2026-11-21 10:09:26.881342+00', NULL, NULL);


--
-- Data for Name: credentials; Type: TABLE DATA; Schema: harbour; Owner: harbour_owner
--

INSERT INTO harbour.credentials VALUES (1, 'no password opens this', true, 0, NULL, '2026-11-21 10:09:26.881342+00', '2026-11-24 10:09:26.881342+00', NULL, NULL);
INSERT INTO harbour.credentials VALUES (2, 'nor this', true, 0, NULL, '2026-11-21 10:09:26.881342+00', '2026-11-24 10:09:26.881342+00', NULL, NULL);


--
-- Data for Name: delegations; Type: TABLE DATA; Schema: harbour; Owner: harbour_owner
--



--
-- Data for Name: member_roles; Type: TABLE DATA; Schema: harbour; Owner: harbour_owner
--

INSERT INTO harbour.member_roles VALUES (2, 1, 'analyst');
INSERT INTO harbour.member_roles VALUES (2, 2, 'reviewer');
INSERT INTO harbour.member_roles VALUES (2, 2, 'org_admin');


--
-- Data for Name: members; Type: TABLE DATA; Schema: harbour; Owner: harbour_owner
--

INSERT INTO harbour.members OVERRIDING SYSTEM VALUE VALUES (1, 2, 'oldbank-ann', DEFAULT, 'Ann', 'active', '2026-11-21 10:09:26.881342+00');
INSERT INTO harbour.members OVERRIDING SYSTEM VALUE VALUES (2, 2, 'oldbank-rev', DEFAULT, 'Rev', 'active', '2026-11-21 10:09:26.881342+00');


--
-- Data for Name: mentions; Type: TABLE DATA; Schema: harbour; Owner: harbour_owner
--



--
-- Data for Name: one_time_codes; Type: TABLE DATA; Schema: harbour; Owner: harbour_owner
--



--
-- Data for Name: organisations; Type: TABLE DATA; Schema: harbour; Owner: harbour_owner
--

INSERT INTO harbour.organisations OVERRIDING SYSTEM VALUE VALUES (1, 'platform', 'The platform', '2026-11-21 10:09:26.629126+00');
INSERT INTO harbour.organisations OVERRIDING SYSTEM VALUE VALUES (2, 'oldbank', 'Old Bank', '2026-11-21 10:09:26.881342+00');


--
-- Data for Name: publications; Type: TABLE DATA; Schema: harbour; Owner: harbour_owner
--

INSERT INTO harbour.publications OVERRIDING SYSTEM VALUE VALUES (1, 2, 2, 1, 'corep_of', '', '', '', '99142ccc27fd82e7d8bb37bd170b0401772a18bc67426267c1b25653ce5c110c', 2, '2026-11-21 10:09:26.881342+00', NULL);


--
-- Data for Name: quotas; Type: TABLE DATA; Schema: harbour; Owner: harbour_owner
--

INSERT INTO harbour.quotas VALUES (2, 10, 100, 1000000);


--
-- Data for Name: recovery_codes; Type: TABLE DATA; Schema: harbour; Owner: harbour_owner
--



--
-- Data for Name: run_artefacts; Type: TABLE DATA; Schema: harbour; Owner: harbour_owner
--

INSERT INTO harbour.run_artefacts VALUES (2, 1, 'package.zip', 'c053804fea3a623e06b0e1c16a2eb62ff74d09af9e5f4c9a696ef8a0872b09a2');


--
-- Data for Name: runs; Type: TABLE DATA; Schema: harbour; Owner: harbour_owner
--

INSERT INTO harbour.runs OVERRIDING SYSTEM VALUE VALUES (1, 2, 1, 'postgres', 'old run', 1, 'corep_of', '{}', 'succeeded', '{}', '{}', NULL, NULL, '2026-11-21 10:09:26.881342+00', '2026-11-21 10:09:26.881342+00', '2026-11-21 10:09:26.881342+00');


--
-- Data for Name: sightings; Type: TABLE DATA; Schema: harbour; Owner: harbour_owner
--



--
-- Data for Name: submissions; Type: TABLE DATA; Schema: harbour; Owner: harbour_owner
--

INSERT INTO harbour.submissions OVERRIDING SYSTEM VALUE VALUES (1, 2, 1, 1, 'old', 'in_review', '99142ccc27fd82e7d8bb37bd170b0401772a18bc67426267c1b25653ce5c110c', '2026-11-21 10:09:26.881342+00', NULL, NULL, 1);
INSERT INTO harbour.submissions OVERRIDING SYSTEM VALUE VALUES (2, 2, 1, 1, 'old', 'published', '99142ccc27fd82e7d8bb37bd170b0401772a18bc67426267c1b25653ce5c110c', '2026-11-21 10:09:26.881342+00', NULL, NULL, 1);


--
-- Data for Name: transitions; Type: TABLE DATA; Schema: harbour; Owner: harbour_owner
--

INSERT INTO harbour.transitions VALUES ('submit', 'draft', 'in_review');
INSERT INTO harbour.transitions VALUES ('comment', 'in_review', 'in_review');
INSERT INTO harbour.transitions VALUES ('comment', 'returned', 'returned');
INSERT INTO harbour.transitions VALUES ('comment', 'published', 'published');
INSERT INTO harbour.transitions VALUES ('block', 'in_review', 'in_review');
INSERT INTO harbour.transitions VALUES ('block', 'returned', 'returned');
INSERT INTO harbour.transitions VALUES ('return', 'in_review', 'returned');
INSERT INTO harbour.transitions VALUES ('resubmit', 'returned', 'in_review');
INSERT INTO harbour.transitions VALUES ('reject', 'in_review', 'rejected');
INSERT INTO harbour.transitions VALUES ('withdraw', 'in_review', 'withdrawn');
INSERT INTO harbour.transitions VALUES ('withdraw', 'returned', 'withdrawn');
INSERT INTO harbour.transitions VALUES ('approve_in_part', 'in_review', 'in_review');
INSERT INTO harbour.transitions VALUES ('approve', 'in_review', 'approved');
INSERT INTO harbour.transitions VALUES ('publish', 'approved', 'published');
INSERT INTO harbour.transitions VALUES ('void', 'approved', 'voided');
INSERT INTO harbour.transitions VALUES ('void', 'published', 'voided');
INSERT INTO harbour.transitions VALUES ('void_by_change', 'approved', 'voided');
INSERT INTO harbour.transitions VALUES ('void_by_change', 'published', 'voided');
INSERT INTO harbour.transitions VALUES ('supersede', 'published', 'superseded');


--
-- Data for Name: uploads; Type: TABLE DATA; Schema: harbour; Owner: harbour_owner
--

INSERT INTO harbour.uploads VALUES ('c224a63d-ad16-4be3-aa1e-e9bab7498b27', 2, 1, true, '2026-11-21 10:09:26.881342+00', 36);


--
-- Data for Name: procrastinate_events; Type: TABLE DATA; Schema: procrastinate; Owner: harbour_queue
--



--
-- Data for Name: procrastinate_jobs; Type: TABLE DATA; Schema: procrastinate; Owner: harbour_queue
--



--
-- Data for Name: procrastinate_periodic_defers; Type: TABLE DATA; Schema: procrastinate; Owner: harbour_queue
--



--
-- Data for Name: procrastinate_workers; Type: TABLE DATA; Schema: procrastinate; Owner: harbour_queue
--



--
-- Name: approval_rules_id_seq; Type: SEQUENCE SET; Schema: harbour; Owner: harbour_owner
--

SELECT pg_catalog.setval('harbour.approval_rules_id_seq', 1, true);


--
-- Name: approvals_id_seq; Type: SEQUENCE SET; Schema: harbour; Owner: harbour_owner
--

SELECT pg_catalog.setval('harbour.approvals_id_seq', 1, true);


--
-- Name: comments_id_seq; Type: SEQUENCE SET; Schema: harbour; Owner: harbour_owner
--

SELECT pg_catalog.setval('harbour.comments_id_seq', 2, true);


--
-- Name: delegations_id_seq; Type: SEQUENCE SET; Schema: harbour; Owner: harbour_owner
--

SELECT pg_catalog.setval('harbour.delegations_id_seq', 1, false);


--
-- Name: members_id_seq; Type: SEQUENCE SET; Schema: harbour; Owner: harbour_owner
--

SELECT pg_catalog.setval('harbour.members_id_seq', 2, true);


--
-- Name: organisations_id_seq; Type: SEQUENCE SET; Schema: harbour; Owner: harbour_owner
--

SELECT pg_catalog.setval('harbour.organisations_id_seq', 2, true);


--
-- Name: publications_id_seq; Type: SEQUENCE SET; Schema: harbour; Owner: harbour_owner
--

SELECT pg_catalog.setval('harbour.publications_id_seq', 1, true);


--
-- Name: runs_id_seq; Type: SEQUENCE SET; Schema: harbour; Owner: harbour_owner
--

SELECT pg_catalog.setval('harbour.runs_id_seq', 1, true);


--
-- Name: submissions_id_seq; Type: SEQUENCE SET; Schema: harbour; Owner: harbour_owner
--

SELECT pg_catalog.setval('harbour.submissions_id_seq', 2, true);


--
-- Name: procrastinate_events_id_seq; Type: SEQUENCE SET; Schema: procrastinate; Owner: harbour_queue
--

SELECT pg_catalog.setval('procrastinate.procrastinate_events_id_seq', 1, false);


--
-- Name: procrastinate_jobs_id_seq; Type: SEQUENCE SET; Schema: procrastinate; Owner: harbour_queue
--

SELECT pg_catalog.setval('procrastinate.procrastinate_jobs_id_seq', 1, false);


--
-- Name: procrastinate_periodic_defers_id_seq; Type: SEQUENCE SET; Schema: procrastinate; Owner: harbour_queue
--

SELECT pg_catalog.setval('procrastinate.procrastinate_periodic_defers_id_seq', 1, false);


--
-- Name: procrastinate_workers_id_seq; Type: SEQUENCE SET; Schema: procrastinate; Owner: harbour_queue
--

SELECT pg_catalog.setval('procrastinate.procrastinate_workers_id_seq', 1, false);


--
-- Name: actions actions_pkey; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.actions
    ADD CONSTRAINT actions_pkey PRIMARY KEY (action);


--
-- Name: alembic_version alembic_version_pkc; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.alembic_version
    ADD CONSTRAINT alembic_version_pkc PRIMARY KEY (version_num);


--
-- Name: approval_rules approval_rules_organisation_id_id_key; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.approval_rules
    ADD CONSTRAINT approval_rules_organisation_id_id_key UNIQUE (organisation_id, id);


--
-- Name: approval_rules approval_rules_organisation_id_template_version_key; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.approval_rules
    ADD CONSTRAINT approval_rules_organisation_id_template_version_key UNIQUE NULLS NOT DISTINCT (organisation_id, template, version);


--
-- Name: approval_rules approval_rules_pkey; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.approval_rules
    ADD CONSTRAINT approval_rules_pkey PRIMARY KEY (id);


--
-- Name: approval_steps approval_steps_pkey; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.approval_steps
    ADD CONSTRAINT approval_steps_pkey PRIMARY KEY (rule_id, place);


--
-- Name: approvals approvals_pkey; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.approvals
    ADD CONSTRAINT approvals_pkey PRIMARY KEY (id);


--
-- Name: artefact_chunks artefact_chunks_pkey; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.artefact_chunks
    ADD CONSTRAINT artefact_chunks_pkey PRIMARY KEY (upload_id, "position");


--
-- Name: artefacts artefacts_pkey; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.artefacts
    ADD CONSTRAINT artefacts_pkey PRIMARY KEY (organisation_id, sha256);


--
-- Name: artefacts artefacts_upload_id_key; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.artefacts
    ADD CONSTRAINT artefacts_upload_id_key UNIQUE (upload_id);


--
-- Name: audit_events audit_events_pkey; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.audit_events
    ADD CONSTRAINT audit_events_pkey PRIMARY KEY (organisation_id, seq);


--
-- Name: audit_heads audit_heads_pkey; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.audit_heads
    ADD CONSTRAINT audit_heads_pkey PRIMARY KEY (organisation_id);


--
-- Name: channels channels_organisation_id_key; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.channels
    ADD CONSTRAINT channels_organisation_id_key UNIQUE NULLS NOT DISTINCT (organisation_id);


--
-- Name: channels channels_pkey; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.channels
    ADD CONSTRAINT channels_pkey PRIMARY KEY (name);


--
-- Name: comments comments_organisation_id_id_key; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.comments
    ADD CONSTRAINT comments_organisation_id_id_key UNIQUE (organisation_id, id);


--
-- Name: comments comments_pkey; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.comments
    ADD CONSTRAINT comments_pkey PRIMARY KEY (id);


--
-- Name: credentials credentials_pkey; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.credentials
    ADD CONSTRAINT credentials_pkey PRIMARY KEY (member_id);


--
-- Name: delegations delegations_pkey; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.delegations
    ADD CONSTRAINT delegations_pkey PRIMARY KEY (id);


--
-- Name: member_roles member_roles_pkey; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.member_roles
    ADD CONSTRAINT member_roles_pkey PRIMARY KEY (member_id, role);


--
-- Name: members members_login_key; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.members
    ADD CONSTRAINT members_login_key UNIQUE (login);


--
-- Name: members members_name_key; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.members
    ADD CONSTRAINT members_name_key UNIQUE (name);


--
-- Name: members members_organisation_id_id_key; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.members
    ADD CONSTRAINT members_organisation_id_id_key UNIQUE (organisation_id, id);


--
-- Name: members members_pkey; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.members
    ADD CONSTRAINT members_pkey PRIMARY KEY (id);


--
-- Name: mentions mentions_pkey; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.mentions
    ADD CONSTRAINT mentions_pkey PRIMARY KEY (comment_id, member_id);


--
-- Name: one_time_codes one_time_codes_pkey; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.one_time_codes
    ADD CONSTRAINT one_time_codes_pkey PRIMARY KEY (member_id);


--
-- Name: organisations organisations_pkey; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.organisations
    ADD CONSTRAINT organisations_pkey PRIMARY KEY (id);


--
-- Name: organisations organisations_slug_key; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.organisations
    ADD CONSTRAINT organisations_slug_key UNIQUE (slug);


--
-- Name: publications publications_pkey; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.publications
    ADD CONSTRAINT publications_pkey PRIMARY KEY (id);


--
-- Name: publications publications_submission_id_key; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.publications
    ADD CONSTRAINT publications_submission_id_key UNIQUE (submission_id);


--
-- Name: quotas quotas_pkey; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.quotas
    ADD CONSTRAINT quotas_pkey PRIMARY KEY (organisation_id);


--
-- Name: recovery_codes recovery_codes_pkey; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.recovery_codes
    ADD CONSTRAINT recovery_codes_pkey PRIMARY KEY (member_id, hash);


--
-- Name: run_artefacts run_artefacts_pkey; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.run_artefacts
    ADD CONSTRAINT run_artefacts_pkey PRIMARY KEY (run_id, name);


--
-- Name: runs runs_organisation_id_id_key; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.runs
    ADD CONSTRAINT runs_organisation_id_id_key UNIQUE (organisation_id, id);


--
-- Name: runs runs_organisation_id_name_version_key; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.runs
    ADD CONSTRAINT runs_organisation_id_name_version_key UNIQUE (organisation_id, name, version);


--
-- Name: runs runs_pkey; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.runs
    ADD CONSTRAINT runs_pkey PRIMARY KEY (id);


--
-- Name: sightings sightings_pkey; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.sightings
    ADD CONSTRAINT sightings_pkey PRIMARY KEY (submission_id, member_id, digest);


--
-- Name: submissions submissions_organisation_id_id_key; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.submissions
    ADD CONSTRAINT submissions_organisation_id_id_key UNIQUE (organisation_id, id);


--
-- Name: submissions submissions_pkey; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.submissions
    ADD CONSTRAINT submissions_pkey PRIMARY KEY (id);


--
-- Name: transitions transitions_pkey; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.transitions
    ADD CONSTRAINT transitions_pkey PRIMARY KEY (action, from_state);


--
-- Name: uploads uploads_pkey; Type: CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.uploads
    ADD CONSTRAINT uploads_pkey PRIMARY KEY (id);


--
-- Name: procrastinate_events procrastinate_events_pkey; Type: CONSTRAINT; Schema: procrastinate; Owner: harbour_queue
--

ALTER TABLE ONLY procrastinate.procrastinate_events
    ADD CONSTRAINT procrastinate_events_pkey PRIMARY KEY (id);


--
-- Name: procrastinate_jobs procrastinate_jobs_pkey; Type: CONSTRAINT; Schema: procrastinate; Owner: harbour_queue
--

ALTER TABLE ONLY procrastinate.procrastinate_jobs
    ADD CONSTRAINT procrastinate_jobs_pkey PRIMARY KEY (id);


--
-- Name: procrastinate_periodic_defers procrastinate_periodic_defers_pkey; Type: CONSTRAINT; Schema: procrastinate; Owner: harbour_queue
--

ALTER TABLE ONLY procrastinate.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_pkey PRIMARY KEY (id);


--
-- Name: procrastinate_periodic_defers procrastinate_periodic_defers_unique; Type: CONSTRAINT; Schema: procrastinate; Owner: harbour_queue
--

ALTER TABLE ONLY procrastinate.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_unique UNIQUE (task_name, periodic_id, defer_timestamp);


--
-- Name: procrastinate_workers procrastinate_workers_pkey; Type: CONSTRAINT; Schema: procrastinate; Owner: harbour_queue
--

ALTER TABLE ONLY procrastinate.procrastinate_workers
    ADD CONSTRAINT procrastinate_workers_pkey PRIMARY KEY (id);


--
-- Name: approvals_by_authority; Type: INDEX; Schema: harbour; Owner: harbour_owner
--

CREATE UNIQUE INDEX approvals_by_authority ON harbour.approvals USING btree (submission_id, round, COALESCE(on_behalf_of, reviewer_id)) WHERE (decision = 'approve'::text);


--
-- Name: approvals_by_person; Type: INDEX; Schema: harbour; Owner: harbour_owner
--

CREATE UNIQUE INDEX approvals_by_person ON harbour.approvals USING btree (submission_id, round, reviewer_id) WHERE (decision = 'approve'::text);


--
-- Name: approvals_by_step; Type: INDEX; Schema: harbour; Owner: harbour_owner
--

CREATE UNIQUE INDEX approvals_by_step ON harbour.approvals USING btree (submission_id, round, step) WHERE (decision = 'approve'::text);


--
-- Name: approvals_by_submission; Type: INDEX; Schema: harbour; Owner: harbour_owner
--

CREATE INDEX approvals_by_submission ON harbour.approvals USING btree (submission_id, id);


--
-- Name: audit_events_by_subject; Type: INDEX; Schema: harbour; Owner: harbour_owner
--

CREATE INDEX audit_events_by_subject ON harbour.audit_events USING btree (organisation_id, subject, seq);


--
-- Name: comments_by_submission; Type: INDEX; Schema: harbour; Owner: harbour_owner
--

CREATE INDEX comments_by_submission ON harbour.comments USING btree (submission_id, id);


--
-- Name: comments_by_template; Type: INDEX; Schema: harbour; Owner: harbour_owner
--

CREATE INDEX comments_by_template ON harbour.comments USING btree (organisation_id, template, id) WHERE (template IS NOT NULL);


--
-- Name: comments_in_the_way; Type: INDEX; Schema: harbour; Owner: harbour_owner
--

CREATE INDEX comments_in_the_way ON harbour.comments USING btree (submission_id) WHERE (blocking AND (resolved_at IS NULL));


--
-- Name: delegations_by_deputy; Type: INDEX; Schema: harbour; Owner: harbour_owner
--

CREATE INDEX delegations_by_deputy ON harbour.delegations USING btree (deputy_id);


--
-- Name: mentions_by_member; Type: INDEX; Schema: harbour; Owner: harbour_owner
--

CREATE INDEX mentions_by_member ON harbour.mentions USING btree (member_id, comment_id);


--
-- Name: publications_by_run; Type: INDEX; Schema: harbour; Owner: harbour_owner
--

CREATE INDEX publications_by_run ON harbour.publications USING btree (run_id);


--
-- Name: publications_in_force; Type: INDEX; Schema: harbour; Owner: harbour_owner
--

CREATE UNIQUE INDEX publications_in_force ON harbour.publications USING btree (organisation_id, kind, entity, reference_date, scenario) WHERE (ended_at IS NULL);


--
-- Name: run_artefacts_by_content; Type: INDEX; Schema: harbour; Owner: harbour_owner
--

CREATE INDEX run_artefacts_by_content ON harbour.run_artefacts USING btree (organisation_id, sha256);


--
-- Name: runs_by_day; Type: INDEX; Schema: harbour; Owner: harbour_owner
--

CREATE INDEX runs_by_day ON harbour.runs USING btree (organisation_id, created_at);


--
-- Name: submissions_by_state; Type: INDEX; Schema: harbour; Owner: harbour_owner
--

CREATE INDEX submissions_by_state ON harbour.submissions USING btree (organisation_id, state, id DESC);


--
-- Name: uploads_by_organisation; Type: INDEX; Schema: harbour; Owner: harbour_owner
--

CREATE INDEX uploads_by_organisation ON harbour.uploads USING btree (organisation_id) INCLUDE (stored);


--
-- Name: idx_procrastinate_jobs_worker_not_null; Type: INDEX; Schema: procrastinate; Owner: harbour_queue
--

CREATE INDEX idx_procrastinate_jobs_worker_not_null ON procrastinate.procrastinate_jobs USING btree (worker_id) WHERE ((worker_id IS NOT NULL) AND (status = 'doing'::procrastinate.procrastinate_job_status));


--
-- Name: idx_procrastinate_workers_last_heartbeat; Type: INDEX; Schema: procrastinate; Owner: harbour_queue
--

CREATE INDEX idx_procrastinate_workers_last_heartbeat ON procrastinate.procrastinate_workers USING btree (last_heartbeat);


--
-- Name: procrastinate_events_job_id_fkey_v1; Type: INDEX; Schema: procrastinate; Owner: harbour_queue
--

CREATE INDEX procrastinate_events_job_id_fkey_v1 ON procrastinate.procrastinate_events USING btree (job_id);


--
-- Name: procrastinate_jobs_id_lock_idx_v1; Type: INDEX; Schema: procrastinate; Owner: harbour_queue
--

CREATE INDEX procrastinate_jobs_id_lock_idx_v1 ON procrastinate.procrastinate_jobs USING btree (id, lock) WHERE (status = ANY (ARRAY['todo'::procrastinate.procrastinate_job_status, 'doing'::procrastinate.procrastinate_job_status]));


--
-- Name: procrastinate_jobs_lock_idx_v1; Type: INDEX; Schema: procrastinate; Owner: harbour_queue
--

CREATE UNIQUE INDEX procrastinate_jobs_lock_idx_v1 ON procrastinate.procrastinate_jobs USING btree (lock) WHERE (status = 'doing'::procrastinate.procrastinate_job_status);


--
-- Name: procrastinate_jobs_priority_idx_v1; Type: INDEX; Schema: procrastinate; Owner: harbour_queue
--

CREATE INDEX procrastinate_jobs_priority_idx_v1 ON procrastinate.procrastinate_jobs USING btree (priority DESC, id) WHERE (status = 'todo'::procrastinate.procrastinate_job_status);


--
-- Name: procrastinate_jobs_queue_name_idx_v1; Type: INDEX; Schema: procrastinate; Owner: harbour_queue
--

CREATE INDEX procrastinate_jobs_queue_name_idx_v1 ON procrastinate.procrastinate_jobs USING btree (queue_name);


--
-- Name: procrastinate_jobs_queueing_lock_idx_v1; Type: INDEX; Schema: procrastinate; Owner: harbour_queue
--

CREATE UNIQUE INDEX procrastinate_jobs_queueing_lock_idx_v1 ON procrastinate.procrastinate_jobs USING btree (queueing_lock) WHERE (status = 'todo'::procrastinate.procrastinate_job_status);


--
-- Name: procrastinate_periodic_defers_job_id_fkey_v1; Type: INDEX; Schema: procrastinate; Owner: harbour_queue
--

CREATE INDEX procrastinate_periodic_defers_job_id_fkey_v1 ON procrastinate.procrastinate_periodic_defers USING btree (job_id);


--
-- Name: approval_rules approval_rules_are_kept; Type: TRIGGER; Schema: harbour; Owner: harbour_owner
--

CREATE TRIGGER approval_rules_are_kept BEFORE DELETE OR UPDATE ON harbour.approval_rules FOR EACH ROW EXECUTE FUNCTION harbour.refuse_change();


--
-- Name: approval_steps approval_steps_are_kept; Type: TRIGGER; Schema: harbour; Owner: harbour_owner
--

CREATE TRIGGER approval_steps_are_kept BEFORE DELETE OR UPDATE ON harbour.approval_steps FOR EACH ROW EXECUTE FUNCTION harbour.refuse_change();


--
-- Name: approvals approvals_are_kept; Type: TRIGGER; Schema: harbour; Owner: harbour_owner
--

CREATE TRIGGER approvals_are_kept BEFORE DELETE OR UPDATE ON harbour.approvals FOR EACH ROW EXECUTE FUNCTION harbour.refuse_change();


--
-- Name: approvals approvals_are_not_emptied; Type: TRIGGER; Schema: harbour; Owner: harbour_owner
--

CREATE TRIGGER approvals_are_not_emptied BEFORE TRUNCATE ON harbour.approvals FOR EACH STATEMENT EXECUTE FUNCTION harbour.refuse_change();


--
-- Name: artefact_chunks approvals_die_with_content; Type: TRIGGER; Schema: harbour; Owner: harbour_owner
--

CREATE TRIGGER approvals_die_with_content AFTER DELETE OR UPDATE ON harbour.artefact_chunks FOR EACH ROW EXECUTE FUNCTION harbour.void_what_changed();

ALTER TABLE harbour.artefact_chunks ENABLE ALWAYS TRIGGER approvals_die_with_content;


--
-- Name: publications approvals_die_with_digests; Type: TRIGGER; Schema: harbour; Owner: harbour_owner
--

CREATE TRIGGER approvals_die_with_digests AFTER UPDATE OF digest, run_id ON harbour.publications FOR EACH ROW WHEN ((new.ended_at IS NULL)) EXECUTE FUNCTION harbour.void_what_changed();

ALTER TABLE harbour.publications ENABLE ALWAYS TRIGGER approvals_die_with_digests;


--
-- Name: run_artefacts approvals_die_with_files; Type: TRIGGER; Schema: harbour; Owner: harbour_owner
--

CREATE TRIGGER approvals_die_with_files AFTER INSERT OR DELETE OR UPDATE ON harbour.run_artefacts FOR EACH ROW EXECUTE FUNCTION harbour.void_what_changed();

ALTER TABLE harbour.run_artefacts ENABLE ALWAYS TRIGGER approvals_die_with_files;


--
-- Name: members approvals_die_with_makers; Type: TRIGGER; Schema: harbour; Owner: harbour_owner
--

CREATE TRIGGER approvals_die_with_makers AFTER UPDATE OF name ON harbour.members FOR EACH ROW EXECUTE FUNCTION harbour.void_what_changed();

ALTER TABLE harbour.members ENABLE ALWAYS TRIGGER approvals_die_with_makers;


--
-- Name: organisations approvals_die_with_names; Type: TRIGGER; Schema: harbour; Owner: harbour_owner
--

CREATE TRIGGER approvals_die_with_names AFTER UPDATE OF slug ON harbour.organisations FOR EACH ROW EXECUTE FUNCTION harbour.void_what_changed();

ALTER TABLE harbour.organisations ENABLE ALWAYS TRIGGER approvals_die_with_names;


--
-- Name: runs approvals_die_with_runs; Type: TRIGGER; Schema: harbour; Owner: harbour_owner
--

CREATE TRIGGER approvals_die_with_runs AFTER UPDATE ON harbour.runs FOR EACH ROW WHEN ((old.state = ANY (ARRAY['succeeded'::text, 'failed'::text]))) EXECUTE FUNCTION harbour.void_what_changed();

ALTER TABLE harbour.runs ENABLE ALWAYS TRIGGER approvals_die_with_runs;


--
-- Name: artefacts artefacts_within_quota; Type: TRIGGER; Schema: harbour; Owner: harbour_owner
--

CREATE TRIGGER artefacts_within_quota BEFORE INSERT ON harbour.artefacts FOR EACH ROW EXECUTE FUNCTION harbour.hold_quota('storage');


--
-- Name: audit_events audit_events_are_kept; Type: TRIGGER; Schema: harbour; Owner: harbour_owner
--

CREATE TRIGGER audit_events_are_kept BEFORE DELETE OR UPDATE ON harbour.audit_events FOR EACH ROW EXECUTE FUNCTION harbour.refuse_change();


--
-- Name: audit_events audit_events_are_not_emptied; Type: TRIGGER; Schema: harbour; Owner: harbour_owner
--

CREATE TRIGGER audit_events_are_not_emptied BEFORE TRUNCATE ON harbour.audit_events FOR EACH STATEMENT EXECUTE FUNCTION harbour.refuse_change();


--
-- Name: comments comments_are_kept; Type: TRIGGER; Schema: harbour; Owner: harbour_owner
--

CREATE TRIGGER comments_are_kept BEFORE DELETE OR UPDATE ON harbour.comments FOR EACH ROW EXECUTE FUNCTION harbour.keep_comment();


--
-- Name: runs finished_runs_are_kept; Type: TRIGGER; Schema: harbour; Owner: harbour_owner
--

CREATE TRIGGER finished_runs_are_kept BEFORE DELETE OR UPDATE ON harbour.runs FOR EACH ROW EXECUTE FUNCTION harbour.keep_finished_run();


--
-- Name: members members_back_within_quota; Type: TRIGGER; Schema: harbour; Owner: harbour_owner
--

CREATE TRIGGER members_back_within_quota BEFORE UPDATE OF state ON harbour.members FOR EACH ROW WHEN (((new.state = 'active'::text) AND (old.state <> 'active'::text))) EXECUTE FUNCTION harbour.hold_quota('members');


--
-- Name: members members_within_quota; Type: TRIGGER; Schema: harbour; Owner: harbour_owner
--

CREATE TRIGGER members_within_quota BEFORE INSERT ON harbour.members FOR EACH ROW WHEN ((new.state = 'active'::text)) EXECUTE FUNCTION harbour.hold_quota('members');


--
-- Name: mentions mentions_are_kept; Type: TRIGGER; Schema: harbour; Owner: harbour_owner
--

CREATE TRIGGER mentions_are_kept BEFORE DELETE OR UPDATE ON harbour.mentions FOR EACH ROW EXECUTE FUNCTION harbour.refuse_change();


--
-- Name: credentials one_time_passwords_end; Type: TRIGGER; Schema: harbour; Owner: harbour_owner
--

CREATE TRIGGER one_time_passwords_end BEFORE INSERT OR UPDATE OF password_hash ON harbour.credentials FOR EACH ROW EXECUTE FUNCTION harbour.end_one_time_password();


--
-- Name: organisations organisations_have_a_channel; Type: TRIGGER; Schema: harbour; Owner: harbour_owner
--

CREATE TRIGGER organisations_have_a_channel AFTER INSERT ON harbour.organisations FOR EACH ROW EXECUTE FUNCTION harbour.open_channel();


--
-- Name: artefact_chunks pieces_are_counted; Type: TRIGGER; Schema: harbour; Owner: harbour_owner
--

CREATE TRIGGER pieces_are_counted AFTER INSERT ON harbour.artefact_chunks FOR EACH ROW EXECUTE FUNCTION harbour.count_piece();


--
-- Name: publications publications_wake_listeners; Type: TRIGGER; Schema: harbour; Owner: harbour_owner
--

CREATE TRIGGER publications_wake_listeners AFTER INSERT OR DELETE OR UPDATE ON harbour.publications FOR EACH ROW EXECUTE FUNCTION harbour.wake_listeners();

ALTER TABLE harbour.publications ENABLE ALWAYS TRIGGER publications_wake_listeners;


--
-- Name: run_artefacts run_artefacts_are_kept; Type: TRIGGER; Schema: harbour; Owner: harbour_owner
--

CREATE TRIGGER run_artefacts_are_kept BEFORE DELETE OR UPDATE ON harbour.run_artefacts FOR EACH ROW EXECUTE FUNCTION harbour.refuse_change();


--
-- Name: runs runs_within_quota; Type: TRIGGER; Schema: harbour; Owner: harbour_owner
--

CREATE TRIGGER runs_within_quota BEFORE INSERT ON harbour.runs FOR EACH ROW EXECUTE FUNCTION harbour.hold_quota('runs_a_day');


--
-- Name: sightings sightings_are_kept; Type: TRIGGER; Schema: harbour; Owner: harbour_owner
--

CREATE TRIGGER sightings_are_kept BEFORE DELETE OR UPDATE ON harbour.sightings FOR EACH ROW EXECUTE FUNCTION harbour.refuse_change();


--
-- Name: procrastinate_jobs procrastinate_jobs_notify_queue_job_aborted_v1; Type: TRIGGER; Schema: procrastinate; Owner: harbour_queue
--

CREATE TRIGGER procrastinate_jobs_notify_queue_job_aborted_v1 AFTER UPDATE OF abort_requested ON procrastinate.procrastinate_jobs FOR EACH ROW WHEN (((old.abort_requested = false) AND (new.abort_requested = true) AND (new.status = 'doing'::procrastinate.procrastinate_job_status))) EXECUTE FUNCTION procrastinate.procrastinate_notify_queue_abort_job_v1();


--
-- Name: procrastinate_jobs procrastinate_jobs_notify_queue_job_inserted_v1; Type: TRIGGER; Schema: procrastinate; Owner: harbour_queue
--

CREATE TRIGGER procrastinate_jobs_notify_queue_job_inserted_v1 AFTER INSERT ON procrastinate.procrastinate_jobs FOR EACH ROW WHEN ((new.status = 'todo'::procrastinate.procrastinate_job_status)) EXECUTE FUNCTION procrastinate.procrastinate_notify_queue_job_inserted_v1();


--
-- Name: procrastinate_jobs procrastinate_trigger_abort_requested_events_v1; Type: TRIGGER; Schema: procrastinate; Owner: harbour_queue
--

CREATE TRIGGER procrastinate_trigger_abort_requested_events_v1 AFTER UPDATE OF abort_requested ON procrastinate.procrastinate_jobs FOR EACH ROW WHEN ((new.abort_requested = true)) EXECUTE FUNCTION procrastinate.procrastinate_trigger_abort_requested_events_procedure_v1();


--
-- Name: procrastinate_jobs procrastinate_trigger_delete_jobs_v1; Type: TRIGGER; Schema: procrastinate; Owner: harbour_queue
--

CREATE TRIGGER procrastinate_trigger_delete_jobs_v1 BEFORE DELETE ON procrastinate.procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION procrastinate.procrastinate_unlink_periodic_defers_v1();


--
-- Name: procrastinate_jobs procrastinate_trigger_scheduled_events_v1; Type: TRIGGER; Schema: procrastinate; Owner: harbour_queue
--

CREATE TRIGGER procrastinate_trigger_scheduled_events_v1 AFTER INSERT OR UPDATE ON procrastinate.procrastinate_jobs FOR EACH ROW WHEN (((new.scheduled_at IS NOT NULL) AND (new.status = 'todo'::procrastinate.procrastinate_job_status))) EXECUTE FUNCTION procrastinate.procrastinate_trigger_function_scheduled_events_v1();


--
-- Name: procrastinate_jobs procrastinate_trigger_status_events_insert_v1; Type: TRIGGER; Schema: procrastinate; Owner: harbour_queue
--

CREATE TRIGGER procrastinate_trigger_status_events_insert_v1 AFTER INSERT ON procrastinate.procrastinate_jobs FOR EACH ROW WHEN ((new.status = 'todo'::procrastinate.procrastinate_job_status)) EXECUTE FUNCTION procrastinate.procrastinate_trigger_function_status_events_insert_v1();


--
-- Name: procrastinate_jobs procrastinate_trigger_status_events_update_v1; Type: TRIGGER; Schema: procrastinate; Owner: harbour_queue
--

CREATE TRIGGER procrastinate_trigger_status_events_update_v1 AFTER UPDATE OF status ON procrastinate.procrastinate_jobs FOR EACH ROW EXECUTE FUNCTION procrastinate.procrastinate_trigger_function_status_events_update_v1();


--
-- Name: approval_rules approval_rules_organisation_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.approval_rules
    ADD CONSTRAINT approval_rules_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES harbour.organisations(id);


--
-- Name: approval_rules approval_rules_set_by_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.approval_rules
    ADD CONSTRAINT approval_rules_set_by_fkey FOREIGN KEY (set_by) REFERENCES harbour.members(id);


--
-- Name: approval_steps approval_steps_organisation_id_rule_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.approval_steps
    ADD CONSTRAINT approval_steps_organisation_id_rule_id_fkey FOREIGN KEY (organisation_id, rule_id) REFERENCES harbour.approval_rules(organisation_id, id);


--
-- Name: approvals approvals_on_behalf_of_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.approvals
    ADD CONSTRAINT approvals_on_behalf_of_fkey FOREIGN KEY (on_behalf_of) REFERENCES harbour.members(id);


--
-- Name: approvals approvals_organisation_id_submission_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.approvals
    ADD CONSTRAINT approvals_organisation_id_submission_id_fkey FOREIGN KEY (organisation_id, submission_id) REFERENCES harbour.submissions(organisation_id, id);


--
-- Name: approvals approvals_reviewer_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.approvals
    ADD CONSTRAINT approvals_reviewer_id_fkey FOREIGN KEY (reviewer_id) REFERENCES harbour.members(id);


--
-- Name: artefact_chunks artefact_chunks_organisation_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.artefact_chunks
    ADD CONSTRAINT artefact_chunks_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES harbour.organisations(id);


--
-- Name: artefact_chunks artefact_chunks_upload_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.artefact_chunks
    ADD CONSTRAINT artefact_chunks_upload_id_fkey FOREIGN KEY (upload_id) REFERENCES harbour.uploads(id) ON DELETE CASCADE;


--
-- Name: artefacts artefacts_member_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.artefacts
    ADD CONSTRAINT artefacts_member_id_fkey FOREIGN KEY (member_id) REFERENCES harbour.members(id);


--
-- Name: artefacts artefacts_organisation_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.artefacts
    ADD CONSTRAINT artefacts_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES harbour.organisations(id);


--
-- Name: artefacts artefacts_upload_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.artefacts
    ADD CONSTRAINT artefacts_upload_id_fkey FOREIGN KEY (upload_id) REFERENCES harbour.uploads(id);


--
-- Name: audit_events audit_events_organisation_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.audit_events
    ADD CONSTRAINT audit_events_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES harbour.organisations(id);


--
-- Name: audit_heads audit_heads_organisation_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.audit_heads
    ADD CONSTRAINT audit_heads_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES harbour.organisations(id);


--
-- Name: channels channels_organisation_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.channels
    ADD CONSTRAINT channels_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES harbour.organisations(id);


--
-- Name: comments comments_author_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.comments
    ADD CONSTRAINT comments_author_id_fkey FOREIGN KEY (author_id) REFERENCES harbour.members(id);


--
-- Name: comments comments_organisation_id_reply_to_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.comments
    ADD CONSTRAINT comments_organisation_id_reply_to_fkey FOREIGN KEY (organisation_id, reply_to) REFERENCES harbour.comments(organisation_id, id);


--
-- Name: comments comments_organisation_id_submission_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.comments
    ADD CONSTRAINT comments_organisation_id_submission_id_fkey FOREIGN KEY (organisation_id, submission_id) REFERENCES harbour.submissions(organisation_id, id);


--
-- Name: comments comments_resolved_by_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.comments
    ADD CONSTRAINT comments_resolved_by_fkey FOREIGN KEY (resolved_by) REFERENCES harbour.members(id);


--
-- Name: credentials credentials_member_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.credentials
    ADD CONSTRAINT credentials_member_id_fkey FOREIGN KEY (member_id) REFERENCES harbour.members(id);


--
-- Name: delegations delegations_organisation_id_deputy_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.delegations
    ADD CONSTRAINT delegations_organisation_id_deputy_id_fkey FOREIGN KEY (organisation_id, deputy_id) REFERENCES harbour.members(organisation_id, id);


--
-- Name: delegations delegations_organisation_id_principal_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.delegations
    ADD CONSTRAINT delegations_organisation_id_principal_id_fkey FOREIGN KEY (organisation_id, principal_id) REFERENCES harbour.members(organisation_id, id);


--
-- Name: member_roles member_roles_organisation_id_member_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.member_roles
    ADD CONSTRAINT member_roles_organisation_id_member_id_fkey FOREIGN KEY (organisation_id, member_id) REFERENCES harbour.members(organisation_id, id);


--
-- Name: members members_organisation_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.members
    ADD CONSTRAINT members_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES harbour.organisations(id);


--
-- Name: mentions mentions_organisation_id_comment_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.mentions
    ADD CONSTRAINT mentions_organisation_id_comment_id_fkey FOREIGN KEY (organisation_id, comment_id) REFERENCES harbour.comments(organisation_id, id);


--
-- Name: mentions mentions_organisation_id_member_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.mentions
    ADD CONSTRAINT mentions_organisation_id_member_id_fkey FOREIGN KEY (organisation_id, member_id) REFERENCES harbour.members(organisation_id, id);


--
-- Name: one_time_codes one_time_codes_member_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.one_time_codes
    ADD CONSTRAINT one_time_codes_member_id_fkey FOREIGN KEY (member_id) REFERENCES harbour.members(id);


--
-- Name: publications publications_approved_by_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.publications
    ADD CONSTRAINT publications_approved_by_fkey FOREIGN KEY (approved_by) REFERENCES harbour.members(id);


--
-- Name: publications publications_organisation_id_run_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.publications
    ADD CONSTRAINT publications_organisation_id_run_id_fkey FOREIGN KEY (organisation_id, run_id) REFERENCES harbour.runs(organisation_id, id);


--
-- Name: publications publications_organisation_id_submission_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.publications
    ADD CONSTRAINT publications_organisation_id_submission_id_fkey FOREIGN KEY (organisation_id, submission_id) REFERENCES harbour.submissions(organisation_id, id);


--
-- Name: quotas quotas_organisation_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.quotas
    ADD CONSTRAINT quotas_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES harbour.organisations(id);


--
-- Name: recovery_codes recovery_codes_member_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.recovery_codes
    ADD CONSTRAINT recovery_codes_member_id_fkey FOREIGN KEY (member_id) REFERENCES harbour.members(id);


--
-- Name: run_artefacts run_artefacts_organisation_id_run_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.run_artefacts
    ADD CONSTRAINT run_artefacts_organisation_id_run_id_fkey FOREIGN KEY (organisation_id, run_id) REFERENCES harbour.runs(organisation_id, id);


--
-- Name: run_artefacts run_artefacts_organisation_id_sha256_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.run_artefacts
    ADD CONSTRAINT run_artefacts_organisation_id_sha256_fkey FOREIGN KEY (organisation_id, sha256) REFERENCES harbour.artefacts(organisation_id, sha256);


--
-- Name: runs runs_maker_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.runs
    ADD CONSTRAINT runs_maker_id_fkey FOREIGN KEY (maker_id) REFERENCES harbour.members(id);


--
-- Name: runs runs_organisation_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.runs
    ADD CONSTRAINT runs_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES harbour.organisations(id);


--
-- Name: sightings sightings_organisation_id_member_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.sightings
    ADD CONSTRAINT sightings_organisation_id_member_id_fkey FOREIGN KEY (organisation_id, member_id) REFERENCES harbour.members(organisation_id, id);


--
-- Name: sightings sightings_organisation_id_submission_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.sightings
    ADD CONSTRAINT sightings_organisation_id_submission_id_fkey FOREIGN KEY (organisation_id, submission_id) REFERENCES harbour.submissions(organisation_id, id);


--
-- Name: submissions submissions_maker_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.submissions
    ADD CONSTRAINT submissions_maker_id_fkey FOREIGN KEY (maker_id) REFERENCES harbour.members(id);


--
-- Name: submissions submissions_organisation_id_run_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.submissions
    ADD CONSTRAINT submissions_organisation_id_run_id_fkey FOREIGN KEY (organisation_id, run_id) REFERENCES harbour.runs(organisation_id, id);


--
-- Name: submissions submissions_rule_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.submissions
    ADD CONSTRAINT submissions_rule_id_fkey FOREIGN KEY (rule_id) REFERENCES harbour.approval_rules(id);


--
-- Name: transitions transitions_action_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.transitions
    ADD CONSTRAINT transitions_action_fkey FOREIGN KEY (action) REFERENCES harbour.actions(action);


--
-- Name: uploads uploads_member_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.uploads
    ADD CONSTRAINT uploads_member_id_fkey FOREIGN KEY (member_id) REFERENCES harbour.members(id);


--
-- Name: uploads uploads_organisation_id_fkey; Type: FK CONSTRAINT; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE ONLY harbour.uploads
    ADD CONSTRAINT uploads_organisation_id_fkey FOREIGN KEY (organisation_id) REFERENCES harbour.organisations(id);


--
-- Name: procrastinate_events procrastinate_events_job_id_fkey; Type: FK CONSTRAINT; Schema: procrastinate; Owner: harbour_queue
--

ALTER TABLE ONLY procrastinate.procrastinate_events
    ADD CONSTRAINT procrastinate_events_job_id_fkey FOREIGN KEY (job_id) REFERENCES procrastinate.procrastinate_jobs(id) ON DELETE CASCADE;


--
-- Name: procrastinate_jobs procrastinate_jobs_worker_id_fkey; Type: FK CONSTRAINT; Schema: procrastinate; Owner: harbour_queue
--

ALTER TABLE ONLY procrastinate.procrastinate_jobs
    ADD CONSTRAINT procrastinate_jobs_worker_id_fkey FOREIGN KEY (worker_id) REFERENCES procrastinate.procrastinate_workers(id) ON DELETE SET NULL;


--
-- Name: procrastinate_periodic_defers procrastinate_periodic_defers_job_id_fkey; Type: FK CONSTRAINT; Schema: procrastinate; Owner: harbour_queue
--

ALTER TABLE ONLY procrastinate.procrastinate_periodic_defers
    ADD CONSTRAINT procrastinate_periodic_defers_job_id_fkey FOREIGN KEY (job_id) REFERENCES procrastinate.procrastinate_jobs(id);


--
-- Name: actions; Type: ROW SECURITY; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.actions ENABLE ROW LEVEL SECURITY;

--
-- Name: member_roles admin; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY admin ON harbour.member_roles FOR SELECT TO harbour_admin USING (true);


--
-- Name: members admin; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY admin ON harbour.members FOR SELECT TO harbour_admin USING (true);


--
-- Name: organisations admin; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY admin ON harbour.organisations FOR SELECT TO harbour_admin USING (true);


--
-- Name: alembic_version; Type: ROW SECURITY; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.alembic_version ENABLE ROW LEVEL SECURITY;

--
-- Name: actions anyone; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY anyone ON harbour.actions FOR SELECT TO harbour_member USING (true);


--
-- Name: transitions anyone; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY anyone ON harbour.transitions FOR SELECT TO harbour_member USING (true);


--
-- Name: approval_rules; Type: ROW SECURITY; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.approval_rules ENABLE ROW LEVEL SECURITY;

--
-- Name: approval_steps; Type: ROW SECURITY; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.approval_steps ENABLE ROW LEVEL SECURITY;

--
-- Name: approvals; Type: ROW SECURITY; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.approvals ENABLE ROW LEVEL SECURITY;

--
-- Name: artefact_chunks; Type: ROW SECURITY; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.artefact_chunks ENABLE ROW LEVEL SECURITY;

--
-- Name: artefacts; Type: ROW SECURITY; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.artefacts ENABLE ROW LEVEL SECURITY;

--
-- Name: audit_events; Type: ROW SECURITY; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.audit_events ENABLE ROW LEVEL SECURITY;

--
-- Name: audit_heads; Type: ROW SECURITY; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.audit_heads ENABLE ROW LEVEL SECURITY;

--
-- Name: channels; Type: ROW SECURITY; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.channels ENABLE ROW LEVEL SECURITY;

--
-- Name: comments; Type: ROW SECURITY; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.comments ENABLE ROW LEVEL SECURITY;

--
-- Name: credentials; Type: ROW SECURITY; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.credentials ENABLE ROW LEVEL SECURITY;

--
-- Name: delegations; Type: ROW SECURITY; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.delegations ENABLE ROW LEVEL SECURITY;

--
-- Name: member_roles; Type: ROW SECURITY; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.member_roles ENABLE ROW LEVEL SECURITY;

--
-- Name: members; Type: ROW SECURITY; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.members ENABLE ROW LEVEL SECURITY;

--
-- Name: mentions; Type: ROW SECURITY; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.mentions ENABLE ROW LEVEL SECURITY;

--
-- Name: one_time_codes; Type: ROW SECURITY; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.one_time_codes ENABLE ROW LEVEL SECURITY;

--
-- Name: organisations; Type: ROW SECURITY; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.organisations ENABLE ROW LEVEL SECURITY;

--
-- Name: approval_rules own; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY own ON harbour.approval_rules FOR SELECT TO harbour_member USING ((organisation_id = ( SELECT harbour.my_organisation() AS my_organisation)));


--
-- Name: approval_steps own; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY own ON harbour.approval_steps FOR SELECT TO harbour_member USING ((organisation_id = ( SELECT harbour.my_organisation() AS my_organisation)));


--
-- Name: approvals own; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY own ON harbour.approvals FOR SELECT TO harbour_member USING (((organisation_id = ( SELECT harbour.my_organisation() AS my_organisation)) AND ( SELECT harbour.sees_work() AS sees_work)));


--
-- Name: artefact_chunks own; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY own ON harbour.artefact_chunks FOR SELECT TO harbour_member USING (((organisation_id = ( SELECT harbour.my_organisation() AS my_organisation)) AND (( SELECT harbour.sees_work() AS sees_work) OR (EXISTS ( SELECT
   FROM harbour.artefacts a
  WHERE (a.upload_id = artefact_chunks.upload_id))))));


--
-- Name: artefacts own; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY own ON harbour.artefacts FOR SELECT TO harbour_member USING (((organisation_id = ( SELECT harbour.my_organisation() AS my_organisation)) AND (( SELECT harbour.sees_work() AS sees_work) OR (EXISTS ( SELECT
   FROM harbour.run_artefacts a
  WHERE ((a.organisation_id = artefacts.organisation_id) AND (a.sha256 = artefacts.sha256)))))));


--
-- Name: audit_events own; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY own ON harbour.audit_events FOR SELECT TO harbour_member USING (((organisation_id = ( SELECT harbour.my_organisation() AS my_organisation)) AND ( SELECT harbour.may('see_audit'::text) AS may)));


--
-- Name: audit_heads own; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY own ON harbour.audit_heads FOR SELECT TO harbour_member USING (((organisation_id = ( SELECT harbour.my_organisation() AS my_organisation)) AND ( SELECT harbour.may('see_audit'::text) AS may)));


--
-- Name: comments own; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY own ON harbour.comments FOR SELECT TO harbour_member USING (((organisation_id = ( SELECT harbour.my_organisation() AS my_organisation)) AND ( SELECT harbour.sees_work() AS sees_work)));


--
-- Name: delegations own; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY own ON harbour.delegations FOR SELECT TO harbour_member USING (((organisation_id = ( SELECT harbour.my_organisation() AS my_organisation)) AND ( SELECT harbour.sees_work() AS sees_work)));


--
-- Name: member_roles own; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY own ON harbour.member_roles FOR SELECT TO harbour_member USING ((organisation_id = ( SELECT harbour.my_organisation() AS my_organisation)));


--
-- Name: members own; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY own ON harbour.members FOR SELECT TO harbour_member USING ((organisation_id = ( SELECT harbour.my_organisation() AS my_organisation)));


--
-- Name: mentions own; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY own ON harbour.mentions FOR SELECT TO harbour_member USING (((organisation_id = ( SELECT harbour.my_organisation() AS my_organisation)) AND ( SELECT harbour.sees_work() AS sees_work)));


--
-- Name: organisations own; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY own ON harbour.organisations FOR SELECT TO harbour_member USING ((id = ( SELECT harbour.my_organisation() AS my_organisation)));


--
-- Name: publications own; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY own ON harbour.publications FOR SELECT TO harbour_member USING ((organisation_id = ( SELECT harbour.my_organisation() AS my_organisation)));


--
-- Name: quotas own; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY own ON harbour.quotas FOR SELECT TO harbour_member USING ((organisation_id = ( SELECT harbour.my_organisation() AS my_organisation)));


--
-- Name: run_artefacts own; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY own ON harbour.run_artefacts FOR SELECT TO harbour_member USING (((organisation_id = ( SELECT harbour.my_organisation() AS my_organisation)) AND (( SELECT harbour.sees_work() AS sees_work) OR (EXISTS ( SELECT
   FROM harbour.runs r
  WHERE (r.id = run_artefacts.run_id))))));


--
-- Name: runs own; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY own ON harbour.runs FOR SELECT TO harbour_member USING (((organisation_id = ( SELECT harbour.my_organisation() AS my_organisation)) AND (( SELECT harbour.sees_work() AS sees_work) OR (EXISTS ( SELECT
   FROM harbour.publications p
  WHERE ((p.run_id = runs.id) AND (p.ended_at IS NULL)))))));


--
-- Name: sightings own; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY own ON harbour.sightings FOR SELECT TO harbour_member USING (((organisation_id = ( SELECT harbour.my_organisation() AS my_organisation)) AND ( SELECT harbour.may('see_audit'::text) AS may)));


--
-- Name: submissions own; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY own ON harbour.submissions FOR SELECT TO harbour_member USING (((organisation_id = ( SELECT harbour.my_organisation() AS my_organisation)) AND (( SELECT harbour.sees_work() AS sees_work) OR (EXISTS ( SELECT
   FROM harbour.publications p
  WHERE ((p.submission_id = submissions.id) AND (p.ended_at IS NULL)))))));


--
-- Name: actions owner; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY owner ON harbour.actions TO harbour_owner USING (true) WITH CHECK (true);


--
-- Name: alembic_version owner; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY owner ON harbour.alembic_version TO harbour_owner USING (true) WITH CHECK (true);


--
-- Name: approval_rules owner; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY owner ON harbour.approval_rules TO harbour_owner USING (true) WITH CHECK (true);


--
-- Name: approval_steps owner; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY owner ON harbour.approval_steps TO harbour_owner USING (true) WITH CHECK (true);


--
-- Name: approvals owner; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY owner ON harbour.approvals TO harbour_owner USING (true) WITH CHECK (true);


--
-- Name: artefact_chunks owner; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY owner ON harbour.artefact_chunks TO harbour_owner USING (true) WITH CHECK (true);


--
-- Name: artefacts owner; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY owner ON harbour.artefacts TO harbour_owner USING (true) WITH CHECK (true);


--
-- Name: audit_events owner; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY owner ON harbour.audit_events TO harbour_owner USING (true) WITH CHECK (true);


--
-- Name: audit_heads owner; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY owner ON harbour.audit_heads TO harbour_owner USING (true) WITH CHECK (true);


--
-- Name: channels owner; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY owner ON harbour.channels TO harbour_owner USING (true) WITH CHECK (true);


--
-- Name: comments owner; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY owner ON harbour.comments TO harbour_owner USING (true) WITH CHECK (true);


--
-- Name: credentials owner; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY owner ON harbour.credentials TO harbour_owner USING (true) WITH CHECK (true);


--
-- Name: delegations owner; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY owner ON harbour.delegations TO harbour_owner USING (true) WITH CHECK (true);


--
-- Name: member_roles owner; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY owner ON harbour.member_roles TO harbour_owner USING (true) WITH CHECK (true);


--
-- Name: members owner; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY owner ON harbour.members TO harbour_owner USING (true) WITH CHECK (true);


--
-- Name: mentions owner; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY owner ON harbour.mentions TO harbour_owner USING (true) WITH CHECK (true);


--
-- Name: one_time_codes owner; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY owner ON harbour.one_time_codes TO harbour_owner USING (true) WITH CHECK (true);


--
-- Name: organisations owner; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY owner ON harbour.organisations TO harbour_owner USING (true) WITH CHECK (true);


--
-- Name: publications owner; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY owner ON harbour.publications TO harbour_owner USING (true) WITH CHECK (true);


--
-- Name: quotas owner; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY owner ON harbour.quotas TO harbour_owner USING (true) WITH CHECK (true);


--
-- Name: recovery_codes owner; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY owner ON harbour.recovery_codes TO harbour_owner USING (true) WITH CHECK (true);


--
-- Name: run_artefacts owner; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY owner ON harbour.run_artefacts TO harbour_owner USING (true) WITH CHECK (true);


--
-- Name: runs owner; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY owner ON harbour.runs TO harbour_owner USING (true) WITH CHECK (true);


--
-- Name: sightings owner; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY owner ON harbour.sightings TO harbour_owner USING (true) WITH CHECK (true);


--
-- Name: submissions owner; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY owner ON harbour.submissions TO harbour_owner USING (true) WITH CHECK (true);


--
-- Name: transitions owner; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY owner ON harbour.transitions TO harbour_owner USING (true) WITH CHECK (true);


--
-- Name: uploads owner; Type: POLICY; Schema: harbour; Owner: harbour_owner
--

CREATE POLICY owner ON harbour.uploads TO harbour_owner USING (true) WITH CHECK (true);


--
-- Name: publications; Type: ROW SECURITY; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.publications ENABLE ROW LEVEL SECURITY;

--
-- Name: quotas; Type: ROW SECURITY; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.quotas ENABLE ROW LEVEL SECURITY;

--
-- Name: recovery_codes; Type: ROW SECURITY; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.recovery_codes ENABLE ROW LEVEL SECURITY;

--
-- Name: run_artefacts; Type: ROW SECURITY; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.run_artefacts ENABLE ROW LEVEL SECURITY;

--
-- Name: runs; Type: ROW SECURITY; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.runs ENABLE ROW LEVEL SECURITY;

--
-- Name: sightings; Type: ROW SECURITY; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.sightings ENABLE ROW LEVEL SECURITY;

--
-- Name: submissions; Type: ROW SECURITY; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.submissions ENABLE ROW LEVEL SECURITY;

--
-- Name: transitions; Type: ROW SECURITY; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.transitions ENABLE ROW LEVEL SECURITY;

--
-- Name: uploads; Type: ROW SECURITY; Schema: harbour; Owner: harbour_owner
--

ALTER TABLE harbour.uploads ENABLE ROW LEVEL SECURITY;

--
-- Name: SCHEMA harbour; Type: ACL; Schema: -; Owner: harbour_owner
--

GRANT USAGE ON SCHEMA harbour TO harbour_member;
GRANT USAGE ON SCHEMA harbour TO harbour_worker;
GRANT USAGE ON SCHEMA harbour TO harbour_admin;


--
-- Name: SCHEMA procrastinate; Type: ACL; Schema: -; Owner: harbour_queue
--

GRANT USAGE ON SCHEMA procrastinate TO harbour_worker;
GRANT USAGE ON SCHEMA procrastinate TO harbour_owner;


--
-- Name: SCHEMA public; Type: ACL; Schema: -; Owner: pg_database_owner
--

REVOKE USAGE ON SCHEMA public FROM PUBLIC;


--
-- Name: FUNCTION actor(); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.actor() FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.actor() TO harbour_member;


--
-- Name: FUNCTION add_member(p_organisation text, p_name text, p_display_name text, p_roles text[], p_password_hash text); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.add_member(p_organisation text, p_name text, p_display_name text, p_roles text[], p_password_hash text) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.add_member(p_organisation text, p_name text, p_display_name text, p_roles text[], p_password_hash text) TO harbour_admin;


--
-- Name: FUNCTION add_organisation(p_slug text, p_name text); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.add_organisation(p_slug text, p_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.add_organisation(p_slug text, p_name text) TO harbour_admin;


--
-- Name: FUNCTION anchor_channel(); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.anchor_channel() FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.anchor_channel() TO harbour_worker;
GRANT ALL ON FUNCTION harbour.anchor_channel() TO harbour_admin;


--
-- Name: FUNCTION approve(p_submission bigint, p_digest text, p_comment text); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.approve(p_submission bigint, p_digest text, p_comment text) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.approve(p_submission bigint, p_digest text, p_comment text) TO harbour_member;


--
-- Name: TABLE members; Type: ACL; Schema: harbour; Owner: harbour_owner
--

GRANT SELECT ON TABLE harbour.members TO harbour_member;
GRANT SELECT ON TABLE harbour.members TO harbour_admin;


--
-- Name: FUNCTION asking(); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.asking() FROM PUBLIC;


--
-- Name: FUNCTION audit_hash_at(p_organisation text, p_seq bigint); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.audit_hash_at(p_organisation text, p_seq bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.audit_hash_at(p_organisation text, p_seq bigint) TO harbour_worker;
GRANT ALL ON FUNCTION harbour.audit_hash_at(p_organisation text, p_seq bigint) TO harbour_admin;


--
-- Name: FUNCTION audit_heads_now(); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.audit_heads_now() FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.audit_heads_now() TO harbour_worker;
GRANT ALL ON FUNCTION harbour.audit_heads_now() TO harbour_admin;


--
-- Name: TABLE submissions; Type: ACL; Schema: harbour; Owner: harbour_owner
--

GRANT SELECT ON TABLE harbour.submissions TO harbour_member;


--
-- Name: FUNCTION authority_over(p_self harbour.members, p_roles text[], p_submission harbour.submissions); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.authority_over(p_self harbour.members, p_roles text[], p_submission harbour.submissions) FROM PUBLIC;


--
-- Name: FUNCTION begin_session(p_name text); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.begin_session(p_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.begin_session(p_name text) TO harbour_admin;


--
-- Name: FUNCTION claim_run(p_run bigint); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.claim_run(p_run bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.claim_run(p_run bigint) TO harbour_worker;


--
-- Name: FUNCTION close_login(p_name text, p_right boolean); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.close_login(p_name text, p_right boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.close_login(p_name text, p_right boolean) TO harbour_admin;


--
-- Name: FUNCTION comment(p_submission bigint, p_body text); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.comment(p_submission bigint, p_body text) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.comment(p_submission bigint, p_body text) TO harbour_member;


--
-- Name: FUNCTION comment_on(p_submission bigint, p_template text, p_cell jsonb, p_reply_to bigint, p_blocking boolean, p_body text); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.comment_on(p_submission bigint, p_template text, p_cell jsonb, p_reply_to bigint, p_blocking boolean, p_body text) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.comment_on(p_submission bigint, p_template text, p_cell jsonb, p_reply_to bigint, p_blocking boolean, p_body text) TO harbour_member;


--
-- Name: FUNCTION confirm_code(p_name text, p_step bigint, p_recovery text[]); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.confirm_code(p_name text, p_step bigint, p_recovery text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.confirm_code(p_name text, p_step bigint, p_recovery text[]) TO harbour_admin;


--
-- Name: FUNCTION continue_session(p_name text, p_idle interval, p_lifetime interval); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.continue_session(p_name text, p_idle interval, p_lifetime interval) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.continue_session(p_name text, p_idle interval, p_lifetime interval) TO harbour_admin;


--
-- Name: FUNCTION count_piece(); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.count_piece() FROM PUBLIC;


--
-- Name: FUNCTION decide(p_action text, p_submission bigint, p_digest text, p_comment text); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.decide(p_action text, p_submission bigint, p_digest text, p_comment text) FROM PUBLIC;


--
-- Name: FUNCTION delegate(p_deputy text, p_role text, p_until timestamp with time zone); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.delegate(p_deputy text, p_role text, p_until timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.delegate(p_deputy text, p_role text, p_until timestamp with time zone) TO harbour_member;


--
-- Name: FUNCTION denied(p_self harbour.members, p_action text, p_subject text, p_refusal harbour.outcome); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.denied(p_self harbour.members, p_action text, p_subject text, p_refusal harbour.outcome) FROM PUBLIC;


--
-- Name: FUNCTION digest_seen(p_run bigint); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.digest_seen(p_run bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.digest_seen(p_run bigint) TO harbour_member;


--
-- Name: FUNCTION done(p_id bigint, p_digest text); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.done(p_id bigint, p_digest text) FROM PUBLIC;


--
-- Name: FUNCTION drop_code(p_name text); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.drop_code(p_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.drop_code(p_name text) TO harbour_admin;


--
-- Name: FUNCTION end_delegation(p_delegation bigint); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.end_delegation(p_delegation bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.end_delegation(p_delegation bigint) TO harbour_member;


--
-- Name: FUNCTION end_one_time_password(); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.end_one_time_password() FROM PUBLIC;


--
-- Name: FUNCTION enrol_code(p_name text, p_secret text); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.enrol_code(p_name text, p_secret text) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.enrol_code(p_name text, p_secret text) TO harbour_admin;


--
-- Name: FUNCTION enrolled_secret(p_name text); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.enrolled_secret(p_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.enrolled_secret(p_name text) TO harbour_admin;


--
-- Name: FUNCTION finish_run(p_run bigint, p_result jsonb); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.finish_run(p_run bigint, p_result jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.finish_run(p_run bigint, p_result jsonb) TO harbour_member;


--
-- Name: FUNCTION finish_upload(p_upload uuid, p_sha256 text); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.finish_upload(p_upload uuid, p_sha256 text) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.finish_upload(p_upload uuid, p_sha256 text) TO harbour_member;


--
-- Name: FUNCTION forgive_attempt(p_name text); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.forgive_attempt(p_name text) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.forgive_attempt(p_name text) TO harbour_admin;


--
-- Name: FUNCTION has_approved(p_submission harbour.submissions, p_member bigint); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.has_approved(p_submission harbour.submissions, p_member bigint) FROM PUBLIC;


--
-- Name: FUNCTION has_own_role(p_member bigint, p_roles text[]); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.has_own_role(p_member bigint, p_roles text[]) FROM PUBLIC;


--
-- Name: FUNCTION has_role(p_roles text[]); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.has_role(p_roles text[]) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.has_role(p_roles text[]) TO harbour_member;


--
-- Name: FUNCTION hex_sha256(p_text text); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.hex_sha256(p_text text) FROM PUBLIC;


--
-- Name: FUNCTION hold_quota(); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.hold_quota() FROM PUBLIC;


--
-- Name: FUNCTION keep_comment(); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.keep_comment() FROM PUBLIC;


--
-- Name: TABLE actions; Type: ACL; Schema: harbour; Owner: harbour_owner
--

GRANT SELECT ON TABLE harbour.actions TO harbour_member;


--
-- Name: FUNCTION keep_decision(p_self harbour.members, p_seen harbour.submissions, p_wanted harbour.actions, p_said text); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.keep_decision(p_self harbour.members, p_seen harbour.submissions, p_wanted harbour.actions, p_said text) FROM PUBLIC;


--
-- Name: FUNCTION keep_finished_run(); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.keep_finished_run() FROM PUBLIC;


--
-- Name: TABLE comments; Type: ACL; Schema: harbour; Owner: harbour_owner
--

GRANT SELECT ON TABLE harbour.comments TO harbour_member;


--
-- Name: FUNCTION keep_mentions(p_comment harbour.comments); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.keep_mentions(p_comment harbour.comments) FROM PUBLIC;


--
-- Name: TABLE artefacts; Type: ACL; Schema: harbour; Owner: harbour_owner
--

GRANT SELECT ON TABLE harbour.artefacts TO harbour_member;


--
-- Name: FUNCTION keep_upload(p_upload uuid, p_sha256 text, p_size bigint, p_checked boolean, p_kept harbour.artefacts, p_replaces boolean); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.keep_upload(p_upload uuid, p_sha256 text, p_size bigint, p_checked boolean, p_kept harbour.artefacts, p_replaces boolean) FROM PUBLIC;


--
-- Name: FUNCTION mark_comment(p_action text, p_comment bigint); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.mark_comment(p_action text, p_comment bigint) FROM PUBLIC;


--
-- Name: FUNCTION may(p_action text); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.may(p_action text) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.may(p_action text) TO harbour_member;


--
-- Name: FUNCTION me(); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.me() FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.me() TO harbour_member;


--
-- Name: FUNCTION member_asking(); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.member_asking() FROM PUBLIC;


--
-- Name: FUNCTION member_named(p_name text); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.member_named(p_name text) FROM PUBLIC;


--
-- Name: FUNCTION move_submission(p_action text, p_submission bigint, p_detail jsonb); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.move_submission(p_action text, p_submission bigint, p_detail jsonb) FROM PUBLIC;


--
-- Name: FUNCTION my_channel(); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.my_channel() FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.my_channel() TO harbour_member;


--
-- Name: FUNCTION my_organisation(); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.my_organisation() FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.my_organisation() TO harbour_member;


--
-- Name: FUNCTION netstring(p_text text); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.netstring(p_text text) FROM PUBLIC;


--
-- Name: FUNCTION new_run(p_self harbour.members, p_name text, p_template text, p_parameters jsonb, p_state text); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.new_run(p_self harbour.members, p_name text, p_template text, p_parameters jsonb, p_state text) FROM PUBLIC;


--
-- Name: FUNCTION note_database_login(p_name text, p_issued boolean); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.note_database_login(p_name text, p_issued boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.note_database_login(p_name text, p_issued boolean) TO harbour_admin;


--
-- Name: FUNCTION note_sight(p_submission bigint); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.note_sight(p_submission bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.note_sight(p_submission bigint) TO harbour_member;


--
-- Name: FUNCTION open_channel(); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.open_channel() FROM PUBLIC;


--
-- Name: FUNCTION open_login(p_name text, OUT state text, OUT password_hash text, OUT must_change boolean); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.open_login(p_name text, OUT state text, OUT password_hash text, OUT must_change boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.open_login(p_name text, OUT state text, OUT password_hash text, OUT must_change boolean) TO harbour_admin;


--
-- Name: FUNCTION open_step(p_self harbour.members, p_submission harbour.submissions, OUT step integer, OUT authority bigint, OUT turn_of text); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.open_step(p_self harbour.members, p_submission harbour.submissions, OUT step integer, OUT authority bigint, OUT turn_of text) FROM PUBLIC;


--
-- Name: FUNCTION prepared_by(p_submission harbour.submissions, p_member bigint); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.prepared_by(p_submission harbour.submissions, p_member bigint) FROM PUBLIC;


--
-- Name: FUNCTION principals_of(p_deputy bigint, p_roles text[]); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.principals_of(p_deputy bigint, p_roles text[]) FROM PUBLIC;


--
-- Name: FUNCTION publish_submission(p_submission bigint); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.publish_submission(p_submission bigint) FROM PUBLIC;


--
-- Name: FUNCTION put_chunk(p_upload uuid, p_position integer, p_content bytea); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.put_chunk(p_upload uuid, p_position integer, p_content bytea) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.put_chunk(p_upload uuid, p_position integer, p_content bytea) TO harbour_member;


--
-- Name: FUNCTION quota_of(p_organisation bigint, p_what text); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.quota_of(p_organisation bigint, p_what text) FROM PUBLIC;


--
-- Name: FUNCTION record_run(p_name text, p_template text, p_parameters jsonb, p_result jsonb); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.record_run(p_name text, p_template text, p_parameters jsonb, p_result jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.record_run(p_name text, p_template text, p_parameters jsonb, p_result jsonb) TO harbour_member;


--
-- Name: FUNCTION refusal(p_code text, p_sentence text); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.refusal(p_code text, p_sentence text) FROM PUBLIC;


--
-- Name: FUNCTION refusal_by_quota(p_organisation bigint, p_what text); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.refusal_by_quota(p_organisation bigint, p_what text) FROM PUBLIC;


--
-- Name: FUNCTION refusal_by_role(p_action text); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.refusal_by_role(p_action text) FROM PUBLIC;


--
-- Name: FUNCTION refusal_of(p_action text, p_submission harbour.submissions); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.refusal_of(p_action text, p_submission harbour.submissions) FROM PUBLIC;


--
-- Name: FUNCTION refusal_of_comment(p_said harbour.comments); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.refusal_of_comment(p_said harbour.comments) FROM PUBLIC;


--
-- Name: FUNCTION refusal_of_result(p_organisation bigint, p_result jsonb); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.refusal_of_result(p_organisation bigint, p_result jsonb) FROM PUBLIC;


--
-- Name: FUNCTION refusal_of_role(p_action harbour.actions); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.refusal_of_role(p_action harbour.actions) FROM PUBLIC;


--
-- Name: TABLE runs; Type: ACL; Schema: harbour; Owner: harbour_owner
--

GRANT SELECT ON TABLE harbour.runs TO harbour_member;


--
-- Name: FUNCTION refusal_of_run(p_self harbour.members, p_run harbour.runs); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.refusal_of_run(p_self harbour.members, p_run harbour.runs) FROM PUBLIC;


--
-- Name: FUNCTION refusal_sentence(p_action text, p_submission bigint); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.refusal_sentence(p_action text, p_submission bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.refusal_sentence(p_action text, p_submission bigint) TO harbour_member;


--
-- Name: FUNCTION refuse_change(); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.refuse_change() FROM PUBLIC;


--
-- Name: FUNCTION reject(p_submission bigint, p_comment text); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.reject(p_submission bigint, p_comment text) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.reject(p_submission bigint, p_comment text) TO harbour_member;


--
-- Name: FUNCTION reopen_comment(p_comment bigint); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.reopen_comment(p_comment bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.reopen_comment(p_comment bigint) TO harbour_member;


--
-- Name: FUNCTION request_run(p_name text, p_template text, p_parameters jsonb); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.request_run(p_name text, p_template text, p_parameters jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.request_run(p_name text, p_template text, p_parameters jsonb) TO harbour_member;


--
-- Name: FUNCTION resolve_comment(p_comment bigint); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.resolve_comment(p_comment bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.resolve_comment(p_comment bigint) TO harbour_member;


--
-- Name: FUNCTION resubmit(p_submission bigint, p_run bigint, p_note text); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.resubmit(p_submission bigint, p_run bigint, p_note text) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.resubmit(p_submission bigint, p_run bigint, p_note text) TO harbour_member;


--
-- Name: FUNCTION return_(p_submission bigint, p_comment text); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.return_(p_submission bigint, p_comment text) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.return_(p_submission bigint, p_comment text) TO harbour_member;


--
-- Name: FUNCTION root_of(p_upload uuid); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.root_of(p_upload uuid) FROM PUBLIC;


--
-- Name: FUNCTION rule_in_force(p_organisation bigint, p_template text); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.rule_in_force(p_organisation bigint, p_template text) FROM PUBLIC;


--
-- Name: FUNCTION run_digest(p_run bigint); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.run_digest(p_run bigint) FROM PUBLIC;


--
-- Name: FUNCTION second_step(p_name text, OUT ended boolean, OUT secret text, OUT last_step bigint); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.second_step(p_name text, OUT ended boolean, OUT secret text, OUT last_step bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.second_step(p_name text, OUT ended boolean, OUT secret text, OUT last_step bigint) TO harbour_admin;


--
-- Name: FUNCTION sees_work(); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.sees_work() FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.sees_work() TO harbour_member;


--
-- Name: FUNCTION sentence_of_block(p_submission bigint); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.sentence_of_block(p_submission bigint) FROM PUBLIC;


--
-- Name: FUNCTION sentence_of_quota(p_what text, p_bound bigint); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.sentence_of_quota(p_what text, p_bound bigint) FROM PUBLIC;


--
-- Name: FUNCTION set_approval_rule(p_template text, p_roles text[], p_in_order boolean); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.set_approval_rule(p_template text, p_roles text[], p_in_order boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.set_approval_rule(p_template text, p_roles text[], p_in_order boolean) TO harbour_member;


--
-- Name: FUNCTION set_member_state(p_name text, p_state text); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.set_member_state(p_name text, p_state text) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.set_member_state(p_name text, p_state text) TO harbour_admin;


--
-- Name: FUNCTION set_password_hash(p_name text, p_password_hash text, p_must_change boolean); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.set_password_hash(p_name text, p_password_hash text, p_must_change boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.set_password_hash(p_name text, p_password_hash text, p_must_change boolean) TO harbour_admin;


--
-- Name: FUNCTION set_quota(p_organisation text, p_members integer, p_runs_a_day integer, p_storage bigint); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.set_quota(p_organisation text, p_members integer, p_runs_a_day integer, p_storage bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.set_quota(p_organisation text, p_members integer, p_runs_a_day integer, p_storage bigint) TO harbour_admin;


--
-- Name: FUNCTION sha256_of(p_upload uuid); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.sha256_of(p_upload uuid) FROM PUBLIC;


--
-- Name: FUNCTION size_of(p_upload uuid); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.size_of(p_upload uuid) FROM PUBLIC;


--
-- Name: FUNCTION start_upload(); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.start_upload() FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.start_upload() TO harbour_member;


--
-- Name: FUNCTION steps_of(p_submission harbour.submissions); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.steps_of(p_submission harbour.submissions) FROM PUBLIC;


--
-- Name: FUNCTION steps_seen(p_submission bigint); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.steps_seen(p_submission bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.steps_seen(p_submission bigint) TO harbour_member;


--
-- Name: FUNCTION submit(p_run bigint, p_note text); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.submit(p_run bigint, p_note text) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.submit(p_run bigint, p_note text) TO harbour_member;


--
-- Name: FUNCTION take_turn(p_organisation bigint); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.take_turn(p_organisation bigint) FROM PUBLIC;


--
-- Name: FUNCTION use_code(p_name text, p_step bigint); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.use_code(p_name text, p_step bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.use_code(p_name text, p_step bigint) TO harbour_admin;


--
-- Name: FUNCTION use_recovery_code(p_name text, p_hash text); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.use_recovery_code(p_name text, p_hash text) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.use_recovery_code(p_name text, p_hash text) TO harbour_admin;


--
-- Name: FUNCTION used_of(p_organisation bigint, p_what text); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.used_of(p_organisation bigint, p_what text) FROM PUBLIC;


--
-- Name: FUNCTION utc_text(p_at timestamp with time zone); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.utc_text(p_at timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.utc_text(p_at timestamp with time zone) TO harbour_member;


--
-- Name: FUNCTION void(p_submission bigint, p_comment text); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.void(p_submission bigint, p_comment text) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.void(p_submission bigint, p_comment text) TO harbour_member;


--
-- Name: FUNCTION void_all_changed(); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.void_all_changed() FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.void_all_changed() TO harbour_worker;
GRANT ALL ON FUNCTION harbour.void_all_changed() TO harbour_admin;


--
-- Name: FUNCTION void_changed(p_run bigint, p_part text); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.void_changed(p_run bigint, p_part text) FROM PUBLIC;


--
-- Name: FUNCTION void_what_changed(); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.void_what_changed() FROM PUBLIC;


--
-- Name: FUNCTION wake_listeners(); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.wake_listeners() FROM PUBLIC;


--
-- Name: FUNCTION withdraw(p_submission bigint, p_comment text); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.withdraw(p_submission bigint, p_comment text) FROM PUBLIC;
GRANT ALL ON FUNCTION harbour.withdraw(p_submission bigint, p_comment text) TO harbour_member;


--
-- Name: FUNCTION write_event(p_organisation bigint, p_action text, p_subject text, p_outcome text, p_detail jsonb); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.write_event(p_organisation bigint, p_action text, p_subject text, p_outcome text, p_detail jsonb) FROM PUBLIC;


--
-- Name: FUNCTION write_result(p_run bigint, p_result jsonb); Type: ACL; Schema: harbour; Owner: harbour_owner
--

REVOKE ALL ON FUNCTION harbour.write_result(p_run bigint, p_result jsonb) FROM PUBLIC;


--
-- Name: FUNCTION lo_close(integer); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.lo_close(integer) FROM PUBLIC;


--
-- Name: FUNCTION lo_creat(integer); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.lo_creat(integer) FROM PUBLIC;


--
-- Name: FUNCTION lo_create(oid); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.lo_create(oid) FROM PUBLIC;


--
-- Name: FUNCTION lo_from_bytea(oid, bytea); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.lo_from_bytea(oid, bytea) FROM PUBLIC;


--
-- Name: FUNCTION lo_get(oid); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.lo_get(oid) FROM PUBLIC;


--
-- Name: FUNCTION lo_get(oid, bigint, integer); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.lo_get(oid, bigint, integer) FROM PUBLIC;


--
-- Name: FUNCTION lo_lseek(integer, integer, integer); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.lo_lseek(integer, integer, integer) FROM PUBLIC;


--
-- Name: FUNCTION lo_lseek64(integer, bigint, integer); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.lo_lseek64(integer, bigint, integer) FROM PUBLIC;


--
-- Name: FUNCTION lo_open(oid, integer); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.lo_open(oid, integer) FROM PUBLIC;


--
-- Name: FUNCTION lo_put(oid, bigint, bytea); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.lo_put(oid, bigint, bytea) FROM PUBLIC;


--
-- Name: FUNCTION lo_tell(integer); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.lo_tell(integer) FROM PUBLIC;


--
-- Name: FUNCTION lo_tell64(integer); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.lo_tell64(integer) FROM PUBLIC;


--
-- Name: FUNCTION lo_truncate(integer, integer); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.lo_truncate(integer, integer) FROM PUBLIC;


--
-- Name: FUNCTION lo_truncate64(integer, bigint); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.lo_truncate64(integer, bigint) FROM PUBLIC;


--
-- Name: FUNCTION lo_unlink(oid); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.lo_unlink(oid) FROM PUBLIC;


--
-- Name: FUNCTION loread(integer, integer); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.loread(integer, integer) FROM PUBLIC;


--
-- Name: FUNCTION lowrite(integer, bytea); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.lowrite(integer, bytea) FROM PUBLIC;


--
-- Name: FUNCTION pg_advisory_lock(bigint); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.pg_advisory_lock(bigint) FROM PUBLIC;


--
-- Name: FUNCTION pg_advisory_lock(integer, integer); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.pg_advisory_lock(integer, integer) FROM PUBLIC;


--
-- Name: FUNCTION pg_advisory_lock_shared(bigint); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.pg_advisory_lock_shared(bigint) FROM PUBLIC;


--
-- Name: FUNCTION pg_advisory_lock_shared(integer, integer); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.pg_advisory_lock_shared(integer, integer) FROM PUBLIC;


--
-- Name: FUNCTION pg_advisory_unlock(bigint); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.pg_advisory_unlock(bigint) FROM PUBLIC;


--
-- Name: FUNCTION pg_advisory_unlock(integer, integer); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.pg_advisory_unlock(integer, integer) FROM PUBLIC;


--
-- Name: FUNCTION pg_advisory_unlock_all(); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.pg_advisory_unlock_all() FROM PUBLIC;


--
-- Name: FUNCTION pg_advisory_unlock_shared(bigint); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.pg_advisory_unlock_shared(bigint) FROM PUBLIC;


--
-- Name: FUNCTION pg_advisory_unlock_shared(integer, integer); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.pg_advisory_unlock_shared(integer, integer) FROM PUBLIC;


--
-- Name: FUNCTION pg_advisory_xact_lock(bigint); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.pg_advisory_xact_lock(bigint) FROM PUBLIC;


--
-- Name: FUNCTION pg_advisory_xact_lock(integer, integer); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.pg_advisory_xact_lock(integer, integer) FROM PUBLIC;


--
-- Name: FUNCTION pg_advisory_xact_lock_shared(bigint); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.pg_advisory_xact_lock_shared(bigint) FROM PUBLIC;


--
-- Name: FUNCTION pg_advisory_xact_lock_shared(integer, integer); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.pg_advisory_xact_lock_shared(integer, integer) FROM PUBLIC;


--
-- Name: FUNCTION pg_get_userbyid(oid); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.pg_get_userbyid(oid) FROM PUBLIC;
GRANT ALL ON FUNCTION pg_catalog.pg_get_userbyid(oid) TO harbour_admin;
GRANT ALL ON FUNCTION pg_catalog.pg_get_userbyid(oid) TO harbour_migrator;
GRANT ALL ON FUNCTION pg_catalog.pg_get_userbyid(oid) TO harbour_owner;


--
-- Name: FUNCTION pg_lock_status(OUT locktype text, OUT database oid, OUT relation oid, OUT page integer, OUT tuple smallint, OUT virtualxid text, OUT transactionid xid, OUT classid oid, OUT objid oid, OUT objsubid smallint, OUT virtualtransaction text, OUT pid integer, OUT mode text, OUT granted boolean, OUT fastpath boolean, OUT waitstart timestamp with time zone); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.pg_lock_status(OUT locktype text, OUT database oid, OUT relation oid, OUT page integer, OUT tuple smallint, OUT virtualxid text, OUT transactionid xid, OUT classid oid, OUT objid oid, OUT objsubid smallint, OUT virtualtransaction text, OUT pid integer, OUT mode text, OUT granted boolean, OUT fastpath boolean, OUT waitstart timestamp with time zone) FROM PUBLIC;
GRANT ALL ON FUNCTION pg_catalog.pg_lock_status(OUT locktype text, OUT database oid, OUT relation oid, OUT page integer, OUT tuple smallint, OUT virtualxid text, OUT transactionid xid, OUT classid oid, OUT objid oid, OUT objsubid smallint, OUT virtualtransaction text, OUT pid integer, OUT mode text, OUT granted boolean, OUT fastpath boolean, OUT waitstart timestamp with time zone) TO harbour_admin;
GRANT ALL ON FUNCTION pg_catalog.pg_lock_status(OUT locktype text, OUT database oid, OUT relation oid, OUT page integer, OUT tuple smallint, OUT virtualxid text, OUT transactionid xid, OUT classid oid, OUT objid oid, OUT objsubid smallint, OUT virtualtransaction text, OUT pid integer, OUT mode text, OUT granted boolean, OUT fastpath boolean, OUT waitstart timestamp with time zone) TO harbour_migrator;
GRANT ALL ON FUNCTION pg_catalog.pg_lock_status(OUT locktype text, OUT database oid, OUT relation oid, OUT page integer, OUT tuple smallint, OUT virtualxid text, OUT transactionid xid, OUT classid oid, OUT objid oid, OUT objsubid smallint, OUT virtualtransaction text, OUT pid integer, OUT mode text, OUT granted boolean, OUT fastpath boolean, OUT waitstart timestamp with time zone) TO harbour_owner;


--
-- Name: FUNCTION pg_notify(text, text); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.pg_notify(text, text) FROM PUBLIC;
GRANT ALL ON FUNCTION pg_catalog.pg_notify(text, text) TO harbour_owner;
GRANT ALL ON FUNCTION pg_catalog.pg_notify(text, text) TO harbour_queue;
GRANT ALL ON FUNCTION pg_catalog.pg_notify(text, text) TO harbour_worker;


--
-- Name: FUNCTION pg_prepared_xact(OUT transaction xid, OUT gid text, OUT prepared timestamp with time zone, OUT ownerid oid, OUT dbid oid); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.pg_prepared_xact(OUT transaction xid, OUT gid text, OUT prepared timestamp with time zone, OUT ownerid oid, OUT dbid oid) FROM PUBLIC;
GRANT ALL ON FUNCTION pg_catalog.pg_prepared_xact(OUT transaction xid, OUT gid text, OUT prepared timestamp with time zone, OUT ownerid oid, OUT dbid oid) TO harbour_admin;
GRANT ALL ON FUNCTION pg_catalog.pg_prepared_xact(OUT transaction xid, OUT gid text, OUT prepared timestamp with time zone, OUT ownerid oid, OUT dbid oid) TO harbour_migrator;
GRANT ALL ON FUNCTION pg_catalog.pg_prepared_xact(OUT transaction xid, OUT gid text, OUT prepared timestamp with time zone, OUT ownerid oid, OUT dbid oid) TO harbour_owner;


--
-- Name: FUNCTION pg_stat_get_activity(pid integer, OUT datid oid, OUT pid integer, OUT usesysid oid, OUT application_name text, OUT state text, OUT query text, OUT wait_event_type text, OUT wait_event text, OUT xact_start timestamp with time zone, OUT query_start timestamp with time zone, OUT backend_start timestamp with time zone, OUT state_change timestamp with time zone, OUT client_addr inet, OUT client_hostname text, OUT client_port integer, OUT backend_xid xid, OUT backend_xmin xid, OUT backend_type text, OUT ssl boolean, OUT sslversion text, OUT sslcipher text, OUT sslbits integer, OUT ssl_client_dn text, OUT ssl_client_serial numeric, OUT ssl_issuer_dn text, OUT gss_auth boolean, OUT gss_princ text, OUT gss_enc boolean, OUT gss_delegation boolean, OUT leader_pid integer, OUT query_id bigint); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.pg_stat_get_activity(pid integer, OUT datid oid, OUT pid integer, OUT usesysid oid, OUT application_name text, OUT state text, OUT query text, OUT wait_event_type text, OUT wait_event text, OUT xact_start timestamp with time zone, OUT query_start timestamp with time zone, OUT backend_start timestamp with time zone, OUT state_change timestamp with time zone, OUT client_addr inet, OUT client_hostname text, OUT client_port integer, OUT backend_xid xid, OUT backend_xmin xid, OUT backend_type text, OUT ssl boolean, OUT sslversion text, OUT sslcipher text, OUT sslbits integer, OUT ssl_client_dn text, OUT ssl_client_serial numeric, OUT ssl_issuer_dn text, OUT gss_auth boolean, OUT gss_princ text, OUT gss_enc boolean, OUT gss_delegation boolean, OUT leader_pid integer, OUT query_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION pg_catalog.pg_stat_get_activity(pid integer, OUT datid oid, OUT pid integer, OUT usesysid oid, OUT application_name text, OUT state text, OUT query text, OUT wait_event_type text, OUT wait_event text, OUT xact_start timestamp with time zone, OUT query_start timestamp with time zone, OUT backend_start timestamp with time zone, OUT state_change timestamp with time zone, OUT client_addr inet, OUT client_hostname text, OUT client_port integer, OUT backend_xid xid, OUT backend_xmin xid, OUT backend_type text, OUT ssl boolean, OUT sslversion text, OUT sslcipher text, OUT sslbits integer, OUT ssl_client_dn text, OUT ssl_client_serial numeric, OUT ssl_issuer_dn text, OUT gss_auth boolean, OUT gss_princ text, OUT gss_enc boolean, OUT gss_delegation boolean, OUT leader_pid integer, OUT query_id bigint) TO harbour_admin;
GRANT ALL ON FUNCTION pg_catalog.pg_stat_get_activity(pid integer, OUT datid oid, OUT pid integer, OUT usesysid oid, OUT application_name text, OUT state text, OUT query text, OUT wait_event_type text, OUT wait_event text, OUT xact_start timestamp with time zone, OUT query_start timestamp with time zone, OUT backend_start timestamp with time zone, OUT state_change timestamp with time zone, OUT client_addr inet, OUT client_hostname text, OUT client_port integer, OUT backend_xid xid, OUT backend_xmin xid, OUT backend_type text, OUT ssl boolean, OUT sslversion text, OUT sslcipher text, OUT sslbits integer, OUT ssl_client_dn text, OUT ssl_client_serial numeric, OUT ssl_issuer_dn text, OUT gss_auth boolean, OUT gss_princ text, OUT gss_enc boolean, OUT gss_delegation boolean, OUT leader_pid integer, OUT query_id bigint) TO harbour_migrator;
GRANT ALL ON FUNCTION pg_catalog.pg_stat_get_activity(pid integer, OUT datid oid, OUT pid integer, OUT usesysid oid, OUT application_name text, OUT state text, OUT query text, OUT wait_event_type text, OUT wait_event text, OUT xact_start timestamp with time zone, OUT query_start timestamp with time zone, OUT backend_start timestamp with time zone, OUT state_change timestamp with time zone, OUT client_addr inet, OUT client_hostname text, OUT client_port integer, OUT backend_xid xid, OUT backend_xmin xid, OUT backend_type text, OUT ssl boolean, OUT sslversion text, OUT sslcipher text, OUT sslbits integer, OUT ssl_client_dn text, OUT ssl_client_serial numeric, OUT ssl_issuer_dn text, OUT gss_auth boolean, OUT gss_princ text, OUT gss_enc boolean, OUT gss_delegation boolean, OUT leader_pid integer, OUT query_id bigint) TO harbour_owner;


--
-- Name: FUNCTION pg_stat_get_backend_idset(); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.pg_stat_get_backend_idset() FROM PUBLIC;
GRANT ALL ON FUNCTION pg_catalog.pg_stat_get_backend_idset() TO harbour_admin;
GRANT ALL ON FUNCTION pg_catalog.pg_stat_get_backend_idset() TO harbour_migrator;
GRANT ALL ON FUNCTION pg_catalog.pg_stat_get_backend_idset() TO harbour_owner;


--
-- Name: FUNCTION pg_stat_get_backend_userid(integer); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.pg_stat_get_backend_userid(integer) FROM PUBLIC;
GRANT ALL ON FUNCTION pg_catalog.pg_stat_get_backend_userid(integer) TO harbour_admin;
GRANT ALL ON FUNCTION pg_catalog.pg_stat_get_backend_userid(integer) TO harbour_migrator;
GRANT ALL ON FUNCTION pg_catalog.pg_stat_get_backend_userid(integer) TO harbour_owner;


--
-- Name: FUNCTION pg_try_advisory_lock(bigint); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.pg_try_advisory_lock(bigint) FROM PUBLIC;


--
-- Name: FUNCTION pg_try_advisory_lock(integer, integer); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.pg_try_advisory_lock(integer, integer) FROM PUBLIC;


--
-- Name: FUNCTION pg_try_advisory_lock_shared(bigint); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.pg_try_advisory_lock_shared(bigint) FROM PUBLIC;


--
-- Name: FUNCTION pg_try_advisory_lock_shared(integer, integer); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.pg_try_advisory_lock_shared(integer, integer) FROM PUBLIC;


--
-- Name: FUNCTION pg_try_advisory_xact_lock(bigint); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.pg_try_advisory_xact_lock(bigint) FROM PUBLIC;


--
-- Name: FUNCTION pg_try_advisory_xact_lock(integer, integer); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.pg_try_advisory_xact_lock(integer, integer) FROM PUBLIC;


--
-- Name: FUNCTION pg_try_advisory_xact_lock_shared(bigint); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.pg_try_advisory_xact_lock_shared(bigint) FROM PUBLIC;


--
-- Name: FUNCTION pg_try_advisory_xact_lock_shared(integer, integer); Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE ALL ON FUNCTION pg_catalog.pg_try_advisory_xact_lock_shared(integer, integer) FROM PUBLIC;


--
-- Name: FUNCTION defer_run(p_run bigint); Type: ACL; Schema: procrastinate; Owner: harbour_queue
--

REVOKE ALL ON FUNCTION procrastinate.defer_run(p_run bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.defer_run(p_run bigint) TO harbour_owner;


--
-- Name: FUNCTION procrastinate_cancel_job_v1(job_id bigint, abort boolean, delete_job boolean); Type: ACL; Schema: procrastinate; Owner: harbour_queue
--

REVOKE ALL ON FUNCTION procrastinate.procrastinate_cancel_job_v1(job_id bigint, abort boolean, delete_job boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_cancel_job_v1(job_id bigint, abort boolean, delete_job boolean) TO harbour_worker;


--
-- Name: FUNCTION procrastinate_defer_jobs_v1(jobs procrastinate.procrastinate_job_to_defer_v1[]); Type: ACL; Schema: procrastinate; Owner: harbour_queue
--

REVOKE ALL ON FUNCTION procrastinate.procrastinate_defer_jobs_v1(jobs procrastinate.procrastinate_job_to_defer_v1[]) FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_defer_jobs_v1(jobs procrastinate.procrastinate_job_to_defer_v1[]) TO harbour_worker;


--
-- Name: FUNCTION procrastinate_defer_periodic_job_v2(_queue_name character varying, _lock character varying, _queueing_lock character varying, _task_name character varying, _priority integer, _periodic_id character varying, _defer_timestamp bigint, _args jsonb); Type: ACL; Schema: procrastinate; Owner: harbour_queue
--

REVOKE ALL ON FUNCTION procrastinate.procrastinate_defer_periodic_job_v2(_queue_name character varying, _lock character varying, _queueing_lock character varying, _task_name character varying, _priority integer, _periodic_id character varying, _defer_timestamp bigint, _args jsonb) FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_defer_periodic_job_v2(_queue_name character varying, _lock character varying, _queueing_lock character varying, _task_name character varying, _priority integer, _periodic_id character varying, _defer_timestamp bigint, _args jsonb) TO harbour_worker;


--
-- Name: TABLE procrastinate_jobs; Type: ACL; Schema: procrastinate; Owner: harbour_queue
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE procrastinate.procrastinate_jobs TO harbour_worker;


--
-- Name: FUNCTION procrastinate_fetch_job_v2(target_queue_names character varying[], p_worker_id bigint); Type: ACL; Schema: procrastinate; Owner: harbour_queue
--

REVOKE ALL ON FUNCTION procrastinate.procrastinate_fetch_job_v2(target_queue_names character varying[], p_worker_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_fetch_job_v2(target_queue_names character varying[], p_worker_id bigint) TO harbour_worker;


--
-- Name: FUNCTION procrastinate_finish_job_v1(job_id bigint, end_status procrastinate.procrastinate_job_status, delete_job boolean); Type: ACL; Schema: procrastinate; Owner: harbour_queue
--

REVOKE ALL ON FUNCTION procrastinate.procrastinate_finish_job_v1(job_id bigint, end_status procrastinate.procrastinate_job_status, delete_job boolean) FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_finish_job_v1(job_id bigint, end_status procrastinate.procrastinate_job_status, delete_job boolean) TO harbour_worker;


--
-- Name: FUNCTION procrastinate_notify_queue_abort_job_v1(); Type: ACL; Schema: procrastinate; Owner: harbour_queue
--

REVOKE ALL ON FUNCTION procrastinate.procrastinate_notify_queue_abort_job_v1() FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_notify_queue_abort_job_v1() TO harbour_worker;


--
-- Name: FUNCTION procrastinate_notify_queue_job_inserted_v1(); Type: ACL; Schema: procrastinate; Owner: harbour_queue
--

REVOKE ALL ON FUNCTION procrastinate.procrastinate_notify_queue_job_inserted_v1() FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_notify_queue_job_inserted_v1() TO harbour_worker;


--
-- Name: FUNCTION procrastinate_prune_stalled_workers_v1(seconds_since_heartbeat double precision); Type: ACL; Schema: procrastinate; Owner: harbour_queue
--

REVOKE ALL ON FUNCTION procrastinate.procrastinate_prune_stalled_workers_v1(seconds_since_heartbeat double precision) FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_prune_stalled_workers_v1(seconds_since_heartbeat double precision) TO harbour_worker;


--
-- Name: FUNCTION procrastinate_register_worker_v1(); Type: ACL; Schema: procrastinate; Owner: harbour_queue
--

REVOKE ALL ON FUNCTION procrastinate.procrastinate_register_worker_v1() FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_register_worker_v1() TO harbour_worker;


--
-- Name: FUNCTION procrastinate_retry_job_v1(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying); Type: ACL; Schema: procrastinate; Owner: harbour_queue
--

REVOKE ALL ON FUNCTION procrastinate.procrastinate_retry_job_v1(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_retry_job_v1(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) TO harbour_worker;


--
-- Name: FUNCTION procrastinate_retry_job_v2(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying); Type: ACL; Schema: procrastinate; Owner: harbour_queue
--

REVOKE ALL ON FUNCTION procrastinate.procrastinate_retry_job_v2(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_retry_job_v2(job_id bigint, retry_at timestamp with time zone, new_priority integer, new_queue_name character varying, new_lock character varying) TO harbour_worker;


--
-- Name: FUNCTION procrastinate_trigger_abort_requested_events_procedure_v1(); Type: ACL; Schema: procrastinate; Owner: harbour_queue
--

REVOKE ALL ON FUNCTION procrastinate.procrastinate_trigger_abort_requested_events_procedure_v1() FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_trigger_abort_requested_events_procedure_v1() TO harbour_worker;


--
-- Name: FUNCTION procrastinate_trigger_function_scheduled_events_v1(); Type: ACL; Schema: procrastinate; Owner: harbour_queue
--

REVOKE ALL ON FUNCTION procrastinate.procrastinate_trigger_function_scheduled_events_v1() FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_trigger_function_scheduled_events_v1() TO harbour_worker;


--
-- Name: FUNCTION procrastinate_trigger_function_status_events_insert_v1(); Type: ACL; Schema: procrastinate; Owner: harbour_queue
--

REVOKE ALL ON FUNCTION procrastinate.procrastinate_trigger_function_status_events_insert_v1() FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_trigger_function_status_events_insert_v1() TO harbour_worker;


--
-- Name: FUNCTION procrastinate_trigger_function_status_events_update_v1(); Type: ACL; Schema: procrastinate; Owner: harbour_queue
--

REVOKE ALL ON FUNCTION procrastinate.procrastinate_trigger_function_status_events_update_v1() FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_trigger_function_status_events_update_v1() TO harbour_worker;


--
-- Name: FUNCTION procrastinate_unlink_periodic_defers_v1(); Type: ACL; Schema: procrastinate; Owner: harbour_queue
--

REVOKE ALL ON FUNCTION procrastinate.procrastinate_unlink_periodic_defers_v1() FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_unlink_periodic_defers_v1() TO harbour_worker;


--
-- Name: FUNCTION procrastinate_unregister_worker_v1(worker_id bigint); Type: ACL; Schema: procrastinate; Owner: harbour_queue
--

REVOKE ALL ON FUNCTION procrastinate.procrastinate_unregister_worker_v1(worker_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_unregister_worker_v1(worker_id bigint) TO harbour_worker;


--
-- Name: FUNCTION procrastinate_update_heartbeat_v1(worker_id bigint); Type: ACL; Schema: procrastinate; Owner: harbour_queue
--

REVOKE ALL ON FUNCTION procrastinate.procrastinate_update_heartbeat_v1(worker_id bigint) FROM PUBLIC;
GRANT ALL ON FUNCTION procrastinate.procrastinate_update_heartbeat_v1(worker_id bigint) TO harbour_worker;


--
-- Name: TABLE approval_rules; Type: ACL; Schema: harbour; Owner: harbour_owner
--

GRANT SELECT ON TABLE harbour.approval_rules TO harbour_member;


--
-- Name: TABLE approval_steps; Type: ACL; Schema: harbour; Owner: harbour_owner
--

GRANT SELECT ON TABLE harbour.approval_steps TO harbour_member;


--
-- Name: TABLE approvals; Type: ACL; Schema: harbour; Owner: harbour_owner
--

GRANT SELECT ON TABLE harbour.approvals TO harbour_member;


--
-- Name: TABLE artefact_chunks; Type: ACL; Schema: harbour; Owner: harbour_owner
--

GRANT SELECT ON TABLE harbour.artefact_chunks TO harbour_member;


--
-- Name: TABLE audit_events; Type: ACL; Schema: harbour; Owner: harbour_owner
--

GRANT SELECT ON TABLE harbour.audit_events TO harbour_member;


--
-- Name: TABLE audit_heads; Type: ACL; Schema: harbour; Owner: harbour_owner
--

GRANT SELECT ON TABLE harbour.audit_heads TO harbour_member;


--
-- Name: TABLE delegations; Type: ACL; Schema: harbour; Owner: harbour_owner
--

GRANT SELECT ON TABLE harbour.delegations TO harbour_member;


--
-- Name: TABLE member_roles; Type: ACL; Schema: harbour; Owner: harbour_owner
--

GRANT SELECT ON TABLE harbour.member_roles TO harbour_member;
GRANT SELECT ON TABLE harbour.member_roles TO harbour_admin;


--
-- Name: TABLE mentions; Type: ACL; Schema: harbour; Owner: harbour_owner
--

GRANT SELECT ON TABLE harbour.mentions TO harbour_member;


--
-- Name: TABLE organisations; Type: ACL; Schema: harbour; Owner: harbour_owner
--

GRANT SELECT ON TABLE harbour.organisations TO harbour_member;
GRANT SELECT ON TABLE harbour.organisations TO harbour_admin;


--
-- Name: TABLE publications; Type: ACL; Schema: harbour; Owner: harbour_owner
--

GRANT SELECT ON TABLE harbour.publications TO harbour_member;


--
-- Name: TABLE quotas; Type: ACL; Schema: harbour; Owner: harbour_owner
--

GRANT SELECT ON TABLE harbour.quotas TO harbour_member;


--
-- Name: TABLE run_artefacts; Type: ACL; Schema: harbour; Owner: harbour_owner
--

GRANT SELECT ON TABLE harbour.run_artefacts TO harbour_member;


--
-- Name: TABLE sightings; Type: ACL; Schema: harbour; Owner: harbour_owner
--

GRANT SELECT ON TABLE harbour.sightings TO harbour_member;


--
-- Name: TABLE transitions; Type: ACL; Schema: harbour; Owner: harbour_owner
--

GRANT SELECT ON TABLE harbour.transitions TO harbour_member;


--
-- Name: TABLE pg_auth_members; Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE SELECT ON TABLE pg_catalog.pg_auth_members FROM PUBLIC;
GRANT SELECT ON TABLE pg_catalog.pg_auth_members TO harbour_admin;
GRANT SELECT ON TABLE pg_catalog.pg_auth_members TO harbour_migrator;
GRANT SELECT ON TABLE pg_catalog.pg_auth_members TO harbour_owner;


--
-- Name: TABLE pg_db_role_setting; Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE SELECT ON TABLE pg_catalog.pg_db_role_setting FROM PUBLIC;
GRANT SELECT ON TABLE pg_catalog.pg_db_role_setting TO harbour_admin;
GRANT SELECT ON TABLE pg_catalog.pg_db_role_setting TO harbour_migrator;
GRANT SELECT ON TABLE pg_catalog.pg_db_role_setting TO harbour_owner;


--
-- Name: TABLE pg_group; Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE SELECT ON TABLE pg_catalog.pg_group FROM PUBLIC;
GRANT SELECT ON TABLE pg_catalog.pg_group TO harbour_admin;
GRANT SELECT ON TABLE pg_catalog.pg_group TO harbour_migrator;
GRANT SELECT ON TABLE pg_catalog.pg_group TO harbour_owner;


--
-- Name: TABLE pg_locks; Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE SELECT ON TABLE pg_catalog.pg_locks FROM PUBLIC;
GRANT SELECT ON TABLE pg_catalog.pg_locks TO harbour_admin;
GRANT SELECT ON TABLE pg_catalog.pg_locks TO harbour_migrator;
GRANT SELECT ON TABLE pg_catalog.pg_locks TO harbour_owner;


--
-- Name: TABLE pg_prepared_xacts; Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE SELECT ON TABLE pg_catalog.pg_prepared_xacts FROM PUBLIC;
GRANT SELECT ON TABLE pg_catalog.pg_prepared_xacts TO harbour_admin;
GRANT SELECT ON TABLE pg_catalog.pg_prepared_xacts TO harbour_migrator;
GRANT SELECT ON TABLE pg_catalog.pg_prepared_xacts TO harbour_owner;


--
-- Name: TABLE pg_roles; Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE SELECT ON TABLE pg_catalog.pg_roles FROM PUBLIC;
GRANT SELECT ON TABLE pg_catalog.pg_roles TO harbour_admin;
GRANT SELECT ON TABLE pg_catalog.pg_roles TO harbour_migrator;
GRANT SELECT ON TABLE pg_catalog.pg_roles TO harbour_owner;


--
-- Name: TABLE pg_stat_activity; Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE SELECT ON TABLE pg_catalog.pg_stat_activity FROM PUBLIC;
GRANT SELECT ON TABLE pg_catalog.pg_stat_activity TO harbour_admin;
GRANT SELECT ON TABLE pg_catalog.pg_stat_activity TO harbour_migrator;
GRANT SELECT ON TABLE pg_catalog.pg_stat_activity TO harbour_owner;


--
-- Name: TABLE pg_stat_all_tables; Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE SELECT ON TABLE pg_catalog.pg_stat_all_tables FROM PUBLIC;
GRANT SELECT ON TABLE pg_catalog.pg_stat_all_tables TO harbour_admin;
GRANT SELECT ON TABLE pg_catalog.pg_stat_all_tables TO harbour_migrator;
GRANT SELECT ON TABLE pg_catalog.pg_stat_all_tables TO harbour_owner;


--
-- Name: TABLE pg_stat_database; Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE SELECT ON TABLE pg_catalog.pg_stat_database FROM PUBLIC;
GRANT SELECT ON TABLE pg_catalog.pg_stat_database TO harbour_admin;
GRANT SELECT ON TABLE pg_catalog.pg_stat_database TO harbour_migrator;
GRANT SELECT ON TABLE pg_catalog.pg_stat_database TO harbour_owner;


--
-- Name: TABLE pg_stat_gssapi; Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE SELECT ON TABLE pg_catalog.pg_stat_gssapi FROM PUBLIC;
GRANT SELECT ON TABLE pg_catalog.pg_stat_gssapi TO harbour_admin;
GRANT SELECT ON TABLE pg_catalog.pg_stat_gssapi TO harbour_migrator;
GRANT SELECT ON TABLE pg_catalog.pg_stat_gssapi TO harbour_owner;


--
-- Name: TABLE pg_stat_ssl; Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE SELECT ON TABLE pg_catalog.pg_stat_ssl FROM PUBLIC;
GRANT SELECT ON TABLE pg_catalog.pg_stat_ssl TO harbour_admin;
GRANT SELECT ON TABLE pg_catalog.pg_stat_ssl TO harbour_migrator;
GRANT SELECT ON TABLE pg_catalog.pg_stat_ssl TO harbour_owner;


--
-- Name: TABLE pg_stat_user_indexes; Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE SELECT ON TABLE pg_catalog.pg_stat_user_indexes FROM PUBLIC;
GRANT SELECT ON TABLE pg_catalog.pg_stat_user_indexes TO harbour_admin;
GRANT SELECT ON TABLE pg_catalog.pg_stat_user_indexes TO harbour_migrator;
GRANT SELECT ON TABLE pg_catalog.pg_stat_user_indexes TO harbour_owner;


--
-- Name: TABLE pg_stat_user_tables; Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE SELECT ON TABLE pg_catalog.pg_stat_user_tables FROM PUBLIC;
GRANT SELECT ON TABLE pg_catalog.pg_stat_user_tables TO harbour_admin;
GRANT SELECT ON TABLE pg_catalog.pg_stat_user_tables TO harbour_migrator;
GRANT SELECT ON TABLE pg_catalog.pg_stat_user_tables TO harbour_owner;


--
-- Name: TABLE pg_user; Type: ACL; Schema: pg_catalog; Owner: postgres
--

REVOKE SELECT ON TABLE pg_catalog.pg_user FROM PUBLIC;
GRANT SELECT ON TABLE pg_catalog.pg_user TO harbour_admin;
GRANT SELECT ON TABLE pg_catalog.pg_user TO harbour_migrator;
GRANT SELECT ON TABLE pg_catalog.pg_user TO harbour_owner;


--
-- Name: TABLE procrastinate_events; Type: ACL; Schema: procrastinate; Owner: harbour_queue
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE procrastinate.procrastinate_events TO harbour_worker;


--
-- Name: SEQUENCE procrastinate_events_id_seq; Type: ACL; Schema: procrastinate; Owner: harbour_queue
--

GRANT SELECT,USAGE ON SEQUENCE procrastinate.procrastinate_events_id_seq TO harbour_worker;


--
-- Name: SEQUENCE procrastinate_jobs_id_seq; Type: ACL; Schema: procrastinate; Owner: harbour_queue
--

GRANT SELECT,USAGE ON SEQUENCE procrastinate.procrastinate_jobs_id_seq TO harbour_worker;


--
-- Name: TABLE procrastinate_periodic_defers; Type: ACL; Schema: procrastinate; Owner: harbour_queue
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE procrastinate.procrastinate_periodic_defers TO harbour_worker;


--
-- Name: SEQUENCE procrastinate_periodic_defers_id_seq; Type: ACL; Schema: procrastinate; Owner: harbour_queue
--

GRANT SELECT,USAGE ON SEQUENCE procrastinate.procrastinate_periodic_defers_id_seq TO harbour_worker;


--
-- Name: TABLE procrastinate_workers; Type: ACL; Schema: procrastinate; Owner: harbour_queue
--

GRANT SELECT,INSERT,DELETE,UPDATE ON TABLE procrastinate.procrastinate_workers TO harbour_worker;


--
-- Name: SEQUENCE procrastinate_workers_id_seq; Type: ACL; Schema: procrastinate; Owner: harbour_queue
--

GRANT SELECT,USAGE ON SEQUENCE procrastinate.procrastinate_workers_id_seq TO harbour_worker;


--
-- Name: DEFAULT PRIVILEGES FOR FUNCTIONS; Type: DEFAULT ACL; Schema: -; Owner: harbour_owner
--

ALTER DEFAULT PRIVILEGES FOR ROLE harbour_owner REVOKE ALL ON FUNCTIONS FROM PUBLIC;


--
-- PostgreSQL database dump complete
--


