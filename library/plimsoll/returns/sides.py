"""What stands behind both sides of a rule that failed: each cell of the equation, explained to its exposures."""

from __future__ import annotations

import re
from dataclasses import dataclass

from plimsoll.returns.definitions import CellName
from plimsoll.returns.explanation import Explanation, explain
from plimsoll.returns.return_ import Return
from plimsoll.returns.verdict.model import Finding

__all__ = ["Sides", "explain_finding"]

_CELL = re.compile(
    r"(?P<table>[^,]+)(?:, row (?P<row>.*?))?(?:, column (?P<column>.*?))?(?:, sheet (?P<sheet>.*))?"
)


@dataclass(frozen=True)
class Sides:
    """The cells on both sides of a finding's rule, explained.

    `elsewhere` names those that none of the returns given reports: another system's, or another module's.
    """

    finding: Finding
    left: tuple[Explanation, ...]
    right: tuple[Explanation, ...]
    elsewhere: tuple[str, ...]


def explain_finding(finding: Finding, *returns: Return) -> Sides:
    """Return what stands behind both sides of a finding, from the returns that were judged.

    Parameters
    ----------
    finding
        Of a rule that compares. Of another one, the cell it names stands on the left and the others on the right.
    returns
        The returns whose packages were judged, in any order.
    """
    own = ", ".join(
        [finding.table]
        + [f"{axis} {value}" for axis in ("row", "column", "sheet") if (value := getattr(finding, axis))]
    )
    left = finding.left_cells or ((own,) if finding.table else ())
    right = finding.right_cells or (() if finding.left_cells else finding.cells)
    known = {cell: filled for filled in reversed(returns) for cell in filled.values}
    named = {text: _cell(text) for text in (*left, *right)}

    def explained(side: tuple[str, ...]) -> tuple[Explanation, ...]:
        cells = [cell for text in side if (cell := named[text]) is not None and cell in known]
        return tuple(_explained(known[cell], cell) for cell in cells)

    elsewhere = tuple(text for text, cell in named.items() if cell not in known)
    return Sides(finding, explained(left), explained(right), elsewhere)


def _cell(text: str) -> CellName | None:
    found = _CELL.fullmatch(text)
    return (
        CellName(found["table"], found["row"] or "", found["column"] or "", found["sheet"]) if found else None
    )


def _explained(filled: Return, cell: CellName) -> Explanation:
    return explain(filled, cell.table, row=cell.row, column=cell.column, sheet=cell.sheet)
