"""The output floor by year, its cap, and what it leaves beside."""

from __future__ import annotations

import datetime

import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plimsoll import rules
from plimsoll.capital import capital_ratios
from plimsoll.capital.output_floor import output_floor

AMOUNT = st.integers(0, 10**13)


@pytest.mark.parametrize(
    ("year", "factor"),
    [(2025, 0.5), (2026, 0.55), (2027, 0.6), (2028, 0.65), (2029, 0.7), (2030, 0.725), (2035, 0.725)],
)
def test_the_factor_of_each_year(year: int, factor: float) -> None:
    found = output_floor(1000, 2000, rules.on(datetime.date(year, 12, 31)))

    assert found.factor == factor
    assert found.before_cap == max(1000, round(factor * 2000))
    assert found.fully_loaded == 1450


def test_the_total_rises_by_a_quarter_at_most_until_2029() -> None:
    in_transition = output_floor(1000, 4000, rules.on(datetime.date(2029, 12, 31)))
    after = output_floor(1000, 4000, rules.on(datetime.date(2030, 1, 1)))

    assert (in_transition.before_cap, in_transition.floored) == (2800, 1250)
    assert (in_transition.adjustment_before_cap, in_transition.adjustment) == (1800, 250)
    assert after.floored == after.fully_loaded == 2900


@given(unfloored=AMOUNT, standardised=AMOUNT, year=st.integers(2025, 2040))
def test_never_below_its_share_but_for_the_cap(unfloored: int, standardised: int, year: int) -> None:
    found = output_floor(unfloored, standardised, rules.on(datetime.date(year, 6, 30)))

    assert unfloored <= found.floored <= found.before_cap <= found.fully_loaded
    if year >= 2030:
        assert found.floored >= round(0.725 * standardised)
    else:
        assert found.floored <= round(1.25 * unfloored) or found.floored == unfloored


def test_ratios_stand_side_by_side() -> None:
    funds = pd.DataFrame({"line": ["cet1", "tier1", "own_funds"], "amount": [2.0, 2.0, 2.0]})
    amounts = pd.DataFrame({"risk": ["credit_sa", "credit_irb"], "amount": [4.0, 6.0]})
    floor = output_floor(1000, 2200, rules.on(datetime.date(2026, 6, 30)))

    found = capital_ratios(funds, amounts, floor)

    assert found["rwa"] == 12.1
    assert found["cet1_ratio"] == 2 / 12.1
    assert found["cet1_ratio_unfloored"] == 0.2
    assert found["cet1_ratio_fully_loaded"] == 2 / 15.95
    assert found["rwa_standardised"] == 22.0
