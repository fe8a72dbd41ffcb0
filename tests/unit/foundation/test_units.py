"""Money is exact."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from plimsoll import units

LARGEST = 2**46 * 100 - 1  # cents
whole = st.integers(min_value=-LARGEST, max_value=LARGEST)


@given(st.lists(whole, max_size=50))
@example([LARGEST, -LARGEST, LARGEST - 1])
def test_cents_survive_the_round_trip_and_sum_exactly(amounts: list[int]) -> None:
    floats = np.array(amounts, dtype=np.float64) / 100
    assert units.cents(floats).tolist() == amounts
    total = sum(int(amount) for amount in units.cents(floats))
    assert units.from_cents(total) == Decimal(sum(amounts)).scaleb(-2)


@pytest.mark.parametrize("bad", [float("nan"), float("inf"), -float("inf"), 2.0**46, -(2.0**46)])
def test_an_amount_that_cannot_hold_its_cents_is_refused(bad: float) -> None:
    with pytest.raises(ValueError, match="cents would be lost"):
        units.cents([1.0, bad])


def test_round_to_cent() -> None:
    assert units.round_to_cent([1.006, -2.999]).tolist() == [1.01, -3.0]
