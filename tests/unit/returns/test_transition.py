"""C 07.00 columns 0195 and 0241: what Article 495d does to unconditionally cancellable commitments."""

from __future__ import annotations

from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal

import pytest

from plimsoll import rules as law
from plimsoll.data import Book, sample_book
from plimsoll.dictionary import Dictionary
from plimsoll.returns import Return, explain, fill
from plimsoll.rules import RuleSet
from plimsoll.simulation import Result, simulate
from plimsoll.units import cents

TOTAL = "eba_qEC:qx01"
CANCELLABLE = "credit.sa.ccf.cancellable_factor"


@pytest.fixture(scope="module")
def book() -> Book:
    """A bank with undrawn cards and overdrafts, some of them in default."""
    return sample_book("savings_bank", seed=5, exposures=2_000)


def without_transition(book: Book) -> Result:
    """Return the position under the same law without Article 495d: its multiplier is 100 %."""
    in_force = law.on(book.reference_date)
    full = replace(in_force.rules[CANCELLABLE], value=1.0)
    return simulate(book, rules=RuleSet(in_force.date, {**in_force.rules, CANCELLABLE: full}))


def test_column_0241_is_what_the_transition_saves(book: Book, dictionary: Dictionary) -> None:
    filled = fill(simulate(book), "corep_of", dictionary)
    fact = filled.fact("C_07.00.a", "0010", "0241", TOTAL)
    assert fact is not None
    heavier = simulate_total(without_transition(book)) - simulate_total(simulate(book))
    assert fact.value == heavier > 0


def simulate_total(result: Result) -> Decimal:
    return Decimal(int(cents(result.lines["rwa"].to_numpy()).sum())) / 100


def test_the_relief_is_ten_percent_of_the_undrawn_amount_at_its_weight(filled: Return) -> None:
    found = explain(filled, "C_07.00.a", row="0010", column="0241", sheet="retail")
    lines = found.lines[(found.lines["part"] == "whole") & ~found.lines["sme_factor_applied"]]
    assert len(lines)
    for line in lines.itertuples():
        value = (Decimal(str(line.net_exposure)) * Decimal("0.1")).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
        weighted = (value * Decimal(str(line.risk_weight))).quantize(Decimal("0.01"), ROUND_HALF_EVEN)
        assert line.contribution == weighted
    assert found.total == found.value


def test_the_columns_hold_commitments_whose_factor_the_transition_lowers(filled: Return) -> None:
    lines = filled.position.table("lines")
    eased = lines[lines["ccf_in_transition"]]
    assert set(eased["ccf_bucket"]) == {5}
    assert set(eased["ccf"]) == {0.0}
    fact = filled.fact("C_07.00.a", "0010", "0195", TOTAL)
    assert fact is not None
    assert fact.value == Decimal(int(cents(eased["net_exposure"].to_numpy()).sum())) / 100


def test_without_the_transition_both_columns_are_empty(book: Book, dictionary: Dictionary) -> None:
    filled = fill(without_transition(book), "corep_of", dictionary)
    assert filled.fact("C_07.00.a", "0010", "0195", TOTAL) is None
    assert filled.fact("C_07.00.a", "0010", "0241", TOTAL) is None
    assert filled.fact("C_07.00.a", "0010", "0165", TOTAL) is not None
