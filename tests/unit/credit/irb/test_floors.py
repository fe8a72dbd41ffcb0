"""Floors only raise, collateral only lowers them, and what has no floor is left alone."""

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
UNIT = st.floats(0.0, 1.0)
BLENDED = st.sampled_from(["corporate", "specialised_lending", "retail_other"])
KINDS = st.sampled_from(irb.COLLATERAL)


@given(UNIT, st.sampled_from(irb.CLASSES), st.booleans())
def test_pd_floor_only_raises_and_twice_is_once(pd: float, exposure_class: str, guaranteed: bool) -> None:
    once = irb.floored_pd(pd, exposure_class=exposure_class, guaranteed=guaranteed, rules=RULES)

    assert once == pd if guaranteed else once >= pd
    assert once == irb.floored_pd(once, exposure_class=exposure_class, guaranteed=guaranteed, rules=RULES)
    assert irb.floored_pd(1.0, exposure_class=exposure_class, rules=RULES) == 1.0


def test_floor_is_by_exposure() -> None:
    transactor, guaranteed = np.array([True, False, False]), np.array([False, False, True])
    found = irb.floored_pd(
        0.0002, exposure_class="retail_qrre", transactor=transactor, guaranteed=guaranteed, rules=RULES
    )

    assert found.tolist() == [0.0005, 0.001, 0.0002]


@given(BLENDED, KINDS, KINDS, st.floats(0.0, 0.5), st.floats(0.0, 0.5))
def test_more_collateral_never_raises_the_floor(
    exposure_class: str, first: str, second: str, share: float, more: float
) -> None:
    bare = irb.lgd_floor(exposure_class, rules=RULES)
    some = irb.lgd_floor(exposure_class, {first: share}, rules=RULES)
    both = irb.lgd_floor(exposure_class, {first: share} | {second: more}, rules=RULES)

    assert some <= bare + 1e-15
    if first != second:
        assert both <= some + 1e-15


@given(BLENDED, KINDS, UNIT)
def test_floor_of_a_part_secured_is_between_those_of_none_and_all(
    exposure_class: str, kind: str, share: float
) -> None:
    bare, part, full = (irb.lgd_floor(exposure_class, {kind: x}, rules=RULES) for x in (0.0, share, 1.0))

    assert part == pytest.approx((1 - share) * bare + share * full, abs=1e-15)


def test_region_has_a_floor_only_without_collateral() -> None:
    found = irb.lgd_floor("regional_public", {"receivables": np.array([0.0, 0.1])}, rules=RULES)

    assert found.tolist() == [0.05, 0.0]


def test_sovereign_and_guaranteed_part_have_no_floor() -> None:
    assert irb.floored_lgd(0.01, exposure_class="sovereign", rules=RULES) == 0.01
    part = irb.floored_lgd(0.01, exposure_class="corporate", guaranteed=np.array([True, False]), rules=RULES)
    assert part.tolist() == [0.01, 0.25]
    own = irb.floored_ccf(
        0.01, 0.4, exposure_class="corporate", guaranteed=np.array([True, False]), rules=RULES
    )
    assert own.tolist() == [0.01, 0.2]


def test_what_is_not_known_stays_so() -> None:
    assert np.isnan(irb.floored_pd(np.nan, exposure_class="corporate", rules=RULES))
    assert np.isnan(irb.floored_lgd(np.nan, exposure_class="corporate", rules=RULES))
    assert np.isnan(
        irb.floored_lgd(0.01, exposure_class="corporate", secured={"financial": np.nan}, rules=RULES)
    )
    assert np.isnan(irb.floored_ccf(np.nan, 0.4, exposure_class="corporate", rules=RULES))


@given(
    st.dictionaries(KINDS, st.floats(0, 1e9), min_size=1),
    st.floats(1.0, 1e9),
    st.floats(0, 0.2),
    st.sampled_from([0.4, 0.45, 0.75]),
)
def test_collateral_covers_no_more_than_the_exposure_and_never_raises_lgd(
    collateral: dict[str, float], exposure: float, mismatch: float, unsecured: float
) -> None:
    shares = irb.secured_shares(exposure, collateral, currency_haircut=mismatch, rules=RULES)
    found = irb.effective_lgd(unsecured, shares, rules=RULES)

    assert list(shares) == list(collateral)
    assert -1e-12 <= sum(float(share) for share in shares.values()) <= 1 + 1e-12
    assert -1e-12 <= found <= unsecured + 1e-12


def test_unsecured_is_the_value_of_article_161() -> None:
    assert irb.effective_lgd(0.4, {}, rules=RULES) == 0.4


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: irb.floored_pd(0.1, exposure_class="x", rules=RULES), "'x' is no exposure class"),
        (lambda: irb.floored_pd(2, exposure_class="corporate", rules=RULES), "pd: 1 of 1 values outside"),
        (
            lambda: irb.floored_pd(0.1, exposure_class="corporate", transactor=True, rules=RULES),
            "corporate: it has no transactors",
        ),
        (
            lambda: irb.floored_pd(0.1, exposure_class="corporate", guaranteed=np.nan, rules=RULES),
            "guaranteed: must be true or false, not float64",
        ),
        (lambda: irb.lgd_floor("institution", rules=RULES), r"institution: no own .* \(Article 151\(8\)\)"),
        (lambda: irb.lgd_floor("corporate", {"gold": 0.5}, rules=RULES), "'gold' is no type of collateral"),
        (
            lambda: irb.lgd_floor("corporate", {"financial": 0.6, "receivables": 0.6}, rules=RULES),
            "secured: 1 of 1 values outside",
        ),
        (lambda: irb.lgd_floor("corporate", {"financial": -0.1}, rules=RULES), "financial: 1 of 1 values"),
        (
            lambda: irb.floored_ccf(0.5, 1.0, exposure_class="corporate", rules=RULES),
            r"not allowed where it is 100 % \(Article 166\(8b\)\)",
        ),
        (
            lambda: irb.supervisory_lgd(exposure_class="retail_other", rules=RULES),
            r"own estimates of LGD are required \(Article 151\(7\)\)",
        ),
        (
            lambda: irb.secured_shares(0.0, {"financial": 1.0}, rules=RULES),
            "exposure: 1 of 1 values outside finite numbers above 0",
        ),
        (lambda: irb.secured_shares(1.0, {"wine": 1.0}, rules=RULES), "'wine' is no type of collateral"),
    ],
)
def test_what_the_law_does_not_know_is_refused_by_name(call: object, sentence: str) -> None:
    with pytest.raises(ParameterError, match=sentence):
        call()  # type: ignore[operator]  # a case, called here
