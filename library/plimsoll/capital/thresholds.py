"""Thresholds below which holdings and tax assets are weighted instead of deducted (Articles 46, 48, 60, 70 CRR)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass

from plimsoll.rules import RuleSet

__all__ = ["LAYERS", "THRESHOLD_RULES", "Insignificant", "Together", "of_holdings", "of_large_items"]

LAYERS = ("cet1", "at1", "t2")
"""Layers of own funds, the best first."""

THRESHOLD_RULES = (
    "capital.threshold.insignificant",
    "capital.threshold.single",
    "capital.threshold.together",
)


@dataclass(frozen=True)
class Insignificant:
    """Holdings in entities in which the investment is not significant, in whole cents.

    `threshold` is the 10 % of Article 46(1)(a); `deducted` what is above it, by layer.
    """

    threshold: int
    deducted: Mapping[str, int]


@dataclass(frozen=True)
class Together:
    """Tax assets from temporary differences and significant CET1 holdings, in whole cents.

    `single` is the 10 % of Article 48(1), `together` the 17.65 % of Article 48(2); then what is above each.
    """

    single: int
    together: int
    dta_above_single: int
    significant_above_single: int
    dta_above_together: int
    significant_above_together: int

    @property
    def dta_deducted(self) -> int:
        """Tax assets that are deducted in all."""
        return self.dta_above_single + self.dta_above_together

    @property
    def significant_deducted(self) -> int:
        """Significant holdings of CET1 that are deducted in all."""
        return self.significant_above_single + self.significant_above_together


def of_holdings(base: int, held: Mapping[str, int], rules: RuleSet) -> Insignificant:
    """Return what of insignificant holdings is deducted from each layer (Articles 46(1), 60(1) and 70(1)).

    Parameters
    ----------
    base
        Common Equity Tier 1 items after what Article 46(1)(a) names, in whole cents.
    held
        Net long positions by layer, in whole cents.

    Returns
    -------
    The excess over the threshold, shared among the layers as the holdings are; the last layer takes the cent
    that rounding leaves.
    """
    threshold = _share(base, rules["capital.threshold.insignificant"].number)
    total = sum(held[layer] for layer in LAYERS)
    excess = max(total - threshold, 0)
    deducted, given = {}, 0
    for place, layer in enumerate(LAYERS):
        until = sum(held[name] for name in LAYERS[: place + 1])
        upto = round(excess * until / total) if total else 0
        deducted[layer], given = upto - given, upto
    return Insignificant(threshold, deducted)


def of_large_items(base: int, residual: int, dta: int, significant: int, rules: RuleSet) -> Together:
    """Return what of tax assets and significant holdings is deducted (Article 48(1) to (3)).

    Parameters
    ----------
    base
        Common Equity Tier 1 items after what Article 48(1) names, in whole cents.
    residual
        The same after every adjustment and deduction of Articles 32 to 36 but these two items, which are taken
        off here in full (Article 48(2)(a)).
    dta, significant
        Net tax assets that rely on future profitability and arise from temporary differences; net holdings of
        CET1 instruments of entities in which the investment is significant. In whole cents.
    """
    single = _share(base, rules["capital.threshold.single"].number)
    together = _share(residual - dta - significant, rules["capital.threshold.together"].number)
    dta_left, significant_left = min(dta, single), min(significant, single)
    excess = max(dta_left + significant_left - together, 0)
    dta_excess = round(excess * dta_left / (dta_left + significant_left)) if excess else 0
    return Together(
        single, together, dta - dta_left, significant - significant_left, dta_excess, excess - dta_excess
    )


def _share(base: int, share: float) -> int:
    """Return a share of an amount, down to the cent; nothing of less than nothing."""
    return max(math.floor(round(base * share, 6)), 0)
