"""Years between days, as Articles 47c and 64 CRR count them."""

from __future__ import annotations

import datetime

import numpy as np
from numpy.typing import NDArray

__all__ = ["full_years", "years_before"]

_FEBRUARY_29 = (2, 29)


def full_years(since: NDArray[np.datetime64], day: datetime.date) -> NDArray[np.int64]:
    """Return how many whole years have passed before a day: the year after the n-th anniversary is year n.

    Parameters
    ----------
    since
        Shape (n,), days.
    day
        The reference date. On an anniversary itself the year that it ends still runs, as the columns of
        template C 35.02 put it ("> 2 years, <= 3 years"). The anniversary of 29 February is 28 February in
        a common year.

    Returns
    -------
    Shape (n,), zero or more.
    """
    days = since.astype("datetime64[D]")
    years = days.astype("datetime64[Y]").astype(np.int64) + 1970
    month_days = (days - days.astype("datetime64[M]")).astype(np.int64) + 1
    months = days.astype("datetime64[M]").astype(np.int64) % 12 + 1
    anniversary_passed = (day.month > months) | ((day.month == months) & (day.day > month_days))
    passed = day.year - years - np.where(anniversary_passed, 0, 1)
    return np.maximum(passed, 0)


def years_before(day: datetime.date, years: int) -> datetime.date:
    """Return the day some years earlier; 28 February where there is no 29th."""
    if (day.month, day.day) == _FEBRUARY_29:
        day = day.replace(day=28)
    return day.replace(year=day.year - years)
