"""Expected loss meets provisions: nothing is lost, nothing is used where it may not be."""

from __future__ import annotations

import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plimsoll import rules
from plimsoll.credit import irb
from plimsoll.errors import ParameterError

RULES = rules.on(datetime.date(2026, 6, 30))
CENTS = st.integers(0, 10**13).map(lambda cents: cents / 100)
ROWS = st.lists(st.tuples(CENTS, CENTS, CENTS, st.booleans()), min_size=1, max_size=30)


def covered(*rows: tuple[float, float, float, bool]) -> irb.Cover:
    loss, specific, other = np.array([row[:3] for row in rows], dtype=float).T
    return irb.shortfall(loss, specific, other, defaulted=np.array([row[3] for row in rows]))


def test_expected_loss_is_pd_times_lgd_and_elbe_in_default() -> None:
    found = irb.expected_loss(
        np.array([0.0, 0.02, 1.0, np.nan]), 0.45, elbe=np.array([np.nan, np.nan, 0.3, 0.3])
    )

    np.testing.assert_allclose(found[:3], [0.0, 0.009, 0.3], atol=1e-15)
    assert np.isnan(found[3])


def test_default_needs_its_estimate() -> None:
    with pytest.raises(ParameterError, match="elbe: 1 exposures are in default"):
        irb.expected_loss([0.1, 1.0], 0.45)
    assert irb.expected_loss(0.1, 0.45) == pytest.approx(0.045)


def test_more_loss_than_provisions_is_a_shortfall() -> None:
    assert covered((10.0, 4.0, 1.0, False), (20.0, 20.0, 0.0, True)) == irb.Cover(5.0, 0.0, 0.0)


def test_more_provisions_than_loss_is_an_excess() -> None:
    assert covered((10.0, 12.0, 3.0, False)) == irb.Cover(0.0, 5.0, 0.0)


def test_specific_adjustments_in_default_cover_no_other_loss() -> None:
    # 30 too much on the defaulted exposure; the other stays 6 short.
    assert covered((10.0, 4.0, 0.0, False), (20.0, 50.0, 0.0, True)) == irb.Cover(6.0, 30.0, 30.0)


def test_general_adjustments_cover_any_loss() -> None:
    assert covered((10.0, 4.0, 0.0, False), (20.0, 20.0, 6.0, True)) == irb.Cover(0.0, 0.0, 0.0)


def test_provisions_on_performing_exposures_cover_defaulted_ones() -> None:
    assert covered((10.0, 15.0, 0.0, False), (20.0, 12.0, 0.0, True)) == irb.Cover(3.0, 0.0, 0.0)


@given(ROWS, st.randoms())
def test_no_cent_is_lost_and_order_changes_nothing(
    rows: list[tuple[float, float, float, bool]], random: object
) -> None:
    found = covered(*rows)
    shuffled = sorted(rows, key=lambda _: random.random())  # type: ignore[attr-defined]  # hypothesis's Random
    cents = sum(round(100 * s) + round(100 * o) - round(100 * loss) for loss, s, o, _ in rows)

    assert covered(*shuffled) == found
    assert round(100 * found.excess) - round(100 * found.shortfall) == pytest.approx(cents, rel=1e-15)
    assert min(found.shortfall, found.excess_on_defaulted) >= 0
    assert found.excess >= found.excess_on_defaulted
    assert found.shortfall == 0 or found.excess == found.excess_on_defaulted


@pytest.mark.parametrize(
    ("values", "sentence"),
    [
        ((np.nan, 0.0, 0.0), "expected_loss_amount: an amount is missing"),
        ((0.0, -1.0, 0.0), "specific: 1 of 1 values outside 0 and more, the first -1 at 0"),
        ((0.0, 0.0, 1e15), "other: an amount is missing, infinite, or 70 trillion and more"),
    ],
)
def test_amounts_that_cannot_be_summed_are_refused(values: tuple[float, ...], sentence: str) -> None:
    loss, specific, other = ([value] for value in values)
    with pytest.raises(ParameterError, match=sentence):
        irb.shortfall(loss, specific, other, defaulted=np.array([False]))


def test_amounts_of_another_length_are_refused() -> None:
    with pytest.raises(ParameterError, match=r"specific: shape \(2,\), but defaulted has \(1,\)"):
        irb.shortfall([1.0], [1.0, 2.0], [1.0], defaulted=np.array([False]))
