"""How far the bank is from limits on distributions (Article 141 of Directive 2013/36/EU)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

import pandas as pd

from plimsoll.capital.requirements import RATIOS
from plimsoll.rules import RuleSet

__all__ = ["DISTRIBUTION_RULE", "Distribution", "distribution"]

DISTRIBUTION_RULE = "capital.distribution.factors"
_BELOW_BUFFER = ("pillar_2_requirement", "minimum")


@dataclass(frozen=True)
class Distribution:
    """Where the bank stands against its combined buffer.

    Attributes
    ----------
    available
        Common Equity Tier 1 above everything that minimum and Pillar 2 requirements use, as a share of the
        total risk exposure amount; negative where they are not met.
    combined_buffer
        The buffer it has to fill, the same share.
    distance
        `available` less `combined_buffer`: from zero on, nothing limits distributions.
    binding
        The ratio that leaves the least.
    quarter
        Quarter of the buffer in which `available` lies, 1 to 4; 0 where the buffer is met.
    factor
        Share of profits that may be distributed: 1 where the buffer is met.
    """

    available: float
    combined_buffer: float
    distance: float
    binding: str
    quarter: int
    factor: float

    def maximum(self, profits: float) -> float:
        """Return the maximum distributable amount.

        Parameters
        ----------
        profits
            Interim and year-end profits not included in Common Equity Tier 1, net of what was distributed and of
            the tax on them if they were kept (Article 141(5)). NaN where the buffer is met: no maximum applies.
        """
        return math.nan if self.quarter == 0 else max(profits, 0.0) * self.factor


def distribution(ratios: Mapping[str, float], marks: pd.DataFrame, rules: RuleSet) -> Distribution | None:
    """Return where the bank stands, None where its ratios are unknown.

    Parameters
    ----------
    ratios
        cet1_ratio, tier1_ratio and total_ratio.
    marks
        As `plimsoll.capital.marks` gives them.
    rules
        Those in force on the reference date.

    Returns
    -------
    The Common Equity Tier 1 that is left after each of the three requirements: what Tier 1 and own funds lack in
    Additional Tier 1 and Tier 2 is taken of it.
    """
    if any(math.isnan(ratios[ratio]) for ratio in RATIOS):
        return None
    level = marks.set_index(["ratio", "mark"])["level"]
    left: dict[str, float] = {}
    for ratio in RATIOS:
        below = next(level[ratio, mark] for mark in _BELOW_BUFFER if (ratio, mark) in level.index)
        left[ratio] = float(min(ratios[ratio] - below, ratios["cet1_ratio"]))
    buffer = float(level["total_ratio", "combined_buffer"]) - next(
        float(level["total_ratio", mark]) for mark in _BELOW_BUFFER if ("total_ratio", mark) in level.index
    )
    binding = min(left, key=lambda ratio: (round(left[ratio], 12), ratio))
    available = left[binding]
    factors = rules[DISTRIBUTION_RULE].numbers
    distance = round(available - buffer, 12)
    if distance >= 0 or buffer <= 0:
        return Distribution(available, buffer, distance, binding, 0, 1.0)
    quarter = min(max(math.ceil(round(available / buffer * len(factors), 9)), 1), len(factors))
    return Distribution(available, buffer, distance, binding, quarter, factors[quarter - 1])
