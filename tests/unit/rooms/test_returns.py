"""The returns room on a return that was truly filled: what is printed, and what stands behind a figure."""

from __future__ import annotations

import asyncio
import dataclasses
import io
import json
import re
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path
from typing import Any

import openpyxl
import pytest
from dashboards.returns.app import ReturnsRoom
from dashboards.returns.cell import SHOWN, read_drawer
from dashboards.returns.compute import OPENED, Filled, Opened
from dashboards.returns.grid import count_findings, list_templates
from dashboards.returns.page import Wanted
from dashboards.theme.sheet import Press

from plimsoll.data import sample_book
from plimsoll.dictionary import Dictionary, open_dictionary
from plimsoll.returns import Return, fill, lay_out
from plimsoll.simulation import simulate

TOTAL, CORPORATES = "eba_qEC:qx01", "eba_qEC:qx2036"
FINDING = {
    "layer": "eba_rules",
    "severity": "error",
    "rule": "v1234_m",
    "table": "C_07.00.a",
    "row": "0010",
    "column": "0200",
    "sheet": "eba_qEC:qx01",
    "sentence": "The total must equal the sum of its parts.",
}


@pytest.fixture(scope="module")
def dictionary(dictionary_path: Path) -> Dictionary:
    return open_dictionary(dictionary_path)


@pytest.fixture(scope="module")
def filled(dictionary: Dictionary) -> Return:
    return fill(simulate(sample_book("savings_bank", seed=11, exposures=300)), "corep_of", dictionary)


@pytest.fixture(scope="module")
def saved(filled: Return, tmp_path_factory: pytest.TempPathFactory) -> bytes:
    return filled.save(tmp_path_factory.mktemp("returns") / "x.return").read_bytes()


@pytest.fixture
def held(filled: Return) -> Filled:
    return Filled(filled, (FINDING,), 0)


@pytest.fixture
def filed(bank: Any, saved: bytes, dictionary_path: Path, monkeypatch: pytest.MonkeyPatch) -> Any:
    """A bank whose first submission holds the return, with one finding."""
    monkeypatch.setenv("PLIMSOLL_DICTIONARY", str(dictionary_path))
    made = bank.submit()
    verdict = json.dumps({"findings": [FINDING], "more_findings": 7}).encode()
    bank.files[made.run_id] = {"corep_of.return": saved, "verdict.json": verdict}
    OPENED._held.clear()
    return bank


def opened(viewer: Any, wanted: Wanted | None = None) -> ReturnsRoom:
    room = ReturnsRoom(viewer, wanted)
    asyncio.run(room.open())
    return room


def press(room: ReturnsRoom, act: str, id_: str = "") -> None:
    asyncio.run(room.press(Press(act, id_)))


def box_of(held: Filled, dictionary: Dictionary, row: str, column: str, sheet: str = TOTAL) -> Any:
    module = dictionary.module("COREP_OF", on=held.filled.reference_date)
    grid = lay_out(held.filled, module.table("C_07.00.a"), sheet)
    line = next(line for line in grid.lines if line.code == row)
    return next(box for box in line.boxes if box.column == column)


def test_every_fact_of_the_return_is_printed_once(held: Filled, dictionary: Dictionary) -> None:
    module = dictionary.module("COREP_OF", on=held.filled.reference_date)
    printed = []
    for code in sorted({fact.table for fact in held.filled.facts}):
        sheets = [tab.member for tab in lay_out(held.filled, module.table(code), None).tabs] or [None]
        for sheet in sheets:
            grid = lay_out(held.filled, module.table(code), sheet)
            assert grid.sheet == sheet
            printed += [box.fact for line in grid.lines for box in line.boxes if box.fact]
    assert sorted(printed, key=lambda fact: str(fact.cell)) == sorted(
        held.filled.facts, key=lambda fact: str(fact.cell)
    )


def test_empty_unreported_and_closed_are_told_apart(held: Filled, dictionary: Dictionary) -> None:
    assert box_of(held, dictionary, "0010", "0200").kind == "value"
    module = dictionary.module("COREP_OF", on=held.filled.reference_date)
    table = module.table("C_07.00.a")
    assert count_findings(held, lay_out(held.filled, table, TOTAL))["0010", "0200"] == 1
    other = lay_out(held.filled, table, CORPORATES)
    assert count_findings(held, other)["0010", "0200"] == 0, "another sheet's finding"
    derogation = box_of(held, dictionary, "0062", "0010")
    assert derogation.kind == "unreported"
    assert "Article 125(2)" in derogation.reason
    assert box_of(held, dictionary, "0035", "0010").kind == "empty"
    for line in lay_out(held.filled, table, TOTAL).lines:
        for box in line.boxes:
            assert (box.kind == "closed") == ((line.code, box.column, None) not in table.cells)


def test_column_headings_span_every_column(held: Filled, dictionary: Dictionary) -> None:
    module = dictionary.module("COREP_OF", on=held.filled.reference_date)
    grid = lay_out(held.filled, module.table("C_07.00.a"), None)
    assert sum(group.span for group in grid.groups) == len(grid.columns)
    assert {len(line.boxes) for line in grid.lines} <= {0, len(grid.columns)}


def test_the_tree_counts_findings_and_leaves_no_template_out(held: Filled, dictionary: Dictionary) -> None:
    module = dictionary.module("COREP_OF", on=held.filled.reference_date)
    leaves = {leaf.code: leaf for leaf in list_templates(held, module)}
    assert len(leaves) == len(module.templates)
    assert leaves["C_07.00"].findings == 1
    assert leaves["C_01.00"].findings == 0
    assert not leaves["C_08.01"].reported


def test_the_largest_rows_and_the_exact_total(held: Filled) -> None:
    drawer = read_drawer(held, "C_07.00.a", "0010", "0200", TOTAL)
    assert drawer.explanation is not None
    assert drawer.total == drawer.explanation.value
    assert drawer.count == len(drawer.explanation.lines) > SHOWN
    shown = [abs(row.contribution) for row in drawer.behind]
    assert shown == sorted((abs(c) for c in drawer.explanation.lines["contribution"]), reverse=True)[:SHOWN]
    assert sum(n for _, n in drawer.articles) <= drawer.count
    assert [finding["rule"] for finding in drawer.findings] == ["v1234_m"]


def test_own_funds_are_called_by_their_lines_and_weigh_nothing(
    filed: Any, person: Callable[..., Any], held: Filled
) -> None:
    names = {row.name for row in read_drawer(held, "C_01.00", "0010", "0010", None).behind}
    assert "cet1 paid up capital" in names
    room = opened(person())
    press(room, "table", "C_01.00")
    press(room, "cell", "0010/0010")
    assert "Computed from" in room.side.html
    assert "Risk weight" not in room.side.html


def test_every_reported_cell_can_be_opened(held: Filled) -> None:
    for fact in held.filled.facts[::25]:
        drawer = read_drawer(held, fact.table, fact.row, fact.column, fact.sheet)
        assert drawer.explanation is not None, drawer.refusal
        assert drawer.explanation.value == fact.value
        if drawer.explanation.is_sum:
            assert drawer.total == fact.value


def test_a_cell_without_a_figure_says_why(held: Filled) -> None:
    assert "left out" in read_drawer(held, "C_07.00.a", "0062", "0010", TOTAL).refusal
    assert "no row" in read_drawer(held, "C_07.00.a", "<b>", "0010", TOTAL).refusal


def test_from_the_tree_to_the_exposures(filed: Any, person: Callable[..., Any], filled: Return) -> None:
    room = opened(person())
    assert "C 02.00" in room.paper.html
    assert "Draft: not approved" in room.paper.html
    assert "▼ 1" in room.tree.html
    assert "7 more findings" in room.tree.html
    press(room, "table", "C_07.00.a")
    assert "TOTAL EXPOSURES" in room.paper.html
    press(room, "cell", "0010/0200")
    value = filled.fact("C_07.00.a", "0010", "0200", TOTAL)
    assert value is not None
    assert isinstance(value.value, Decimal)
    assert f"{value.value:,.2f}" in room.side.html
    total = re.search(r'id="behind-total">([^<]+)<', room.side.html)
    assert total is not None
    assert total[1] == f"{value.value:,.2f}"
    assert "gives the cell, to the cent" in room.side.html
    assert "The total must equal the sum of its parts." in room.side.html
    press(room, "sheet", CORPORATES)
    assert room.side.html == ""
    assert re.search(rf'<option value="{CORPORATES}" selected', room.paper.html)
    press(room, "cell", "0010/0200")
    press(room, "close")
    assert room.side.html == ""


def test_what_is_pressed_and_does_not_exist_opens_nothing(filed: Any, person: Callable[..., Any]) -> None:
    room = opened(person())
    for act, id_ in (("table", "C_99.00"), ("sheet", "x"), ("filing", "1 OR 1=1"), ("void", "1")):
        press(room, act, id_)
        assert "C 02.00" in room.paper.html
    press(room, "cell", "<script>/0010")
    assert "<script>" not in room.side.html
    press(room, "filing", "99")
    assert "there is none by this number" in room.paper.html


def test_opened_once_per_viewer_and_asked_for_each_time(filed: Any, person: Callable[..., Any]) -> None:
    room = opened(person())
    read = filed.reads
    press(room, "table", "C_07.00.a")
    assert filed.reads == read, "opened before by this viewer"
    opened(person(name="port-chloe"))
    assert filed.reads == 2 * read, "another viewer reads for himself"
    filed.files.clear()
    press(room, "cell", "0010/0200")
    assert "You may no longer see this return" in room.paper.html
    assert room.side.html == room.tree.html == ""


def test_a_return_one_may_no_longer_see_goes_by_itself(filed: Any, person: Callable[..., Any]) -> None:
    room = opened(person(), Wanted(1))
    filed.submissions.clear()
    asyncio.run(room.refresh())
    assert "You may no longer see this return" in room.paper.html
    assert room.tree.html == ""


def test_a_fallen_approval_marks_its_return_void(filed: Any, person: Callable[..., Any]) -> None:
    filed.submissions[1] = dataclasses.replace(filed.submissions[1], state="published")
    published = filed.publish()
    room = opened(person())
    assert 'class="band' not in room.paper.html
    filed.published.remove(published)
    asyncio.run(room.refresh())
    assert 'class="band void"' in room.paper.html


def test_nothing_to_see_and_signed_out(bank: Any, person: Callable[..., Any]) -> None:
    assert "No return has been submitted" in opened(person()).paper.html
    viewer = person()
    room = opened(viewer)
    viewer.signed_in = False
    press(room, "filing", "1")
    assert "You are signed out" in room.paper.html


def test_a_run_without_a_return_says_so(bank: Any, person: Callable[..., Any]) -> None:
    bank.files[bank.submit().run_id] = {}
    assert "kept no return" in opened(person()).paper.html


def test_memory_of_opened_returns_is_bounded(held: Filled) -> None:
    memory = Opened(kept=2)
    for sha in "abc":
        memory.put(("port-benoit", sha, ""), held)
    assert memory.get(("port-benoit", "a", "")) is None
    assert memory.get(("port-benoit", "c", "")) is held
    assert memory.get(("nord-erik", "c", "")) is None


@pytest.mark.parametrize(
    ("decided", "said"),
    [
        ("", "Draft: not approved"),
        ("published", "Approved · Benoît Roux, 14 Jul 2026, 12:05 UTC"),
        ("voided", "Void: do not use"),
    ],
)
def test_the_workbook_says_where_the_figures_stand(
    filed: Any, person: Callable[..., Any], decided: str, said: str
) -> None:
    submission = filed.submissions[1]
    if decided:
        filed.submissions[1] = dataclasses.replace(submission, state=decided)
    if decided == "published":
        filed.publish()
    room = opened(person())
    given: list[tuple[str, bytes]] = []
    room.paper.hand_over = lambda name, content: given.append((name, content))  # type: ignore[method-assign]  # what the browser gets
    press(room, "export")
    ((name, content),) = given
    assert re.fullmatch(r"COREP_OF_[A-Z0-9]{20}\.CON_2026-06-30_run_11\.xlsx", name)
    held = openpyxl.load_workbook(io.BytesIO(content))
    assert held["C 01.00"]["A3"].value == said
    assert "Run 11" in [cell.value for row in held["Cover"].iter_rows() for cell in row]
