"""The page of own funds is drawn from the lines, the templates and the rules."""

from __future__ import annotations

import runpy
from pathlib import Path

from plimsoll.capital.gathering import COMPUTED_LINES
from plimsoll.capital.lines import OWN_FUNDS_LINES, leaves_of, lines
from plimsoll.data.schema import read_schema
from plimsoll.returns.parsing import read_definitions

ROOT = Path(__file__).resolve().parents[3]


def test_the_page_is_current() -> None:
    drawing = runpy.run_path(str(ROOT / "tools" / "draw_own_funds_docs.py"))
    page = (ROOT / "docs" / "own_funds.md").read_text(encoding="utf-8")
    assert page == drawing["draw"](), "run python tools/draw_own_funds_docs.py"


def test_every_line_adds_up_into_own_funds_once_or_is_a_memorandum() -> None:
    counted = [leaf.line for leaf in leaves_of("own_funds")]
    assert len(counted) == len(set(counted))
    beside = {line.line for line in lines() if line.memorandum}
    assert set(counted) | beside == {line.line for line in lines() if not line.sum}
    assert not set(counted) & beside


def test_every_line_stands_on_the_template() -> None:
    """Every amount of own funds has a row: none is lost between the simulation and the form."""
    shown: set[str] = set()
    for formula in read_definitions("corep_of", "4.1.0").tables["C_01.00"].cells.values():
        for where in formula.where:
            named = where.get("line", [])
            shown |= {named} if isinstance(named, str) else set(named)
    assert {line.line for line in lines() if not line.sum} - shown == {"distributable_profits"}


def test_every_calculated_line_and_every_item_is_a_line() -> None:
    known = set(OWN_FUNDS_LINES)
    assert set(read_schema()["own_funds_items"].columns["item"].values) <= known
    assert {name for names in COMPUTED_LINES.values() for name in names} <= known
