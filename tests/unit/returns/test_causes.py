"""Each change of a resubmission has its cause, and the causes add up."""

from __future__ import annotations

import datetime
from dataclasses import replace
from decimal import Decimal

import pytest

from plimsoll.data import Book, sample_book
from plimsoll.dictionary import Dictionary
from plimsoll.errors import ReturnError
from plimsoll.returns import Adjustment, Return, attribute, fill
from plimsoll.returns.causes import CAUSES
from plimsoll.simulation import simulate

RETAIL = "eba_qEC:qx26"


@pytest.fixture(scope="module")
def book() -> Book:
    return sample_book("savings_bank", seed=3, exposures=200)


@pytest.fixture(scope="module")
def filed(book: Book, dictionary: Dictionary) -> Return:
    return fill(simulate(book), "corep_of", dictionary)


@pytest.fixture(scope="module")
def corrected(book: Book) -> Book:
    exposures = book.tables["exposures"].copy()
    exposures.loc[exposures.index[:5], "amount"] += 10_000.0
    return book.replace(exposures=exposures)


def test_a_correction_of_data_is_the_one_cause(
    filed: Return, book: Book, corrected: Book, dictionary: Dictionary
) -> None:
    after = fill(simulate(corrected), "corep_of", dictionary)
    found = attribute(filed, after, (book, corrected), dictionary=dictionary)
    assert len(found.cells) > 0
    assert set(found.cells["cause"]) == {"data"}
    assert (found.cells["data"] == found.cells["change"]).all()
    assert found.totals()["data"] == len(found.cells)


def test_three_causes_at_once_add_up_to_the_cent(
    filed: Return, book: Book, corrected: Book, dictionary: Dictionary
) -> None:
    delta = Adjustment(
        "C_07.00.a", "0010", "0030", RETAIL, Decimal("-77.77"), "anna", "late provision", "a" * 64,
        datetime.date(2026, 12, 31), approved_by="rolf",
    )  # fmt: skip
    shocked = simulate(corrected, scenario="house_prices_down_20")
    after = fill(shocked, "corep_of", dictionary, adjustments=[delta])
    cells = attribute(filed, after, (book, corrected), dictionary=dictionary).cells
    numbers = cells[cells["change"].notna()]
    for row in numbers.itertuples(index=False):
        assert sum((getattr(row, cause) for cause in CAUSES), Decimal(0)) == row.change
    assert {"data", "scenario", "several"} <= set(numbers["cause"])
    moved = numbers[(numbers["table"] == "C_07.00.a") & (numbers["sheet"] == RETAIL)]
    (adjusted,) = moved[(moved["row"] == "0010") & (moved["column"] == "0030")].itertuples(index=False)
    assert adjusted.adjustment == delta.delta
    assert (numbers["code"] == 0).all()
    assert (numbers["rules"] == 0).all()


def test_a_withdrawn_adjustment_is_a_cause_too(filed: Return, book: Book, dictionary: Dictionary) -> None:
    delta = Adjustment(
        "C_07.00.a", "0010", "0030", RETAIL, Decimal("-5.00"), "anna", "reason", "b" * 64,
        datetime.date(2026, 6, 30), approved_by="rolf",
    )  # fmt: skip
    before = fill(simulate(book), "corep_of", dictionary, adjustments=[delta])
    (cell,) = attribute(before, filed, (book, book), dictionary=dictionary).cells.itertuples(index=False)
    assert (cell.cause, cell.adjustment, cell.change) == ("adjustment", Decimal("5.00"), Decimal("5.00"))


def test_what_no_input_explains_is_the_code(filed: Return, book: Book, dictionary: Dictionary) -> None:
    """A fact filed otherwise than today's program fills it: the program has changed since."""
    first = next(fact for fact in filed.facts if fact.table == "C_01.00")
    assert isinstance(first.value, Decimal)
    odd = replace(first, value=first.value + 1)
    earlier = replace(filed, facts=(odd, *(fact for fact in filed.facts if fact is not first)))
    (cell,) = attribute(earlier, filed, (book, book), dictionary=dictionary).cells.itertuples(index=False)
    assert (cell.cause, cell.code) == ("code", Decimal(-1))


def test_another_date_brings_data_and_law(filed: Return, book: Book, dictionary: Dictionary) -> None:
    december = sample_book("savings_bank", seed=3, exposures=200, reference_date=datetime.date(2025, 12, 31))
    before = fill(simulate(december), "corep_of", dictionary)
    cells = attribute(before, filed, (december, book), dictionary=dictionary).cells
    numbers = cells[cells["change"].notna()]
    for row in numbers.itertuples(index=False):
        assert sum((getattr(row, cause) for cause in CAUSES), Decimal(0)) == row.change


def test_another_book_is_refused(filed: Return, book: Book, corrected: Book, dictionary: Dictionary) -> None:
    with pytest.raises(ReturnError, match="later return is not the one it was filled from"):
        attribute(filed, filed, (book, corrected), dictionary=dictionary)
    with pytest.raises(ReturnError, match="have no cells in common"):
        attribute(filed, replace(filed, module="COREP_LR"), (book, book), dictionary=dictionary)
