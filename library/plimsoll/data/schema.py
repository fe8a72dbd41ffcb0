"""The book's tables and columns, read once from `schema.toml`."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import Literal

__all__ = ["Column", "Kind", "Table", "read_schema"]

Kind = Literal["string", "amount", "ratio", "date", "boolean", "integer"]


@dataclass(frozen=True)
class Column:
    """One column of a table: what it holds and what a value must satisfy."""

    name: str
    kind: Kind
    about: str
    required: bool = False
    unique: bool = False
    default: float | int | bool | str | None = None
    values: tuple[str, ...] = ()
    pattern: str | None = None
    minimum: float | None = None
    maximum: float | None = None
    references: tuple[str, str] | None = None
    fire: str | None = None


@dataclass(frozen=True)
class Table:
    """One table of a book: its key and its columns in order."""

    name: str
    about: str
    key: str
    columns: Mapping[str, Column]


def _read_column(name: str, facts: dict[str, object], key: str) -> Column:
    rest = dict(facts)
    references = rest.pop("references", None)
    kind = rest.pop("type")
    values = rest.pop("values", ())
    return Column(
        name=name,
        kind=kind,  # type: ignore[arg-type]  # a Kind by the test that reads the file
        values=tuple(values),  # type: ignore[arg-type]  # TOML array of strings
        references=tuple(references.split(".")) if isinstance(references, str) else None,  # type: ignore[arg-type]  # "table.column": two parts
        unique=bool(rest.pop("unique", False)) or name == key,
        **rest,  # type: ignore[arg-type]  # an unknown attribute raises here
    )


@cache
def read_schema() -> Mapping[str, Table]:
    """Return the tables of a book by name, in their fixed order."""
    text = files("plimsoll.data").joinpath("schema.toml").read_text(encoding="utf-8")
    tables = {}
    for name, facts in tomllib.loads(text).items():
        columns = {c: _read_column(c, spec, facts["key"]) for c, spec in facts["columns"].items()}
        tables[name] = Table(name, facts["about"], facts["key"], MappingProxyType(columns))
    return MappingProxyType(tables)
