"""The SME factor, currency mismatch and conversion factors on arrays."""

from __future__ import annotations

import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from tests.smallbook import small_book

from plimsoll import rules
from plimsoll.credit import (
    conversion_factor,
    owed_by_group,
    read_positions,
    sme_factor,
    with_currency_mismatch,
)

RULES = rules.on(datetime.date(2026, 6, 30))


@given(st.floats(min_value=0, max_value=1e12))
def test_sme_factor_lies_between_its_two_numbers_and_grows_with_what_is_owed(owed: float) -> None:
    small, large = sme_factor(np.array([owed, owed + 1.0]), RULES)

    assert 0.7619 - 1e-9 <= small <= large + 1e-12
    assert large < 0.85


def test_sme_factor_at_the_threshold_and_at_nothing() -> None:
    assert sme_factor(np.array([0.0, 2.5e6, 5e6]), RULES).tolist() == pytest.approx([0.7619, 0.7619, 0.80595])


def test_what_a_group_owes_is_added_up_over_its_members() -> None:
    book = small_book(
        [
            {"exposure_id": "a", "counterparty_id": "one", "amount": 1_000_000.0},
            {"exposure_id": "b", "counterparty_id": "two", "amount": 2_000_000.0, "defaulted": True},
            {"exposure_id": "c", "counterparty_id": "two", "amount": 4_000_000.0},
            {"exposure_id": "d", "counterparty_id": "three", "amount": 8_000_000.0},
            {
                "exposure_id": "e",
                "counterparty_id": "one",
                "amount": 5e5,
                "on_balance": False,
                "ccf_bucket": 3,
                "product": "commitment",
            },
        ],
        [
            {"counterparty_id": "one", "group_id": "family"},
            {"counterparty_id": "two", "group_id": "family"},
            {"counterparty_id": "three"},
        ],
        [{"exposure_id": "c", "property_value": 9e6}],
    )

    owed = owed_by_group(read_positions(book.tables))

    # c is secured on a home and e is not drawn: neither counts.
    assert owed.tolist() == [3e6, 3e6, 3e6, 8e6, 3e6]


def test_who_owes_only_on_his_home_owes_that() -> None:
    book = small_book(liens=[{"property_value": 1e6}])

    assert owed_by_group(read_positions(book.tables)).tolist() == [100_000.0]


def test_a_promise_on_a_home_counts_only_where_nothing_else_is_owed() -> None:
    loan = {"exposure_id": "a", "amount": 300_000.0}
    promise = {
        "exposure_id": "b",
        "amount": 50_000.0,
        "on_balance": False,
        "ccf_bucket": 3,
        "product": "commitment",
    }
    homes = [{"collateral_id": name, "exposure_id": name, "property_value": 1e6} for name in ("a", "b")]

    both_on_homes = small_book([loan, promise], liens=homes)
    one_on_a_home = small_book([loan, promise], liens=homes[1:])

    assert owed_by_group(read_positions(both_on_homes.tables)).tolist() == [350_000.0] * 2
    assert owed_by_group(read_positions(one_on_a_home.tables)).tolist() == [300_000.0] * 2


@given(st.floats(min_value=0, max_value=12.5))
def test_currency_mismatch_raises_weights_up_to_its_cap_and_lowers_none(weight: float) -> None:
    raised, kept = with_currency_mismatch(np.array([weight, weight]), np.array([True, False]), RULES)

    assert kept == weight
    assert raised >= weight
    assert raised <= max(1.5, weight)


def test_assets_count_in_full_whatever_their_bucket_says() -> None:
    bucket = np.array([0, 1, 2, 3, 4, 5, 5], dtype=np.int16)
    on_balance = np.array([True, False, False, False, False, False, False])
    cancellable = np.array([True] * 6 + [False])

    factor = conversion_factor(bucket, on_balance, cancellable, RULES)

    assert factor.tolist() == [1.0, 1.0, 0.5, 0.4, 0.2, 0.0, 0.1]
