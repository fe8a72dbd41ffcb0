"""The check every table passes on its way into a book: all that is wrong is reported, nothing is mended."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from difflib import get_close_matches

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from plimsoll.data.coercion import ARROW_TYPES, Complaint, coerce_column
from plimsoll.data.ledger import check_ledger
from plimsoll.data.schema import Column, Table, read_schema
from plimsoll.errors import Problem

__all__ = ["check_names", "check_relations", "check_table", "nearest"]

_LARGEST = 2.0**45  # up to here a float64 times 100 still rounds to its own cent; see test_book
_CENT_TOLERANCE = 1e-4  # of a cent: what arithmetic in floats leaves behind
_WITHOUT_COUNTERPARTY = frozenset(
    [
        "cash",
        "intangible_software",
        "tangible_asset",
        "other_asset",
        "cash_in_collection",
        "deferred_tax_asset",
    ]
)


def nearest(name: str, known: Iterable[str]) -> str:
    """Return the part of a sentence that names the nearest known name, or all of them."""
    names = sorted(known)
    close = get_close_matches(name, names, n=1, cutoff=0.6)
    return f"did you mean {close[0]!r}?" if close else f"known are {', '.join(names)}"


def check_names(tables: Iterable[str]) -> list[Problem]:
    """Return a problem for each table the schema does not have."""
    schema = read_schema()
    return [
        Problem(name, "-", "-", name, f"is no table of a book; {nearest(name, schema)}")
        for name in tables
        if name not in schema
    ]


def check_table(frame: pd.DataFrame, table: Table) -> tuple[pd.DataFrame, list[Problem]]:
    """Return the table in the schema's columns and types, and everything wrong with it.

    Parameters
    ----------
    frame
        The table as it came, of any dtypes.
    table
        What the schema asks for.

    Returns
    -------
    The frame (all schema columns in order, defaults filled, amounts on the cent) and the problems.
    """
    names = [str(name) for name in frame.columns]
    problems = [
        Problem(table.name, "-", name, name, f"is no column of this table; {nearest(name, table.columns)}")
        for name in names
        if name not in table.columns
    ]
    twice = {name for name in names if names.count(name) > 1}
    problems += [Problem(table.name, "-", name, name, "stands twice in the header") for name in sorted(twice)]
    if problems:
        return empty_frame(table), problems
    columns, complaints = {}, {}
    for name, column in table.columns.items():
        columns[name], complaints[name] = _check_column(
            frame[name] if name in names else pa.nulls(len(frame)), column
        )
    keys = columns[table.key]
    for name, found in complaints.items():
        problems += [Problem(table.name, _row(keys, i), name, value, why) for i, value, why in found]
    return _frame(columns, table), problems


def empty_frame(table: Table) -> pd.DataFrame:
    """Return the table without rows."""
    return _frame({n: pa.array([], ARROW_TYPES[c.kind]) for n, c in table.columns.items()}, table)


def _row(keys: pa.Array, position: int) -> str:
    key = keys[position].as_py()
    return f"{position + 1}" if key is None else f"{position + 1} ({key})"


def _check_column(values: pd.Series | pa.Array, column: Column) -> tuple[pa.Array, list[Complaint]]:
    array, complaints = coerce_column(values, column)
    unread = {position for position, _, _ in complaints}
    if column.required:
        missing = np.flatnonzero(np.asarray(pc.is_null(array)))
        complaints += [(int(i), "", "is missing and required") for i in missing if int(i) not in unread]
    if column.kind in ("amount", "ratio"):
        array = _check_numbers(array, column, complaints)
    _check_limits(array, column, complaints)
    _check_words(array, column, complaints)
    if column.unique:
        _check_unique(array, complaints)
    if column.default is not None:
        array = pc.fill_null(array, pa.scalar(column.default, array.type))
    return array, complaints


def _check_numbers(array: pa.Array, column: Column, complaints: list[Complaint]) -> pa.Array:
    """Report what is not finite or not on the cent; return the rest on the cent, without minus zero."""
    numbers = array.to_numpy(zero_copy_only=False).astype(np.float64) + 0.0
    missing = np.asarray(pc.is_null(array))
    infinite = ~missing & ~np.isfinite(numbers)
    _complain(complaints, numbers, infinite, "is not a finite number")
    if column.kind == "amount":
        large = ~missing & ~infinite & (np.abs(numbers) > _LARGEST)
        _complain(complaints, numbers, large, "is above 35 trillion: its cents would be lost")
        usable = np.where(missing | infinite | large, 0.0, numbers)
        whole = np.rint(usable * 100)
        slack = np.maximum(_CENT_TOLERANCE, np.abs(whole) * 2**-50)
        split = np.abs(usable * 100 - whole) > slack
        _complain(complaints, numbers, split, "has fractions of a cent: round it at its source")
        numbers = np.where(missing, np.nan, whole / 100 + 0.0)
    return pa.array(numbers, mask=missing)


def _check_limits(array: pa.Array, column: Column, complaints: list[Complaint]) -> None:
    if column.minimum is not None:
        low = pc.fill_null(pc.less(array, column.minimum), False)
        _complain(complaints, array, np.asarray(low), f"is below the minimum {column.minimum:g}")
    if column.maximum is not None:
        high = pc.fill_null(pc.greater(array, column.maximum), False)
        _complain(complaints, array, np.asarray(high), f"is above the maximum {column.maximum:g}")


def _check_words(array: pa.Array, column: Column, complaints: list[Complaint]) -> None:
    if column.kind != "string":
        return
    if column.required or column.name.endswith("_id"):
        _complain(complaints, array, np.asarray(pc.fill_null(pc.equal(array, ""), False)), "is empty")
    if column.values:
        strange = ~np.asarray(pc.is_in(array, pa.array([*column.values, None], pa.string())))
        for i in np.flatnonzero(strange):
            value = array[int(i)].as_py()
            complaints.append(
                (int(i), value, f"is not one of the known values; {nearest(value, column.values)}")
            )
    if column.pattern is not None:
        fits = np.asarray(pc.fill_null(pc.match_substring_regex(array, f"^(?:{column.pattern})$"), True))
        _complain(complaints, array, ~fits, f"does not have the form {column.pattern}")


def _check_unique(array: pa.Array, complaints: list[Complaint]) -> None:
    values = array.to_pandas()
    repeated = values.duplicated(keep="first").to_numpy() & ~np.asarray(pc.is_null(array))
    _complain(complaints, array, repeated, "stands in an earlier row too; it must be unique")


def _complain(
    complaints: list[Complaint], values: pa.Array | np.ndarray, bad: np.ndarray, reason: str
) -> None:
    for i in np.flatnonzero(bad):
        value = values[int(i)]
        complaints.append((int(i), str(value.as_py() if isinstance(value, pa.Scalar) else value), reason))


def _frame(columns: Mapping[str, pa.Array], table: Table) -> pd.DataFrame:
    """Return a frame of pandas dtypes: str, float64, datetime64[us], bool or boolean, Int64."""
    series = {}
    for name, array in columns.items():
        kind = table.columns[name].kind
        if kind == "date":
            series[name] = array.cast(pa.timestamp("us")).to_pandas().astype("datetime64[us]")
        elif kind == "integer":
            series[name] = pd.Series(
                array.to_pandas(types_mapper={pa.int64(): pd.Int64Dtype()}.get), dtype="Int64"
            )
        elif kind == "boolean":
            dtype = "bool" if array.null_count == 0 else "boolean"
            series[name] = pd.Series(array.to_pandas(), dtype=dtype)
        elif kind == "string":
            series[name] = pd.Series(array.to_pandas(), dtype="str")
        else:
            series[name] = pd.Series(array.to_numpy(zero_copy_only=False), dtype="float64")
    return pd.DataFrame(series)


def check_relations(tables: Mapping[str, pd.DataFrame]) -> list[Problem]:
    """Return everything wrong between the columns and tables of a book whose tables are sound."""
    problems = []
    for table in read_schema().values():
        for column in table.columns.values():
            if column.references is not None:
                problems += _check_reference(tables, table, column)
    exposures, deposits, securities = tables["exposures"], tables["deposits"], tables["securities"]
    off = ~exposures["on_balance"].astype(bool)
    lonely = exposures["counterparty_id"].isna() & ~exposures["product"].isin(_WITHOUT_COUNTERPARTY)
    unkind = (exposures["product"] == "equity") & exposures["equity_type"].isna()
    late = exposures["maturity_date"] < exposures["start_date"]
    problems += _report(
        tables,
        "exposures",
        "ccf_bucket",
        off & exposures["ccf_bucket"].isna(),
        "is missing: off balance sheet it is required",
    )
    problems += _report(
        tables, "exposures", "counterparty_id", lonely, "is missing: this product needs an obligor"
    )
    problems += _report(
        tables, "exposures", "equity_type", unkind, "is missing: an equity exposure needs it (Article 133)"
    )
    problems += _report(tables, "exposures", "maturity_date", late, "lies before start_date")
    for name, part, whole in (
        (exposures, "specific_provision", "amount"),
        (deposits, "insured_amount", "amount"),
        (securities, "encumbered_amount", "market_value"),
    ):
        table_name = "exposures" if name is exposures else "deposits" if name is deposits else "securities"
        problems += _report(tables, table_name, part, name[part] > name[whole], f"is more than {whole}")
    return problems + check_ledger(tables["ledger"])


def _check_reference(tables: Mapping[str, pd.DataFrame], table: Table, column: Column) -> list[Problem]:
    assert column.references is not None
    target, key = column.references
    values = pa.array(tables[table.name][column.name], pa.string(), from_pandas=True)
    keys = pa.array(tables[target][key], pa.string(), from_pandas=True)
    known = pc.or_(pc.is_null(values), pc.is_in(values, value_set=keys))
    dangling = pd.Series(~np.asarray(known), dtype=bool)
    return _report(tables, table.name, column.name, dangling, f"names no row of {target}")


def _report(
    tables: Mapping[str, pd.DataFrame], table: str, column: str, bad: pd.Series, reason: str
) -> list[Problem]:
    frame, key = tables[table], read_schema()[table].key
    found = []
    for position in np.flatnonzero(bad.fillna(False).to_numpy(dtype=bool)):
        value = frame[column].iloc[position]
        shown = "" if pd.isna(value) else str(value)
        found.append(Problem(table, f"{position + 1} ({frame[key].iloc[position]})", column, shown, reason))
    return found
