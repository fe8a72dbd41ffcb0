"""What the returns room lists: templates and their findings, cell by cell."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from dashboards.returns.compute import Filled
from plimsoll.dictionary import Module
from plimsoll.returns import Grid

__all__ = ["Leaf", "count_by_sheet", "count_findings", "findings_of", "list_templates"]


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


def count_findings(held: Filled, grid: Grid) -> Counter[tuple[str | None, str | None]]:
    """Return how many findings each cell of a grid has, by row and column."""
    told = findings_of(held, grid.code, sheet=grid.sheet)
    return Counter((finding.get("row"), finding.get("column")) for finding in told)


def count_by_sheet(held: Filled, grid: Grid) -> Counter[str]:
    """Return how many findings each sheet of a grid's table has, by member."""
    return Counter({tab.member: len(findings_of(held, grid.code, sheet=tab.member)) for tab in grid.tabs})
