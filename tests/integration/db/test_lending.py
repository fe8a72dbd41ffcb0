"""A reviewer lends his role from the review room: the deputy may then decide, and no longer once it is taken back."""

from __future__ import annotations

import asyncio
import datetime
import re
from dataclasses import dataclass
from typing import Any

import pytest
from dashboards.review.app import ReviewRoom
from dashboards.theme.sheet import Press

TOMORROW = (datetime.datetime.now(datetime.UTC) + datetime.timedelta(days=1)).date().isoformat()


@dataclass
class Person:
    """A viewer of the room, over the rooms' own login."""

    banks: Any
    name: str
    language: Any = "en"

    def connect(self) -> Any:
        return self.banks.through("harbour_dashboards", self.name)

    async def is_signed_in(self) -> bool:
        return True


@pytest.fixture
def opened(banks):
    def open_for(name: str, language: str = "en") -> ReviewRoom:
        room = ReviewRoom(Person(banks, name, language))
        asyncio.run(room.open())
        return room

    return open_for


def press(room: ReviewRoom, act: str, id_: str = "0", **fields: str) -> str:
    asyncio.run(room.press(Press(act, id_, fields)))
    return str(room.desk.html)


def test_a_deputy_decides_until_the_role_is_taken_back(banks, opened, record):
    banks.add("port-lena", "reviewer")
    banks.add("port-mats", "viewer")
    with banks.member("port-amelie") as amelie:
        waiting = amelie.workspace.submit(amelie.workspace.save(record("lent")).id, "please review")
    room = opened("port-lena")
    assert "Port-Mats" in room.desk.html
    assert "Lent." in press(room, "lend", deputy="port-mats", until=TOMORROW)
    with banks.through("harbour_dashboards", "port-mats") as mats:
        assert "approve" in mats.submissions.actions(waiting.id)
    number = re.search(r'data-act="take-back" data-id="(\d+)"', room.desk.html)[1]
    assert "Taken back." in press(room, "take-back", number)
    assert "take-back" not in room.desk.html
    with banks.through("harbour_dashboards", "port-mats") as mats:
        assert "approve" not in mats.submissions.actions(waiting.id)


def test_what_cannot_be_lent_is_refused_in_words(banks, opened):
    banks.add("port-nora", "reviewer")
    room = opened("port-nora")
    for until in ("", "yesterday", "2020-01-01", "2999-01-01"):
        assert "A delegation ends on a day to come" in press(room, "lend", deputy="port-dario", until=until)
    assert "another active member" in press(room, "lend", deputy="nordhaven-olga", until=TOMORROW)
    assert "another active member" in press(room, "lend", deputy="port-nora", until=TOMORROW)
    assert "no such delegation" in press(room, "take-back", "999999")


def test_who_reviews_nothing_has_nothing_to_lend(opened):
    room = opened("port-amelie")
    assert room.desk.html == ""
    assert "lend my role" not in press(room, "lend", deputy="port-dario", until=TOMORROW).lower()
    assert opened("port-dario").desk.html == ""
