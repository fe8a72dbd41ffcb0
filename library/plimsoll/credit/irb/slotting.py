"""Specialised lending by category: risk weights of Article 153(5) CRR, expected loss of Article 158(6)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from plimsoll.credit.irb.inputs import numbers_within
from plimsoll.credit.positions import Floats
from plimsoll.errors import ParameterError
from plimsoll.rules import RuleSet

__all__ = ["slotting_expected_loss", "slotting_weight"]


def slotting_weight(category: ArrayLike, remaining_years: ArrayLike, *, rules: RuleSet) -> Floats:
    """Return the risk weight of a category (Article 153(5), Table 1).

    Parameters
    ----------
    category
        Any shape, 1 (strong) to 5 (in default), whole numbers.
    remaining_years
        Broadcasts with `category`, remaining maturity; from 2.5 years on the second row applies.
    rules
        Those in force on the reference date.

    Returns
    -------
    Broadcast shape, fractions; NaN where the maturity is.

    Raises
    ------
    ParameterError
        A category that is none of the five, or a negative maturity.
    """
    return _looked_up("weight", category, remaining_years, rules)


def slotting_expected_loss(category: ArrayLike, remaining_years: ArrayLike, *, rules: RuleSet) -> Floats:
    """Return the expected loss of a category per unit of exposure value (Article 158(6), Table 2).

    Parameters, shapes and errors are those of `slotting_weight`.
    """
    return _looked_up("expected_loss", category, remaining_years, rules)


def _looked_up(measure: str, category: ArrayLike, remaining_years: ArrayLike, rules: RuleSet) -> Floats:
    short, long = (
        np.array(rules[f"credit.irb.slotting.{measure}_{row}"].numbers) for row in ("short", "long")
    )
    given = np.asarray(category)
    if given.dtype.kind not in "iu" or not np.isin(given, np.arange(1, len(short) + 1)).all():
        raise ParameterError(f"category: whole numbers 1 to {len(short)} (Article 153(5))", "category")
    years = numbers_within("remaining_years", remaining_years, 0)
    from_years = rules["credit.irb.slotting.long_maturity"].number
    found = np.where(years >= from_years, long[given - 1], short[given - 1])
    return np.where(np.isnan(years), np.nan, found)
