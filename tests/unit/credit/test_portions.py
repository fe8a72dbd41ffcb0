"""Shares of cents are exact, however large the amount."""

from __future__ import annotations

from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from plimsoll.credit import portion

AMOUNTS = st.integers(min_value=0, max_value=9 * 10**15)
SHARES = st.integers(min_value=0, max_value=12_500_000)


@given(AMOUNTS, SHARES)
def test_portion_is_the_exact_share_to_the_even_cent(amount: int, millionths: int) -> None:
    exact = Decimal(amount) * millionths / 1_000_000

    found = portion(np.array([amount]), millionths / 1_000_000)[0]

    assert found == int(exact.quantize(Decimal(1), ROUND_HALF_EVEN))


@given(AMOUNTS, AMOUNTS, SHARES)
def test_more_is_never_less(first: int, second: int, millionths: int) -> None:
    low, high = sorted((first, second))
    share = millionths / 1_000_000

    assert portion(np.array([low]), share)[0] <= portion(np.array([high]), share)[0]


def test_half_a_cent_goes_to_the_even_one() -> None:
    assert portion(np.array([1, 3, 5]), 0.5).tolist() == [0, 2, 2]
