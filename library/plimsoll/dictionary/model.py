"""What the dictionary holds: modules, tables, cells, open keys and validation rules."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from difflib import get_close_matches

from plimsoll.errors import NotInDictionary

__all__ = ["Cell", "Header", "Member", "Module", "OpenKey", "Rule", "Table", "Template", "nearest"]

CellKey = tuple[str | None, str | None, str | None]


def nearest(wanted: str, known: list[str]) -> str:
    """Return `; the nearest is …` for an error, or the empty string."""
    close = get_close_matches(wanted, known, n=1, cutoff=0.3)
    return f"; the nearest is {close[0]}" if close else ""


@dataclass(frozen=True)
class Header:
    """A row or column of a table, in reading order; an abstract one is only a heading."""

    code: str
    label: str
    abstract: bool
    parent: str | None


@dataclass(frozen=True)
class Member:
    """One allowed value of an open key: its name in the taxonomy, label and parent member."""

    name: str
    label: str
    parent: str | None


@dataclass(frozen=True)
class OpenKey:
    """A dimension whose value stands in the table file, beside the facts.

    `axis` says which axis it opens (`row`, `column` or `sheet`); `dimension` is its name in the taxonomy;
    `members` is empty for a typed key (a name, a number, an identifier), whose values an XBRL instance writes
    in an element named by the `domain` (`CC` for clients' codes; empty where the model names none).
    """

    code: str
    dimension: str
    axis: str
    header: str
    label: str
    data_type: str
    members: tuple[Member, ...]
    domain: str = ""


@dataclass(frozen=True)
class Cell:
    """A reportable cell. An axis the table does not have, or has open, is None.

    `data_type` is the DPM's: m monetary, p percentage, i integer, r decimal, e enumeration, s string,
    b boolean, t true, d date. `sign` is `positive`, `negative` or None. `decimals` names the package
    parameter, None for text. `unit` is `$baseCurrency`, `$unit` (the row states it) or None.
    `dimensions` leaves the open keys out.
    """

    row: str | None
    column: str | None
    sheet: str | None
    datapoint: str
    data_type: str
    sign: str | None
    nullable: bool
    concept: str
    dimensions: Mapping[str, str]
    unit: str | None
    decimals: str | None
    allowed_values: tuple[str, ...]


@dataclass(frozen=True)
class Table:
    """A table of a module, as filed: rows and columns in order, its cells, its open keys."""

    code: str
    label: str
    template: str
    file: str
    rows: tuple[Header, ...]
    columns: tuple[Header, ...]
    sheets: tuple[Header, ...]
    open_keys: tuple[OpenKey, ...]
    open_axes: tuple[str, ...]
    states_unit: bool
    cells: Mapping[CellKey, Cell] = field(repr=False)

    def cell(self, row: str | None, column: str | None, sheet: str | None = None) -> Cell:
        """Return a cell by its codes; `sheet` only where the sheets are a closed list.

        Raises
        ------
        NotInDictionary
            The row or column is unknown (the nearest is named), or the cell is not reportable.
        """
        found = self.cells.get((row, column, sheet))
        if found is not None:
            return found
        axes = {"row": (row, self.rows), "column": (column, self.columns), "sheet": (sheet, self.sheets)}
        for axis, (code, headers) in axes.items():
            known = [header.code for header in headers]
            if code is not None and code not in known:
                raise NotInDictionary(f"{self.code} has no {axis} {code}{nearest(code, known)}")
        where = ", ".join(f"{axis} {code}" for axis, (code, _) in axes.items() if code is not None)
        raise NotInDictionary(f"{self.code}, {where} is not a reportable cell")

    def datapoint(self, code: str) -> Cell:
        """Return the cell of a data point (`dp…`)."""
        for cell in self.cells.values():
            if cell.datapoint == code:
                return cell
        raise NotInDictionary(f"{self.code} has no data point {code}")

    def open_key(self, axis: str) -> OpenKey | None:
        """Return the first open key of an axis, or None."""
        return next((key for key in self.open_keys if key.axis == axis), None)

    @property
    def row_keys(self) -> tuple[OpenKey, ...]:
        """The keys that name the rows of an open table, in the order of their headers."""
        keys = [key for key in self.open_keys if key.axis == "row"]
        return tuple(sorted(keys, key=lambda key: key.header))


@dataclass(frozen=True)
class Template:
    """What one filing indicator covers: one table, or the parts of a split one."""

    code: str
    label: str
    tables: tuple[str, ...]


@dataclass(frozen=True)
class Rule:
    """One of the EBA's validation rules, current for a module.

    `expression` and `precondition` are DPM-XL; `tables` are the codes the expression selects, abstract
    codes of split tables included. `modules` are those of its scope: with several it is cross-module.
    """

    code: str
    expression: str
    precondition: str | None
    severity: str
    active: bool
    source: str
    from_submission: str | None
    modules: tuple[str, ...]
    tables: tuple[str, ...]
    description: str

    @property
    def cross_module(self) -> bool:
        """Whether it needs another module's report too."""
        return len(self.modules) > 1


@dataclass(frozen=True)
class Module:
    """A module version: what is filed as one report. Tables are read on first use."""

    code: str
    name: str
    version: str
    vid: int
    framework: str
    from_date: date
    to_date: date | None
    entry_point: str
    templates: tuple[Template, ...]
    tables: tuple[str, ...]
    read_table: Callable[[str], Table] = field(repr=False, compare=False)

    def table(self, code: str) -> Table:
        """Return a table by its code, such as `C_07.00.a` (NotInDictionary names the nearest)."""
        if code not in self.tables:
            raise NotInDictionary(
                f"{self.code} {self.version} has no table {code}{nearest(code, list(self.tables))}"
            )
        return self.read_table(code)

    def template(self, code: str) -> Template:
        """Return a template by its filing indicator's code, such as `C_07.00`."""
        for template in self.templates:
            if template.code == code:
                return template
        known = [template.code for template in self.templates]
        raise NotInDictionary(f"{self.code} {self.version} has no template {code}{nearest(code, known)}")

    def in_force(self, on: date) -> bool:
        """Whether reference date `on` is reported with this version."""
        return self.from_date <= on and (self.to_date is None or on <= self.to_date)
