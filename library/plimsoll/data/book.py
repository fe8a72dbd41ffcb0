"""A book: one reporting entity's position on one date, validated, with a digest of its content."""

from __future__ import annotations

import datetime
import hashlib
import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cache, cached_property
from typing import Literal

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from plimsoll.data.schema import Table, read_schema
from plimsoll.data.validation import check_names, check_relations, check_table
from plimsoll.errors import BookError, Problem

__all__ = ["Book", "Entity", "Tables"]

_DIGEST_FORM = b"plimsoll book 1\n"


@dataclass(frozen=True)
class Entity:
    """Who reports: a bank on one scope.

    `accounting` is the standard its figures follow, `ifrs` or `gaap` (national); None where it is not known.

    Raises
    ------
    BookError
        A field does not have its form, or the LEI's check digits are wrong (ISO 17442, ISO 7064 mod 97-10).
    """

    name: str
    lei: str
    scope: Literal["CON", "IND"]
    country: str
    currency: str = "EUR"
    accounting: Literal["ifrs", "gaap"] | None = None

    def __post_init__(self) -> None:
        problems = [
            Problem("entity", "-", column, str(value), reason)
            for column, value, good, reason in (
                ("name", self.name, bool(str(self.name).strip()), "is empty"),
                (
                    "lei",
                    self.lei,
                    has_valid_lei(self.lei),
                    "is no LEI: 18 letters or digits and two check digits that fit",
                ),
                ("scope", self.scope, self.scope in ("CON", "IND"), "is neither CON (consolidated) nor IND"),
                ("country", self.country, _matches("[A-Z]{2}", self.country), "is no ISO 3166 country code"),
                (
                    "currency",
                    self.currency,
                    _matches("[A-Z]{3}", self.currency),
                    "is no ISO 4217 currency code",
                ),
                (
                    "accounting",
                    self.accounting,
                    self.accounting in ("ifrs", "gaap", None),
                    "is neither ifrs nor gaap",
                ),
            )
            if not good
        ]
        if problems:
            raise BookError("The reporting entity is not well described.", tuple(problems))


def _matches(pattern: str, value: object) -> bool:
    return isinstance(value, str) and re.fullmatch(pattern, value, re.ASCII) is not None


def has_valid_lei(lei: object) -> bool:
    """Tell whether a legal entity identifier has its form and its check digits (ISO 7064 mod 97-10)."""
    if not isinstance(lei, str) or not _matches("[A-Z0-9]{18}[0-9]{2}", lei):
        return False
    return int("".join(str(int(character, 36)) for character in lei)) % 97 == 1


class Tables(Mapping[str, pd.DataFrame]):
    """The tables of a book by name; a look gives a shallow copy, so no book changes in place."""

    def __init__(self, frames: Mapping[str, pd.DataFrame]) -> None:
        self._frames = dict(frames)

    def __getitem__(self, name: str) -> pd.DataFrame:
        return self._frames[name].copy(deep=False)

    def __iter__(self) -> Iterator[str]:
        return iter(self._frames)

    def __len__(self) -> int:
        return len(self._frames)


@dataclass(frozen=True, eq=False)
class Book:
    """A reporting entity's position on a date: named tables, validated against the schema.

    Parameters
    ----------
    entity, reference_date, source
        Who, when, and where the tables come from.
    tables
        Any of the schema's tables; absent ones are empty, absent optional columns take their default.
    notices
        What a reader must know about how the tables came to be.

    Raises
    ------
    BookError
        With every problem of every row.
    """

    entity: Entity
    reference_date: datetime.date
    source: str
    tables: Mapping[str, pd.DataFrame] = field(repr=False)
    notices: tuple[str, ...] = ()

    def __post_init__(self) -> None:
        day = self.reference_date
        if isinstance(day, datetime.datetime) or not isinstance(day, datetime.date):
            problem = Problem("book", "-", "reference_date", str(day), "is not a date (write 2026-06-30)")
            raise BookError(None, (problem,))
        problems = check_names(self.tables)
        frames: dict[str, pd.DataFrame] = {}
        for name, table in read_schema().items():
            frames[name], found = (
                check_table(self.tables[name], table) if name in self.tables else (_empty(name), [])
            )
            problems += found
        if not problems:
            problems = check_relations(frames)
        if problems:
            raise BookError(f"The book from {self.source} has {len(problems)} problem(s).", tuple(problems))
        object.__setattr__(self, "tables", Tables(frames))

    def table(self, name: str) -> pd.DataFrame:
        """Return a table by name; a change to the frame does not change the book."""
        if name not in self.tables:
            raise BookError(None, tuple(check_names([name])))
        return self.tables[name]

    def __getattr__(self, name: str) -> pd.DataFrame:
        if name.startswith("_") or name not in read_schema():
            raise AttributeError(f"a book has no {name!r}")
        return self.tables[name]

    def replace(self, **tables: pd.DataFrame) -> Book:
        """Return a book with these tables in place of its own, validated again."""
        merged = {**{name: self.tables[name] for name in self.tables}, **tables}
        return Book(self.entity, self.reference_date, self.source, merged, self.notices)

    @cached_property
    def digest(self) -> str:
        """SHA-256 (hex) over entity, date and canonical Arrow bytes of the tables.

        Rows are sorted by key in byte order, columns stand in schema order with fixed types, amounts in
        cents; so row order, locale, time zone, platform, file format and pandas dtypes make no difference.
        `source` and `notices` are not content and do not enter; nor do columns whose every value is missing
        or the default, so that the schema may grow.
        """
        hasher = hashlib.sha256(_DIGEST_FORM)
        who = self.entity
        for text in (
            who.name,
            who.lei,
            who.scope,
            who.country,
            who.currency,
            self.reference_date.isoformat(),
        ):
            hasher.update(_framed(text.encode()))
        if who.accounting:
            hasher.update(_framed(f"accounting {who.accounting}".encode()))
        for name, table in read_schema().items():
            _digest_table(hasher, self.tables[name], table)
        return hasher.hexdigest()


@cache
def _empty(name: str) -> pd.DataFrame:
    """Return a table without rows; books share it, and every look gives a copy."""
    return check_table(pd.DataFrame(), read_schema()[name])[0]


def _framed(data: bytes) -> bytes:
    return len(data).to_bytes(8, "little") + data


def _digest_table(hasher: hashlib._Hash, frame: pd.DataFrame, table: Table) -> None:
    """Hash a table; columns that say nothing do not enter, so that the schema may grow."""
    if frame.empty:
        return
    hasher.update(_framed(table.name.encode()) + len(frame).to_bytes(8, "little"))
    keys = pa.array(frame[table.key], pa.string(), from_pandas=True)
    order = pc.sort_indices(keys)
    for name, column in table.columns.items():
        series = frame[name]
        silent = series.isna() if column.default is None else series == column.default
        if silent.all():
            continue
        hasher.update(_framed(name.encode()))
        _digest_column(hasher, _column_array(series, column.kind).take(order), column.kind)


def _digest_column(hasher: hashlib._Hash, array: pa.Array, kind: str) -> None:
    """Hash what is missing, then the values in little-endian order; text as its lengths and its UTF-8."""
    hasher.update(_framed(np.asarray(pc.is_null(array)).astype(np.uint8).tobytes()))
    if kind == "string":
        text = pc.fill_null(array, "")
        hasher.update(_framed(pc.binary_length(text).to_numpy().astype("<i8").tobytes()))
        hasher.update(_framed(b"".join(text.cast(pa.binary()).to_pylist())))
    else:
        filled = pc.fill_null(array, 0).to_numpy(zero_copy_only=False)
        hasher.update(_framed(filled.astype("<f8" if kind == "ratio" else "<i8").tobytes()))


def _column_array(series: pd.Series, kind: str) -> pa.Array:
    if kind == "string":
        return pa.array(series, pa.string(), from_pandas=True)
    if kind == "amount":
        numbers = series.to_numpy()
        missing = np.isnan(numbers)
        whole = np.rint(np.where(missing, 0.0, numbers) * 100).astype(np.int64)
        return pa.array(whole, mask=missing)
    if kind == "date":
        return pa.array(series, pa.timestamp("us"), from_pandas=True).cast(pa.date32()).cast(pa.int32())
    if kind == "boolean":
        return pa.array(series, pa.bool_(), from_pandas=True).cast(pa.int8())
    return pa.array(series, pa.int64() if kind == "integer" else pa.float64(), from_pandas=True)
