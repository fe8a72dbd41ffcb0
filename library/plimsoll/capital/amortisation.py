"""What an own funds instrument of Tier 2 still counts in its final years (Article 64 CRR)."""

from __future__ import annotations

import datetime
from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

from plimsoll.capital.calendar_years import years_before
from plimsoll.rules import RuleSet

__all__ = ["AMORTISATION_RULE", "recognised_share"]

AMORTISATION_RULE = "capital.tier2.amortisation_years"


def recognised_share(
    maturities: Sequence[datetime.date | None], day: datetime.date, rules: RuleSet
) -> NDArray[np.float64]:
    """Return the share of each instrument that counts as Tier 2, shape (n,).

    One up to the first day of the final five years (and for a perpetual instrument, None); then the days left
    over the days of that period; nothing once it is due.
    """
    years = int(rules[AMORTISATION_RULE].number)
    return np.array([_share(maturity, day, years) for maturity in maturities], dtype=np.float64)


def _share(maturity: datetime.date | None, day: datetime.date, years: int) -> float:
    if maturity is None:
        return 1.0
    period = (maturity - years_before(maturity, years)).days
    left = (maturity - day).days
    return min(max(left / period, 0.0), 1.0)
