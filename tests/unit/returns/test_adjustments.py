"""Adjustments: added, never overwriting, seen in every explanation, refused when expired or not approved."""

from __future__ import annotations

import datetime
import json
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from plimsoll.dictionary import Dictionary
from plimsoll.errors import ReturnError
from plimsoll.reproduction import reproduce
from plimsoll.returns import (
    Adjustment,
    Return,
    compare,
    explain,
    fill,
    open_return,
    package,
    read_adjustments,
    read_package,
)
from plimsoll.simulation import Result

RETAIL = "eba_qEC:qx26"
PROOF = "0" * 63 + "a"
ANNA = Adjustment(
    "C_07.00.a",
    "0010",
    "0030",
    RETAIL,
    Decimal("-1500.25"),
    "anna",
    "provision booked on 2 July for June",
    PROOF,
    datetime.date(2026, 9, 30),
    approved_by="rolf",
)


@pytest.fixture(scope="module")
def adjusted(result: Result, dictionary: Dictionary) -> Return:
    return fill(result, "corep_of", dictionary, adjustments=[ANNA])


def test_a_delta_is_added_to_its_cell_and_to_no_other(adjusted: Return, filled: Return) -> None:
    changed = compare(filled, adjusted)
    assert changed.cause == "adjustment"
    (cell,) = changed.cells.itertuples(index=False)
    assert (cell.table, cell.row, cell.column, cell.sheet) == ("C_07.00.a", "0010", "0030", RETAIL)
    assert cell.change == ANNA.delta


def test_the_explanation_shows_the_delta_with_its_owner(adjusted: Return, filled: Return) -> None:
    told = explain(adjusted, "C_07.00.a", row="0010", column="0030", sheet="retail")
    before = explain(filled, "C_07.00.a", row="0010", column="0030", sheet="retail")
    assert told.total == told.value == before.value + ANNA.delta  # type: ignore[operator]
    assert told.adjustments == (ANNA,)
    (row,) = told.lines[told.lines["adjusted_by"].notna()].itertuples(index=False)
    assert (row.adjusted_by, row.reason, row.contribution) == ("anna", ANNA.reason, ANNA.delta)
    assert len(told.lines) == len(before.lines) + 1


def test_cells_computed_from_an_adjusted_one_follow(
    result: Result, filled: Return, dictionary: Dictionary
) -> None:
    own = next(
        fact
        for fact in filled.facts
        if fact.table == "C_01.00" and filled.evaluation.formula(fact.cell).shape == "sum"
    )
    delta = Decimal("250000.00")
    moved = replace(ANNA, table="C_01.00", row=own.row, column="0010", sheet="", delta=delta)
    again = fill(result, "corep_of", dictionary, adjustments=[moved])
    for row in ("0010", "0015", "0020"):
        before, after = filled.fact("C_01.00", row, "0010"), again.fact("C_01.00", row, "0010")
        assert after.value - before.value == delta  # type: ignore[union-attr, operator]
        told = explain(again, "C_01.00", row=row, column="0010")
        assert told.total == told.value
        assert "anna" in set(told.lines["adjusted_by"].dropna())
    ratio = again.fact("C_03.00", "0010", "0010")
    assert ratio is not None
    assert ratio.value > filled.fact("C_03.00", "0010", "0010").value  # type: ignore[union-attr, operator]


def test_two_deltas_on_one_cell_add_up(result: Result, dictionary: Dictionary, filled: Return) -> None:
    other = replace(ANNA, delta=Decimal("500.25"), owner="bert", reason="reversal")
    both = fill(result, "corep_of", dictionary, adjustments=[other, ANNA])
    told = explain(both, "C_07.00.a", row="0010", column="0030", sheet="retail")
    before = filled.fact("C_07.00.a", "0010", "0030", RETAIL)
    assert told.value == before.value - 1000  # type: ignore[union-attr, operator]
    assert {adjustment.owner for adjustment in told.adjustments} == {"anna", "bert"}


def test_an_adjusted_return_is_kept_made_again_and_filed(
    adjusted: Return, result: Result, dictionary: Dictionary, tmp_path: Path
) -> None:
    opened = open_return(adjusted.save(tmp_path / "june.return"))
    assert opened.adjustments == (ANNA,)
    told = explain(opened, "C_07.00.a", row="0010", column="0030", sheet="retail")
    assert told.total == told.value == adjusted.values[ANNA.cell].value
    made = reproduce(opened, result.book, dictionary=dictionary)
    assert made.same, made.first_difference
    filing = read_package(package(adjusted, tmp_path, dictionary=dictionary).path, dictionary)
    assert filing.values[ANNA.cell].value == adjusted.values[ANNA.cell].value


@pytest.mark.parametrize(
    ("change", "said"),
    [
        ({"expires": datetime.date(2026, 6, 29)}, "expired on 2026-06-29, before 2026-06-30"),
        ({"approved_by": ""}, "not approved"),
        ({"approved_by": "anna"}, "approved by its own owner"),
        ({"evidence": "mail of Tuesday"}, "SHA-256 of a document"),
        ({"delta": Decimal(0)}, "other than zero"),
        ({"delta": Decimal("0.001")}, "to the cent"),
        ({"delta": Decimal("NaN")}, "to the cent"),
        ({"row": "9999"}, "no row 9999"),
        ({"table": "C_99.00"}, "no table C_99.00"),
        ({"sheet": "eba_qEC:qx7"}, "no sheet eba_qEC:qx7"),
        ({"sheet": ""}, "no sheet \\(none given\\)"),
        ({"table": "C_03.00", "row": "0010", "column": "0010", "sheet": ""}, "only amounts are adjusted"),
        ({"row": "0062", "column": "0010"}, "no definition fills C_07.00.a, row 0062"),
    ],
)
def test_what_may_not_be_used_is_refused(
    change: dict[str, object], said: str, result: Result, dictionary: Dictionary
) -> None:
    with pytest.raises(ReturnError, match=said):
        fill(result, "corep_of", dictionary, adjustments=[replace(ANNA, **change)])  # type: ignore[arg-type]


def test_every_refusal_is_listed(result: Result, dictionary: Dictionary) -> None:
    bad = [replace(ANNA, approved_by=""), replace(ANNA, evidence="", expires=datetime.date(2026, 1, 1))]
    with pytest.raises(ReturnError) as refused:
        fill(result, "corep_of", dictionary, adjustments=bad)
    assert str(refused.value).count("\n") == 3


_TOML = """
[[adjustment]]
table = "C_07.00.a"
row = "0010"
column = "0030"
sheet = "eba_qEC:qx26"
delta = "-1500.25"
owner = "anna"
reason = "provision booked on 2 July for June"
evidence = "{proof}"
expires = 2026-09-30
approved_by = "rolf"
"""


def test_adjustments_are_read_from_a_file(tmp_path: Path) -> None:
    written = tmp_path / "june.toml"
    written.write_text(_TOML.format(proof=PROOF), "utf-8")
    assert read_adjustments(written) == (ANNA,)
    told = tmp_path / "june.json"
    told.write_text(json.dumps([ANNA.document()]), "utf-8")
    assert read_adjustments(told) == (ANNA,)


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ('owner = "anna"\n', "", "adjustment 1 lacks owner"),
        ('owner = "anna"', 'owner = " "', "adjustment 1 lacks owner"),
        ("-1500.25", "much", "delta must be an amount"),
        ("2026-09-30", '"soon"', "expires a date"),
        ("owner", "colour = 1\nowner", "has colour"),
        ("[[adjustment]]", "[[adjustment]", "cannot be read as adjustments"),
    ],
)
def test_a_bad_file_names_the_adjustment(old: str, new: str, said: str, tmp_path: Path) -> None:
    written = tmp_path / "june.toml"
    written.write_text(_TOML.format(proof=PROOF).replace(old, new), "utf-8")
    with pytest.raises(ReturnError, match=said):
        read_adjustments(written)
