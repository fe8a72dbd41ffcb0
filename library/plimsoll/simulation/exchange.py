"""Exchanges part of one book's tables for another's, so that the effect of that part can be seen alone."""

from __future__ import annotations

from collections.abc import Callable, Mapping

import numpy as np
import pandas as pd

from plimsoll.data.schema import read_schema

__all__ = ["Frames", "only_in_first", "with_business", "with_columns", "with_protection"]

Frames = Mapping[str, pd.DataFrame]
"""Tables of a book by name."""

_EXPOSURES, _COUNTERPARTIES = "exposures", "counterparties"
_EXPOSURE_ID, _COUNTERPARTY_ID = "exposure_id", "counterparty_id"


def _tied() -> dict[str, str]:
    """Return each table whose rows belong to an exposure, with the column that says which."""
    return {
        name: column.name
        for name, table in read_schema().items()
        for column in table.columns.values()
        if column.references == (_EXPOSURES, _EXPOSURE_ID)
    }


def only_in_first(given: Frames, wanted: Frames) -> Frames:
    """Return the first tables without the exposures that the second lack, and what is tied to them.

    Counterparties that only the second tables have are there already: who owes nothing changes nothing.
    """
    exposures = given[_EXPOSURES]
    kept = exposures.loc[exposures[_EXPOSURE_ID].isin(wanted[_EXPOSURES][_EXPOSURE_ID])]
    now = {**given, _EXPOSURES: kept}
    now |= {name: _tied_to(given[name], column, kept) for name, column in _tied().items()}
    return {**now, _COUNTERPARTIES: _with_rows(given[_COUNTERPARTIES], wanted[_COUNTERPARTIES])}


def with_columns(now: Frames, wanted: Frames, is_mine: Callable[[str], bool]) -> Frames:
    """Return tables with the wanted values in the columns (`table.column`) asked for; themselves if none differs."""
    changed: dict[str, pd.DataFrame] = {}
    for name in (_EXPOSURES, _COUNTERPARTIES):
        key = read_schema()[name].key
        columns = [
            column for column in read_schema()[name].columns if column != key and is_mine(f"{name}.{column}")
        ]
        frame = _exchanged(now[name], wanted[name], key, columns)
        if not frame.equals(now[name]):
            changed[name] = frame
    return {**now, **changed} if changed else now


def with_protection(now: Frames, wanted: Frames) -> Frames:
    """Return tables with what secures the exposures of the first as the second have it; themselves if the same."""
    changed = {}
    for name, column in _tied().items():
        frame = _tied_to(wanted[name], column, now[_EXPOSURES])
        if not _same_rows(frame, now[name], read_schema()[name].key):
            changed[name] = frame
    return {**now, **changed} if changed else now


def with_business(now: Frames, wanted: Frames) -> Frames:
    """Return tables with every exposure of the second, who owes it and what secures it."""
    exchanged = (_EXPOSURES, _COUNTERPARTIES, *_tied())
    counterparties = _with_rows(wanted[_COUNTERPARTIES], now[_COUNTERPARTIES])
    return {**now, **{name: wanted[name] for name in exchanged}, _COUNTERPARTIES: counterparties}


def _tied_to(frame: pd.DataFrame, column: str, exposures: pd.DataFrame) -> pd.DataFrame:
    return frame.loc[frame[column].isin(exposures[_EXPOSURE_ID]) | frame[column].isna()]


def _with_rows(frame: pd.DataFrame, other: pd.DataFrame) -> pd.DataFrame:
    more = other.loc[~other[_COUNTERPARTY_ID].isin(frame[_COUNTERPARTY_ID])]
    return frame if more.empty else pd.concat([frame, more], ignore_index=True)


def _same_rows(one: pd.DataFrame, other: pd.DataFrame, key: str) -> bool:
    return one.sort_values(key, ignore_index=True).equals(other.sort_values(key, ignore_index=True))


def _exchanged(now: pd.DataFrame, wanted: pd.DataFrame, key: str, columns: list[str]) -> pd.DataFrame:
    """Return a frame with another's values in some columns, on the rows that both have."""
    place = pd.Index(wanted[key]).get_indexer(pd.Index(now[key]))
    both = np.flatnonzero(place >= 0)
    exchanged = now.copy()
    for column in columns:
        values = now[column].array.copy()
        values[both] = wanted[column].array[place[both]]
        exchanged[column] = pd.Series(values, index=now.index)
    return exchanged
