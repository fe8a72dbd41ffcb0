"""Explains a cell: the lines whose exact sum it is, by the very definition that filled it."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from decimal import Decimal
from difflib import get_close_matches
from typing import TYPE_CHECKING

import pandas as pd

from plimsoll.errors import ReturnError
from plimsoll.returns.adjustments import Adjustment
from plimsoll.returns.definitions import CellName, Formula, TableDefinition
from plimsoll.returns.evaluation import selected, weighed
from plimsoll.returns.filing import fill
from plimsoll.returns.parsing import module_of
from plimsoll.returns.position import matching
from plimsoll.returns.return_ import Return
from plimsoll.units import from_cents

if TYPE_CHECKING:
    from plimsoll.simulation import Result

__all__ = ["Explanation", "explain"]


@dataclass(frozen=True)
class Explanation:
    """Where a reported figure comes from.

    Attributes
    ----------
    cell
        The cell explained.
    value
        Its value, as reported: a number, or the member of the dictionary that stands for a word.
    formula
        How it is computed, in words.
    article
        The article it answers to.
    definition
        The definition itself, as data.
    lines
        The rows behind the cell; their `contribution` (Decimal) sums to the value exactly, unless the cell is
        a ratio, a surplus, the lowest of several or a level: then see `parts`. Of a mean the sum is divided by
        their number; of a rate or a word it is the one row that holds it. `from_cell` names the cell
        that selects each row. Of a weighted average the sum is divided by that of `weight`;
        of a yearly one the same in each `year_end`, and then the average is taken.
    rule_ids
        The rules that set the risk weights of those rows, each once, sorted.
    parts
        The cells it is computed from, explained.
    adjustments
        The deltas added to this very cell; each stands in `lines` too, with its owner and reason, where the
        cell is a sum.
    """

    cell: CellName
    value: Decimal | str
    formula: str
    article: str
    definition: Formula
    lines: pd.DataFrame = field(repr=False)
    rule_ids: tuple[str, ...]
    parts: tuple[Explanation, ...]
    adjustments: tuple[Adjustment, ...] = ()

    @property
    def total(self) -> Decimal:
        """The exact sum of the rows' contributions."""
        return sum(self.lines["contribution"], Decimal(0))

    @property
    def is_sum(self) -> bool:
        """Whether the value is the sum of the rows."""
        return self.definition.shape in {"sum", "add", "count"}


def explain(
    source: Return | Result, table: str, *, row: str, column: str, sheet: str | None = None
) -> Explanation:
    """Return what stands behind a cell of a return.

    Parameters
    ----------
    source
        A return, filed or not; or a result, from which the module that has the table is filled first.
    table, row, column
        Codes, such as `C_07.00.a`, `0070` and `0200`; the row of an open table is named by its keys.
    sheet
        The exposure class by name (`retail`), by the member in the file (`eba_qEC:qx26`) or by its last part
        (`qx26`); needed only where the table has sheets.

    Raises
    ------
    ReturnError
        There is no such cell, it is left out (the reason is given), or nothing is reported in it.
    """
    filled = source if isinstance(source, Return) else fill(source, module_of(table) or "corep_of")
    cell = _find(filled, table, row, column, sheet)
    if cell not in filled.values:
        raise ReturnError(f"nothing is reported in {cell}: no line stands behind it")
    return _explained(cell, filled)


def _find(filled: Return, table: str, row: str, column: str, sheet: str | None) -> CellName:
    """Return the cell meant, or say what is wrong with the name."""
    definition = filled.definitions.tables.get(table)
    if definition is None:
        known = ", ".join(sorted(filled.definitions.tables))
        raise ReturnError(f"{table} is not filled; the tables filled are {known}")
    cell = CellName(table, row, column, _member(definition, sheet))
    rows = definition.rows or tuple(dict.fromkeys(held.row for held in filled.evaluation.cells(table)))
    for axis, code, codes in (("row", row, rows), ("column", column, definition.columns)):
        reason = definition.left_out.get(f"{axis} {code}")
        if reason:
            raise ReturnError(f"{table}, {axis} {code} is left out: {reason}")
        if code not in codes:
            raise ReturnError(f"{table} has no {axis} {code}{_nearest(code, codes)}")
    if cell not in filled.evaluation:
        raise ReturnError(f"{cell} is not a cell that is filled")
    return cell


def _member(definition: TableDefinition, sheet: str | None) -> str | None:
    if definition.sheets_by is not None and sheet is not None:
        known = {held.member for held in definition.sheets}
        prefix = definition.sheets_by.prefix
        if sheet not in known | {held.name for held in definition.sheets}:
            return sheet if sheet.startswith(prefix) else f"{prefix}{sheet}"
    if not definition.sheets:
        if sheet is not None:
            raise ReturnError(f"{definition.table} has no sheets")
        return None
    names = [held.name for held in definition.sheets]
    if sheet is None:
        raise ReturnError(f"{definition.table} needs a sheet: {', '.join(names)}")
    for held in definition.sheets:
        if sheet in {held.member, held.name, held.member.rpartition(":")[2]}:
            return held.member
    raise ReturnError(f"{definition.table} has no sheet {sheet}{_nearest(sheet, tuple(names))}")


def _nearest(wanted: str, known: tuple[str, ...]) -> str:
    close = get_close_matches(wanted, known, n=1, cutoff=0.3)
    return f"; the nearest is {close[0]}" if close else ""


def _explained(cell: CellName, filled: Return) -> Explanation:
    evaluation = filled.evaluation
    formula = evaluation.formula(cell)
    value = evaluation.content(cell)
    parts = tuple(_explained(part, filled) for part in formula.cells if evaluation.value(part) is not None)
    moved = tuple(adjustment for adjustment in filled.adjustments if adjustment.cell == cell)
    lines = _with_adjustments(_lines(cell, formula, filled, parts), moved)
    rules = lines["rule_id"].dropna() if "rule_id" in lines else ()
    return Explanation(
        cell=cell,
        value=value if value is not None else Decimal(0),
        formula=str(formula),
        article=formula.article,
        definition=formula,
        lines=lines,
        rule_ids=tuple(sorted(set(rules))),
        parts=parts,
        adjustments=moved,
    )


def _with_adjustments(lines: pd.DataFrame, adjustments: tuple[Adjustment, ...]) -> pd.DataFrame:
    """Return the rows behind a cell with a row for each delta on it."""
    return pd.concat([lines, _adjusted(adjustments)], ignore_index=True) if adjustments else lines


def _adjusted(adjustments: tuple[Adjustment, ...]) -> pd.DataFrame:
    return pd.DataFrame(
        {
            "contribution": pd.array([adjustment.delta for adjustment in adjustments], dtype=object),
            "from_cell": [str(adjustment.cell) for adjustment in adjustments],
            "adjusted_by": [adjustment.owner for adjustment in adjustments],
            "reason": [adjustment.reason for adjustment in adjustments],
        }
    )


def _lines(cell: CellName, formula: Formula, filled: Return, parts: tuple[Explanation, ...]) -> pd.DataFrame:
    if formula.shape in {"sum", "mean"}:
        rows, amounts = selected(filled.position, formula)
        contributions = [from_cents(amount) for amount in amounts]
        return rows.assign(
            contribution=pd.array(contributions, dtype=object), from_cell=str(cell)
        ).reset_index(drop=True)
    if formula.shape in {"weighted", "yearly"}:
        rows, amounts, weights = weighed(filled.position, formula)
        return rows.assign(
            contribution=pd.array([from_cents(amount) for amount in amounts], dtype=object),
            weight=pd.array([from_cents(weight) for weight in weights], dtype=object),
            from_cell=str(cell),
        ).reset_index(drop=True)
    if formula.shape in {"level", "rate", "choice", "text"}:
        return _only(cell, formula, filled)
    if formula.shape == "count":
        return _counted(cell, formula, filled)
    if formula.shape == "add":
        leaves = list(_leaves(parts))
        return pd.concat(leaves, ignore_index=True) if leaves else _no_lines()
    return _no_lines()


def _only(cell: CellName, formula: Formula, filled: Return) -> pd.DataFrame:
    """Return the row whose rate or word the cell holds, or the marks whose level; they contribute no amount."""
    table = filled.position.table(formula.source)
    if formula.shape == "level":
        rows = table.loc[(table["ratio"] == formula.ratio) & table["mark"].isin(formula.marks)]
    else:
        rows = table[matching(table, formula.where)]
    none = pd.array([Decimal(0)] * len(rows), dtype=object)
    return rows.assign(contribution=none, from_cell=str(cell)).reset_index(drop=True)


def _counted(cell: CellName, formula: Formula, filled: Return) -> pd.DataFrame:
    """Return the rows counted; the first of each value contributes one, so that they sum to the count."""
    table = filled.position.table(formula.source)
    rows = table[matching(table, formula.where)]
    first = ~rows[formula.column].duplicated() & rows[formula.column].notna()
    ones = [Decimal(int(value)) for value in first]
    return rows.assign(contribution=pd.array(ones, dtype=object), from_cell=str(cell)).reset_index(drop=True)


def _leaves(parts: tuple[Explanation, ...]) -> Iterator[pd.DataFrame]:
    for part in parts:
        if part.definition.shape == "sum":
            yield part.lines
        else:
            yield from _leaves(part.parts)
            yield from [_adjusted(part.adjustments)] if part.adjustments else []


def _no_lines() -> pd.DataFrame:
    return pd.DataFrame({"contribution": pd.array([], dtype=object), "from_cell": pd.array([], dtype="str")})
