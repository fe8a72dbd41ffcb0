"""Where exposures are: the country of each line, and what is new in default, for templates C 09."""

from __future__ import annotations

import datetime
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plimsoll.units import cents

if TYPE_CHECKING:
    from plimsoll.simulation import Result

__all__ = ["named_countries", "quarter_before", "with_geography"]

_QUARTER_MONTHS = 3
_USER_ASSIGNED = "AA|Q[M-Z]|X[A-JL-Z]|ZZ"  # of ISO 3166-1; XK is Kosovo wherever it is used


def with_geography(lines: pd.DataFrame, result: Result) -> pd.DataFrame:
    """Return the lines with what templates C 09.01 and C 09.02 ask of each.

    Columns added
    -------------
    geography
        Whether the bank owes the breakdown: from a share of original exposures abroad on (ITS (EU) 2024/3117,
        Article 5(2); the two consecutive dates of Article 4(3) are the bank's to observe).
    reporting_country
        The obligor's country, or the bank's own for an asset that nobody owes; `other` for a code that is no
        country's (ISO 3166 leaves some to their users: ZZ for what is not broken down); missing where not owed.
    new_default
        In default since the last quarterly reference date; never where the book does not say since when.
    written_off, default_losses
        What was written off the exposure so far, and that with its adjustments; an exposure's first line has it.
    """
    home = result.book.entity.country
    named = named_countries(lines, home)
    abroad = lines["country"].replace("", home).ne(home)
    lines["geography"] = _owed(lines, abroad.to_numpy(np.bool_), result)
    lines["reporting_country"] = named.where(lines["geography"])
    book = result.book.tables["exposures"].set_index("exposure_id")
    since = book["default_date"].reindex(lines["exposure_id"]).to_numpy("datetime64[D]")
    begin = np.datetime64(quarter_before(result.book.reference_date))
    lines["new_default"] = lines["defaulted"].to_numpy(np.bool_) & ~np.isnat(since) & (since > begin)
    first = ~lines["exposure_id"].duplicated().to_numpy(np.bool_)
    written = book["written_off"].reindex(lines["exposure_id"]).fillna(0.0).to_numpy(np.float64)
    lines["written_off"] = np.where(first, written, 0.0)
    lines["default_losses"] = (cents(lines["provision"]) + cents(lines["written_off"])) / 100
    return lines


def named_countries(lines: pd.DataFrame, home: str) -> pd.Series:
    """Return the country of each line's sheet: the bank's own where nobody owes, `other` for a code of no country."""
    country = lines["country"].astype("str").replace("", home)
    return country.mask(country.str.fullmatch(_USER_ASSIGNED), "other")


def _owed(lines: pd.DataFrame, abroad: NDArray[np.bool_], result: Result) -> bool:
    counted = ~lines["deducted"].to_numpy(np.bool_)
    original = cents(lines["original_exposure"])
    total = int(original[counted].sum())
    share = result.rules["reporting.geography.abroad_share"].number
    return total > 0 and int(original[counted & abroad].sum()) >= share * total


def quarter_before(day: datetime.date) -> datetime.date:
    """Return the last day of the quarter before a reference date."""
    first = (day.month - 1) // _QUARTER_MONTHS * _QUARTER_MONTHS + 1
    return datetime.date(day.year, first, 1) - datetime.timedelta(days=1)
