"""How far internal ratings reach: every exposure by what weighs it, as template C 08.07 asks."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plimsoll.units import cents

if TYPE_CHECKING:
    from plimsoll.simulation import Result

__all__ = ["SCOPE_SOURCES"]

_INTERNAL = "irb_"
_PERMANENT = "permanent_partial_use"
_NEVER_RATED = {"equity": "equity", "ciu": "funds", "other_items": "other_assets"}
"""Classes that no rating weighs: the use of the standardised approach is permanent by law (Article 147(2))."""
_SOVEREIGN = ("central_government", "central_bank", "international_organisation")
_TREATED = {"regional_government": "regional_government", "public_sector_entity": "public_sector"}
_INSTITUTIONS = ("credit_institution", "investment_firm", "multilateral_development_bank")
_COLUMNS = [
    "exposure_id", "counterparty_id", "scope_class", "use", "is_sme", "slotting", "property_type",
    "exposure_value", "leverage_value",
]  # fmt: skip


def _scope(result: Result) -> pd.DataFrame:
    """Return what is weighed of a bank that rates internally, a row for each line; none for other banks.

    Columns
    -------
    exposure_id, counterparty_id, is_sme
        As in the lines.
    scope_class
        The class of Article 147(2) before protection moves anything; that of the obligor where the standardised
        approach weighs it.
    use
        `internal`, or why the standardised approach weighs it: `permanent_partial_use`, `roll_out`; empty where
        the book does not say.
    slotting
        Specialised lending by category (Article 153(5)).
    property_type
        The property that secures it, `none` without one.
    exposure_value
        Article 166, before protection; zero where the standardised approach weighs it.
    leverage_value
        Article 429(4), before protection.
    """
    lines = result.lines.reset_index(drop=True)
    rated = lines["original_class"].str.startswith(_INTERNAL).to_numpy(np.bool_)
    if not rated.any():
        return _typed(pd.DataFrame(columns=_COLUMNS))
    value = np.rint(
        cents(lines["original_exposure"]) * np.where(lines["on_balance"], 1.0, lines["ccf"].to_numpy())
    )
    book = result.book.tables
    approach = book["exposures"].set_index("exposure_id")["approach"].reindex(lines["exposure_id"])
    pledged = book["collateral"].set_index("exposure_id")["property_type"].reindex(lines["exposure_id"])
    scope = pd.DataFrame(
        {
            "exposure_id": lines["exposure_id"],
            "counterparty_id": lines["counterparty_id"],
            "scope_class": _classes(lines, rated, book["counterparties"]),
            "use": _uses(lines, rated),
            "is_sme": lines["is_sme"],
            "slotting": approach.eq("slotting").to_numpy(np.bool_),
            "property_type": pledged.fillna("none").to_numpy(),
            "exposure_value": np.where(rated, value / 100, 0.0),
            "leverage_value": result.leverage.parts["exposure"].to_numpy(np.float64)[: len(lines)],
        }
    )
    return _typed(scope[~lines["deducted"].to_numpy(np.bool_)].reset_index(drop=True))


def _typed(scope: pd.DataFrame) -> pd.DataFrame:
    numbers = dict.fromkeys(("exposure_value", "leverage_value"), "float64")
    flags = dict.fromkeys(("is_sme", "slotting"), "bool")
    return scope.astype({**dict.fromkeys(_COLUMNS, "str"), **numbers, **flags})[_COLUMNS]


def _uses(lines: pd.DataFrame, rated: NDArray[np.bool_]) -> NDArray[np.object_]:
    """Return what weighs each line, and under the standardised approach why."""
    said = np.where(lines["sa_class"].isin(_NEVER_RATED), _PERMANENT, lines["sa_use"].astype(object))
    return np.where(rated, "internal", said)


def _classes(
    lines: pd.DataFrame, rated: NDArray[np.bool_], counterparties: pd.DataFrame
) -> NDArray[np.object_]:
    """Return the class that each exposure has, or would have, under internal ratings."""
    own = lines["original_class"].str.removeprefix(_INTERNAL).astype(object)
    never = lines["sa_class"].map(_NEVER_RATED).astype(object)
    obligors = counterparties.set_index("counterparty_id").reindex(lines["counterparty_id"])
    kind = obligors["counterparty_type"].astype(object).fillna("other").to_numpy()
    treated = obligors["treated_as_government"].fillna(False).to_numpy(np.bool_)
    mortgage = lines["sa_class"].str.startswith("real_estate_residential").to_numpy(np.bool_)
    retail = (kind == "natural_person") | lines["sa_class"].eq("retail").to_numpy(np.bool_)
    zero = lines["rule_id"].eq("credit.sa.development_bank.listed").to_numpy(np.bool_)
    found = np.select(
        [
            np.isin(kind, _SOVEREIGN) | (zero & (kind == "multilateral_development_bank")),
            np.isin(kind, list(_TREATED)) & treated,
            np.isin(kind, list(_TREATED)),
            np.isin(kind, _INSTITUTIONS),
            lines["sa_class"].isin(["corporates_specialised_lending", "adc"]).to_numpy(np.bool_) & ~retail,
            retail & mortgage,
            retail,
        ],
        [
            "sovereign",
            "sovereign",
            pd.Series(kind).map(_TREATED).fillna("").to_numpy(),
            "institution",
            "specialised_lending",
            "retail_mortgage",
            "retail_other",
        ],
        "corporate",
    )
    return np.where(rated, own, np.where(never.isna(), found, never))


SCOPE_SOURCES: Mapping[str, Callable[[Result], pd.DataFrame]] = {"irb_scope": _scope}
"""What makes the table."""
