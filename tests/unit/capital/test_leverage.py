"""Properties of the exposure measure that hold for any book."""

from __future__ import annotations

import math

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from tests.smallbook import small_book

from plimsoll import simulate
from plimsoll.capital.leverage import COMPONENTS, Leverage, given_components
from plimsoll.data import sample_book
from plimsoll.data.schema import read_schema
from plimsoll.units import cents

AMOUNTS = st.integers(min_value=1, max_value=10**9).map(lambda amount: amount / 100)
BUCKETS = st.sampled_from([0, 1, 2, 3, 4, 5])
ROWS = st.lists(st.tuples(AMOUNTS, BUCKETS, st.booleans()), min_size=1, max_size=6)
CAPITAL = [{"item_id": "1", "item": "cet1_paid_up_capital", "amount": 1_000_000.0}]


def leverage_of(rows: list[tuple[float, int, bool]]) -> Leverage:
    exposures = [
        {
            "exposure_id": f"E{place}",
            "amount": amount,
            "on_balance": bucket == 0,
            "product": "commitment" if bucket else "loan",
            "ccf_bucket": bucket or None,
            "leverage_exclusion": "intragroup" if excluded else None,
        }
        for place, (amount, bucket, excluded) in enumerate(rows)
    ]
    return simulate(small_book(exposures, own_funds_items=CAPITAL)).leverage


@given(rows=ROWS)
@settings(max_examples=10, deadline=None)
def test_the_measure_is_the_sum_of_components_and_of_parts(rows: list[tuple[float, int, bool]]) -> None:
    leverage = leverage_of(rows)
    amounts = leverage.components.set_index("component")["amount"]
    total = cents(amounts.drop("deducted_fully_phased_in")).sum()
    assert cents([leverage.measure])[0] == total == cents(leverage.parts["counted"]).sum()
    assert 0 <= leverage.measure <= sum(amount for amount, _, _ in rows) + 0.001
    assert (leverage.parts["excluded"] <= leverage.parts["exposure"]).all()


@given(rows=ROWS, seed=st.integers(0, 1000))
@settings(max_examples=6, deadline=None)
def test_order_changes_nothing_and_more_is_never_less(rows: list[tuple[float, int, bool]], seed: int) -> None:
    shuffled = [rows[place] for place in np.random.default_rng(seed).permutation(len(rows))]
    assert leverage_of(shuffled).measure == leverage_of(rows).measure
    assert leverage_of([*rows, (10.0, 0, False)]).measure == pytest.approx(
        leverage_of(rows).measure + 10, abs=0.001
    )


@pytest.mark.parametrize("kind", ["savings_bank", "universal_bank"])
def test_the_sample_bank_is_counted_whole(kind: str) -> None:
    result = simulate(sample_book(kind, exposures=600))
    leverage = result.leverage
    held = result.tables["exposures"]
    on_balance = held[held["on_balance"]]
    assets = cents(on_balance["amount"]).sum() - cents(on_balance["specific_provision"]).sum()
    amounts = leverage.components.set_index("component")["amount"]
    assert cents([amounts["other_assets"]])[0] == assets
    assert 0.03 < leverage.ratio < 0.2
    assert leverage.ratio == pytest.approx(leverage.tier1 / leverage.measure)
    assert set(leverage.parts["exposure_id"]) == set(held["exposure_id"])


def test_a_scenario_moves_the_measure_with_the_book() -> None:
    book = sample_book(exposures=300)
    grown = simulate(book, scenario="loan_growth=0.1").leverage
    assert grown.measure > simulate(book).leverage.measure


def test_every_given_component_has_a_word_in_the_book() -> None:
    words = set(read_schema()["leverage_items"].columns["item"].values)
    assert given_components() <= words
    exclusions = set(read_schema()["exposures"].columns["leverage_exclusion"].values)
    assert exclusions <= set(COMPONENTS) - given_components()


def test_an_empty_book_has_no_ratio() -> None:
    empty = simulate(small_book([], [])).leverage
    assert math.isnan(empty.ratio)
    assert empty.measure == 0
    assert isinstance(empty.parts, pd.DataFrame)
