"""How far a bank is from limits on distributions."""

from __future__ import annotations

import datetime
import math

import pandas as pd
import pytest

from plimsoll import rules
from plimsoll.capital import marks
from plimsoll.capital.distribution import Distribution, distribution

RULES = rules.on(datetime.date(2026, 6, 30))
OWN = pd.DataFrame(
    {"requirement": ["pillar_2_requirement", "countercyclical_buffer"], "ratio": [0.02, 0.015]}
)
LEVELS = marks(OWN, RULES)  # CET1 5.625 %, Tier 1 7.5 %, total 10 %; combined buffer 4 %


def of(cet1: float, at1: float, t2: float) -> Distribution:
    ratios = {"cet1_ratio": cet1, "tier1_ratio": cet1 + at1, "total_ratio": cet1 + at1 + t2}
    found = distribution(ratios, LEVELS, RULES)
    assert found is not None
    return found


def test_a_bank_above_its_buffer_may_distribute() -> None:
    found = of(0.12, 0.02, 0.03)

    assert (found.quarter, found.factor) == (0, 1.0)
    assert found.distance == pytest.approx(0.12 - 0.05625 - 0.04)
    assert found.binding == "cet1_ratio"
    assert math.isnan(found.maximum(100.0))


def test_common_equity_that_fills_holes_below_is_not_there_for_the_buffer() -> None:
    found = of(0.12, 0.0, 0.0)

    assert found.binding == "total_ratio"
    assert found.available == pytest.approx(0.02)
    assert (found.quarter, found.factor) == (2, 0.2)
    assert found.maximum(1000.0) == 200.0
    assert found.maximum(-5.0) == 0.0


@pytest.mark.parametrize(
    ("available", "quarter", "factor"),
    [
        (-0.01, 1, 0.0),
        (0.0, 1, 0.0),
        (0.01, 1, 0.0),
        (0.0101, 2, 0.2),
        (0.02, 2, 0.2),
        (0.025, 3, 0.4),
        (0.035, 4, 0.6),
        (0.04, 0, 1.0),
    ],
)
def test_the_quarter_sets_the_share(available: float, quarter: int, factor: float) -> None:
    found = of(0.05625 + available, 0.01875, 0.025)
    assert (found.quarter, found.factor) == (quarter, factor)


def test_unknown_ratios_say_nothing() -> None:
    nothing = dict.fromkeys(("cet1_ratio", "tier1_ratio", "total_ratio"), math.nan)
    assert distribution(nothing, LEVELS, RULES) is None
