"""Reads columns of a book's tables as arrays: words as numbers, amounts and flags, what an obligor lends to rows."""

from __future__ import annotations

from typing import TypeVar

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = [
    "ABSENT",
    "Bools",
    "Codes",
    "Floats",
    "Ints",
    "codes",
    "encoded",
    "flags",
    "numbers",
    "of_row",
    "places",
    "said",
    "text",
    "whole",
]

Codes = NDArray[np.int16]
Bools = NDArray[np.bool_]
Ints = NDArray[np.int64]
Floats = NDArray[np.float64]

ABSENT = -1
_MANY = 4
Scalar = TypeVar("Scalar", bound=np.generic)


def text(series: pd.Series | pa.Array) -> pa.Array:
    """Return a column as an Arrow array of text."""
    if isinstance(series, pa.Array):
        return series
    array = pa.array(series, pa.string(), from_pandas=True)
    return array.combine_chunks() if isinstance(array, pa.ChunkedArray) else array


def codes(series: pd.Series, words: tuple[str, ...]) -> Codes:
    """Return the place of each word among `words`, -1 where it is missing."""
    found = pc.index_in(text(series), value_set=pa.array(words, pa.string()))
    return np.asarray(pc.fill_null(found, ABSENT)).astype(np.int16)


def places(series: pd.Series | pa.Array, keys: pd.Series | pa.Array) -> Ints:
    """Return the row of each value among the keys of another table, -1 where it is missing."""
    values, known = text(series), text(keys)
    if len(known) < _MANY * len(values):
        return _index_in(values, known)
    # Few values among many keys: look the keys up among the values, which is the smaller index to build.
    wanted = pc.unique(values)
    at = _index_in(known, wanted)
    rows = np.flatnonzero(at != ABSENT)[::-1]
    first = np.full(len(wanted), ABSENT, dtype=np.int64)
    first[at[rows]] = rows  # the first of several rows is written last
    found = _index_in(values, wanted)
    return np.where(found == ABSENT, ABSENT, first[found]) if len(wanted) else found


def _index_in(values: pa.Array, known: pa.Array) -> Ints:
    found = pc.index_in(values, value_set=known, skip_nulls=True)
    return np.asarray(pc.fill_null(found, ABSENT)).astype(np.int64)


def encoded(array: pa.Array) -> tuple[Codes, tuple[str, ...]]:
    """Return the place of each word among all that occur, sorted, and those words."""
    words = pc.unique(array).drop_null()
    words = words.take(pc.sort_indices(words))
    found = pc.fill_null(pc.index_in(array, value_set=words, skip_nulls=True), ABSENT)
    return np.asarray(found).astype(np.int16), tuple(words.to_pylist())


def numbers(series: pd.Series, absent: float) -> Floats:
    """Return a column as floats, `absent` where a value is missing."""
    return series.to_numpy(np.float64, na_value=absent)


def whole(series: pd.Series, absent: int) -> Ints:
    """Return a column as whole numbers, `absent` where a value is missing."""
    return series.to_numpy(np.float64, na_value=absent).astype(np.int64)


def flags(series: pd.Series) -> Bools:
    """Return a column of true and false."""
    return series.to_numpy(np.bool_)


def said(series: pd.Series) -> Codes:
    """Return a column of true and false as 1 and 0, -1 where it says neither."""
    return series.to_numpy(np.float64, na_value=ABSENT).astype(np.int16)


def of_row(values: NDArray[Scalar], obligor: Ints, absent: float = ABSENT) -> NDArray[Scalar]:
    """Return what each row's obligor (or other row of another table) has, `absent` where it has none."""
    if not len(values):
        return np.full(len(obligor), absent, dtype=values.dtype)
    result: NDArray[Scalar] = np.where(
        obligor == ABSENT, np.array(absent, dtype=values.dtype), values[obligor]
    )
    return result
