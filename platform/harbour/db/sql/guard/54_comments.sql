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

-- NULL, or why the member asking may not say this. A reply has the subject of its thread.
CREATE FUNCTION refusal_of_comment(p_self members, p_said comments) RETURNS outcome
LANGUAGE plpgsql STABLE
AS $$
DECLARE
    refused outcome;
BEGIN
    IF p_said.submission_id IS NULL THEN
        refused := refusal_by_role('comment_template');
    ELSE
        refused := refusal_of(p_self, CASE WHEN p_said.blocking THEN 'block' ELSE 'comment' END, (SELECT s FROM submissions s
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

-- Say something. p_cell: {"table", "row", "column", "sheet"}; with p_reply_to, the thread gives the subject.
CREATE FUNCTION comment_on(p_submission bigint, p_template text, p_cell jsonb, p_reply_to bigint, p_blocking boolean,
                           p_body text) RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp SET enable_seqscan = off
AS $$
DECLARE
    self members := member_asking();
    thread comments;
    said comments;
    refused outcome;
    subject text;
BEGIN
    PERFORM take_turn(self.organisation_id);
    IF p_reply_to IS NOT NULL THEN
        SELECT c.* INTO thread FROM comments c WHERE c.id = p_reply_to AND c.organisation_id = self.organisation_id;
    END IF;
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
        refused := refusal_of_comment(self, said);
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
            'mentions', CASE WHEN strpos(said.body, '@') > 0 THEN nullif(keep_mentions(said), '[]') END)));
    RETURN done(said.id);
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
