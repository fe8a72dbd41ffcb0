"""Suspended members are out within seconds; an organisation has no more than it may have."""

from __future__ import annotations

import threading
import time

import psycopg
import pytest
from tests.database import records

import harbour
from harbour import errors
from harbour.artefacts import claim
from harbour.identity import accounts, lifecycle, logins


@pytest.fixture
def admin(banks):
    with banks.admin() as connection:
        yield connection


@pytest.fixture(scope="module")
def small(banks):
    """Make a small bank of its own, whose quotas disturb nobody."""
    with banks.admin() as admin:
        accounts.create_organisation(admin, "small", "Small Savings Bank")
    banks.add("small-sven", "analyst")
    banks.add("small-ruth", "reviewer")
    yield banks
    with banks.superuser() as root:  # runs that were asked for and that no worker here executes
        root.execute("SET search_path = procrastinate")
        root.execute("DELETE FROM procrastinate_jobs")


@pytest.fixture
def unbounded(small, admin):
    yield
    lifecycle.set_quota(admin, "small")


def test_a_suspended_member_is_out_within_seconds(banks, admin):
    banks.add("port-leaver", "analyst")
    sessions = [banks.raw("m_port_leaver") for _ in range(5)]
    with banks.through("harbour_dashboards", "port-leaver") as page:
        assert page.me.name == "port-leaver"
        begun = time.monotonic()
        lifecycle.suspend(admin, "port-leaver")
        assert time.monotonic() - begun < 10
        for session in sessions:
            with pytest.raises(psycopg.OperationalError):
                session.execute("SELECT 1")
            session.close()
        with pytest.raises(errors.NotAllowed):
            page.workspace.save(records("after the end"))
        assert page.runs.list() == []
    with pytest.raises(psycopg.OperationalError):
        banks.raw("m_port_leaver")
    assert accounts.verify_password(admin, "port-leaver", banks.one_time["port-leaver"]).outcome == "refused"
    with pytest.raises(errors.NotFound, match="no active member"):
        logins.issue_login(admin, "port-leaver")


def test_a_member_who_is_let_back_signs_in_as_before(banks, admin):
    banks.add("port-returner", "analyst")
    lifecycle.suspend(admin, "port-returner")
    lifecycle.reinstate(admin, "port-returner")
    assert (
        accounts.verify_password(admin, "port-returner", banks.one_time["port-returner"]).member is not None
    )
    banks.learn("m_port_returner", logins.issue_login(admin, "port-returner"))
    with banks.member("port-returner") as back:
        assert back.me.name == "port-returner"


def test_a_suspended_makers_queued_run_is_cancelled_and_written_down(small, admin):
    with small.member("small-sven") as sven:
        queued = sven.runs.request("corep_own_funds", {})
        accounts.set_state(admin, "small-sven", "suspended")
        try:
            with (
                harbour.connect(small.dsn("harbour_worker")) as worker,
                pytest.raises(errors.NotFound, match="not waiting"),
            ):
                claim(worker, queued.id)
        finally:
            accounts.set_state(admin, "small-sven", "active")
        ended = sven.runs.get(queued.id)
        assert ended.state == "failed"
        assert ended.error_message == "cancelled before it began: Small-Sven was suspended"
        told = sven.audit.events(f"run:{queued.id}")[0]
        assert (told.actor, told.action, told.outcome) == ("harbour_admin", "cancel_run", "done")


def test_a_suspended_makers_running_run_is_ended_and_its_result_not_kept(small, admin):
    with small.member("small-sven") as sven:
        asked = sven.runs.request("corep_own_funds", {})
        with harbour.connect(small.dsn("harbour_worker")) as worker:
            claim(worker, asked.id)
            assert worker.session.row("cancelled_by", run=asked.id)[0] is None
            accounts.set_state(admin, "small-sven", "suspended")
            try:
                # The worker looks every second and ends its kernel; nobody can keep a result in his name.
                said = worker.session.row("cancelled_by", run=asked.id)[0]
                assert said == "the suspension of Small-Sven"
                with (
                    pytest.raises(errors.NotAllowed),
                    harbour.connect(small.dsn("harbour_worker"), member="small-sven") as maker,
                ):
                    maker.runs.finish(asked.id, records("late", artefacts={}))
                worker.session.call("abandon_run", run=asked.id, reason="his worker gives it up")
            finally:
                accounts.set_state(admin, "small-sven", "active")
        assert sven.runs.get(asked.id).state == "failed"


def test_no_more_members_than_the_bank_may_have(small, admin, unbounded):
    lifecycle.set_quota(admin, "small", members=2)
    with pytest.raises(errors.QuotaReached, match="may have 2 active members"):
        accounts.create_member(admin, "small-third", "Third", roles=("viewer",))
    lifecycle.suspend(admin, "small-ruth")
    accounts.create_member(admin, "small-third", "Third", roles=("viewer",))
    with pytest.raises(errors.QuotaReached):
        lifecycle.reinstate(admin, "small-ruth")


def test_no_more_runs_a_day_even_when_asked_all_at_once(small, admin, unbounded):
    with small.member("small-sven") as sven:
        today = len(sven.runs.list(limit=1000))
        lifecycle.set_quota(admin, "small", runs_a_day=today + 3)
        answers: list[str] = []
        start = threading.Barrier(8)

        def ask() -> None:
            with small.member("small-sven") as again:
                start.wait()
                try:
                    again.runs.request("corep_own_funds", {})
                    answers.append("done")
                except errors.QuotaReached:
                    answers.append("quota")

        threads = [threading.Thread(target=ask) for _ in range(8)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        assert sorted(answers) == ["done"] * 3 + ["quota"] * 5
        with pytest.raises(errors.QuotaReached, match=f"may have {today + 3} runs a day"):
            sven.workspace.save(records("one more", artefacts={}))
        denied = sven.audit.events(limit=1)[0]
        assert (denied.action, denied.outcome) == ("record_run", "denied")


def test_no_more_bytes_than_the_bank_may_have(small, admin, unbounded):
    with small.member("small-sven") as sven, small.raw("m_small_sven") as raw:
        first = sven.artefacts.put(b"x" * 1000)
        lifecycle.set_quota(admin, "small", storage=3000)
        sven.artefacts.put(b"y" * 1000)
        with pytest.raises(errors.QuotaReached, match="3000 bytes of files"):
            sven.artefacts.put(b"z" * 1500)
        sven.artefacts.put(b"x" * 1000)  # held already: it takes no more room
        upload = raw.execute("SELECT harbour.start_upload()").fetchone()[0]  # nor by an upload never finished
        raw.execute("SELECT harbour.put_chunk(%s, 0, %s)", [upload, b"a" * 900])
        with pytest.raises(psycopg.errors.ConfigurationLimitExceeded):
            raw.execute("SELECT harbour.put_chunk(%s, 1, %s)", [upload, b"a" * 900])
        assert sven.artefacts.get(first) == b"x" * 1000


def test_a_quota_is_written_down_and_needs_an_organisation(small, admin):
    with pytest.raises(errors.NotFound):
        lifecycle.set_quota(admin, "nowhere", members=1)
    lifecycle.set_quota(admin, "small", members=50)
    with small.member("small-sven") as sven:
        assert sven.audit.events("organisation:small")[0].action == "set_quota"
        with small.raw("m_small_sven") as raw:
            assert raw.execute("SELECT members FROM harbour.quotas").fetchall() == [(50,)]
    lifecycle.set_quota(admin, "small")
