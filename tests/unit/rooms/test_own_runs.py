"""What an analyst made and submits from the review room, without a notebook."""

from __future__ import annotations

import asyncio
import copy
from collections.abc import Callable
from dataclasses import replace
from types import SimpleNamespace
from typing import Any

import pytest
from dashboards.review.app import ReviewRoom
from dashboards.theme.sheet import Press
from tests.unit.rooms.conftest import NOON, SUMMARY

MAKER = "port-amelie"


def run(id_: int = 40, **changes: Any) -> SimpleNamespace:
    facts = {
        "id": id_,
        "name": "Own funds",
        "version": 1,
        "template": "corep_own_funds",
        "state": "succeeded",
        "maker": MAKER,
        "created_at": NOON,
        "summary": copy.deepcopy(SUMMARY),
        "error_cell": None,
        "error_message": None,
    }
    return SimpleNamespace(**(facts | changes), artefacts={})


def opened(viewer: Any) -> ReviewRoom:
    room = ReviewRoom(viewer)
    asyncio.run(room.open())
    return room


def press(room: ReviewRoom, act: str, id_: int, **fields: str) -> None:
    asyncio.run(room.press(Press(act, str(id_), fields)))


def test_a_run_is_submitted_with_its_note(bank: Any, person: Callable[..., Any]) -> None:
    bank.runs[40] = run()
    room = opened(person(name=MAKER))
    assert 'id="own-40"' in room.rail.html
    press(room, "own", 40)
    assert "Made by you, not submitted" in room.paper.html
    assert "13.89%" in room.paper.html
    press(room, "submit", 40, note="The second quarter.")
    (made,) = bank.submissions.values()
    assert (made.run_id, made.maker, made.note) == (40, MAKER, "The second quarter.")
    assert "it waits for a reviewer now" in room.foot.html
    assert 'id="own-40"' not in room.rail.html, "it is among the submissions now"


def test_a_returned_submission_is_offered_to_be_replaced(bank: Any, person: Callable[..., Any]) -> None:
    first = bank.submit(MAKER, state="returned")
    other = bank.submit(
        MAKER, state="returned", summary=copy.deepcopy(SUMMARY) | {"reference_date": "2026-03-31"}
    )
    bank.submit("port-bruno", state="returned")
    bank.runs[40] = run()
    room = opened(person(name=MAKER))
    press(room, "own", 40)
    assert f"returned your submission {first.id} of this report" in room.foot.html
    press(room, "resubmit", 40, note="Rating corrected.")
    assert bank.submissions[first.id].state == "in_review"
    assert bank.submissions[first.id].run_id == 40
    assert bank.submissions[other.id].state == "returned"


@pytest.mark.parametrize(
    ("state", "facts", "said"),
    [
        ("failed", {"error_cell": 4, "error_message": "row 17: pd is 3"}, "row 17: pd is 3"),
        ("running", {}, "this page follows by itself"),
        ("queued", {}, "this page follows by itself"),
    ],
)
def test_what_is_not_whole_is_shown_and_not_submitted(
    bank: Any, person: Callable[..., Any], state: str, facts: dict[str, Any], said: str
) -> None:
    bank.runs[40] = run(state=state, summary={}, **facts)
    room = opened(person(name=MAKER))
    press(room, "own", 40)
    assert said in room.paper.html
    assert room.foot.html == ""


def test_a_run_that_ends_is_followed(bank: Any, person: Callable[..., Any]) -> None:
    bank.runs[40] = run(state="running", summary={})
    room = opened(person(name=MAKER))
    press(room, "own", 40)
    bank.runs[40] = run()
    asyncio.run(room.refresh())
    assert 'id="submit"' in room.foot.html


def test_only_ones_own_reports_are_offered(bank: Any, person: Callable[..., Any]) -> None:
    bank.runs = {
        1: run(1, maker="port-bruno"),
        2: run(2, template="simulation"),
        3: run(3, template="dashboard"),
        4: run(4),
    }
    made = bank.submit(MAKER)
    bank.submissions[made.id] = replace(made, run_id=4)
    assert 'data-act="own"' not in opened(person(name=MAKER)).rail.html
    bank.runs[5] = run(5)
    assert 'data-act="own"' not in opened(person()).rail.html, "a reviewer makes none"


def test_a_refusal_is_said_and_the_run_stays(bank: Any, person: Callable[..., Any]) -> None:
    bank.runs[40] = run(summary={})
    room = opened(person(name=MAKER))
    press(room, "own", 40)
    press(room, "submit", 40)
    assert "This run holds no figures to submit." in room.foot.html
    press(room, "submit", 41)
    assert bank.submissions == {}, "a press on another page than the one shown does nothing"


def test_the_maker_takes_a_submission_back(bank: Any, person: Callable[..., Any]) -> None:
    bank.submit(MAKER)
    assert 'id="withdraw"' not in opened(person()).foot.html
    room = opened(person(name=MAKER))
    press(room, "ask-withdraw", 1)
    assert "Take your submission back?" in room.foot.html
    press(room, "withdraw", 1)
    assert bank.submissions[1].state == "withdrawn"
