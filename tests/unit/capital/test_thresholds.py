"""Thresholds of holdings and tax assets: what holds for any bank."""

from __future__ import annotations

import datetime

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from plimsoll import rules
from plimsoll.capital.holdings import shared
from plimsoll.capital.thresholds import LAYERS, of_holdings, of_large_items

RULES = rules.on(datetime.date(2026, 6, 30))
AMOUNT = st.integers(0, 10**12)


@given(base=st.integers(-(10**12), 10**12), held=st.tuples(AMOUNT, AMOUNT, AMOUNT))
def test_what_is_above_ten_per_cent_is_deducted_and_no_more(base: int, held: tuple[int, int, int]) -> None:
    by_layer = dict(zip(LAYERS, held, strict=True))
    found = of_holdings(base, by_layer, RULES)

    assert found.threshold == max(base, 0) // 10
    assert sum(found.deducted.values()) == max(sum(held) - found.threshold, 0)
    assert all(0 <= found.deducted[layer] <= by_layer[layer] + 1 for layer in LAYERS)


@given(base=st.integers(1, 10**12), taken=st.integers(0, 10**11), dta=AMOUNT, significant=AMOUNT)
def test_what_stays_never_exceeds_either_threshold(base: int, taken: int, dta: int, significant: int) -> None:
    found = of_large_items(base, base - taken, dta, significant, RULES)
    dta_left, significant_left = dta - found.dta_deducted, significant - found.significant_deducted

    assert 0 <= dta_left <= found.single
    assert 0 <= significant_left <= found.single
    assert dta_left + significant_left <= found.together or found.together == 0 == dta_left + significant_left
    if found.dta_above_together + found.significant_above_together == 0:
        assert dta_left == min(dta, found.single)


@given(dta=AMOUNT, significant=AMOUNT, more=st.integers(0, 10**9))
def test_holding_more_never_deducts_less(dta: int, significant: int, more: int) -> None:
    less = of_large_items(10**12, 10**12, dta, significant, RULES)
    then = of_large_items(10**12, 10**12, dta, significant + more, RULES)

    assert then.significant_deducted + then.dta_deducted >= less.significant_deducted + less.dta_deducted - 1


@given(amount=st.integers(0, 10**12), weights=st.lists(st.integers(0, 10**9), max_size=20))
def test_shares_add_up_to_the_cent(amount: int, weights: list[int]) -> None:
    found = shared(amount, np.array(weights, dtype=np.int64))

    assert found.sum() == (amount if sum(weights) else 0)
    assert all(part == 0 for part, weight in zip(found, weights, strict=True) if weight == 0)
