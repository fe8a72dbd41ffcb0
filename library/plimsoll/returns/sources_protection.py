"""Where an exposure came from before credit protection moved it, for templates C 07.00 and C 08."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd

from plimsoll.units import cents

if TYPE_CHECKING:
    from plimsoll.simulation import Result

__all__ = ["with_origin"]

_RATED = "irb_"


def with_origin(lines: pd.DataFrame, result: Result) -> pd.DataFrame:
    """Return the lines with where each came from before protection.

    Columns added
    -------------
    origin_approach, origin_class
        `standardised` and the class there, or `rated` and the class of internal ratings, which the part of a
        line that a provider covers leaves; those of the line itself where nothing covers it.
    origin_own_estimates
        Whether the exposure it came from is weighed with own estimates.
    collateral_adjustments
        What volatility, currency and maturity take off the collateral's value.
    """
    original = lines["original_class"]
    rated = original.str.startswith(_RATED)
    lines["origin_approach"] = np.where(rated, "rated", "standardised")
    lines["origin_class"] = original.str.removeprefix(_RATED)
    approach = result.book.tables["exposures"].set_index("exposure_id")["approach"]
    lines["origin_own_estimates"] = approach.reindex(lines["exposure_id"]).eq("advanced").to_numpy(np.bool_)
    taken = cents(lines["collateral_value"]) - cents(lines["collateral_adjusted"])
    lines["collateral_adjustments"] = taken / 100
    return lines
