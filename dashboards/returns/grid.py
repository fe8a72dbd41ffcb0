"""A table of a return laid out as the supervisor prints it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, Literal

from dashboards.returns.compute import Filled
from plimsoll.dictionary import Header, Module, Table
from plimsoll.returns import CellName, Fact

__all__ = ["Box", "Grid", "Group", "Leaf", "Line", "Tab", "findings_of", "lay_out", "list_templates"]


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
    findings: int = 0


@dataclass(frozen=True)
class Line:
    """A row of a grid; an abstract one is a heading without boxes."""

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
    """A sheet one may choose."""

    member: str
    label: str
    facts: int
    findings: int


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


@dataclass(frozen=True)
class Leaf:
    """A line of the template tree: a template or table, whether it is reported, how many findings it has."""

    code: str
    label: str
    tables: tuple[str, ...]
    reported: bool
    findings: int


def _last(member: str | None) -> str:
    return (member or "").rpartition(":")[2]


def findings_of(
    held: Filled, table: str, row: str | None = None, column: str | None = None, sheet: str | None = None
) -> list[Mapping[str, Any]]:
    """Return the findings of a table, or of one cell of it; `sheet` is the member, whole or its last part."""

    def fits(finding: Mapping[str, Any]) -> bool:
        if finding.get("table") != table:
            return False
        if sheet is not None and finding.get("sheet") and _last(finding["sheet"]) != _last(sheet):
            return False
        return row is None or (finding.get("row"), finding.get("column")) == (row, column)

    return [finding for finding in held.findings if fits(finding)]


def list_templates(held: Filled, module: Module) -> tuple[Leaf, ...]:
    """Return the module's templates in its order, each with the tables that hold facts."""
    filled = {fact.table for fact in held.filled.facts}
    return tuple(
        Leaf(
            template.code,
            template.label,
            tuple(table for table in template.tables if table in filled),
            held.filled.indicators.get(template.code, False),
            sum(len(findings_of(held, table)) for table in template.tables),
        )
        for template in module.templates
    )


def lay_out(held: Filled, table: Table, sheet: str | None) -> Grid:
    """Return one sheet of a table; the first sheet that holds facts when the one asked for is not there."""
    tabs = tuple(_tabs(held, table))
    chosen = next((tab.member for tab in tabs if tab.member == sheet), tabs[0].member if tabs else None)
    columns = tuple(header for header in table.columns if not header.abstract)
    return Grid(
        table.code,
        table.label,
        tuple(_groups(table.columns, columns)),
        columns,
        tuple(_lines(held, table, columns, chosen)),
        tabs,
        chosen,
    )


def _tabs(held: Filled, table: Table) -> Iterator[Tab]:
    key = table.open_key("sheet")
    used = [fact.sheet for fact in held.filled.facts if fact.table == table.code]
    for member in key.members if key else ():
        if member.name in used:
            found = findings_of(held, table.code, sheet=member.name)
            yield Tab(member.name, member.label, used.count(member.name), len(found))


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


def _lines(held: Filled, table: Table, columns: Sequence[Header], sheet: str | None) -> Iterator[Line]:
    told = findings_of(held, table.code, sheet=sheet)
    counts = Counter((finding.get("row"), finding.get("column")) for finding in told)
    for row in table.rows:
        cells = (
            [] if row.abstract else [CellName(table.code, row.code, column.code, sheet) for column in columns]
        )
        boxes = tuple(_box(held, table, cell, counts[cell.row, cell.column]) for cell in cells)
        yield Line(row.code, row.label, len(_ancestors(row, table.rows)), boxes)


def _box(held: Filled, table: Table, cell: CellName, found: int) -> Box:
    if (cell.row, cell.column, None) not in table.cells:
        return Box("closed", cell.column)
    fact = held.filled.values.get(cell)
    if fact is not None:
        return Box("value", cell.column, fact, findings=found)
    definition = held.filled.definitions.tables.get(cell.table)
    if definition is None:
        return Box("unreported", cell.column, findings=found)
    left_out = definition.left_out
    reason = left_out.get(f"row {cell.row}") or left_out.get(f"column {cell.column}")
    if reason or cell not in definition.cells:
        return Box("unreported", cell.column, reason=reason or "", findings=found)
    return Box("empty", cell.column, findings=found)
