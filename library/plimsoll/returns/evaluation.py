"""Computes cells from their definitions; filling and explaining both go through here."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cached_property

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plimsoll.errors import ReturnError
from plimsoll.returns.definitions import CellName, Definitions, Formula
from plimsoll.returns.position import Position, amounts_of, condensed, matching
from plimsoll.units import from_cents

__all__ = ["RATIO_PLACES", "Evaluation", "selected"]

_CENT = Decimal("0.01")
RATIO_PLACES = Decimal("0.000001")
"""Ratios are reported to the hundredth of a basis point (filing rules ask for a basis point at least)."""


def selected(position: Position, formula: Formula) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """Return the rows a `sum` selects, and what each contributes in whole cents, its sign included."""
    table = position.table(formula.source)
    chosen = matching(table, formula.where)
    return table[chosen], formula.sign * amounts_of(table, formula.column)[chosen]


class Evaluation:
    """Every cell of a module's definitions over one position, each computed once.

    A cell without a row behind it has no value: it is not reported. One whose rows sum to zero is zero.
    """

    def __init__(self, definitions: Definitions, position: Position) -> None:
        self._position = position
        self._formulas: dict[CellName, Formula] = {}
        for table in definitions.tables.values():
            self._formulas.update(table.cells)
        self._known: dict[CellName, Decimal | None] = {}
        self._underway: set[CellName] = set()
        self._masks: dict[tuple[str, int], NDArray[np.bool_]] = {}

    def formula(self, cell: CellName) -> Formula:
        """Return the definition of a cell.

        Raises
        ------
        ReturnError
            There is none.
        """
        if cell not in self._formulas:
            raise ReturnError(f"no definition fills {cell}")
        return self._formulas[cell]

    def value(self, cell: CellName) -> Decimal | None:
        """Return the value of a cell, None where nothing stands behind it.

        Raises
        ------
        ReturnError
            The cell has no definition, or a definition refers to itself.
        """
        if cell not in self._known:
            if cell in self._underway:
                raise ReturnError(f"the definition of {cell} leads back to itself")
            self._underway.add(cell)
            self._known[cell] = self._compute(self.formula(cell))
            self._underway.discard(cell)
        return self._known[cell]

    def content(self, cell: CellName) -> Decimal | str | None:
        """Return what a cell holds, a number or a member; None where nothing stands behind it."""
        formula = self.formula(cell)
        if formula.shape != "choice":
            return self.value(cell)
        (word,) = self._position.table(formula.source)[formula.column]
        return formula.members.get(word)

    def _compute(self, formula: Formula) -> Decimal | None:
        if formula.shape == "sum":
            return self._sum(formula)
        if formula.shape == "level":
            return self._level(formula)
        operands = [self.value(cell) for cell in formula.cells]
        present = [operand for operand in operands if operand is not None]
        if not present:
            return None
        if formula.shape == "add":
            return sum(present, Decimal(0))
        if formula.shape == "lowest":
            return min(present)
        return self._compare(formula, present) if len(present) == len(operands) else None

    def _compare(self, formula: Formula, operands: list[Decimal]) -> Decimal | None:
        """Return the ratio of two amounts, or the surplus of one over a level of the other."""
        own, exposure = operands
        if formula.shape == "ratio":
            return (own / exposure).quantize(RATIO_PLACES, ROUND_HALF_EVEN) if exposure else None
        level = self._level(formula)
        return None if level is None else (own - level * exposure).quantize(_CENT, ROUND_HALF_EVEN)

    def _sum(self, formula: Formula) -> Decimal | None:
        table = self._condensed[formula.source]
        chosen = np.ones(len(table), dtype=bool)
        for where in formula.where:
            key = (formula.source, id(where))
            if key not in self._masks:
                self._masks[key] = matching(table, (where,))
            chosen &= self._masks[key]
        if not chosen.any():
            return None
        return from_cents(formula.sign * int(amounts_of(table, formula.column)[chosen].sum()))

    def _level(self, formula: Formula) -> Decimal | None:
        marks = self._position.marks
        for mark in formula.marks:
            found = marks.loc[(marks["ratio"] == formula.ratio) & (marks["mark"] == mark), "level"]
            if len(found):
                return Decimal(str(found.iloc[0])).quantize(RATIO_PLACES, ROUND_HALF_EVEN)
        return None

    @cached_property
    def _condensed(self) -> Mapping[str, pd.DataFrame]:
        """The sources, condensed to the columns that definitions filter on and measure."""
        filtered: dict[str, set[str]] = {}
        measured: dict[str, set[str]] = {}
        for formula in self._formulas.values():
            if formula.shape == "sum":
                measured.setdefault(formula.source, set()).add(formula.column)
                names = {name for where in formula.where for name in where}
                filtered.setdefault(formula.source, set()).update(names)
        return {
            source: condensed(
                self._position.table(source), sorted(filtered[source]), sorted(measured[source])
            )
            for source in measured
        }
