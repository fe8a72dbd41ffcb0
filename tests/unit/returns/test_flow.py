"""What moved the amounts of internal ratings since the quarter before (C 08.04): it adds up and names its causes."""

from __future__ import annotations

import datetime
from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pytest

from plimsoll.data import Book, sample_book
from plimsoll.dictionary import Dictionary
from plimsoll.errors import ReturnError
from plimsoll.reproduction import reproduce
from plimsoll.returns import Return, attribute, explain, fill, find_gaps, package
from plimsoll.returns.verdict import validate
from plimsoll.simulation import Result, explain_movement, simulate

MARCH, JUNE = datetime.date(2026, 3, 31), datetime.date(2026, 6, 30)
MOVES = ("0020", "0030", "0040", "0050", "0080")


@pytest.fixture(scope="module")
def books() -> tuple[Book, Book]:
    """A quarter in which a contract ends, one grows, a firm is regraded and a grade's estimate is renewed."""
    late = sample_book("universal_bank", seed=5, exposures=400, reference_date=JUNE)
    exposures = late.table("exposures")
    firms = exposures[(exposures["approach"] == "advanced") & ~exposures["defaulted"].astype(bool)]
    grown, regraded, renewed, gone = firms["exposure_id"].iloc[[3, 40, 80, 120]]
    before = exposures.set_index("exposure_id")
    before.loc[grown, "amount"] -= 1_000.0
    before.loc[regraded, ["pd", "rating_grade"]] = [0.01, "R3"]
    before.loc[renewed, "pd"] *= 0.8
    early = replace(late, reference_date=MARCH).replace(exposures=before.reset_index())
    kept = exposures[exposures["exposure_id"] != gone]
    tied = {
        name: late.tables[name][late.tables[name]["exposure_id"] != gone]
        for name in ("collateral", "pledges", "guarantees", "securities")
    }
    return early, late.replace(exposures=kept, **tied)


@pytest.fixture(scope="module")
def results(books: tuple[Book, Book]) -> tuple[Result, Result]:
    return simulate(books[0]), simulate(books[1])


@pytest.fixture(scope="module")
def filled(results: tuple[Result, Result], dictionary: Dictionary) -> Return:
    return fill(results[1], "corep_of", dictionary, earlier=results[0])


def value(held: Return, row: str) -> Decimal:
    fact = held.fact("C_08.04", row, "0010")
    if fact is None:
        return Decimal(0)
    assert isinstance(fact.value, Decimal)
    return fact.value


def test_it_starts_and_ends_at_the_two_positions(results: tuple[Result, Result], filled: Return) -> None:
    for row, result in (("0010", results[0]), ("0090", results[1])):
        lines = result.lines
        expected = lines.loc[lines["approach"] != "standardised", "rwa"].sum()
        assert float(value(filled, row)) == pytest.approx(expected, abs=0.01)
    total = filled.fact("C_08.01.a", "0010", "0260", "eba_qAE:qx01")
    assert total is not None
    assert value(filled, "0090") == total.value


def test_the_moves_come_to_the_difference_exactly(filled: Return) -> None:
    moved = sum((value(filled, row) for row in MOVES), Decimal(0))
    assert value(filled, "0010") + moved == value(filled, "0090")


def test_each_move_stands_under_its_cause(results: tuple[Result, Result], filled: Return) -> None:
    movement = explain_movement(*results)
    steps = list(movement.steps["step"])
    size = sum(
        movement.rated_exposures(place)["change"].sum()
        for place, step in enumerate(steps)
        if step in {"matured", "volume", "new"}
    )
    assert float(value(filled, "0020")) == pytest.approx(size, abs=0.01) != 0
    quality = explain(filled, "C_08.04", row="0030", column="0010")
    model = explain(filled, "C_08.04", row="0040", column="0010")
    assert quality.lines["exposure_id"].nunique() == model.lines["exposure_id"].nunique() == 1
    assert model.value > 0  # the estimate went up, the grade stayed
    assert quality.total == quality.value


def test_without_the_quarter_before_it_is_left_out_and_told(
    results: tuple[Result, Result], dictionary: Dictionary
) -> None:
    alone = fill(results[1], "corep_of", dictionary)
    assert alone.indicators["C_08.04"] is False
    (gap,) = [gap for gap in find_gaps(results[1], "corep_of", dictionary) if gap.cells == "C 08.04"]
    assert not gap.stops
    told = find_gaps(results[1], "corep_of", dictionary, earlier=results[0])
    assert not any(gap.cells == "C 08.04" for gap in told)


def test_another_day_than_the_quarter_before_is_refused(
    books: tuple[Book, Book], results: tuple[Result, Result], dictionary: Dictionary
) -> None:
    older = simulate(replace(books[0], reference_date=datetime.date(2025, 12, 31)))
    with pytest.raises(ReturnError, match="2026-03-31"):
        fill(results[1], "corep_of", dictionary, earlier=older)


@pytest.mark.slow
def test_it_is_made_again_and_attributed_with_the_same_position(
    books: tuple[Book, Book], results: tuple[Result, Result], filled: Return, dictionary: Dictionary
) -> None:
    assert reproduce(filled, books[1], dictionary=dictionary, earlier=results[0]).same
    first = reproduce(filled, books[1], dictionary=dictionary).first_difference
    assert first is not None
    assert first.name == "irb_flow"
    same = attribute(filled, filled, (books[1], books[1]), dictionary=dictionary, earlier=results[0])
    assert same.cells.empty


def test_the_rules_hold_it_against_itself(
    results: tuple[Result, Result], filled: Return, dictionary: Dictionary, tmp_path: Path
) -> None:
    path = package(filled, tmp_path, dictionary=dictionary).path
    verdict = validate(path, dictionary=dictionary, layers=("eba_rules",))
    assert verdict.findings == ()
    broken = tuple(
        replace(fact, value=fact.value + 1_000_000)  # type: ignore[operator]
        if (fact.table, fact.row) == ("C_08.04", "0020")
        else fact
        for fact in filled.facts
    )
    (tmp_path / "broken").mkdir()
    path = package(replace(filled, facts=broken), tmp_path / "broken", dictionary=dictionary).path
    verdict = validate(path, dictionary=dictionary, layers=("eba_rules",))
    assert any("v09779_m" in str(finding) for finding in verdict.findings)
