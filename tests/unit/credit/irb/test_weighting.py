"""Risk weights agree with a second, scalar writing of the law, and behave as the formulas must."""

from __future__ import annotations

import datetime
import inspect
import math
from statistics import NormalDist

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plimsoll import rules
from plimsoll.credit import irb
from plimsoll.errors import ParameterError

RULES = rules.on(datetime.date(2026, 6, 30))
NORMAL = NormalDist()
WHOLESALE = ("corporate", "specialised_lending", "institution", "sovereign", "regional_public")
RETAIL = ("retail_mortgage", "retail_qrre", "retail_other")

PDS = st.floats(0.0003, 0.999)
LGDS = st.floats(0.0, 1.0)
YEARS = st.floats(1.0, 5.0)
TURNOVERS = st.floats(0.0, 1000.0)
CLASSES = st.sampled_from(irb.CLASSES)


def scalar_correlation(pd: float, exposure_class: str, turnover: float | None, financial: bool) -> float:
    if exposure_class in {"retail_mortgage", "retail_qrre"}:
        return {"retail_mortgage": 0.15, "retail_qrre": 0.04}[exposure_class]
    high, low, decay = (0.03, 0.16, 35) if exposure_class == "retail_other" else (0.12, 0.24, 50)
    share = (1 - math.exp(-decay * pd)) / (1 - math.exp(-decay))
    r = high * share + low * (1 - share)
    if turnover is not None:
        r -= 0.04 * (1 - (min(max(turnover, 5), 50) - 5) / 45)
    return r * 1.25 if financial else r


def scalar_weight(
    pd: float, lgd: float, years: float, exposure_class: str, turnover: float | None, financial: bool
) -> float:
    r = scalar_correlation(pd, exposure_class, turnover, financial)
    stressed = NORMAL.cdf((NORMAL.inv_cdf(pd) + math.sqrt(r) * NORMAL.inv_cdf(0.999)) / math.sqrt(1 - r))
    capital = lgd * stressed - pd * lgd
    if exposure_class in WHOLESALE:
        b = (0.11852 - 0.05478 * math.log(pd)) ** 2
        capital *= (1 + (years - 2.5) * b) / (1 - 1.5 * b)
    return 12.5 * capital


@given(PDS, LGDS, YEARS, CLASSES, TURNOVERS, st.booleans())
def test_weight_is_what_a_scalar_writing_of_the_law_gives(
    pd: float, lgd: float, years: float, exposure_class: str, turnover: float, financial: bool
) -> None:
    sales = turnover if exposure_class in {"corporate", "specialised_lending"} else None
    marked = financial and exposure_class in {"corporate", "specialised_lending", "institution"}

    found = irb.risk_weight(
        pd,
        lgd,
        years,
        exposure_class=exposure_class,
        turnover_meur=sales,
        large_financial=marked,
        rules=RULES,
    )

    assert found == pytest.approx(
        scalar_weight(pd, lgd, years, exposure_class, sales, marked), rel=1e-11, abs=1e-14
    )


@given(st.lists(st.tuples(PDS, LGDS, YEARS, TURNOVERS, st.booleans()), min_size=1, max_size=70), st.data())
def test_arrays_give_the_bytes_of_their_elements_however_they_are_cut(
    rows: list[tuple[float, float, float, float, bool]], data: st.DataObject
) -> None:
    pd, lgd, years, turnover = np.array([row[:4] for row in rows]).T
    financial = np.array([row[4] for row in rows])

    def weigh(part: slice | int) -> np.ndarray:
        return irb.risk_weight(
            pd[part],
            lgd[part],
            years[part],
            exposure_class="corporate",
            turnover_meur=turnover[part],
            large_financial=financial[part],
            rules=RULES,
        )

    cut = data.draw(st.integers(0, len(rows)))
    whole = weigh(slice(None))

    assert np.concatenate([weigh(slice(cut)), weigh(slice(cut, None))]).tobytes() == whole.tobytes()
    assert np.array([weigh(i) for i in range(len(rows))]).tobytes() == whole.tobytes()


@given(PDS, YEARS, CLASSES, LGDS, st.floats(0.0, 1.0))
def test_weight_is_proportional_to_lgd(
    pd: float, years: float, exposure_class: str, lgd: float, share: float
) -> None:
    whole, part = irb.risk_weight(
        pd, np.array([lgd, lgd * share]), years, exposure_class=exposure_class, rules=RULES
    )

    assert part == pytest.approx(whole * share, rel=1e-12, abs=1e-15)
    assert 0 <= part <= whole


@given(PDS, LGDS, CLASSES, YEARS)
def test_weight_is_between_nothing_and_the_whole_loss(
    pd: float, lgd: float, exposure_class: str, years: float
) -> None:
    found = irb.risk_weight(pd, lgd, years, exposure_class=exposure_class, rules=RULES)

    assert 0 <= found <= 12.5 * lgd


@given(PDS, LGDS, YEARS, YEARS)
def test_longer_is_never_lighter_for_corporates_and_means_nothing_for_retail(
    pd: float, lgd: float, first: float, second: float
) -> None:
    short, long = sorted((first, second))
    corporate = irb.risk_weight(pd, lgd, np.array([short, long]), exposure_class="corporate", rules=RULES)
    retail = irb.risk_weight(pd, lgd, np.array([short, long]), exposure_class="retail_other", rules=RULES)

    assert corporate[0] <= corporate[1]
    assert (retail == irb.risk_weight(pd, lgd, exposure_class="retail_other", rules=RULES)).all()


@given(PDS, TURNOVERS, TURNOVERS)
def test_smaller_is_never_more_correlated(pd: float, first: float, second: float) -> None:
    small, large = sorted((first, second))
    found = irb.correlation(
        pd, exposure_class="corporate", turnover_meur=np.array([small, large, np.nan]), rules=RULES
    )

    assert found[0] <= found[1] <= found[2]
    assert found[2] == irb.correlation(pd, exposure_class="corporate", rules=RULES)


def test_turnover_counts_from_5_to_50_million() -> None:
    base = float(irb.correlation(0.01, exposure_class="corporate", rules=RULES))
    reduced = irb.correlation(
        0.01, exposure_class="corporate", turnover_meur=np.array([0, 5, 27.5, 50, 51]), rules=RULES
    )

    np.testing.assert_allclose(base - reduced, [0.04, 0.04, 0.02, 0, 0], atol=1e-15)


def test_correlation_of_financial_entities_is_multiplied_after_the_reduction_for_size() -> None:
    both = irb.correlation(
        0.01,
        exposure_class="corporate",
        turnover_meur=5.0,
        large_financial=np.array([True, False]),
        rules=RULES,
    )

    assert both[0] == pytest.approx(1.25 * both[1], rel=1e-15)


def test_one_year_needs_no_adjustment_and_the_formulas_of_corporates_are_one() -> None:
    assert irb.maturity_adjustment(0.01, 1.0, rules=RULES) == pytest.approx(1.0, abs=1e-15)
    weights = {
        float(irb.risk_weight(0.01, 0.45, 3.0, exposure_class=name, rules=RULES)) for name in WHOLESALE
    }
    assert len(weights) == 1


@pytest.mark.parametrize("exposure_class", RETAIL)
def test_weight_of_retail_falls_to_nothing_with_pd(exposure_class: str) -> None:
    falling = irb.risk_weight(
        np.array([1e-3, 1e-5, 1e-8, 1e-12, 0.0]), 0.5, exposure_class=exposure_class, rules=RULES
    )

    assert (np.diff(falling) < 0).all()
    assert falling[-2] < 1e-8
    assert falling[-1] == 0


@pytest.mark.parametrize("exposure_class", irb.CLASSES)
def test_weight_falls_to_nothing_as_default_becomes_certain(exposure_class: str) -> None:
    near = irb.risk_weight(1 - 1e-12, 0.45, 2.5, exposure_class=exposure_class, rules=RULES)

    assert 0 <= near < 1e-10


@pytest.mark.parametrize("exposure_class", irb.CLASSES)
def test_no_pd_has_no_weight_and_default_what_elbe_leaves(exposure_class: str) -> None:
    found = irb.risk_weight(
        np.array([0.0, 1.0, 1.0, 1.0]),
        np.array([0.45, 0.45, 0.45, 0.40]),
        2.5,
        exposure_class=exposure_class,
        elbe=np.array([np.nan, 0.25, 0.45, 0.50]),
        rules=RULES,
    )

    np.testing.assert_allclose(found, [0.0, 12.5 * 0.20, 0.0, 0.0], atol=1e-15)


def test_what_is_not_known_gives_what_is_not_known_and_nothing_else() -> None:
    unknown = np.array([np.nan, 0.01, 0.01, 1.0, 0.01])
    found = irb.risk_weight(
        unknown,
        np.array([0.45, np.nan, 0.45, 0.45, 0.45]),
        np.array([2.5, 2.5, np.nan, 2.5, 2.5]),
        exposure_class="corporate",
        turnover_meur=np.array([10, 10, 10, 10, np.nan]),
        elbe=np.array([0, 0, 0, np.nan, 0]),
        rules=RULES,
    )

    assert np.isnan(found).tolist() == [True, True, True, True, False]
    assert found[4] == irb.risk_weight(0.01, 0.45, 2.5, exposure_class="corporate", rules=RULES)


@pytest.mark.parametrize("exposure_class", RETAIL)
def test_pd_that_is_not_known_has_no_correlation(exposure_class: str) -> None:
    assert np.isnan(irb.correlation(np.nan, exposure_class=exposure_class, rules=RULES))


def test_no_exposures_have_no_weights() -> None:
    empty = np.array([])
    assert irb.risk_weight(empty, empty, empty, exposure_class="corporate", rules=RULES).shape == (0,)


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        ({"pd": [0.01, 1.5]}, r"pd: 1 of 2 values outside 0 to 1, the first 1.5 at 1; give fractions"),
        ({"pd": -0.01}, "pd: 1 of 1 values outside 0 to 1"),
        ({"pd": "high"}, "pd: not numbers"),
        ({"lgd": 45}, r"lgd: 1 of 1 values outside 0 to 2, the first 45 at 0; give fractions"),
        ({"lgd": np.inf}, "lgd: 1 of 1 values outside"),
        ({"maturity": None}, r"maturity: corporate exposures need one \(Article 162\)"),
        ({"maturity": -1}, "maturity: 1 of 1 values outside 0 and more"),
        ({"maturity": np.inf}, "maturity: 1 of 1 values"),
        ({"exposure_class": "mortgage"}, r"'mortgage' is no exposure class.*retail_mortgage"),
        ({"turnover_meur": -5}, "turnover_meur: 1 of 1 values"),
        ({"exposure_class": "institution", "turnover_meur": 5}, "does not depend on turnover"),
        ({"exposure_class": "retail_other", "turnover_meur": 5}, "does not depend on turnover"),
        ({"exposure_class": "retail_other", "large_financial": True}, "no financial sector entities"),
        ({"exposure_class": "sovereign", "large_financial": True}, "no financial sector entities"),
        ({"large_financial": 1}, "large_financial: must be true or false, not int"),
        ({"pd": [1.0, 0.01, 1.0]}, r"elbe: 2 exposures are in default \(pd is 1\)"),
        ({"pd": 1.0, "elbe": 20}, "elbe: 1 of 1 values outside 0 to 2"),
        ({"pd": [0.01, 2e-6]}, r"pd: at 2e-06 and a maturity of 2.5 years.*1 of 2 values, the first at 1"),
        ({"pd": 1e-5, "maturity": 0.003}, r"pd: at 1e-05 and a maturity of 0.003 years"),
    ],
)
def test_what_the_formula_does_not_hold_for_is_refused_by_name(
    arguments: dict[str, object], sentence: str
) -> None:
    given_: dict[str, object] = {"pd": 0.01, "lgd": 0.45, "maturity": 2.5, "exposure_class": "corporate"}

    with pytest.raises(ParameterError, match=sentence) as refused:
        irb.risk_weight(**(given_ | arguments), rules=RULES)

    assert refused.value.parameter in inspect.signature(irb.risk_weight).parameters


def test_adjustment_refuses_a_pd_of_nothing() -> None:
    with pytest.raises(ParameterError, match="pd: 1 of 1 values outside above 0 to 1"):
        irb.maturity_adjustment(0.0, 1.0, rules=RULES)
