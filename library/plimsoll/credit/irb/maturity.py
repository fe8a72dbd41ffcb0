"""The maturity M of Article 162 CRR, in years."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from plimsoll.credit.irb.inputs import flags, numbers_within
from plimsoll.credit.positions import Floats
from plimsoll.errors import ParameterError
from plimsoll.rules import RuleSet

__all__ = ["cash_flow_maturity", "effective_maturity", "foundation_maturity"]

_DAYS = ("collateralised_netted", "repo_netted", "secured_lending_netted", "short_term")
"""Kinds whose floor is in days: Article 162(2)(c), (d), (da), and (3)."""
_KINDS = ("general", *_DAYS)


def foundation_maturity(securities_financing: ArrayLike = False, *, rules: RuleSet) -> Floats:
    """Return the fixed M of exposures without own estimates of LGD (Article 162(1)), years.

    It may also be chosen for all exposures to corporates in the Union that are not large (Article 162(4)).

    Parameters
    ----------
    securities_financing
        Any shape, whether the exposure arises from a securities financing transaction.
    rules
        Those in force on the reference date.

    Returns
    -------
    Same shape, years.
    """
    financing, other = (
        rules[f"credit.irb.maturity.{kind}"].number
        for kind in ("foundation_securities_financing", "foundation")
    )
    return np.where(flags("securities_financing", securities_financing), financing, other)


def effective_maturity(years: ArrayLike, *, kind: str = "general", rules: RuleSet) -> Floats:
    """Return M between its floor and five years (Article 162(2) and (3)).

    Parameters
    ----------
    years
        Any shape, remaining (or weighted average remaining) maturity; negative where past due.
    kind
        `general` (floor of one year: points (a), (b), (f)), `collateralised_netted` (c), `repo_netted` (d),
        `secured_lending_netted` (da), `short_term` (paragraph 3: daily remargining, trade finance and the
        other exposures it lists).
    rules
        Those in force on the reference date.

    Returns
    -------
    Same shape, years; NaN where `years` is.

    Raises
    ------
    ParameterError
        Unknown kind, or an infinite maturity.
    """
    if kind not in _KINDS:
        raise ParameterError(f"{kind!r} is no kind of maturity; there are {', '.join(_KINDS)}", "kind")
    remaining = numbers_within("years", years, -np.inf)
    floor = rules["credit.irb.maturity.floor"].number
    if kind in _DAYS:
        days = rules[f"credit.irb.maturity.floor_days.{kind}"].number
        floor = days / rules["credit.irb.maturity.days_per_year"].number
    result: Floats = np.clip(remaining, floor, rules["credit.irb.maturity.cap"].number)
    return result


def cash_flow_maturity(years: ArrayLike, cash_flows: ArrayLike, *, rules: RuleSet) -> Floats:
    """Return M of instruments with a cash flow schedule (Article 162(2)(a)): the mean time, 1 to 5 years.

    Parameters
    ----------
    years
        Shape (k,) or (n, k), when each flow is due.
    cash_flows
        Shape (n, k), principal, interest and fees contractually payable by the obligor; 0 where none.
    rules
        Those in force on the reference date.

    Returns
    -------
    Shape (n,), years.

    Raises
    ------
    ParameterError
        A negative time or flow, or an instrument without any flow.

    Notes
    -----
    The formula is a picture in the text at hand; it was read in the Basel Framework, CRE32.46 and CRE32.47.
    """
    times = numbers_within("years", years, 0)
    flows = numbers_within("cash_flows", cash_flows, 0)
    total = flows.sum(axis=-1)
    if (total == 0).any():
        raise ParameterError(
            f"cash_flows: {int((total == 0).sum())} instruments have none; use the remaining maturity "
            "(Article 162(2)(f))",
            "cash_flows",
        )
    return effective_maturity((times * flows).sum(axis=-1) / total, rules=rules)
