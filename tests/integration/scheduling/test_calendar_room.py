"""The calendar room on a real database: each sees his own, and its buttons do what they say."""

from __future__ import annotations

import asyncio
import datetime
from dataclasses import dataclass
from typing import Any

import pytest
from dashboards.calendar.app import CalendarRoom
from dashboards.calendar.compute import read_board
from dashboards.calendar.filings import Sources, list_filings
from dashboards.theme.bell import Bell
from dashboards.theme.sheet import Press
from tests.database import Harbour
from tests.integration.scheduling.test_schedules import finish

from harbour.scheduling import Plan, Schedule, Timing

ENTITY = "969500DEMOPORT000140.CON.FR.Banque du Port"
TODAY = datetime.date(2026, 11, 21)
UTC = datetime.UTC


@dataclass
class Person:
    """A viewer of the room, with a login of his own."""

    banks: Harbour
    name: str
    language: Any = "en"

    def connect(self) -> Any:
        return self.banks.member(self.name)

    async def is_signed_in(self) -> bool:
        return True


def opened(banks: Harbour, name: str, wanted: int | None = None, language: str = "en") -> CalendarRoom:
    room = CalendarRoom(Person(banks, name, language), wanted)
    asyncio.run(room.open())
    return room


def press(room: CalendarRoom, act: str, id_: object = "", **fields: str) -> None:
    asyncio.run(room.press(Press(act, str(id_), fields)))


@pytest.fixture
def schedule(banks, plan_of) -> Schedule:
    wanted = plan_of("in the room", deputy="port-bruno")  # its report is new for every test
    with banks.member("port-amelie") as amelie:
        found = [made for made in amelie.schedules.list() if made.name == "in the room"]
        return found[0] if found else amelie.schedules.create(wanted)


def test_the_owner_runs_cancels_pauses_and_ends_it(banks, schedule):
    room = opened(banks, "port-amelie", schedule.id)
    assert "in the room" in room.paper.html
    press(room, "run")
    assert "Queued. It runs as its owner." in room.paper.html
    assert "Under way" in room.rail.html
    assert 'id="run"' in room.paper.html
    assert "disabled" in room.paper.html.split('id="run"')[1][:80]
    run = room.tree.fires[0].attempts[0].run
    press(room, "cancel", run)
    assert "Cancelled" in room.paper.html
    press(room, "again", room.tree.fires[0].id)
    finish(
        banks, room.tree.fires[0].attempts[0].run, state="failed", error_cell=6, error_message="<b>row 3</b>"
    )
    asyncio.run(room.refresh())
    assert "Stopped at cell 6:" in room.paper.html
    assert "&lt;b&gt;row 3&lt;/b&gt;" in room.paper.html
    press(room, "pause")
    assert "Paused" in room.rail.html
    press(room, "resume")
    press(room, "ask-end")
    assert "End this schedule for good?" in room.paper.html
    press(room, "end")
    assert "in the room" not in room.rail.html


def test_others_look_and_do_not_touch(banks, schedule):
    reviewer = opened(banks, "port-chloe", schedule.id)
    assert "in the room" in reviewer.paper.html
    assert 'id="run"' not in reviewer.paper.html
    assert "may run or change this" in reviewer.paper.html
    press(reviewer, "run")
    assert "You may not run this schedule now: it takes the role analyst or org admin." in reviewer.paper.html
    deputy = opened(banks, "port-bruno", schedule.id)
    assert 'id="run"' in deputy.paper.html
    for outsider in ("port-dario", "nordhaven-nils"):
        room = opened(banks, outsider, schedule.id)
        assert "in the room" not in room.rail.html + room.paper.html + room.months.html


def test_a_schedule_is_made_by_the_form_of_the_reports_own_parameters(banks, schedule):
    room = opened(banks, "port-amelie", schedule.id)
    press(room, "new")
    for expected in ('id="p-amount"', "reference_date: follows from the day", 'value="sample:savings_bank"'):
        assert expected in room.paper.html
    asked = {"name": "by the form", "when": "rule", "period": "quarter", "days_after": "5", "country": "fr"}
    asked |= {"at_time": "07:00", "zone": "Europe/Paris", "retries": "0", "p-book": "sample:savings_bank"}
    press(room, "create", **asked, **{"p-amount": "many"})
    assert "amount must be a whole number, not &#39;many&#39;" in room.paper.html
    assert 'value="by the form"' in room.paper.html, "what was typed stays"
    press(room, "create", **asked, **{"p-amount": "3"})
    assert "The schedule is made." in room.paper.html
    made = room.tree.schedule
    assert made.plan.parameters == {"amount": 3, "book": "sample:savings_bank"}
    assert "5 working days (FR) after the end of each quarter, 07:00 (Europe/Paris)" in room.paper.html
    press(room, "end")


def test_a_wish_how_to_be_told_is_kept_and_a_bad_address_is_said(banks, schedule):
    room = opened(banks, "port-amelie", language="fr")
    press(room, "telling")
    press(room, "tell-me", email="nobody", mail="now")
    assert "Ce n’est pas une adresse électronique" in room.paper.html
    press(room, "tell-me", email="amelie@bank.example", mail="digest")
    assert "Enregistré." in room.paper.html
    with banks.member("port-amelie") as amelie:
        how = amelie.notices.preferences()
    assert (how.email, how.mail, how.language) == ("amelie@bank.example", "digest", "fr")


def test_the_bell_counts_and_opening_it_reads(banks, schedule):
    with banks.member("port-amelie") as amelie:
        fire = amelie.schedules.run_now(schedule.id)
        finish(banks, fire.attempts[0].run, state="failed", error_cell=2, error_message="a broken book")
        amelie.schedules.fires(schedule.id)
        left = amelie.schedules.fires(schedule.id)[0]
        if left.state == "open":  # its retry
            finish(banks, left.attempts[-1].run, state="failed", error_cell=2, error_message="a broken book")
    bell = Bell(Person(banks, "port-bruno"))
    asyncio.run(bell.refresh())
    assert 'class="badge"' in bell.sheet.html
    asyncio.run(bell.press(Press("bell")))
    assert "“in the room” failed" in bell.sheet.html
    assert "a broken book" in bell.sheet.html
    asyncio.run(bell.press(Press("close")))
    assert 'class="badge"' not in bell.sheet.html


def plan(**changes: Any) -> Plan:
    timing = Timing("Europe/Paris", period="quarter", days_after=5, at_time=datetime.time(7), country="FR")
    return Plan("COREP", "corep_own_funds", timing, {"entity": ENTITY}, **changes)


@pytest.mark.parametrize(
    ("next_due", "failing", "today", "risk"),
    [
        ("2027-01-08", False, "2026-11-21", ("none", "scheduled")),
        ("2027-02-15", False, "2026-11-21", ("watch", "runs_after")),
        ("2027-01-08", True, "2026-11-21", ("watch", "run_failed")),
        ("2027-01-08", True, "2027-02-01", ("high", "run_failed")),
        ("2027-01-08", False, "2027-02-01", ("watch", "near")),
        ("2027-01-08", False, "2027-02-08", ("high", "soon")),
        ("2027-01-08", False, "2027-02-12", ("late", "past")),
    ],
)
def test_the_risk_of_being_late_follows_from_days_runs_and_steps(next_due, failing, today, risk):
    due = datetime.datetime.fromisoformat(next_due).replace(hour=6, tzinfo=UTC)
    schedule = Schedule(1, "port-amelie", "active", due, plan())
    failed = frozenset({1}) if failing else frozenset()
    sources = Sources({"corep_own_funds": "COREP_OF"}, [], [], [schedule], failed)
    (filing,) = [
        found
        for found in list_filings(sources, datetime.date.fromisoformat(today))
        if found.reference_date == datetime.date(2026, 12, 31)
    ]
    assert filing.due == datetime.date(2027, 2, 11)
    assert (filing.risk, filing.why) == risk
    assert (filing.owner, filing.schedule, filing.step) == ("port-amelie", 1, 0)


def test_a_filing_takes_its_steps_and_is_ready_when_approved(banks, record):
    summary = {
        "entity": {"name": "Banque du Port", "lei": "969500DEMOPORT000140", "country": "FR"},
        "reference_date": "2026-12-31",
        "scenario": "baseline",
    }

    def filing() -> Any:
        with banks.member("port-amelie") as amelie:
            board = read_board(amelie)
        sources = Sources({"corep_own_funds": "COREP_OF"}, published(), submissions(), [], frozenset())
        assert board.may_set
        return next(
            f
            for f in list_filings(sources, TODAY)
            if (f.reference_date, f.submission) == (datetime.date(2026, 12, 31), sent.id)
        )

    def submissions() -> Any:
        with banks.member("port-amelie") as amelie:
            return amelie.submissions.list()

    def published() -> Any:
        with banks.member("port-amelie") as amelie:
            return amelie.publications.list()

    with banks.member("port-amelie") as amelie:
        sent = amelie.workspace.submit(amelie.workspace.save(record("year end", summary=summary)).id)
    assert (filing().step, filing().state, filing().submission) == (2, "in_review", sent.id)
    with banks.member("port-chloe") as chloe:
        chloe.submissions.approve(sent.id, sent.digest)
    assert (filing().step, filing().risk, filing().why) == (3, "done", "approved")
