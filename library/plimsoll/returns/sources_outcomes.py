"""How those that were rated fared in the year after, as template C 08.05 asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from plimsoll.returns.sources_irb import pd_ranges

if TYPE_CHECKING:
    from plimsoll.simulation import Result

__all__ = ["OUTCOME_SOURCES"]

_YEARS = 5
_MILLIONTHS = 1_000_000


def _outcomes(result: Result) -> pd.DataFrame:
    """Return the outcomes of the years that are over on the reference date, the last five of them.

    Columns beside those of the book
    --------------------------------
    own_estimates
        The advanced approach.
    on_property
        In the retail class secured by immovable property, residential or not.
    pd_range
        The row of the finest range, as in template C 08.03.
    latest
        Of the last year that is over.
    averaged
        Whether it counts for the average of five years: all of a book that has five, else none.
    millionths
        A million for each obligor: the weight of its PD, so that the average keeps six decimals.
    """
    rows = result.tables["rating_outcomes"].sort_values("outcome_id", ignore_index=True)
    begins = pd.to_datetime(rows["year_end"])
    over = begins + pd.DateOffset(years=1) <= pd.Timestamp(result.book.reference_date)
    years = np.sort(begins[over].unique())[-_YEARS:]
    held = rows[begins.isin(years).to_numpy(np.bool_)].reset_index(drop=True)
    held["year_end"] = pd.to_datetime(held["year_end"]).dt.strftime("%Y-%m-%d").astype("str")
    held["own_estimates"] = held["approach"] == "advanced"
    held["on_property"] = held["secured_by_property"] | held["irb_class"].eq("retail_mortgage")
    held["pd_range"] = pd.array(pd_ranges(held["pd"].to_numpy(np.float64)), dtype="str")
    held["latest"] = held["year_end"] == held["year_end"].max()
    held["averaged"] = len(years) == _YEARS
    for name in ("obligors", "defaulted"):
        held[name] = held[name].to_numpy(np.float64)
    held["millionths"] = held["obligors"] * _MILLIONTHS
    return held


def _years(result: Result) -> pd.DataFrame:
    """Return how many years of outcomes a bank with grades or pools has: `none`, `some` or `enough`; one row."""
    if not result.lines["approach"].isin(["foundation", "advanced"]).any():
        return pd.DataFrame({"years": pd.Series(dtype="str")})
    held = _outcomes(result)
    word = "none" if held.empty else "enough" if held["averaged"].any() else "some"
    return pd.DataFrame({"years": [word]})


OUTCOME_SOURCES: Mapping[str, Callable[[Result], pd.DataFrame]] = {
    "rating_outcomes": _outcomes,
    "rating_years": _years,
}
"""What makes each table."""
