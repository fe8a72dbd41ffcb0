"""What the returns on leverage are filled from: the measure, its exposures, capital, and facts of the book."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import TYPE_CHECKING

import pandas as pd

from plimsoll.capital.leverage import COMPONENTS, given_components
from plimsoll.units import cents, round_to_cent

if TYPE_CHECKING:
    from plimsoll.simulation import Result

__all__ = ["LEVERAGE_SOURCES", "LEVERAGE_TOTALS"]

_ANSWERS = {"yes": "true", "no": "false"}


def _components(result: Result) -> pd.DataFrame:
    """Return the components of the measure; one that another system gives is there only if the book has it."""
    stated = set(result.tables["leverage_items"]["item"])
    table = result.leverage.components
    return table.loc[~table["component"].isin(given_components() - stated)].reset_index(drop=True)


def _capital(result: Result) -> pd.DataFrame:
    """Return Tier 1 capital and the requirements as amounts; nothing where there is no ratio."""
    leverage = result.leverage
    if leverage.missing:
        return pd.DataFrame({"line": pd.Series(dtype="str"), "amount": pd.Series(dtype=float)})
    lines = {"tier1": leverage.tier1, "tier1_fully_phased_in": leverage.tier1_fully_phased_in}
    if leverage.tier1 != leverage.tier1_fully_phased_in:
        lines["tier1_without_temporary_treatment"] = leverage.tier1_fully_phased_in
    below = 0.0
    for mark, level in zip(leverage.marks["mark"], leverage.marks["level"], strict=True):
        if mark != "minimum":
            lines[mark] = float(round_to_cent((level - below) * leverage.measure))
        below = level
    return pd.DataFrame({"line": pd.Series(list(lines), dtype="str"), "amount": list(lines.values())})


def _parts(result: Result) -> pd.DataFrame:
    parts = result.leverage.parts
    types = result.tables["counterparties"].set_index("counterparty_id")["counterparty_type"]
    kinds = parts["counterparty_id"].map(types).astype(object).fillna("")
    return parts.assign(counterparty_type=kinds.to_numpy())


def _items(result: Result) -> pd.DataFrame:
    """Return what the book's `leverage_items` say beside the components."""
    items = result.tables["leverage_items"][["item", "amount"]]
    return items.loc[~items["item"].isin(COMPONENTS)].sort_values("item", ignore_index=True)


def _days(result: Result) -> pd.DataFrame:
    return result.tables["securities_financing_days"].sort_values("day", ignore_index=True)


def _institution(result: Result) -> pd.DataFrame:
    facts = result.tables["institution_facts"].sort_values("fact", ignore_index=True)
    return facts.assign(answer=facts["value"].map(_ANSWERS).fillna(""))


def _before_deductions(result: Result) -> float | None:
    """Return the measure with deducted assets in it: what the breakdown by class must come to."""
    table = result.leverage.components
    counted = ~table["component"].str.startswith("deducted")
    return int(cents(table.loc[counted, "amount"].to_numpy(dtype=float)).sum()) / 100


def _unless_missing(read: Callable[[Result], float | None]) -> Callable[[Result], float | None]:
    return lambda result: None if result.leverage.missing else read(result)


LEVERAGE_SOURCES: Mapping[str, Callable[[Result], pd.DataFrame]] = {
    "leverage": _components,
    "leverage_capital": _capital,
    "leverage_parts": _parts,
    "leverage_items": _items,
    "leverage_days": _days,
    "leverage_marks": lambda result: result.leverage.marks,
    "institution": _institution,
}

LEVERAGE_TOTALS: Mapping[str, Callable[[Result], float | None]] = {
    "leverage_measure": _unless_missing(lambda result: result.leverage.measure),
    "leverage_measure_fully_phased_in": _unless_missing(
        lambda result: result.leverage.measure_fully_phased_in
    ),
    "leverage_tier1": _unless_missing(lambda result: result.leverage.tier1),
    "leverage_measure_before_deductions": _unless_missing(_before_deductions),
}
