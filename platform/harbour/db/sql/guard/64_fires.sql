-- What comes of a schedule: its fires, their attempts, what is told of them; and the clock, which is the worker.

-- Internal: one more attempt of a fire, as the owner's run.
CREATE FUNCTION start_attempt(p_fire bigint, p_not_before timestamptz) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    fired schedule_fires;
    kept schedules;
    owner members;
    added bigint;
BEGIN
    SELECT f.* INTO STRICT fired FROM schedule_fires f WHERE f.id = p_fire;
    SELECT s.* INTO STRICT kept FROM schedules s WHERE s.id = fired.schedule_id;
    SELECT m.* INTO STRICT owner FROM members m WHERE m.id = kept.owner_id;
    added := new_run(owner, kept.name, fired.template, fired.parameters, 'queued');
    INSERT INTO schedule_attempts (organisation_id, fire_id, attempt, run_id, not_before)
        SELECT fired.organisation_id, p_fire, coalesce(max(a.attempt), 0) + 1, added, p_not_before
        FROM schedule_attempts a WHERE a.fire_id = p_fire;
    PERFORM procrastinate.defer_run(added, 'schedule:' || kept.id, p_not_before);
    RETURN added;
END
$$;

-- Internal: it ended without the result that was wanted; tell who must know.
CREATE FUNCTION end_fire(p_fire bigint, p_state text, p_reason text, p_kind text, p_facts jsonb) RETURNS void
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    fired schedule_fires;
    kept schedules;
BEGIN
    UPDATE schedule_fires SET state = p_state, reason = p_reason, ended_at = now() WHERE id = p_fire RETURNING * INTO fired;
    SELECT s.* INTO STRICT kept FROM schedules s WHERE s.id = fired.schedule_id;
    PERFORM write_event(fired.organisation_id, 'end_fire', 'schedule:' || fired.schedule_id, 'done',
                        jsonb_build_object('fire', p_fire, 'state', p_state, 'reason', p_reason));
    IF p_kind IS NOT NULL THEN
        PERFORM tell_of_schedule(kept, p_kind, 'fire:' || p_fire,
            p_facts || jsonb_build_object('fire', p_fire, 'due', utc_text(fired.due_at)), p_kind = 'schedule_held');
    ELSE
        PERFORM wake_organisation(fired.organisation_id);
    END IF;
END
$$;

-- Internal: write the fire down and start it, or say why it does not start. NULL: it was there already.
CREATE FUNCTION fire(p_schedule schedules, p_due timestamptz, p_cause text, p_asked bigint, p_parameters jsonb) RETURNS bigint
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    busy boolean := EXISTS (SELECT FROM schedule_fires f WHERE f.schedule_id = p_schedule.id AND f.state = 'open');
    added bigint;
BEGIN
    INSERT INTO schedule_fires (organisation_id, schedule_id, due_at, cause, asked_by, template, parameters, retries,
                                backoff_seconds, time_limit_seconds, needs, state)
        VALUES (p_schedule.organisation_id, p_schedule.id, p_due, p_cause, p_asked, p_schedule.template, p_parameters, p_schedule.retries,
                p_schedule.backoff_seconds, p_schedule.time_limit_seconds, p_schedule.needs, 'open')
        ON CONFLICT (schedule_id, due_at) DO NOTHING RETURNING id INTO added;
    IF added IS NULL THEN
        RETURN NULL;
    END IF;
    PERFORM write_event(p_schedule.organisation_id, 'fire', 'schedule:' || p_schedule.id, 'done',
        jsonb_build_object('fire', added, 'due', utc_text(p_due), 'cause', p_cause, 'parameters', p_parameters));
    IF busy AND p_schedule.overlap = 'skip' THEN
        PERFORM end_fire(added, 'skipped', 'The run before it had not ended.', 'run_skipped', '{}');
    ELSIF (refusal_by_quota(p_schedule.organisation_id, 'runs_a_day')).code IS NOT NULL THEN
        PERFORM end_fire(added, 'failed', (refusal_by_quota(p_schedule.organisation_id, 'runs_a_day')).sentence, 'run_failed', '{}');
    ELSE
        PERFORM start_attempt(added, NULL);
        PERFORM wake_organisation(p_schedule.organisation_id);
    END IF;
    RETURN added;
END
$$;

-- Run it now, as its owner; p_again: with the parameters of an earlier time.
CREATE FUNCTION run_schedule(p_schedule bigint, p_parameters jsonb, p_again bigint) RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_asking();
    kept schedules;
    before schedule_fires;
    refused outcome;
    added bigint;
BEGIN
    PERFORM take_turn(self.organisation_id);
    SELECT s.* INTO kept FROM schedules s WHERE s.id = p_schedule AND s.organisation_id = self.organisation_id FOR UPDATE;
    SELECT f.* INTO before FROM schedule_fires f WHERE f.id = p_again AND f.schedule_id = kept.id;
    refused := refusal_of_schedule('run_schedule', kept);
    IF refused.code IS NULL AND NOT is_able(kept.owner_id) THEN
        refused := refusal('wrong_state', 'Its owner is suspended or no analyst any more: give the schedule to another first.');
    ELSIF refused.code IS NULL AND p_again IS NOT NULL AND before.id IS NULL THEN
        refused := refusal('not_found', 'This schedule has no such run.');
    ELSIF refused.code IS NULL AND p_again IS NULL
          AND (p_parameters - 'reference_date') IS DISTINCT FROM (kept.parameters - 'reference_date') THEN
        refused := refusal('invalid', 'A schedule runs with its own parameters: only the reference date follows from the day.');
    ELSIF refused.code IS NULL AND EXISTS (SELECT FROM schedule_fires f WHERE f.schedule_id = kept.id AND f.state = 'open') THEN
        refused := refusal('wrong_state', 'It is running: wait for its end, or cancel it.');
    ELSIF refused.code IS NULL THEN
        refused := refusal_by_quota(self.organisation_id, 'runs_a_day');
    END IF;
    IF refused.code IS NOT NULL THEN
        RETURN denied(self, 'run_schedule', 'schedule:' || p_schedule, refused);
    END IF;
    added := fire(kept, clock_timestamp(), CASE WHEN p_again IS NULL THEN 'now' ELSE 'again' END, self.id,
                  coalesce(before.parameters, p_parameters));
    RETURN done(added);
END
$$;

-- Stop a run: one that waits ends here, of one that runs the worker ends the kernel.
CREATE FUNCTION cancel_run(p_run bigint) RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_asking();
    seen runs;
    deputy bigint;
    refused outcome := refusal_by_role('cancel_run');
BEGIN
    PERFORM take_turn(self.organisation_id);
    SELECT r.* INTO seen FROM runs r WHERE r.id = p_run AND r.organisation_id = self.organisation_id FOR UPDATE;
    deputy := (SELECT s.deputy_id FROM schedule_attempts a JOIN schedule_fires f ON f.id = a.fire_id
               JOIN schedules s ON s.id = f.schedule_id WHERE a.run_id = p_run);
    IF refused.code IS NULL AND seen.id IS NULL THEN
        refused := refusal('not_found', format('There is no run %s that you may see.', p_run));
    ELSIF refused.code IS NULL AND seen.maker_id <> self.id AND deputy IS DISTINCT FROM self.id
          AND NOT has_role(ARRAY['org_admin']) THEN
        refused := refusal('not_allowed', 'This is another member''s run: he, his deputy or your administrator may cancel it.');
    ELSIF refused.code IS NULL AND seen.state NOT IN ('queued', 'running') THEN
        refused := refusal('wrong_state', format('Run %s has %s already.', p_run, seen.state));
    END IF;
    IF refused.code IS NOT NULL THEN
        RETURN denied(self, 'cancel_run', 'run:' || p_run, refused);
    END IF;
    INSERT INTO run_cancellations (organisation_id, run_id, member_id) VALUES (self.organisation_id, p_run, self.id)
        ON CONFLICT DO NOTHING;
    PERFORM write_event(self.organisation_id, 'cancel_run', 'run:' || p_run, 'done', jsonb_build_object('was', seen.state));
    IF seen.state = 'queued' THEN
        PERFORM write_result(p_run, jsonb_build_object('state', 'failed', 'error_message',
            format('cancelled by %s before it began', self.display_name)));
    END IF;
    RETURN done(p_run);
END
$$;

-- What a finished run means for its schedule: done, try again, or failed and told. In the run's own transaction.
CREATE FUNCTION follow_run() RETURNS trigger
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    fired schedule_fires;
    stopped members;
    tried int;
BEGIN
    SELECT f.* INTO fired FROM schedule_attempts a JOIN schedule_fires f ON f.id = a.fire_id WHERE a.run_id = NEW.id FOR UPDATE OF f;
    SELECT m.* INTO stopped FROM run_cancellations c JOIN members m ON m.id = c.member_id WHERE c.run_id = NEW.id;
    IF fired.id IS NULL THEN
        IF NEW.state = 'failed' AND stopped.id IS NULL AND OLD.executed_by IS NULL AND session_user = 'harbour_worker' THEN
            PERFORM tell(NEW.maker_id, 'run_failed', 'run:' || NEW.id, jsonb_build_object('run', NEW.id, 'name', NEW.name));
        END IF;
        RETURN NULL;
    END IF;
    tried := (SELECT max(a.attempt) FROM schedule_attempts a WHERE a.fire_id = fired.id);
    IF NEW.state = 'succeeded' THEN
        PERFORM end_fire(fired.id, 'succeeded', NULL, NULL, '{}');
    ELSIF stopped.id IS NOT NULL THEN
        PERFORM end_fire(fired.id, 'cancelled', format('cancelled by %s', stopped.display_name), NULL, '{}');
    ELSIF tried > fired.retries OR NOT (SELECT is_able(s.owner_id) FROM schedules s WHERE s.id = fired.schedule_id)
          OR (refusal_by_quota(fired.organisation_id, 'runs_a_day')).code IS NOT NULL THEN
        PERFORM end_fire(fired.id, 'failed', NEW.error_message, 'run_failed',
                         jsonb_build_object('run', NEW.id, 'attempts', tried));
    ELSE
        PERFORM start_attempt(fired.id, now() + least(interval '1 day',
                              make_interval(secs => fired.backoff_seconds) * power(2, tried - 1)));
        PERFORM wake_organisation(fired.organisation_id);
    END IF;
    RETURN NULL;
END
$$;
CREATE TRIGGER runs_are_followed AFTER UPDATE ON runs FOR EACH ROW
    WHEN (OLD.state IN ('queued', 'running') AND NEW.state IN ('succeeded', 'failed')) EXECUTE FUNCTION follow_run();

CREATE FUNCTION keep_fire() RETURNS trigger
LANGUAGE plpgsql SET search_path = pg_catalog, harbour, pg_temp
AS $$
BEGIN
    IF TG_OP = 'DELETE' OR OLD.state <> 'open' THEN
        RAISE insufficient_privilege USING MESSAGE = 'What came of a schedule is kept as it is.';
    END IF;
    RETURN NEW;
END
$$;
CREATE TRIGGER ended_fires_are_kept BEFORE UPDATE OR DELETE ON schedule_fires FOR EACH ROW EXECUTE FUNCTION keep_fire();
CREATE TRIGGER attempts_are_kept BEFORE UPDATE OR DELETE ON schedule_attempts FOR EACH ROW EXECUTE FUNCTION refuse_change();
CREATE TRIGGER cancellations_are_kept BEFORE UPDATE OR DELETE ON run_cancellations FOR EACH ROW EXECUTE FUNCTION refuse_change();

-- The clock, which is the worker -------------------------------------------------------------------------------

-- What is due by the database's own clock, and whether its owner may run it.
CREATE FUNCTION due_schedules()
RETURNS TABLE (id bigint, owner text, able boolean, template text, parameters jsonb, zone text, cron text, period text,
               days_after int, at_time time, country text, missed text, next_due timestamptz, now timestamptz)
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT s.id, m.name, is_able(m.id), s.template, s.parameters, s.zone, s.cron, s.period, s.days_after, s.at_time,
           s.country, s.missed, s.next_due, clock_timestamp()
    FROM schedules s JOIN members m ON m.id = s.owner_id
    WHERE s.state = 'active' AND s.next_due <= clock_timestamp() ORDER BY s.next_due, s.id LIMIT 100
$$;

-- Internal: take a due schedule once. Whoever comes second finds another next_due and gets nothing.
CREATE FUNCTION take_due(p_schedule bigint, p_claim timestamptz, p_next timestamptz) RETURNS schedules
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    kept schedules;
BEGIN
    SELECT s.* INTO kept FROM schedules s WHERE s.id = p_schedule;
    PERFORM take_turn(kept.organisation_id);
    UPDATE schedules s SET next_due = p_next, state = CASE WHEN p_next IS NULL THEN 'paused' ELSE s.state END
        WHERE s.id = p_schedule AND s.state = 'active' AND s.next_due = p_claim AND s.next_due <= clock_timestamp()
        RETURNING s.* INTO kept;
    RETURN CASE WHEN FOUND THEN kept END;
END
$$;

-- The worker, as the owner: the moment has come. p_due is p_claim, or the last of the moments missed since.
CREATE FUNCTION fire_due(p_schedule bigint, p_claim timestamptz, p_due timestamptz, p_next timestamptz, p_parameters jsonb)
RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    self members := member_asking();
    kept schedules;
    added bigint;
BEGIN
    SELECT s.* INTO kept FROM schedules s WHERE s.id = p_schedule;
    IF session_user <> 'harbour_worker' OR kept.owner_id IS DISTINCT FROM self.id OR NOT is_able(self.id)
       OR p_due < p_claim OR p_due > clock_timestamp()
       OR (p_parameters - 'reference_date') IS DISTINCT FROM (kept.parameters - 'reference_date') THEN
        RETURN denied(self, 'fire', 'schedule:' || p_schedule,
                      refusal('not_allowed', 'A schedule is fired by the worker, for its owner, when it is due.'));
    END IF;
    kept := take_due(p_schedule, p_claim, p_next);
    IF kept.id IS NULL THEN
        RETURN refusal('wrong_state', 'Another worker has taken it.');
    END IF;
    added := fire(kept, p_due, 'clock', NULL, p_parameters);
    IF added IS NOT NULL AND (p_due > p_claim OR p_due < now() - interval '5 minutes') THEN
        PERFORM tell_of_schedule(kept, 'schedule_late', 'fire:' || added,
                                 jsonb_build_object('fire', added, 'due', utc_text(p_claim)), false);
    END IF;
    RETURN done(added);
END
$$;

-- The worker, as itself: the moment came or went and nothing runs. Why is written down, and who must know is told.
-- p_next NULL: nothing more can follow, and the schedule is paused.
CREATE FUNCTION pass_due(p_schedule bigint, p_claim timestamptz, p_due timestamptz, p_next timestamptz, p_reason text)
RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    kept schedules;
    added bigint;
    held boolean;
BEGIN
    IF session_user <> 'harbour_worker' OR actor() <> 'harbour_worker' THEN
        RAISE insufficient_privilege USING MESSAGE = 'Only the worker passes over what is due.';
    END IF;
    kept := take_due(p_schedule, p_claim, p_next);
    IF kept.id IS NULL THEN
        RETURN refusal('wrong_state', 'Another worker has taken it.');
    END IF;
    held := NOT is_able(kept.owner_id);
    INSERT INTO schedule_fires (organisation_id, schedule_id, due_at, cause, template, parameters, retries, backoff_seconds,
                                time_limit_seconds, needs, state)
        VALUES (kept.organisation_id, kept.id, p_due, 'clock', kept.template, kept.parameters, kept.retries, kept.backoff_seconds,
                kept.time_limit_seconds, kept.needs, 'open') ON CONFLICT DO NOTHING RETURNING id INTO added;
    IF added IS NOT NULL THEN
        PERFORM end_fire(added, 'missed',
            CASE WHEN held THEN 'Its owner is suspended or no analyst any more.' ELSE p_reason END,
            CASE WHEN held THEN 'schedule_held' ELSE 'run_missed' END, '{}');
    END IF;
    RETURN done(added);
END
$$;

-- What waits in the queue past its hour: said once.
CREATE FUNCTION tell_late(p_after interval) RETURNS int
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    slow schedule_fires;
    kept schedules;
    told int := 0;
BEGIN
    FOR slow IN UPDATE schedule_fires f SET told_late = true WHERE f.state = 'open' AND NOT f.told_late
        AND EXISTS (SELECT FROM schedule_attempts a JOIN runs r ON r.id = a.run_id WHERE a.fire_id = f.id
            AND r.state = 'queued' AND greatest(r.created_at, a.not_before) < now() - p_after) RETURNING f.*
    LOOP
        SELECT s.* INTO STRICT kept FROM schedules s WHERE s.id = slow.schedule_id;
        PERFORM tell_of_schedule(kept, 'run_late', 'fire:' || slow.id,
                                 jsonb_build_object('fire', slow.id, 'due', utc_text(slow.due_at)), false);
        told := told + 1;
    END LOOP;
    RETURN told;
END
$$;

-- What the worker must know of a claimed run beside its parameters.
CREATE FUNCTION orders_of_run(p_run bigint)
RETURNS TABLE (time_limit_seconds int, needs text[])
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT f.time_limit_seconds, f.needs FROM schedule_attempts a JOIN schedule_fires f ON f.id = a.fire_id WHERE a.run_id = p_run
$$;

CREATE FUNCTION cancelled_by(p_run bigint) RETURNS text
LANGUAGE sql STABLE SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
    SELECT m.display_name FROM run_cancellations c JOIN members m ON m.id = c.member_id WHERE c.run_id = p_run
    UNION ALL
    SELECT format('the suspension of %s', m.display_name) FROM runs r JOIN members m ON m.id = r.maker_id
        WHERE r.id = p_run AND m.state = 'suspended'
    LIMIT 1
$$;

-- The worker, as itself, ends a run that its maker's name cannot end: he is suspended, or no worker survives it.
CREATE FUNCTION abandon_run(p_run bigint, p_reason text) RETURNS outcome
LANGUAGE plpgsql SECURITY DEFINER SET search_path = pg_catalog, harbour, pg_temp
AS $$
DECLARE
    seen runs;
BEGIN
    IF session_user <> 'harbour_worker' OR actor() <> 'harbour_worker' THEN
        RAISE insufficient_privilege USING MESSAGE = 'Only the worker gives a run up.';
    END IF;
    SELECT r.* INTO seen FROM runs r WHERE r.id = p_run;
    PERFORM take_turn(seen.organisation_id);
    SELECT r.* INTO seen FROM runs r WHERE r.id = p_run AND r.state IN ('queued', 'running') FOR UPDATE;
    IF seen.id IS NULL THEN
        RETURN refusal('not_found', format('Run %s is not waiting to be executed.', p_run));
    END IF;
    PERFORM write_result(p_run, jsonb_build_object('state', 'failed', 'error_message', p_reason));
    PERFORM write_event(seen.organisation_id, 'abandon_run', 'run:' || p_run, 'done', jsonb_build_object('reason', p_reason));
    RETURN done(p_run);
END
$$;
