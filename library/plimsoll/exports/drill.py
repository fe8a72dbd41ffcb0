"""What stands behind every cell of a return at once, for exports: the largest rows, and the sum of the others."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import numpy as np
import pandas as pd

from plimsoll.returns import CellName, Fact, Formula, Return
from plimsoll.returns.evaluation import selected
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
    for fact in filled.facts:
        formula = filled.evaluation.formula(fact.cell)
        rows, behind = _rows(filled, formula) if formula.shape == "sum" else (0, ())
        yield CellNote(fact, str(formula), formula.article, rows, behind)


def _rows(filled: Return, formula: Formula) -> tuple[int, tuple[Behind, ...]]:
    table, amounts = selected(filled.position, formula)
    order = np.lexsort((np.arange(len(amounts)), -np.abs(amounts)))[:SHOWN]
    shown = table.iloc[order]
    behind = [
        _behind(row, int(amount))
        for row, amount in zip(shown.to_dict("records"), amounts[order], strict=True)
    ]
    left = len(amounts) - len(order)
    if left:
        rest = from_cents(int(amounts.sum() - amounts[order].sum()))
        behind.append(Behind("", "", None, "", rest, others=left))
    return len(amounts), tuple(behind)


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
