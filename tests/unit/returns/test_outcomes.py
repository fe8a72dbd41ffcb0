"""PDs against what became of those they were given to (C 08.05): counted, averaged, explained, judged."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from plimsoll.data import Book, sample_book
from plimsoll.dictionary import Dictionary
from plimsoll.returns import Return, explain, fill, find_gaps, package
from plimsoll.returns.verdict import validate
from plimsoll.simulation import simulate

ALL = "eba_qAE:qx01"
DAY = datetime.date(2026, 6, 30)
LAST = datetime.date(2024, 12, 31)  # the last year end that is more than a year before
EDGES = {"0020": (0.0, 0.001), "0040": (0.0015, 0.0025), "0120": (0.05, 0.10), "0170": (1.0, 1.1)}


@pytest.fixture(scope="module")
def book() -> Book:
    return sample_book("universal_bank", seed=5, exposures=600, reference_date=DAY)


@pytest.fixture(scope="module")
def outcomes(book: Book) -> pd.DataFrame:
    return book.table("rating_outcomes")


@pytest.fixture(scope="module")
def filled(book: Book, dictionary: Dictionary) -> Return:
    return fill(simulate(book), "corep_of", dictionary)


def value(held: Return, row: str, column: str, sheet: str = ALL) -> Decimal | None:
    fact = held.fact("C_08.05", row, column, sheet)
    assert fact is None or isinstance(fact.value, Decimal)
    return None if fact is None else fact.value  # type: ignore[return-value]


@pytest.mark.parametrize("row", EDGES)
def test_a_range_says_what_the_outcomes_say(row: str, outcomes: pd.DataFrame, filled: Return) -> None:
    low, high = EDGES[row]
    ranged = outcomes[(outcomes["pd"] >= low) & (outcomes["pd"] < high)]
    last = ranged[pd.to_datetime(ranged["year_end"]) == pd.Timestamp(LAST)]
    obligors, defaulted = int(last["obligors"].sum()), int(last["defaulted"].sum())
    average = np.average(last["pd"].astype(float), weights=last["obligors"].astype(float))
    assert value(filled, row, "0020") == obligors
    assert value(filled, row, "0030") == defaulted
    assert str(value(filled, row, "0020")).isdigit()  # a number of obligors is no amount
    assert float(value(filled, row, "0010") or 0) == pytest.approx(average, abs=1e-6)
    if row == "0170":
        assert value(filled, row, "0040") is None
        return
    assert float(value(filled, row, "0040") or 0) == pytest.approx(defaulted / obligors, abs=1e-6)
    years = ranged.groupby("year_end")[["defaulted", "obligors"]].sum()
    rates = (years["defaulted"] / years["obligors"]).astype(float)
    assert len(rates) == 5
    assert float(value(filled, row, "0050") or 0) == pytest.approx(rates.mean(), abs=1e-6)


def test_a_class_has_its_own_sheet(outcomes: pd.DataFrame, filled: Return) -> None:
    chosen = outcomes[
        (outcomes["irb_class"] == "retail_other")
        & outcomes["is_sme"].astype(bool)
        & (pd.to_datetime(outcomes["year_end"]) == pd.Timestamp(LAST))
        & (outcomes["pd"] < 1)
    ]
    rows = ("0010", "0040", "0050", "0060", "0070", "0100", "0130")
    counted = sum((value(filled, row, "0020", "eba_qAE:qx2008") or Decimal(0) for row in rows), Decimal(0))
    assert counted == int(chosen["obligors"].sum()) > 0


def test_a_year_that_is_not_over_is_not_counted(book: Book, dictionary: Dictionary) -> None:
    later = book.table("rating_outcomes")
    running = later.head(3).assign(
        outcome_id=["late-1", "late-2", "late-3"], year_end=pd.Timestamp(2025, 12, 31)
    )
    held = fill(
        simulate(book.replace(rating_outcomes=pd.concat([later, running], ignore_index=True))),
        "corep_of",
        dictionary,
    )
    before = fill(simulate(book), "corep_of", dictionary)
    assert value(held, "0040", "0020") == value(before, "0040", "0020")


def test_fewer_than_five_years_leave_the_average_empty_and_say_so(book: Book, dictionary: Dictionary) -> None:
    table = book.table("rating_outcomes")
    four = table[pd.to_datetime(table["year_end"]) > pd.Timestamp(2020, 12, 31)]
    result = simulate(book.replace(rating_outcomes=four))
    held = fill(result, "corep_of", dictionary)
    assert value(held, "0040", "0020") is not None
    assert value(held, "0040", "0050") is None
    (gap,) = [gap for gap in find_gaps(result, "corep_of", dictionary) if "C 08.05" in gap.cells]
    assert (gap.cells, gap.stops) == ("C 08.05, column 0050", False)


def test_a_bank_that_rates_and_says_nothing_of_the_past_is_told(book: Book, dictionary: Dictionary) -> None:
    result = simulate(book.replace(rating_outcomes=book.table("rating_outcomes").iloc[:0]))
    held = fill(result, "corep_of", dictionary)
    assert held.indicators["C_08.05"] is False
    (gap,) = [gap for gap in find_gaps(result, "corep_of", dictionary) if gap.cells == "C 08.05"]
    assert gap.column == "rating_outcomes"
    assert not gap.stops


def test_a_rate_leads_to_its_years(filled: Return) -> None:
    told = explain(filled, "C_08.05", row="0100", column="0050", sheet=ALL)
    rows = told.lines.groupby("year_end")[["contribution", "weight"]].sum()
    shares = [Decimal(row.contribution) / Decimal(row.weight) for row in rows.itertuples()]
    assert (sum(shares, Decimal(0)) / len(shares)).quantize(Decimal("0.000001")) == told.value
    counted = explain(filled, "C_08.05", row="0100", column="0020", sheet=ALL)
    assert counted.total == counted.value


def test_more_defaults_than_obligors_are_caught(book: Book, dictionary: Dictionary, tmp_path: Path) -> None:
    table = book.table("rating_outcomes")
    table["defaulted"] = table["obligors"] + 1
    held = fill(simulate(book.replace(rating_outcomes=table)), "corep_of", dictionary)
    path = package(held, tmp_path, dictionary=dictionary).path
    verdict = validate(path, dictionary=dictionary, layers=("eba_rules",))
    assert any("v09780_m" in str(finding) for finding in verdict.findings)
