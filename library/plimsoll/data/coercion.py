"""A column of any origin becomes the Arrow array its schema asks for; what does not fit is reported.

Everything arrives as an Arrow array, so Parquet, CSV text and every pandas dtype take the same path. Text is
parsed strictly and independently of locale: `.` decimals, ISO dates, `true` and `false`.
"""

from __future__ import annotations

import datetime
from collections.abc import Callable
from decimal import Decimal
from math import inf, isnan
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from plimsoll.data.schema import Column, Kind

__all__ = ["ARROW_TYPES", "Complaint", "coerce_column"]

Complaint = tuple[int, str, str]  # position in the column, the value as text, the reason

ARROW_TYPES: dict[Kind, pa.DataType] = {
    "string": pa.string(),
    "amount": pa.float64(),
    "ratio": pa.float64(),
    "date": pa.date32(),
    "boolean": pa.bool_(),
    "integer": pa.int64(),
}
_PYTHON_TYPES: dict[Kind, tuple[type, ...]] = {
    "string": (str,),
    "amount": (int, float, Decimal, np.integer, np.floating),
    "ratio": (int, float, Decimal, np.integer, np.floating),
    "date": (datetime.date, np.datetime64),
    "boolean": (bool, np.bool_),
    "integer": (int, np.integer),
}
_PURE = frozenset(["string", "integer", "floating", "boolean", "date", "decimal", "datetime64", "empty"])
_EXPECTED: dict[Kind, str] = {
    "string": "is not text",
    "amount": "is not a number (write 1234.56)",
    "ratio": "is not a number (write 0.045)",
    "date": "is not a date (write 2026-06-30)",
    "boolean": "is neither true nor false",
    "integer": "is not a whole number",
}
_TEXT_FORMS: dict[Kind, str] = {
    "amount": r"^-?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,2})?$",
    "ratio": r"^-?[0-9]{1,40}(\.[0-9]{1,40})?([eE][+-]?[0-9]{1,2})?$",
    "date": r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$",
    "boolean": r"^(true|false)$",
    "integer": r"^-?[0-9]{1,18}(\.0*)?$",
}


def coerce_column(values: pd.Series | pa.Array, column: Column) -> tuple[pa.Array, list[Complaint]]:
    """Return the column as its Arrow type, and what could not be read (those entries become null)."""
    array, complaints = _as_arrow(values, column.kind)
    convert = _CONVERTERS[column.kind]
    converted, bad = convert(array)
    complaints += [
        (int(i), _shown(array[int(i)].as_py()), _EXPECTED[column.kind]) for i in np.flatnonzero(bad)
    ]
    return converted, complaints


def _as_arrow(values: pd.Series | pa.Array, kind: Kind) -> tuple[pa.Array, list[Complaint]]:
    if isinstance(values, pa.Array):
        return values, []
    if values.dtype == object and pd.api.types.infer_dtype(values, skipna=True) not in _PURE:
        return _sift(values, kind)  # Arrow would read True among numbers as 1
    try:
        array = pa.array(values, from_pandas=True)
    except (pa.ArrowException, OverflowError, ValueError, TypeError):
        return _sift(values, kind)
    if isinstance(array, pa.ChunkedArray):
        array = array.combine_chunks()
    if pa.types.is_dictionary(array.type):
        array = array.cast(array.type.value_type)
    return array, []


def _sift(values: pd.Series, kind: Kind) -> tuple[pa.Array, list[Complaint]]:
    """Read a column of mixed Python objects value by value."""
    kept: list[Any] = []
    complaints: list[Complaint] = []
    for position, value in enumerate(values.tolist()):
        if value is None or value is pd.NA or value is pd.NaT or (isinstance(value, float) and isnan(value)):
            kept.append(None)
            continue
        fits = isinstance(value, _PYTHON_TYPES[kind]) and (kind == "boolean" or not isinstance(value, bool))
        fits = fits and not (kind == "integer" and not -(2**63) <= int(value) < 2**63)
        numeric = fits and kind in ("amount", "ratio")
        kept.append(_as_float(value) if numeric else value if fits else None)
        if not fits:
            complaints.append((position, _shown(value), _EXPECTED[kind]))
    return pa.array(kept, type=pa.timestamp("us") if kind == "date" else ARROW_TYPES[kind]), complaints


def _as_float(value: float | Decimal) -> float:
    """Return a float; beyond the range of floats it is infinite, and so reported."""
    try:
        return float(value)
    except OverflowError:
        return inf


def _shown(value: object) -> str:
    text = str(value)
    return text if len(text) <= 80 else text[:77] + "…"


def _as_text(array: pa.Array, kind: Kind) -> tuple[pa.Array, np.ndarray]:
    """Return text with what does not have the kind's form nulled, and where that was."""
    text = array.cast(pa.string())
    fits = pc.fill_null(pc.match_substring_regex(text, _TEXT_FORMS[kind]), True)
    return pc.if_else(fits, text, pa.scalar(None, pa.string())), ~np.asarray(fits)


def _is_text(array: pa.Array) -> bool:
    return bool(pa.types.is_string(array.type) or pa.types.is_large_string(array.type))


def _none_bad(array: pa.Array) -> np.ndarray:
    return np.zeros(len(array), dtype=bool)


def _all_bad(array: pa.Array, kind: Kind) -> tuple[pa.Array, np.ndarray]:
    """Return nulls: the column is of a type that never fits (what was missing stays merely missing)."""
    return pa.nulls(len(array), ARROW_TYPES[kind]), ~np.asarray(pc.is_null(array))


def _to_string(array: pa.Array) -> tuple[pa.Array, np.ndarray]:
    if _is_text(array) or pa.types.is_null(array.type):
        return array.cast(pa.string()), _none_bad(array)
    return _all_bad(array, "string")


def _to_number(array: pa.Array) -> tuple[pa.Array, np.ndarray]:
    kind = array.type
    if _is_text(array):
        text, bad = _as_text(array, "amount")
        return text.cast(pa.float64()), bad
    if (
        pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_decimal(kind)
        or pa.types.is_null(kind)
    ):
        return array.cast(pa.float64(), safe=False), _none_bad(array)
    return _all_bad(array, "amount")


def _to_date(array: pa.Array) -> tuple[pa.Array, np.ndarray]:
    kind = array.type
    if _is_text(array):
        text, bad = _as_text(array, "date")
        parsed = pd.to_datetime(text.to_pandas(), format="%Y-%m-%d", errors="coerce")
        dates = pa.array(parsed.astype("datetime64[us]"), from_pandas=True).cast(pa.date32(), safe=False)
        return dates, bad | (np.asarray(pc.is_null(dates)) & ~np.asarray(pc.is_null(text)))
    if pa.types.is_date(kind) or pa.types.is_null(kind):
        return array.cast(pa.date32()), _none_bad(array)
    if pa.types.is_timestamp(kind) and kind.tz is None:
        dates = array.cast(pa.date32(), safe=False)
        whole = pc.fill_null(
            pc.equal(dates.cast(pa.timestamp("us")), array.cast(pa.timestamp("us"), safe=False)), True
        )
        return dates, ~np.asarray(whole)
    return _all_bad(array, "date")


def _to_boolean(array: pa.Array) -> tuple[pa.Array, np.ndarray]:
    if _is_text(array):
        text, bad = _as_text(array, "boolean")
        return text.cast(pa.bool_()), bad
    if pa.types.is_boolean(array.type) or pa.types.is_null(array.type):
        return array.cast(pa.bool_()), _none_bad(array)
    return _all_bad(array, "boolean")


def _to_integer(array: pa.Array) -> tuple[pa.Array, np.ndarray]:
    kind = array.type
    if _is_text(array):
        text, bad = _as_text(array, "integer")
        return pc.replace_substring_regex(text, r"\.0*$", "").cast(pa.int64()), bad
    if pa.types.is_integer(kind) or pa.types.is_null(kind):
        return array.cast(pa.int64(), safe=False), _none_bad(array)
    if pa.types.is_floating(kind):  # how pandas holds whole numbers beside missing ones
        whole = pc.fill_null(pc.and_(pc.equal(array, pc.round(array)), pc.less(pc.abs(array), 2.0**53)), True)
        kept = pc.if_else(whole, array, pa.scalar(None, kind))
        return kept.cast(pa.int64()), ~np.asarray(whole)
    return _all_bad(array, "integer")


_CONVERTERS: dict[Kind, Callable[[pa.Array], tuple[pa.Array, np.ndarray]]] = {
    "string": _to_string,
    "amount": _to_number,
    "ratio": _to_number,
    "date": _to_date,
    "boolean": _to_boolean,
    "integer": _to_integer,
}
