-- Comments: threads of one level, mentions, resolved and reopened, in the way of approval.

-- Only where, resolved and by whom may change of a comment; what was said stays.
CREATE FUNCTION keep_comment() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, harbour, pg_temp
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

CREATE TRIGGER comments_are_kept BEFORE UPDATE OR DELETE ON comments FOR EACH ROW EXECUTE FUNCTION keep_comment();
CREATE TRIGGER mentions_are_kept BEFORE UPDATE OR DELETE ON mentions FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- Internal: keep the colleagues named as @bruno, @bruno@port or @port-bruno; other words are just words.
CREATE FUNCTION keep_mentions(p_comment comments) RETURNS jsonb
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
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

-- Internal: the sentence of the first comment in the way of approval, or NULL.
CREATE FUNCTION sentence_of_block(p_submission bigint) RETURNS text
LANGUAGE plpgsql STABLE
AS $$
BEGIN
    RETURN (SELECT format('A comment of %s blocks approval (“%s”): it must be resolved first.', m.display_name, left(c.body, 80))
    FROM comments c JOIN members m ON m.id = c.author_id
    WHERE c.submission_id = p_submission AND c.blocking AND c.resolved_at IS NULL ORDER BY c.id LIMIT 1);
END
$$;

-- Internal: NULL, or why the member asking may not say this about a submission (`about`), or else about a template.
CREATE FUNCTION refusal_of_comment(p_self members, p_about bigint, p_blocking boolean, p_body text) RETURNS outcome
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    about submissions;
    refused outcome;
BEGIN
    IF p_about IS NULL THEN
        refused := refusal_by_role('comment_template');
    ELSE
        SELECT * INTO about FROM submissions s WHERE s.id = p_about AND s.organisation_id = p_self.organisation_id;
        refused := (standing_of(p_self, CASE WHEN p_blocking THEN 'block' ELSE 'comment' END, about)).refused;
    END IF;
    IF refused.code IS NULL AND p_body = '' THEN
        refused := refusal('invalid', 'A comment says something.');
    ELSIF refused.code IS NULL AND length(p_body) > 10000 THEN
        refused := refusal('invalid', 'A comment has 10,000 characters at most.');
    END IF;
    RETURN refused;
END
$$;

-- Say something. p_cell: {"table", "row", "column", "sheet"}; with p_reply_to, the thread gives the subject.
CREATE FUNCTION comment_on(p_submission bigint, p_template text, p_cell jsonb, p_reply_to bigint, p_blocking boolean,
                           p_body text) RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp SET enable_seqscan = off
AS $$
DECLARE
    self members := member_asking();
    turn chain_end;
    thread comments;
    about bigint := p_submission;
    of_template text := p_template;
    action text := CASE WHEN p_blocking THEN 'block' ELSE 'comment' END;
    said text := btrim(coalesce(p_body, ''));
    refused outcome;
    subject text;
    added bigint;
    detail jsonb;
BEGIN
    turn := take_turn(self.organisation_id);
    IF p_reply_to IS NOT NULL THEN
        SELECT c.* INTO thread FROM comments c WHERE c.id = p_reply_to AND c.organisation_id = self.organisation_id;
        about := coalesce(about, thread.submission_id);
        of_template := coalesce(of_template, thread.template);
    END IF;
    subject := coalesce('submission:' || about, 'template:' || of_template, 'comment:' || p_reply_to, 'comment:');
    IF p_reply_to IS NOT NULL AND thread.id IS NULL THEN
        refused := refusal('not_found', 'There is no such comment in your organisation.');
    ELSIF num_nonnulls(p_submission, p_template, p_reply_to) <> 1 OR (p_reply_to IS NOT NULL AND p_cell IS NOT NULL) THEN
        refused := refusal('invalid', 'A comment is about a submission, or a cell of it, or a template, or answers another.');
    ELSE
        refused := refusal_of_comment(self, about, p_blocking, said);
    END IF;
    IF refused.code IS NOT NULL THEN
        RETURN denied(self, action, subject, refused);
    END IF;
    -- A reply has the subject of its thread, which is of one level.
    INSERT INTO comments AS c (organisation_id, submission_id, template, cell_table, cell_row, cell_column, cell_sheet,
                               reply_to, blocking, author_id, body)
        VALUES (self.organisation_id, about, of_template, coalesce(p_cell ->> 'table', thread.cell_table),
                coalesce(p_cell ->> 'row', thread.cell_row), coalesce(p_cell ->> 'column', thread.cell_column),
                coalesce(p_cell ->> 'sheet', thread.cell_sheet), coalesce(thread.reply_to, thread.id),
                coalesce(p_blocking, false), self.id, said)
        RETURNING c.id, jsonb_strip_nulls(jsonb_build_object('comment', c.id, 'body', c.body, 'reply_to', c.reply_to,
            'table', c.cell_table, 'row', c.cell_row, 'column', c.cell_column, 'sheet', c.cell_sheet))
        INTO added, detail;
    IF strpos(said, '@') > 0 THEN
        detail := detail || jsonb_strip_nulls(jsonb_build_object('mentions',
            nullif(keep_mentions((SELECT c FROM comments c WHERE c.id = added)), '[]')));
    END IF;
    PERFORM write_events(turn, ARRAY[action], subject, 'done', ARRAY[detail]);
    RETURN done(added);
END
$$;

CREATE FUNCTION comment(p_submission bigint, p_body text) RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp SET enable_seqscan = off
AS $$ BEGIN RETURN comment_on(coalesce(p_submission, 0), NULL, NULL, NULL, false, p_body); END $$;

-- Resolve a thread, or open it again. A blocking one is resolved by who wrote it or by an administrator of the
-- organisation, and never by who prepared the work.
CREATE FUNCTION mark_comment(p_action text, p_comment bigint) RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_asking();
    marked comments;
    about submissions;
    refused outcome := refusal_by_role(p_action);
BEGIN
    PERFORM take_turn(self.organisation_id);
    SELECT c.* INTO marked FROM comments c WHERE c.id = p_comment AND c.organisation_id = self.organisation_id FOR NO KEY UPDATE;
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
        refused := refusal_of(self, 'block', about);
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

CREATE FUNCTION resolve_comment(p_comment bigint) RETURNS outcome
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$ SELECT mark_comment('resolve', p_comment) $$;

CREATE FUNCTION reopen_comment(p_comment bigint) RETURNS outcome
LANGUAGE sql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$ SELECT mark_comment('reopen', p_comment) $$;
