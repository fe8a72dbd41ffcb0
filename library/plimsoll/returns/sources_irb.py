"""The lines weighed by internal ratings, as templates C 08 and C 09.02 ask for them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plimsoll.returns.sources_geography import with_geography
from plimsoll.returns.sources_protection import with_origin

if TYPE_CHECKING:
    from plimsoll.simulation import Result

__all__ = ["IRB_SOURCES", "pd_ranges"]

_PD_EDGES = (0.0010, 0.0015, 0.0025, 0.0050, 0.0075, 0.0175, 0.025, 0.05, 0.10, 0.20, 0.30, 1.0)
_PD_ROWS = (
    "0020",
    "0030",
    "0040",
    "0050",
    "0060",
    "0080",
    "0090",
    "0110",
    "0120",
    "0140",
    "0150",
    "0160",
    "0170",
)
"""The rows of the finest PD ranges of C 08.03, each up to its edge; a PD of one is default."""
_DAYS = 365.0
_DEFAULTED = 5
_RETAIL = ("retail_mortgage", "retail_qrre", "retail_other")
_SPECIALISED = {
    "object_finance": "object_finance",
    "commodity_finance": "commodity_finance",
    "project_pre_operational": "project_finance",
    "project_operational": "project_finance",
    "project_operational_high_quality": "project_finance",
}


def _irb_lines(result: Result) -> pd.DataFrame:
    """Return the lines that are weighed by internal ratings or came from there, with what the templates ask.

    Columns beside those of the lines
    ---------------------------------
    weighed, came
        Whether a line is weighed by internal ratings, and whether its exposure was before protection moved it.
    own_estimates
        Whether LGD or conversion factor is the bank's own (the advanced approach).
    graded
        Assigned to a grade or pool: not a slotting category.
    grade, origin_grade, origin_graded
        The grade's number, from the least risky on: one for each PD; that of the obligor where protection gives
        the line its provider's.
    pd_range
        The row of C 08.03.
    rated_unit
        What was rated: the obligor, or in the retail class the exposure (Article 172 and Article 173(2)).
    maturity_days
        The maturity in days.
    short, category
        Of a slotting category: whether the weight of a remaining maturity below 2.5 years applies, and the category,
        which is 5 in default (Article 153(5)).
    property, property_income
        Kind of the property that secures it, `none` without one, and whether repayment depends on its income (IPRE;
        Article 4(1), point (75b)), exempted from its weights or not.
    on_property
        Secured by immovable property, residential or not.
    specialised_lending
        Kind of specialised lending; `real_estate` where the book names none.
    """
    lines = with_origin(with_geography(result.lines.reset_index(drop=True), result), result)
    held = (lines["approach"] != "standardised") | (lines["origin_approach"] == "rated")
    rated = lines[held & ~lines["deducted"]].reset_index(drop=True)
    rated["weighed"] = rated["approach"] != "standardised"
    rated["came"] = rated["origin_approach"] == "rated"
    rated["own_estimates"] = rated["approach"] == "advanced"
    rated["graded"] = rated["approach"].isin(["foundation", "advanced"])
    probabilities = rated["pd"].where(rated["graded"]).to_numpy(np.float64)
    own = _own_probabilities(rated, probabilities, result)
    known = np.unique(np.concatenate([probabilities, own]))
    rated["grade"], rated["origin_grade"] = _grades(probabilities, known), _grades(own, known)
    rated["origin_graded"] = rated["origin_grade"] > 0
    rated["pd_range"] = pd_ranges(probabilities)
    retail = rated["irb_class"].isin(_RETAIL)
    rated["rated_unit"] = rated["exposure_id"].where(retail, rated["counterparty_id"])
    rated["maturity_days"] = rated["maturity"] * _DAYS
    rated["short"] = rated["rule_id"] == "credit.irb.slotting.weight_short"
    rated["category"] = rated["slotting_category"].where(~rated["defaulted"], _DEFAULTED)
    pledged = result.book.tables["collateral"].set_index("exposure_id").reindex(rated["exposure_id"])
    rated["property"] = pledged["property_type"].astype(object).fillna("none").astype("str").to_numpy()
    rated["property_income"] = pledged["income_producing"].fillna(False).to_numpy(np.bool_)
    residential = rated["irb_class"].eq("retail_mortgage") | rated["origin_class"].eq("retail_mortgage")
    rated["on_property"] = residential | rated["property"].ne("none")
    book = result.book.tables["exposures"].set_index("exposure_id")
    kind = book["specialised_lending"].reindex(rated["exposure_id"])
    rated["specialised_lending"] = kind.map(_SPECIALISED).fillna("real_estate").astype("str").to_numpy()
    return rated


def _own_probabilities(
    rated: pd.DataFrame, probabilities: NDArray[np.float64], result: Result
) -> NDArray[np.float64]:
    """Return the PD of the obligor, also where a line has its protection provider's."""
    book = result.book.tables["exposures"].set_index("exposure_id")["pd"]
    stated = book.reindex(rated["exposure_id"]).to_numpy(np.float64)
    covered = (rated["protection_id"] != "").to_numpy(np.bool_)
    lowest = np.nanmin(probabilities, initial=1.0)  # an obligor's own PD has the floors of the others
    return np.where(covered, np.maximum(stated, lowest), probabilities)


def _grades(probabilities: NDArray[np.float64], known: NDArray[np.float64]) -> NDArray[np.int64]:
    """Return the number of each PD among all known, from the smallest; 0 where there is none."""
    return np.where(np.isnan(probabilities), 0, np.searchsorted(known, probabilities) + 1)


def pd_ranges(probabilities: NDArray[np.float64]) -> NDArray[np.str_]:
    """Return the row of the finest range that each PD is in, in templates C 08.03 and C 08.05; empty without a PD."""
    at = np.searchsorted(np.array(_PD_EDGES), np.nan_to_num(probabilities), side="right")
    return np.where(np.isnan(probabilities), "", np.array(_PD_ROWS)[at])


IRB_SOURCES: Mapping[str, Callable[[Result], pd.DataFrame]] = {"irb_lines": _irb_lines}
"""What makes the table."""
