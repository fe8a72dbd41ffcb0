"""The tables a return is filled from, and how definitions select and measure their rows."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plimsoll.errors import ReturnError
from plimsoll.returns.definitions import Where
from plimsoll.units import cents

__all__ = ["Position", "Rows", "amounts_of", "condensed", "matching"]

_WEIGHT_DECIMALS = 6
"""Weights and factors are equal when they agree to this many decimals: the law's have at most five."""


@dataclass(frozen=True)
class Position:
    """The tables by the names that definitions use (`plimsoll.returns.sources` makes them)."""

    tables: Mapping[str, pd.DataFrame]

    def table(self, source: str) -> pd.DataFrame:
        """Return a table by the name a definition uses.

        Raises
        ------
        ReturnError
            There is no such table.
        """
        if source not in self.tables:
            raise ReturnError(f"a definition reads {source}, which is none of {', '.join(self.tables)}")
        return self.tables[source]

    def replace(self, **tables: pd.DataFrame) -> Position:
        """Return the position with other tables in place of some of its own."""
        return Position(MappingProxyType({**self.tables, **tables}))


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


class Rows:
    """Which rows of a position a cell measures: each filter and each measured column is worked out once."""

    def __init__(self, position: Position) -> None:
        self._position = position
        self._matches: dict[tuple[str, str, str], NDArray[np.bool_]] = {}
        self._amounts: dict[tuple[str, str], NDArray[np.int64]] = {}

    def matching(self, source: str, where: tuple[Where, ...]) -> NDArray[np.intp]:
        """Return the places of the rows that match every filter, as `matching` does."""
        table = self._position.table(source)
        chosen = np.ones(len(table), dtype=bool)
        for filters in where:
            for column, wanted in filters.items():
                key = (source, column, repr(wanted))
                if key not in self._matches:
                    self._matches[key] = matching(table, ({column: wanted},))
                chosen &= self._matches[key]
        return np.flatnonzero(chosen)

    def amounts(self, source: str, column: str) -> NDArray[np.int64]:
        """Return a column's amounts in whole cents, as `amounts_of` does, shape (rows,)."""
        if (source, column) not in self._amounts:
            self._amounts[source, column] = amounts_of(self._position.table(source), column)
        return self._amounts[source, column]


def amounts_of(table: pd.DataFrame, column: str) -> NDArray[np.int64]:
    """Return a column's amounts in whole cents, shape (rows,); `pd*ead` is the product of two columns."""
    first, times, second = column.partition("*")
    if times and column not in table.columns:
        products = amounts_of(table, second) * table[first].to_numpy(dtype=np.float64)
        whole: NDArray[np.int64] = np.rint(np.nan_to_num(products)).astype(np.int64)
        return whole
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
