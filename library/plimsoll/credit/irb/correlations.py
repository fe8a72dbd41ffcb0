"""The coefficient of correlation R of Articles 153 and 154 CRR."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from plimsoll.credit.irb.classes import CLASSES, CORPORATE, FINANCIAL, WHOLESALE, check_class
from plimsoll.credit.irb.inputs import flags, numbers_within
from plimsoll.credit.positions import Floats
from plimsoll.rules import RuleSet

__all__ = ["correlation"]


def correlation(
    pd: ArrayLike,
    *,
    exposure_class: str,
    turnover_meur: ArrayLike | None = None,
    large_financial: ArrayLike = False,
    rules: RuleSet,
) -> Floats:
    """Return the coefficient of correlation R.

    Parameters
    ----------
    pd
        Any shape, probability of default, fractions.
    exposure_class
        One of `CLASSES`.
    turnover_meur
        Broadcasts with `pd`, consolidated annual sales of the obligor's group in million euro (or its total
        assets, where Article 153(4) has them take their place); NaN where not known: no reduction there.
        For corporate classes only.
    large_financial
        Broadcasts with `pd`, whether the obligor is a large regulated financial sector entity (total assets
        of 70 billion euro and more, Article 142(1)(4)) or an unregulated one of any size (Article 153(2)).
    rules
        Those in force on the reference date.

    Returns
    -------
    Broadcast shape, fractions; NaN where `pd` is.

    Raises
    ------
    ParameterError
        Unknown class, a value out of range, or a turnover or mark where the class has no such rule.

    Notes
    -----
    Article 153(1)(iii), (2) and (4), Article 154(1)(ii), (3) and (4). The multiplier applies to the
    correlation after the reduction for size, as Article 153(2) says by naming paragraph 4.
    """
    check_class(exposure_class, CLASSES)
    probability = numbers_within("pd", pd, 0, 1, "; give fractions")
    financial = flags("large_financial", large_financial)
    if turnover_meur is not None:
        check_class(exposure_class, CORPORATE, "its correlation does not depend on turnover")
    if financial.any():
        check_class(exposure_class, FINANCIAL, "it holds no financial sector entities")
    found = _by_class(probability, exposure_class, rules)
    if turnover_meur is not None:
        found = found - _reduction(turnover_meur, rules)
    if financial.any():
        multiplier = rules["credit.irb.correlation.financial_multiplier"].number
        found = np.where(financial, found * multiplier, found)
    return found


def _by_class(pd: Floats, exposure_class: str, rules: RuleSet) -> Floats:
    name = "wholesale" if exposure_class in WHOLESALE else exposure_class
    rule = rules[f"credit.irb.correlation.{name}"]
    if isinstance(rule.value, int | float):
        return np.where(np.isnan(pd), np.nan, rule.number)
    high_pd, low_pd, decay = rule.numbers
    share = np.expm1(-decay * pd) / np.expm1(-decay)
    result: Floats = low_pd + (high_pd - low_pd) * share
    return result


def _reduction(turnover_meur: ArrayLike, rules: RuleSet) -> Floats:
    lowest, limit = (rules[f"credit.irb.sme.{name}"].number for name in ("lowest_turnover", "turnover_limit"))
    turnover = numbers_within("turnover_meur", turnover_meur, 0)
    sales = np.clip(np.where(np.isnan(turnover), limit, turnover), lowest, limit)
    result: Floats = rules["credit.irb.sme.reduction"].number * (limit - sales) / (limit - lowest)
    return result
