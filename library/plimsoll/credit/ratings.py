"""What the bank's own ratings say of each exposure: approach, class, PD, LGD and the like, as arrays."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from plimsoll.credit.reading import Bools, Codes, Floats, Ints, codes, flags, numbers, of_row, text, whole
from plimsoll.credit.vocabulary import APPROACHES, IRB_CLASSES, USES

__all__ = ["STANDARDISED", "Ratings", "read_ratings"]

STANDARDISED, FOUNDATION, ADVANCED, SLOTTING = range(len(APPROACHES))
_NO_DATE = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Ratings:
    """Internal ratings of exposures, shape (n,) throughout; NaN (or -1 for codes, 0 for `category`) is absent.

    `approach`, `irb_class` and `use` number `APPROACHES`, `IRB_CLASSES` and `USES`. `due` is the day the
    exposure ends, in days since 1970, the lowest integer where it does not. `turnover` is the annual sales of the
    obligor's group in currency units.
    """

    approach: Codes
    use: Codes
    irb_class: Codes
    grade: pa.Array
    pd: Floats
    lgd: Floats
    elbe: Floats
    ccf: Floats
    maturity: Floats
    category: Codes
    due: Ints
    turnover: Floats
    large_financial: Bools

    @property
    def internal(self) -> Bools:
        """Where an internal rating weighs the exposure."""
        result: Bools = self.approach != STANDARDISED
        return result

    @property
    def endless(self) -> Bools:
        """Where the exposure has no end."""
        result: Bools = self.due == _NO_DATE
        return result

    def years_left(self, day: np.datetime64) -> Floats:
        """Return the years from a day to the end of each exposure, NaN where it has none, shape (n,)."""
        days = self.due - day.astype("datetime64[D]").astype(np.int64)
        result: Floats = np.where(self.due == _NO_DATE, np.nan, days / 365.25)
        return result


def read_ratings(exposures: pd.DataFrame, parties: pd.DataFrame, obligor: Ints) -> Ratings:
    """Return the internal ratings of a book's exposures.

    Parameters
    ----------
    exposures, parties
        Tables `exposures` and `counterparties` of the book.
    obligor
        Shape (n,), row of each exposure's obligor, -1 where there is none.
    """
    turnover = parties["group_turnover"].fillna(parties["turnover"])
    days = exposures["maturity_date"].to_numpy("datetime64[D]")
    due = np.where(np.isnat(days), _NO_DATE, days.astype(np.int64))
    return Ratings(
        approach=codes(exposures["approach"], APPROACHES),
        use=codes(exposures["sa_use"], USES),
        irb_class=codes(exposures["irb_class"], IRB_CLASSES),
        grade=text(exposures["rating_grade"]).fill_null(""),
        pd=numbers(exposures["pd"], np.nan),
        lgd=numbers(exposures["lgd"], np.nan),
        elbe=numbers(exposures["elbe"], np.nan),
        ccf=numbers(exposures["own_ccf"], np.nan),
        maturity=numbers(exposures["effective_maturity"], np.nan),
        category=whole(exposures["slotting_category"], 0).astype(np.int16),
        due=due,
        turnover=of_row(numbers(turnover, np.nan), obligor, np.nan),
        large_financial=of_row(flags(parties["large_financial"]), obligor, False),
    )
