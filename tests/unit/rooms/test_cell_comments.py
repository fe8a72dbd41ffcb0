"""What people say about one cell of a return, in the returns room and in the review room."""

from __future__ import annotations

import asyncio
import json
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from dashboards.returns.app import ReturnsRoom
from dashboards.returns.page import Wanted
from dashboards.review.app import ReviewRoom
from dashboards.theme.sheet import Press

from plimsoll.data import sample_book
from plimsoll.dictionary import open_dictionary
from plimsoll.returns import fill
from plimsoll.simulation import simulate

CELL = Wanted(1, "C_01.00", "0010", "0010")


@pytest.fixture(scope="module")
def saved(dictionary_path: Path, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    book = sample_book("savings_bank", seed=11, exposures=300)
    filled = fill(simulate(book), "corep_of", open_dictionary(dictionary_path))
    return filled.save(tmp_path_factory.mktemp("returns") / "x.return").read_bytes()


@pytest.fixture
def filed(bank: Any, saved: bytes, dictionary_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    monkeypatch.setenv("PLIMSOLL_DICTIONARY", str(dictionary_path))
    bank.files[bank.submit().run_id] = {"corep_of.return": saved, "verdict.json": json.dumps({}).encode()}
    return bank


def opened(viewer: Any) -> ReturnsRoom:
    room = ReturnsRoom(viewer, CELL)
    asyncio.run(room.open())
    return room


def press(room: Any, act: str, id_: str = "", **fields: str) -> None:
    given = {name.replace("_", "-"): text for name, text in fields.items()}
    asyncio.run(room.press(Press(act, id_, given)))


def test_an_address_opens_the_cell(filed: Any, person: Callable[..., Any]) -> None:
    room = opened(person())
    assert "C 01.00" in room.paper.html
    assert 'aria-current="true"' in room.paper.html
    assert "Nothing yet." in room.side.html


def test_a_comment_is_about_its_cell_and_no_other(filed: Any, person: Callable[..., Any]) -> None:
    room = opened(person())
    press(room, "say", said="Why has this fallen?", blocking="yes")
    (said,) = filed.comments
    assert (said.table, said.row, said.column, said.sheet) == ("C_01.00", "0010", "0010", None)
    assert said.blocking
    assert "Why has this fallen?" in room.side.html
    assert "Blocks approval" in room.side.html
    assert "data-fresh" in room.side.html, "the field is empty again"
    assert len(re.findall(r'class="spoken"', room.paper.html)) == 1
    press(room, "cell", "0015/0010")
    assert "Why has this fallen?" not in room.side.html
    press(room, "table", "C_02.00.a")
    assert 'class="spoken"' not in room.paper.html


def test_a_thread_is_answered_resolved_and_opened_again(filed: Any, person: Callable[..., Any]) -> None:
    reviewer, maker = opened(person()), opened(person(name="port-amelie"))
    press(reviewer, "say", said="Why?")
    asyncio.run(maker.refresh())
    assert "Why?" in maker.side.html, "others see it without asking"
    press(maker, "answer", "1", answer_1="A loan was repaid.")
    press(reviewer, "resolve", "1")
    assert "A loan was repaid." in reviewer.side.html
    assert "Resolved by Benoît Roux" in reviewer.side.html
    assert 'class="spoken"' not in reviewer.paper.html, "what is resolved asks for nobody"
    press(reviewer, "reopen", "1")
    assert "Resolved by" not in reviewer.side.html


def test_who_prepared_it_is_offered_no_block(filed: Any, person: Callable[..., Any]) -> None:
    assert 'id="blocking"' in opened(person()).side.html
    assert 'id="blocking"' not in opened(person(name="port-amelie")).side.html


def test_a_refusal_is_said_and_the_draft_stays(filed: Any, person: Callable[..., Any]) -> None:
    room = opened(person())
    press(room, "say", said="  ")
    assert "A comment says something." in room.side.html
    assert "data-fresh" not in room.side.html
    press(room, "answer", "1; DROP", answer_1="x")
    assert filed.comments == []


def test_nobody_runs_code_by_a_comment(filed: Any, person: Callable[..., Any]) -> None:
    room = opened(person())
    press(room, "say", said="<script>alert(1)</script>")
    assert "<script>" not in room.side.html
    assert "&lt;script&gt;" in room.side.html


def test_the_review_room_leads_to_the_cell(filed: Any, person: Callable[..., Any]) -> None:
    press(opened(person()), "say", said="Why?", blocking="yes")
    review = ReviewRoom(person())
    asyncio.run(review.open())
    assert (
        "../returns/?submission=1&amp;table=C_01.00&amp;row=0010&amp;column=0010&amp;lang=en"
        in review.paper.html
    )
    assert "Blocks approval" in review.paper.html
