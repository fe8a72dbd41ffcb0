"""The arrays against a second, scalar reading of Articles 124 to 126 in decimal arithmetic."""

from __future__ import annotations

import datetime
from decimal import ROUND_HALF_EVEN, Decimal

import numpy as np
import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from plimsoll import rules
from plimsoll.credit import exposure_to_value, income_producing_weight, secured_part, within_lien

RULES = rules.on(datetime.date(2026, 6, 30))
CENTS = st.integers(min_value=0, max_value=10**12)
LIENS = st.none() | CENTS


def article_125_1(exposure: int, value: int, lien: int | None, prior: int) -> tuple[int, int]:
    """Return the 20 % part and the rest, in cents, as a lawyer would with pencil and paper."""
    share = (Decimal(value) * Decimal("0.55")).quantize(Decimal(1), ROUND_HALF_EVEN)
    room = share - prior
    if room < 0:
        room = Decimal(0)
    best = min(Decimal(exposure), room)
    if lien is not None:
        best = min(best, Decimal(lien))
    return int(best), exposure - int(best)


def article_125_2(ratio: Decimal, junior: bool) -> Decimal:
    """Return the weight of income-producing residential property by its exposure-to-value ratio."""
    table = (("0.5", "0.30"), ("0.6", "0.35"), ("0.8", "0.45"), ("0.9", "0.60"), ("1", "0.75"))
    weight = next((Decimal(w) for edge, w in table if ratio <= Decimal(edge)), Decimal("1.05"))
    if junior and ratio > Decimal("0.5"):
        weight = min(weight * Decimal("1.25"), Decimal("1.5"))
    return weight


@given(CENTS, CENTS, LIENS, CENTS)
@example(8_000_000, 10_000_000, None, 0)
def test_split_is_the_article_s(exposure: int, value: int, lien: int | None, prior: int) -> None:
    expected, rest = article_125_1(exposure, value, lien, prior)

    found = secured_part(
        np.array([exposure]),
        np.array([value]),
        np.array([-1 if lien is None else lien]),
        np.array([prior]),
        0.55,
    )[0]

    assert found == expected
    assert exposure - found == rest
    assert 0 <= found <= exposure


@given(CENTS, CENTS, st.integers(0, 10**12), st.floats(0, 1))
def test_a_lower_value_never_secures_more(exposure: int, value: int, prior: int, fall: float) -> None:
    fallen = int(value * (1 - fall))
    none = np.array([-1])
    one = lambda cents: np.array([cents])  # noqa: E731 - shorter than a function of its own

    assert secured_part(one(exposure), one(fallen), none, one(prior), 0.55) <= secured_part(
        one(exposure), one(value), none, one(prior), 0.55
    )


@given(st.integers(1, 10**11), st.integers(1, 10**11), st.integers(0, 10**11))
@example(50, 100, 0)
@example(60, 100, 0)
@example(100, 100, 0)
def test_band_is_the_article_s(exposure: int, value: int, prior: int) -> None:
    ratio = exposure_to_value(np.array([exposure]), np.array([value]), np.array([prior]))
    weight = income_producing_weight(
        ratio, np.array([prior > 0]), "credit.sa.residential.income_producing", RULES
    )[0]

    assert weight == pytest.approx(
        float(article_125_2(Decimal(exposure + prior) / value, prior > 0)), abs=1e-12
    )


def test_property_without_value_is_in_the_top_band() -> None:
    ratio = exposure_to_value(np.array([1]), np.array([0]), np.array([0]))

    assert np.isinf(ratio).all()
    assert income_producing_weight(
        ratio, np.array([False]), "credit.sa.commercial.income_producing", RULES
    ).tolist() == [1.1]


def test_missing_lien_covers_the_exposure() -> None:
    assert within_lien(np.array([5, 5, 5]), np.array([-1, 3, 9])).tolist() == [5, 3, 5]
