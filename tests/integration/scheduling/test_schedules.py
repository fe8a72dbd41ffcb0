"""Schedules under the guard: whose they are, when they fire, and that they fire once."""

from __future__ import annotations

import datetime
import threading

import pytest

from harbour.errors import BadParameters, HarbourError, NotAllowed, NotFound, WrongState
from harbour.identity import lifecycle
from harbour.scheduling import Clock, Plan, Timing
from harbour.scheduling.schedules import parameters_at

NOW = datetime.datetime.now(datetime.UTC)
HOUR = datetime.timedelta(hours=1)


def make_due(banks, schedule_id: int, ago: datetime.timedelta = datetime.timedelta(seconds=1)) -> None:
    """Set the clock forward for one schedule, as only the database's own superuser can."""
    with banks.superuser() as root:
        root.execute("UPDATE harbour.schedules SET next_due = now() - %s WHERE id = %s", [ago, schedule_id])


def finish(banks, run_id: int, **changes) -> None:
    """Say how a run ended, as the worker would."""
    result = {"state": "succeeded", "digests": {}, "summary": {}, "artefacts": {}} | changes
    import json

    with banks.through("harbour_worker", "port-amelie") as worker, banks.raw("harbour_worker") as own:
        own.execute("SELECT * FROM harbour.claim_run(%s)", [run_id])
        worker.session.call("finish_run", run=run_id, result=json.dumps(result))


@pytest.fixture
def clock(banks) -> Clock:
    with banks.superuser() as root:  # schedules of other tests rest
        root.execute("UPDATE harbour.schedules SET state = 'paused', next_due = NULL WHERE state = 'active'")
    return Clock(banks.dsn("harbour_worker"))


def test_a_due_schedule_runs_as_its_owner_and_is_due_again(banks, clock, plan_of):
    timing = Timing("Europe/Paris", cron="30 2 * * *", period="quarter")
    with banks.member("port-amelie") as amelie:
        made = amelie.schedules.create(plan_of("own funds by night", timing=timing, parameters={"amount": 7}))
        assert (made.owner, made.state) == ("port-amelie", "active")
        assert made.next_due == timing.next_due(NOW)
        assert clock.tick() == 0
        make_due(banks, made.id)
        assert clock.tick() == 1
        (fire,) = amelie.schedules.fires(made.id)
        run = amelie.runs.get(fire.attempts[0].run)
        assert (run.maker, run.state, run.name) == ("port-amelie", "queued", made.name)
        assert run.parameters == parameters_at({"amount": 7}, timing, fire.due_at)
        assert run.parameters["reference_date"].endswith(("-03-31", "-06-30", "-09-30", "-12-31"))
        assert amelie.schedules.get(made.id).next_due == made.next_due
        finish(banks, run.id)
        assert amelie.schedules.fires(made.id)[0].state == "succeeded"
        events = [event.action for event in amelie.audit.events(subject=f"schedule:{made.id}")]
    assert events == ["end_fire", "fire", "set_schedule"]


def test_twenty_clocks_at_once_fire_once(banks, clock, plan_of):
    with banks.member("port-amelie") as amelie:
        made = amelie.schedules.create(plan_of("once only"))
        make_due(banks, made.id)
        fired: list[int] = []
        threads = [threading.Thread(target=lambda: fired.append(clock.tick())) for _ in range(20)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sum(fired) == 1
        assert len(amelie.schedules.fires(made.id)) == 1


def test_what_the_platform_slept_through_is_run_once_or_skipped_and_told(banks, clock, plan_of):
    three_days = datetime.timedelta(days=3)
    with banks.member("port-amelie") as amelie:
        once = amelie.schedules.create(plan_of("made up for"))
        skip = amelie.schedules.create(plan_of("passed over", missed="skip"))
        for made in (once, skip):
            make_due(banks, made.id, three_days)
        clock.tick()
        (run_once,), (skipped,) = (amelie.schedules.fires(made.id) for made in (once, skip))
        assert (run_once.state, len(run_once.attempts)) == ("open", 1)
        assert NOW - run_once.due_at < datetime.timedelta(days=1, hours=2)
        assert (skipped.state, skipped.attempts) == ("missed", ())
        assert "The platform was down at its time, 4 times." in skipped.reason
        told = {(notice.kind, notice.facts["name"]) for notice in amelie.notices.list()[:2]}
        assert told == {("schedule_late", "made up for"), ("run_missed", "passed over")}
        assert all(amelie.schedules.get(made.id).next_due > NOW for made in (once, skip))


def test_a_suspended_owners_schedule_does_not_run_and_the_administrator_is_told(banks, clock, plan_of):
    banks.add("port-gilles", "analyst")
    with banks.member("port-gilles") as gilles:
        made = gilles.schedules.create(plan_of("of one who left", deputy="port-bruno"))
    with banks.admin() as admin:
        lifecycle.suspend(admin, "port-gilles")
    make_due(banks, made.id)
    clock.tick()
    with banks.member("port-elsa") as elsa, banks.member("port-bruno") as bruno:
        (fire,) = elsa.schedules.fires(made.id)
        assert (fire.state, fire.attempts) == ("missed", ())
        assert fire.reason == "Its owner is suspended or no analyst any more."
        for told in (elsa, bruno):
            assert (told.notices.list()[0].kind, told.notices.list()[0].subject) == (
                "schedule_held",
                f"fire:{fire.id}",
            )
        with pytest.raises(WrongState, match="owner is suspended"):
            elsa.schedules.run_now(made.id)
        assert elsa.schedules.hand_over(made.id, "port-amelie").owner == "port-amelie"
        with banks.member("port-amelie") as amelie:
            assert amelie.notices.list()[0].kind == "schedule_given"


def test_a_failed_run_is_tried_again_after_a_pause_and_then_told(banks, clock, plan_of):
    with banks.member("port-amelie") as amelie, banks.member("port-bruno") as bruno:
        made = amelie.schedules.create(
            plan_of("stumbling", retries=2, backoff_seconds=600, deputy="port-bruno")
        )
        amelie.schedules.run_now(made.id)
        for attempt in (1, 2, 3):
            (fire,) = amelie.schedules.fires(made.id)
            last = fire.attempts[-1]
            assert (len(fire.attempts), fire.state) == (attempt, "open")
            if attempt > 1:
                pause = last.not_before - fire.attempts[-2].finished
                assert abs(pause.total_seconds() - 600 * 2 ** (attempt - 2)) < 5
            finish(banks, last.run, state="failed", error_cell=4, error_message=f"stop {attempt}")
        (fire,) = amelie.schedules.fires(made.id)
        assert (fire.state, fire.reason) == ("failed", "stop 3")
        assert [attempt.message for attempt in fire.attempts] == ["stop 1", "stop 2", "stop 3"]
        for told in (amelie, bruno):
            newest = told.notices.list()[0]
            assert (newest.kind, newest.facts["attempts"], newest.facts["run"]) == ("run_failed", 3, last.run)


def test_a_run_in_the_way_is_skipped_or_queued_behind(banks, clock, plan_of):
    with banks.member("port-amelie") as amelie:
        skip, queue = (
            amelie.schedules.create(plan_of(f"overlap {word}", overlap=word)) for word in ("skip", "queue")
        )
        for made in (skip, queue):
            amelie.schedules.run_now(made.id)
            make_due(banks, made.id)
        clock.tick()
        skipped, queued = (amelie.schedules.fires(made.id)[0] for made in (skip, queue))
        assert (skipped.state, skipped.reason) == ("skipped", "The run before it had not ended.")
        assert (queued.state, len(queued.attempts)) == ("open", 1)
        with banks.superuser() as root:
            locks = root.execute(
                "SELECT count(DISTINCT lock), count(*) FROM procrastinate.procrastinate_jobs WHERE lock = %s",
                [f"schedule:{queue.id}"],
            ).fetchone()
        assert locks == (1, 2)


def test_whose_a_schedule_is_and_who_else_may_what(banks, clock, plan_of):
    plan = plan_of("whose")
    with banks.member("port-amelie") as amelie:
        made = amelie.schedules.create(plan)
        with pytest.raises(HarbourError, match='There is a schedule "whose" already'):
            amelie.schedules.create(plan)
    with banks.member("port-bruno") as bruno:  # an analyst of the same bank
        assert bruno.schedules.get(made.id).name == "whose"
        for attempt in (bruno.schedules.pause, bruno.schedules.run_now, bruno.schedules.end):
            with pytest.raises(NotAllowed, match="another member's schedule"):
                attempt(made.id)
    with banks.member("port-elsa") as elsa:  # the administrator
        with pytest.raises(NotAllowed):
            elsa.schedules.change(made.id, plan)
        assert elsa.schedules.pause(made.id).state == "paused"
        assert elsa.schedules.resume(made.id).next_due > NOW
        run = elsa.schedules.run_now(made.id).attempts[0].run
        assert elsa.runs.get(run).maker == "port-amelie"
        elsa.schedules.cancel(run)
        assert elsa.schedules.fires(made.id)[0].state == "cancelled"
        assert elsa.schedules.end(made.id).state == "ended"
        with pytest.raises(WrongState, match="has ended"):
            elsa.schedules.run_now(made.id)
    for outsider in ("port-dario", "nordhaven-nils"):
        with banks.member(outsider) as other:
            assert other.schedules.list() == []
            assert other.schedules.fires() == ()
            with pytest.raises(NotFound):
                other.schedules.get(made.id)
            with pytest.raises(HarbourError):
                other.session.call("move_schedule", schedule=made.id, state="paused", next=None)


@pytest.mark.parametrize(
    "change", [{"amount": "many"}, {"rate": 3}, {"book": "/etc"}, {"reference_date": "soon"}]
)
def test_what_could_not_run_is_refused_before_it_is_kept(banks, clock, plan_of, change):
    with banks.member("port-amelie") as amelie:
        with pytest.raises(BadParameters):
            amelie.schedules.create(plan_of("not to be", parameters=change))
        assert not [made for made in amelie.schedules.list() if made.name == "not to be"]


def test_a_fire_is_the_schedules_own_whoever_calls_the_function(banks, clock, plan_of):
    with banks.member("port-amelie") as amelie:
        made = amelie.schedules.create(plan_of("forged", parameters={"amount": 1}))
        make_due(banks, made.id)
        due = amelie.schedules.get(made.id).next_due
        values = {
            "schedule": made.id,
            "claim": due,
            "due": due,
            "next": due + HOUR,
            "parameters": '{"amount": 9}',
        }
        with pytest.raises(NotAllowed, match="fired by the worker"):
            amelie.session.call("fire_due", **values)
        with banks.through("harbour_worker", "port-amelie") as worker, pytest.raises(NotAllowed):
            worker.session.call("fire_due", **values)  # not even the worker, with other parameters
        with pytest.raises(HarbourError, match="own parameters"):
            amelie.session.call("run_schedule", schedule=made.id, parameters='{"amount": 9}', again=None)
        assert amelie.schedules.fires(made.id) == ()


def test_a_broken_line_pauses_its_schedule_and_is_told(banks, clock, plan_of):
    plan: Plan = plan_of("broken line")
    with banks.member("port-amelie") as amelie:
        made = amelie.schedules.create(plan)
        with banks.superuser() as root:
            root.execute("UPDATE harbour.schedules SET cron = 'never' WHERE id = %s", [made.id])
        make_due(banks, made.id)
        clock.tick()
        assert amelie.schedules.get(made.id).state == "paused"
        (fire,) = amelie.schedules.fires(made.id)
        assert fire.state == "missed"
        assert "the cron line 'never' is not understood" in fire.reason
        assert amelie.notices.list()[0].subject == f"fire:{fire.id}"


def test_a_spent_quota_ends_the_retries_and_keeps_the_result(banks, clock, plan_of):
    with banks.member("port-amelie") as amelie:
        made = amelie.schedules.create(plan_of("no more today", retries=3))
        run = amelie.schedules.run_now(made.id).attempts[0].run
        with banks.admin() as admin:
            lifecycle.set_quota(admin, "port", runs_a_day=0)
        try:
            finish(banks, run, state="failed", error_message="the book is broken")
        finally:
            with banks.admin() as admin:
                lifecycle.set_quota(admin, "port")
        (fire,) = amelie.schedules.fires(made.id)
        assert (fire.state, fire.reason, len(fire.attempts)) == ("failed", "the book is broken", 1)
