"""From an exposure to every cell it touches: the same definitions, over its lines alone."""

from __future__ import annotations

import pandas as pd

from plimsoll.errors import ReturnError
from plimsoll.returns.definitions import CellName
from plimsoll.returns.evaluation import Evaluation
from plimsoll.returns.position import Position
from plimsoll.returns.return_ import Return

__all__ = ["cells_of"]

_COLUMNS = ("table", "row", "column", "sheet", "contribution", "value")


def cells_of(filled: Return, exposure_id: str) -> pd.DataFrame:
    """Return every reported cell that an exposure touches.

    Parameters
    ----------
    filled
        A return, filed or not.
    exposure_id
        As the book names it.

    Returns
    -------
    Columns table, row, column, sheet (the member, None without sheets), contribution, value; a row a cell, in
    the order of the return. The contribution (Decimal) is the exposure's part of the value: those of
    all exposures and of the amounts that are no exposure sum to it. It is None where the cell is a ratio, a
    surplus or the lowest of several, of which nothing has a part.

    Raises
    ------
    ReturnError
        The return has no such exposure.
    """
    alone = Position({name: _own(table, exposure_id) for name, table in filled.position.tables.items()})
    if all(table.empty for table in alone.tables.values()):
        raise ReturnError(f"no line of the return is of exposure {exposure_id}")
    evaluation = Evaluation(filled.definitions, alone)
    rows = []
    for fact in filled.facts:
        if fact.cell in evaluation and _touches(fact.cell, evaluation):
            part = evaluation.value(fact.cell) if _is_sum(fact.cell, evaluation) else None
            rows.append((fact.table, fact.row, fact.column, fact.sheet, part, fact.value))
    return pd.DataFrame(
        {
            name: pd.array(values, dtype=object)
            for name, values in zip(_COLUMNS, zip(*rows, strict=True), strict=True)
        }
        if rows
        else {name: pd.array([], dtype=object) for name in _COLUMNS}
    )


def _own(table: pd.DataFrame, exposure_id: str) -> pd.DataFrame:
    """Return an exposure's rows of a table: none of one that holds no exposures."""
    return table[table["exposure_id"] == exposure_id] if "exposure_id" in table else table.iloc[:0]


def _is_sum(cell: CellName, evaluation: Evaluation) -> bool:
    return evaluation.formula(cell).shape in {"sum", "add"}


def _touches(cell: CellName, evaluation: Evaluation) -> bool:
    """Whether a line stands behind a cell, or behind one it is computed from."""
    formula = evaluation.formula(cell)
    if formula.shape in {"sum", "mean", "weighted", "yearly", "count"}:
        return evaluation.value(cell) is not None
    return any(_touches(part, evaluation) for part in formula.cells)
