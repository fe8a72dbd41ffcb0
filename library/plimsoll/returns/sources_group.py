"""The entities of a group: what each reports by itself and adds to the whole, as templates C 06.01 and C 06.02 ask."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plimsoll.errors import ReturnError
from plimsoll.units import cents, round_to_cent

if TYPE_CHECKING:
    from plimsoll.simulation import Result

__all__ = ["GROUP_SOURCES"]

_SCOPES = {"full": "SF", "partial": "SP"}
_RISKS = {
    "credit_sa": "credit",
    "credit_irb": "credit",
    "settlement": "credit",
    "counterparty_credit": "credit",
    "securitisation": "credit",
    "market": "market",
    "large_exposures_trading": "market",
    "operational": "operational",
}
"""Risks by the columns they stand in; what is none of them, and the floor's adjustment, is another risk."""
_INCLUDED = {
    "minority_interest": "minority_included",
    "at1_subsidiaries": "at1_included",
    "t2_subsidiaries": "tier2_included",
}
"""Lines of own funds to which what others own of subsidiaries adds."""
_OWNED = {
    "cet1_owned_by_others": "cet1_qualifying",
    "tier1_owned_by_others": "tier1_qualifying",
    "own_funds_owned_by_others": "own_funds_qualifying",
    "cet1_items": "cet1_related",
    "tier1_items": "tier1_related",
    "own_funds_items": "own_funds_related",
}
_BUFFERS = ("conservation", "countercyclical", "macroprudential", "systemic_risk", "g_sii", "o_sii")
_CONSOLIDATED = "CON"


def _entities(result: Result) -> pd.DataFrame:
    """Return the entities of a consolidated book's group, a row for each; none of an individual one's.

    Columns beside those of the book
    --------------------------------
    code, code_type
        What names the row: its LEI (`lei`), or without one its national code (`national`).
    scope
        `SF` or `SP`: fully or partially consolidated.
    cet1_qualifying, tier1_qualifying, own_funds_qualifying, cet1_related, tier1_related, own_funds_related
        Of `subsidiaries`: what others own, and the items of the subsidiary; missing where nobody else owns part.
    minority_included, at1_included, tier2_included
        What of that the group's own funds include (Articles 84, 85 and 87).
    combined_buffer
        Its part of the combined buffer: the sum of its buffers, of those for G-SIIs and O-SIIs the higher one.
    *_contribution, *_buffer
        Of the parent what the other entities leave of the group's totals.

    Raises
    ------
    ReturnError
        There is not exactly one parent, or an entity has no code.
    """
    rows = result.tables["group_entities"].reset_index(drop=True)
    known = not np.isnan(
        result.ratios.get("cet1_ratio", np.nan)
    )  # without own funds or exposures nothing is a part
    if result.book.entity.scope != _CONSOLIDATED or not known:
        rows = rows.iloc[:0]
    if rows.empty:
        return _typed(rows)
    if rows["parent"].sum() != 1:
        raise ReturnError(f"group_entities has {int(rows['parent'].sum())} parents: a group has one")
    unnamed = rows.loc[rows["lei"].isna() & rows["national_code"].isna(), "entity_id"]
    if len(unnamed):
        raise ReturnError(f"group_entities: {', '.join(unnamed)} has neither an LEI nor a national code")
    return _typed(_with_remainder(rows, _totals(result)), result)


def _totals(result: Result) -> dict[str, int]:
    """Return what the group's own totals are, in whole cents, by the column that entities add to them."""
    risks = result.requirements
    parts = pd.Series(cents(risks["amount"].to_numpy(np.float64))).groupby(
        risks["risk"].map(_RISKS).fillna("other").to_numpy()
    )
    totals = {f"{name}_contribution": int(amount) for name, amount in parts.sum().items()}
    known = sum(totals.values())
    ratios = {name: int(cents([result.ratios[name]])[0]) for name in ("rwa", "cet1", "tier1", "own_funds")}
    totals["other_contribution"] = totals.get("other_contribution", 0) + ratios["rwa"] - known
    totals["cet1_contribution"] = ratios["cet1"]
    totals["at1_contribution"] = ratios["tier1"] - ratios["cet1"]
    totals["tier2_contribution"] = ratios["own_funds"] - ratios["tier1"]
    beside = dict(zip(result.memorandum["item"], result.memorandum["amount"], strict=True))
    for name in _BUFFERS:
        totals[f"{name}_buffer"] = int(cents([beside.get(f"buffer_{name}", 0.0)])[0])
    return totals


def _with_remainder(rows: pd.DataFrame, totals: dict[str, int]) -> pd.DataFrame:
    """Return the entities, with what the others leave of each total as the parent's."""
    filled = rows.copy()
    parent = filled["parent"].to_numpy(np.bool_)
    for column, total in totals.items():
        others = int(cents(filled.loc[~parent, column].to_numpy(np.float64)).sum())
        filled.loc[parent, column] = (total - others) / 100
    return filled


def _typed(rows: pd.DataFrame, result: Result | None = None) -> pd.DataFrame:
    """Return the entities with the columns that the templates read beside the book's."""
    held = rows.copy()
    named = held["lei"].notna()
    held["code"] = held["lei"].where(named, held["national_code"])
    held["code_type"] = pd.Series(np.where(named, "lei", "national"), index=held.index, dtype="str")
    held["scope"] = held["consolidation"].map(_SCOPES)
    higher = np.maximum(held["g_sii_buffer"], held["o_sii_buffer"])
    summed = held[[f"{name}_buffer" for name in _BUFFERS[:4]]].sum(axis=1)
    held["combined_buffer"] = round_to_cent((summed + higher).to_numpy(np.float64))
    for column, values in _owned_by_others(held["subsidiary_id"], result).items():
        held[column] = values
    held["partly_owned"] = held["subsidiary_id"].notna()
    held["at1_qualifying"] = round_to_cent((held["tier1_qualifying"] - held["cet1_qualifying"]).to_numpy())
    held["tier2_qualifying"] = round_to_cent(
        (held["own_funds_qualifying"] - held["tier1_qualifying"]).to_numpy()
    )
    layers = held[["cet1_contribution", "at1_contribution", "tier2_contribution"]].sum(axis=1)
    held["own_funds_contribution"] = round_to_cent(layers.to_numpy(np.float64))
    for told, column in (("has_result", "result_contribution"), ("has_goodwill", "goodwill_contribution")):
        held[told] = held[column].notna()
        held[column] = held[column].fillna(0.0)
    return held


def _owned_by_others(subsidiaries: pd.Series, result: Result | None) -> dict[str, NDArray[np.float64]]:
    """Return what others own of each entity and what of it counts, by column; zero where they own nothing."""
    nothing = np.zeros(len(subsidiaries))
    if result is None:
        return dict.fromkeys((*_OWNED.values(), *_INCLUDED.values()), nothing)
    table = result.tables["subsidiaries"].set_index("subsidiary_id")
    owned = {name: table[column].reindex(subsidiaries).fillna(0.0) for column, name in _OWNED.items()}
    parts = result.own_funds_parts
    of_them = parts[parts["origin"] == "subsidiaries"]
    for line, name in _INCLUDED.items():
        by_entity = of_them[of_them["line"] == line].groupby("origin_id")["amount"].sum()
        owned[name] = by_entity.reindex(subsidiaries).fillna(0.0)
    return {name: values.to_numpy(np.float64) for name, values in owned.items()}


def _state(result: Result) -> pd.DataFrame:
    """Return whether a consolidated book says who is in the group: `yes` or `no`; no row of an individual book."""
    if result.book.entity.scope != _CONSOLIDATED:
        return pd.DataFrame({"entities": pd.Series(dtype="str")})
    return pd.DataFrame({"entities": ["yes" if len(result.tables["group_entities"]) else "no"]})


GROUP_SOURCES: Mapping[str, Callable[[Result], pd.DataFrame]] = {
    "group_entities": _entities,
    "group_state": _state,
}
"""What makes each table."""
