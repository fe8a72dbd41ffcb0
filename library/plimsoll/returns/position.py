"""What a return is filled from: the simulation's tables, with the few facts of the book its rows ask for."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plimsoll.data import Entity
from plimsoll.errors import ReturnError
from plimsoll.returns.definitions import Where
from plimsoll.units import cents

if TYPE_CHECKING:
    from plimsoll.simulation import Result

__all__ = ["SOURCES", "Position", "amounts_of", "condensed", "entity_table", "matching", "position_of"]

SOURCES = ("lines", "own_funds", "requirements", "marks", "entity")

_WEIGHT_DECIMALS = 6
"""Weights and factors are equal when they agree to this many decimals: the law's have at most five."""


@dataclass(frozen=True)
class Position:
    """The tables, as the definitions name them; `entity` has one row, what is known of who reports."""

    lines: pd.DataFrame
    own_funds: pd.DataFrame
    requirements: pd.DataFrame
    marks: pd.DataFrame
    entity: pd.DataFrame

    def table(self, source: str) -> pd.DataFrame:
        """Return a table by the name a definition uses.

        Raises
        ------
        ReturnError
            There is no such table.
        """
        if source not in SOURCES:
            raise ReturnError(f"a definition reads {source}, which is none of {', '.join(SOURCES)}")
        found: pd.DataFrame = getattr(self, source)
        return found


def position_of(result: Result) -> Position:
    """Return what the templates read of a simulation's result.

    Two things are joined from the book: the property that secures a line (the memorandum items of C 07.00 ask
    for it whatever the line's class) and the approach behind an amount another system computed. Requirements
    are those amounts only: credit risk is in the lines, and a risk the book is silent about is no zero.
    """
    tables = result.book.tables
    pledged = tables["collateral"].set_index("exposure_id")
    lines = result.lines.reset_index(drop=True)
    held = pledged.reindex(lines["exposure_id"])
    lines["property_type"] = held["property_type"].fillna("none").to_numpy()
    exempt = held["ipre_exempt"].fillna(False) & held["income_producing"].fillna(False)
    lines["ipre_exempt"] = exempt.to_numpy(dtype=bool)
    raised = cents(lines["rwa_before_factors"]) - cents(lines["currency_mismatch_addition"])
    lines["rwa_before_mismatch"] = raised / 100
    amounts = tables["reported_amounts"].set_index("risk")
    given = result.requirements["risk"].isin(amounts.index)
    requirements = result.requirements[given].reset_index(drop=True)
    approach = amounts["approach"].reindex(requirements["risk"]) if "approach" in amounts else None
    requirements["approach"] = "" if approach is None else approach.fillna("").to_numpy()
    return Position(
        lines=lines,
        own_funds=result.own_funds.reset_index(drop=True),
        requirements=requirements,
        marks=result.marks.reset_index(drop=True),
        entity=entity_table(result.book.entity),
    )


def entity_table(entity: Entity) -> pd.DataFrame:
    """Return what the templates read of who reports: one row; an unknown accounting standard is empty."""
    return pd.DataFrame({"scope": [entity.scope], "accounting": [entity.accounting or ""]})


def matching(table: pd.DataFrame, where: tuple[Where, ...]) -> NDArray[np.bool_]:
    """Return which rows match every filter, shape (rows,).

    A filter maps a column to the value wanted, to a list of them, or to `{not = […]}`.

    Raises
    ------
    ReturnError
        The table has no such column.
    """
    chosen = np.ones(len(table), dtype=bool)
    for filters in where:
        for column, wanted in filters.items():
            if column not in table.columns:
                raise ReturnError(f"a definition filters on {column}, which the result does not have")
            chosen &= _matches(table[column], wanted)
    return chosen


def _matches(values: pd.Series, wanted: object) -> NDArray[np.bool_]:
    if isinstance(wanted, Mapping):
        return ~_matches(values, wanted["not"])
    options = wanted if isinstance(wanted, list) else [wanted]
    if pd.api.types.is_float_dtype(values.dtype):
        rounded = np.round(values.to_numpy(dtype=np.float64), _WEIGHT_DECIMALS)
        found: NDArray[np.bool_] = np.isin(
            rounded, np.round(np.array(options, dtype=np.float64), _WEIGHT_DECIMALS)
        )
        return found
    return values.isin(options).to_numpy(dtype=bool)


def amounts_of(table: pd.DataFrame, column: str) -> NDArray[np.int64]:
    """Return a column's amounts in whole cents, shape (rows,)."""
    if column not in table.columns:
        raise ReturnError(f"a definition measures {column}, which the result does not have")
    if pd.api.types.is_integer_dtype(table[column].dtype):
        return table[column].to_numpy(dtype=np.int64)  # condensed tables hold cents already
    return cents(table[column].to_numpy(dtype=np.float64))


def condensed(table: pd.DataFrame, filtered: list[str], measured: list[str]) -> pd.DataFrame:
    """Return one row per combination of the filtered columns, the measured columns summed in whole cents.

    Sums of whole cents are exact, so every cell is the same as from the rows themselves; a thousand rows
    stand for a million.
    """
    keys = {}
    for column in filtered:
        values = table[column]
        floats = pd.api.types.is_float_dtype(values.dtype)
        keys[column] = values.round(_WEIGHT_DECIMALS) + 0.0 if floats else values
    sums = {f"={column}": amounts_of(table, column) for column in measured}
    joined = pd.DataFrame({**keys, **sums})
    grouped = joined.groupby(filtered, dropna=False, observed=True, sort=True).sum().reset_index()
    return grouped.rename(columns={f"={column}": column for column in measured})
