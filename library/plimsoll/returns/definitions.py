"""Template cells as data: what a row selects, what a column measures, what a sheet filters."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

__all__ = [
    "EACH_SHEET",
    "KEY_SEPARATOR",
    "SHAPES",
    "CellName",
    "Definitions",
    "Formula",
    "Key",
    "Plan",
    "Sheet",
    "SheetsBy",
    "TableDefinition",
    "Where",
]

Where = Mapping[str, Any]

SHAPES = (
    "sum",
    "mean",
    "weighted",
    "yearly",
    "count",
    "add",
    "ratio",
    "surplus",
    "lowest",
    "level",
    "rate",
    "choice",
    "text",
)
EACH_SHEET = "*"
"""Stands for the sheet in the cells of a table whose sheets the data names."""
KEY_SEPARATOR = "|"
"""Stands between the keys of a row that is named by data, so no key may hold it."""


@dataclass(frozen=True)
class CellName:
    """Where a cell stands: table, row, column and, where the table has sheets, the sheet's member name.

    A row of an open table has no code: its keys stand there as they do in the file, joined by `|` in the
    order of their headers (`5493001KJTIIGC8Y1R12|eba_qCO:qx2000`).
    """

    table: str
    row: str
    column: str
    sheet: str | None = None

    def __str__(self) -> str:
        """Return the name as people write it."""
        sheet = f", sheet {self.sheet}" if self.sheet else ""
        return f"{self.table}, row {self.row}, column {self.column}{sheet}"


@dataclass(frozen=True)
class Formula:
    """How a cell gets its value; one of thirteen shapes.

    - `sum`: of `column` over the rows of `source` that match `where`, times `sign`; `whole` where it is a number
      of things, not an amount
    - `mean`: of `column` over the rows of `source` that match `where`
    - `weighted`: the average of `column` over those rows, each weighted by its `weight`, to `places`
      (`instead` maps the columns that an open table's keys select by to others, for what a line was before)
    - `yearly`: the share that `column` is of `weight` in each year of those rows (`year_end`), averaged over the years
    - `count`: how many different values `column` has in those rows
    - `add`: other cells, one after the other
    - `ratio`: the first cell over the second
    - `surplus`: the first cell less `level` times the second
    - `lowest`: the smallest of other cells
    - `level`: the first of the named marks that the simulation set for a ratio
    - `rate`: the fraction in `column` of the only row of `source` that matches `where`
    - `choice`: the member that stands for the word in `column` of that only row, by `members`, or the word
      itself behind `prefix`
    - `text`: what `column` of that only row holds: words, a date, or true or false
    """

    shape: str
    article: str
    source: str = ""
    column: str = ""
    sign: int = 1
    where: tuple[Where, ...] = ()
    cells: tuple[CellName, ...] = ()
    ratio: str = ""
    marks: tuple[str, ...] = ()
    members: Mapping[str, str] = field(default_factory=dict)
    prefix: str = ""
    weight: str = ""
    places: int = 6
    instead: Mapping[str, str] = field(default_factory=dict)
    whole: bool = False

    def __str__(self) -> str:
        """Return the formula as a sentence a reviewer reads."""
        told = " and ".join(_spoken(key, value) for where in self.where for key, value in where.items())
        filters = f" where {told}" if told else ""
        if self.shape in {"sum", "mean"}:
            minus = "minus " if self.sign < 0 else ""
            return f"{minus}{self.shape} of {self.column} over {self.source}{filters}"
        mark = f"the first of {', '.join(self.marks)} for {self.ratio}"
        named = [_named(cell) for cell in self.cells]
        return {
            "add": " + ".join(named),
            "weighted": f"average of {self.column} over {self.source}, weighted by {self.weight}{filters}",
            "yearly": f"average over the years of {self.column} / {self.weight} in {self.source}{filters}",
            "count": f"number of different {self.column} in {self.source}{filters}",
            "ratio": " / ".join(named),
            "surplus": f"{named[0]} − ({mark}) × {named[-1]}" if named else "",
            "lowest": f"the lowest of {', '.join(named)}",
            "level": mark,
            **dict.fromkeys(("rate", "choice", "text"), f"the {self.source}'s {self.column}"),
        }[self.shape]


def _named(cell: CellName) -> str:
    """Return a cell as the EBA's rules write it; a step that is no cell goes by its name, in lower case.

    A row named by data is left out: a cell is computed from others on its own row.
    """
    if cell.row.isdigit():
        return f"{{{cell.table}, r{cell.row}, c{cell.column}}}"
    return cell.row.replace("_", " ") if cell.row.islower() else f"{{{cell.table}, c{cell.column}}}"


def _spoken(column: str, wanted: object) -> str:
    if isinstance(wanted, dict):
        return f"{column} is none of {', '.join(str(value) for value in wanted['not'])}"
    if isinstance(wanted, list):
        return f"{column} is one of {', '.join(str(value) for value in wanted)}"
    return f"{column} is {wanted}"


@dataclass(frozen=True)
class Sheet:
    """A sheet of an open sheet axis: the member that stands in the file, and the name used in speech."""

    member: str
    name: str
    where: Where


@dataclass(frozen=True)
class SheetsBy:
    """Sheets that the data names: a sheet for each value of a column.

    Its member is `prefix` and the value, or what `members` says for a value that is no member itself.
    """

    column: str
    prefix: str
    members: Mapping[str, str] = field(default_factory=dict)

    def member(self, value: str) -> str:
        """Return the member of a value's sheet."""
        return f"{self.prefix}{self.members.get(value, value)}"


@dataclass(frozen=True)
class Key:
    """A key that names the rows of an open table: its header's code, and the source's column it is read from.

    `members` maps the book's words to the members in the file, where the key is an enumeration.
    """

    header: str
    column: str
    members: Mapping[str, str]


@dataclass(frozen=True)
class TableDefinition:
    """A table's cells by name, its sheets, and the rows and columns left out with the reason.

    `needs` is a cell without which the table says nothing: then none of it is reported. A table with `keys`
    has a row for each combination of their values in `source`; its cells have no row yet (an empty one).
    With `sheets_by` it has a sheet for each value of a column too; the cells of those stand once, in the sheet
    `EACH_SHEET`.
    With `zeros` its sources are whole, as accounts are that balance: where something of the table is reported, a
    cell that nothing stands behind is a true zero and reported as one.
    """

    table: str
    cells: Mapping[CellName, Formula]
    sheets: tuple[Sheet, ...]
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    left_out: Mapping[str, str]
    needs: CellName | None
    keys: tuple[Key, ...] = ()
    source: str = ""
    zeros: bool = False
    sheets_by: SheetsBy | None = None


@dataclass(frozen=True)
class Plan:
    """What a module is filled from, and what must hold of it.

    `sources` are the tables its definitions read; `totals` the cells that must be the simulation's own, by the
    names the simulation uses; `complete` the sources of which no row may be lost, with the table that takes
    them; `shared` the templates it has in common with another module.
    """

    sources: tuple[str, ...]
    totals: Mapping[str, CellName]
    complete: Mapping[str, str]
    shared: tuple[str, ...] = ()


@dataclass(frozen=True)
class Definitions:
    """All definitions of a module, with the text they were read from (kept with every return)."""

    module: str
    version: str
    texts: Mapping[str, str]
    plan: Plan
    tables: Mapping[str, TableDefinition]

    @property
    def digest(self) -> str:
        """SHA-256 over the definition texts."""
        whole = hashlib.sha256()
        for name in sorted(self.texts):
            whole.update(f"{name}\0{self.texts[name]}\0".encode())
        return whole.hexdigest()
