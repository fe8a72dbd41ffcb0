"""What stands behind every cell of a return at once, for exports: the largest rows, and the sum of the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plimsoll.returns import CellName, Fact, Formula, Return
from plimsoll.returns.position import Rows
from plimsoll.units import from_cents

__all__ = ["SHOWN", "Behind", "CellNote", "cell_reference", "describe_cells"]

SHOWN = 10
_NAMES = ("exposure_id", "line", "account", "risk", "ratio", "mark", "country", "counterparty_id")
"""Columns by which a row is called, the first that it has."""


@dataclass(frozen=True)
class Behind:
    """One row behind a cell; the last of a cell may stand for all `others`."""

    name: str
    part: str
    risk_weight: float | None
    article: str
    contribution: Decimal
    others: int = 0


@dataclass(frozen=True)
class CellNote:
    """A reported cell: how it is computed, and the rows whose exact sum it is (none where it is no plain sum)."""

    fact: Fact
    formula: str
    article: str
    rows: int
    behind: tuple[Behind, ...]


def describe_cells(filled: Return) -> Iterator[CellNote]:
    """Yield a note on every reported cell, in the order of the facts.

    The contributions of a note's rows sum to the cell's value exactly.
    """
    drill = _Drill(filled)
    for fact in filled.facts:
        formula = filled.evaluation.formula(fact.cell)
        rows, behind = drill.rows(formula) if formula.shape == "sum" else (0, ())
        yield CellNote(fact, str(formula), formula.article, rows, behind)


class _Drill:
    """The rows behind cells: what many of them ask of the same table is read once."""

    def __init__(self, filled: Return) -> None:
        self._position = filled.position
        self._rows = Rows(filled.position)
        self._columns: dict[str, dict[str, NDArray[np.object_]]] = {}

    def rows(self, formula: Formula) -> tuple[int, tuple[Behind, ...]]:
        """Return how many rows a `sum` selects, its largest, and the sum of the others."""
        chosen = self._rows.matching(formula.source, formula.where)
        amounts = formula.sign * self._rows.amounts(formula.source, formula.column)[chosen]
        order = np.lexsort((np.arange(len(amounts)), -np.abs(amounts)))[:SHOWN]
        words = self._words(formula.source)
        behind = [
            _behind({name: values[place] for name, values in words.items()}, int(amount))
            for place, amount in zip(chosen[order], amounts[order], strict=True)
        ]
        left = len(amounts) - len(order)
        if left:
            rest = from_cents(int(amounts.sum() - amounts[order].sum()))
            behind.append(Behind("", "", None, "", rest, others=left))
        return len(amounts), tuple(behind)

    def _words(self, source: str) -> dict[str, NDArray[np.object_]]:
        """Return the columns that a row is told by, as the objects they hold."""
        if source not in self._columns:
            table = self._position.table(source)
            names = [name for name in (*_NAMES, "part", "risk_weight", "article") if name in table.columns]
            self._columns[source] = {name: table[name].to_numpy(dtype=object) for name in names}
        return self._columns[source]


def _behind(row: Mapping[Any, Any], amount: int) -> Behind:
    weight = row.get("risk_weight")
    return Behind(
        next((word for column in _NAMES if (word := _word(row, column))), ""),
        _word(row, "part"),
        None if weight is None or pd.isna(weight) else float(weight),
        _word(row, "article"),
        from_cents(amount),
    )


def _word(row: Mapping[Any, Any], column: str) -> str:
    value = row.get(column)
    return "" if value is None or pd.isna(value) else str(value)


def cell_reference(cell: CellName) -> str:
    """Return a cell's name as a drill sheet writes it."""
    sheet = f" · {cell.sheet.rpartition(':')[2]}" if cell.sheet else ""
    return f"{cell.table} r{cell.row} c{cell.column}{sheet}"
