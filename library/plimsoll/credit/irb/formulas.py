"""Weight and expected loss of each exposure: by the formula of its class, or by its category."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plimsoll.credit.irb.classes import CORPORATE, FINANCIAL, RETAIL
from plimsoll.credit.irb.components import Components, formula_class, slotted, turnover_meur
from plimsoll.credit.irb.losses import expected_loss
from plimsoll.credit.irb.slotting import slotting_expected_loss, slotting_weight
from plimsoll.credit.irb.weighting import risk_weight
from plimsoll.credit.positions import Floats, Ints, Positions
from plimsoll.credit.vocabulary import IRB_CLASSES
from plimsoll.rules import RuleSet

__all__ = ["Weights", "weights_of"]

_DEFAULT_CATEGORY = 5
_WEIGHT_DECIMALS = 12  # what platforms' logarithms differ in lies beyond


@dataclass(frozen=True)
class Weights:
    """Weight and expected loss per unit of exposure value, with the rule of the weight, shape (k,)."""

    weight: Floats
    loss: Floats
    rule: tuple[str, ...]
    place: Ints


def weights_of(positions: Positions, found: Components, rules: RuleSet, in_euro: bool) -> Weights:
    """Return weight and expected loss of the exposures that internal ratings weigh.

    Parameters
    ----------
    positions, found
        n exposures, and the inputs of those k.
    rules
        Those in force on the reference date.
    in_euro
        Whether amounts are in euro, as the size adjustment of Article 153(4) needs.
    """
    size = len(found.at)
    weight, loss, place = np.full(size, np.nan), np.full(size, np.nan), np.zeros(size, np.int64)
    names: list[str] = []
    by_category = slotted(positions, found.at)
    for number_, irb_class in enumerate(IRB_CLASSES):
        name = formula_class(irb_class)
        row = np.flatnonzero((positions.ratings.irb_class[found.at] == number_) & ~by_category)
        if len(row):
            weight[row], loss[row] = _by_formula(positions, found, row, name, rules, in_euro)
            kind = name if name in RETAIL else "wholesale"
            place[row], names = len(names), [*names, f"credit.irb.correlation.{kind}"]
    row = np.flatnonzero(by_category)
    if len(row):
        category = np.where(
            positions.defaulted[found.at[row]], _DEFAULT_CATEGORY, positions.ratings.category[found.at[row]]
        )
        # Without an end the longer, heavier row of the table applies.
        years = np.maximum(np.nan_to_num(found.years_left[row], nan=np.inf), 0)
        longest = np.minimum(years, rules["credit.irb.maturity.cap"].number)
        weight[row] = slotting_weight(category, longest, rules=rules)
        loss[row] = slotting_expected_loss(category, longest, rules=rules)
        long = longest >= rules["credit.irb.slotting.long_maturity"].number
        place[row] = len(names) + long
        names = [*names, "credit.irb.slotting.weight_short", "credit.irb.slotting.weight_long"]
    return Weights(np.round(weight, _WEIGHT_DECIMALS), np.round(loss, _WEIGHT_DECIMALS), tuple(names), place)


def _by_formula(
    positions: Positions, found: Components, row: Ints, name: str, rules: RuleSet, in_euro: bool
) -> tuple[Floats, Floats]:
    at = found.at[row]
    turnover = turnover_meur(positions, at, in_euro) if name in CORPORATE else None
    large = positions.ratings.large_financial[at] if name in FINANCIAL else np.zeros(len(at), np.bool_)
    maturity = None if name in RETAIL else found.maturity[row]
    weight = risk_weight(
        found.pd[row],
        found.lgd[row],
        maturity,
        exposure_class=name,
        turnover_meur=turnover,
        large_financial=large,
        elbe=np.nan_to_num(found.elbe[row]),
        rules=rules,
    )
    return weight, expected_loss(found.pd[row], found.lgd[row], elbe=np.nan_to_num(found.elbe[row]))
