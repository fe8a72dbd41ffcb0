"""Money is exact."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plimsoll import units

whole = st.integers(min_value=-(10**15), max_value=10**15)


@given(st.lists(whole, max_size=50))
def test_cents_survive_the_round_trip_and_sum_exactly(amounts: list[int]) -> None:
    floats = np.array(amounts, dtype=np.float64) / 100
    assert units.cents(floats).tolist() == amounts
    assert units.from_cents(int(units.cents(floats).sum())) == sum(Decimal(a) for a in amounts) / 100


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf"), 1e15])
def test_an_amount_that_cannot_hold_its_cents_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="cents would be lost"):
        units.cents([1.0, bad])


def test_round_to_cent() -> None:
    assert units.round_to_cent([1.006, -2.999]).tolist() == [1.01, -3.0]
