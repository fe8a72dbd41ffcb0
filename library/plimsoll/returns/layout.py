"""A table of a return laid out as the supervisor prints it: headings, rows, columns, one sheet at a time."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from typing import Literal

from plimsoll.dictionary import Header, Table
from plimsoll.returns.definitions import CellName
from plimsoll.returns.return_ import Fact, Return

__all__ = ["Box", "Grid", "Group", "Line", "Tab", "lay_out"]


@dataclass(frozen=True)
class Box:
    """One place of a grid.

    `value`: reported. `empty`: filled by definition, and nothing to report. `unreported`: asked for by the
    supervisor and not filled, for `reason` where one is stated. `closed`: nothing is asked for there.
    """

    kind: Literal["value", "empty", "unreported", "closed"]
    column: str
    fact: Fact | None = None
    reason: str = ""


@dataclass(frozen=True)
class Line:
    """A row of a grid; an abstract one is a heading without boxes. A row of an open table is named by its keys."""

    code: str
    label: str
    depth: int
    boxes: tuple[Box, ...]


@dataclass(frozen=True)
class Group:
    """Neighbouring columns below the same headings."""

    label: str
    span: int


@dataclass(frozen=True)
class Tab:
    """A sheet one may choose, with how many facts it holds."""

    member: str
    label: str
    facts: int


@dataclass(frozen=True)
class Grid:
    """A table, one sheet of it."""

    code: str
    label: str
    groups: tuple[Group, ...]
    columns: tuple[Header, ...]
    lines: tuple[Line, ...]
    tabs: tuple[Tab, ...]
    sheet: str | None


def lay_out(filled: Return, table: Table, sheet: str | None = None) -> Grid:
    """Return one sheet of a table; the first sheet that holds facts when the one asked for is not there."""
    tabs = tuple(_tabs(filled, table))
    chosen = next((tab.member for tab in tabs if tab.member == sheet), tabs[0].member if tabs else None)
    keys = {key.header for key in table.row_keys}
    columns = tuple(header for header in table.columns if not header.abstract and header.code not in keys)
    lines = _open_lines(filled, table, columns, chosen) if keys else _lines(filled, table, columns, chosen)
    groups = tuple(_groups(table.columns, columns))
    return Grid(table.code, table.label, groups, columns, tuple(lines), tabs, chosen)


def _tabs(filled: Return, table: Table) -> Iterator[Tab]:
    key = table.open_key("sheet")
    used = [fact.sheet for fact in filled.facts if fact.table == table.code]
    for member in key.members if key else ():
        if member.name in used:
            yield Tab(member.name, member.label, used.count(member.name))


def _ancestors(header: Header, headers: Sequence[Header]) -> list[Header]:
    """Return the headings above a header, outermost first."""
    known = {held.code: held for held in headers}
    above: list[Header] = []
    while header.parent is not None and header.parent in known:
        header = known[header.parent]
        above.insert(0, header)
    return above


def _groups(headers: Sequence[Header], columns: Sequence[Header]) -> Iterator[Group]:
    labels = [
        " › ".join(above.label for above in _ancestors(column, headers) if above.abstract)
        for column in columns
    ]
    start = 0
    for place in range(1, len(labels) + 1):
        if place == len(labels) or labels[place] != labels[start]:
            yield Group(labels[start], place - start)
            start = place


def _lines(filled: Return, table: Table, columns: Sequence[Header], sheet: str | None) -> Iterator[Line]:
    for row in table.rows:
        codes = () if row.abstract else tuple(column.code for column in columns)
        boxes = tuple(_box(filled, table, CellName(table.code, row.code, code, sheet)) for code in codes)
        yield Line(row.code, row.label, len(_ancestors(row, table.rows)), boxes)


def _open_lines(filled: Return, table: Table, columns: Sequence[Header], sheet: str | None) -> Iterator[Line]:
    """Yield a line for each combination of keys that holds facts; the members of a key by their labels."""
    labels = [{member.name: member.label for member in key.members} for key in table.row_keys]
    rows = dict.fromkeys(fact.row for fact in filled.facts if (fact.table, fact.sheet) == (table.code, sheet))
    for row in rows:
        keys = zip(row.split("|"), labels, strict=False)
        said = " · ".join(members.get(key, key) for key, members in keys)
        boxes = tuple(
            _box(filled, table, CellName(table.code, row, column.code, sheet)) for column in columns
        )
        yield Line(row, said, 0, boxes)


def _box(filled: Return, table: Table, cell: CellName) -> Box:
    row = None if table.row_keys else cell.row
    if (row, cell.column, None) not in table.cells:
        return Box("closed", cell.column)
    fact = filled.values.get(cell)
    if fact is not None:
        return Box("value", cell.column, fact)
    definition = filled.definitions.tables.get(cell.table)
    if definition is None:
        return Box("unreported", cell.column)
    left_out = definition.left_out
    reason = left_out.get(f"row {cell.row}") or left_out.get(f"column {cell.column}")
    if reason or (row is not None and cell not in definition.cells):
        return Box("unreported", cell.column, reason=reason or "")
    return Box("empty", cell.column)
