"""Computes cells from their definitions; filling and explaining both go through here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cached_property
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plimsoll.errors import ReturnError
from plimsoll.returns.definitions import KEY_SEPARATOR, CellName, Definitions, Formula, TableDefinition
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
        self._tables = {
            name: dict(_expanded(table, position)) if table.keys else table.cells
            for name, table in definitions.tables.items()
        }
        self._formulas: dict[CellName, Formula] = {}
        for cells in self._tables.values():
            self._formulas.update(cells)
        self._known: dict[CellName, Decimal | None] = {}
        self._underway: set[CellName] = set()
        self._masks: dict[tuple[str, int], NDArray[np.bool_]] = {}

    def __contains__(self, cell: CellName) -> bool:
        """Whether a definition fills the cell."""
        return cell in self._formulas

    def cells(self, table: str) -> Mapping[CellName, Formula]:
        """Return the cells of a table, a row for each of its keys where it is an open one."""
        return self._tables[table]

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
        if formula.shape not in {"choice", "text"}:
            return self.value(cell)
        word = self._only(formula)
        if word is None or pd.isna(word) or word == "":
            return None
        if formula.shape == "text":
            return str(word).lower() if isinstance(word, (bool, np.bool_)) else str(word)
        return f"{formula.prefix}{word}" if formula.prefix else formula.members.get(str(word))

    def _compute(self, formula: Formula) -> Decimal | None:
        """Return the number of a cell, None where there is none: words are no number."""
        if formula.shape in {"sum", "level", "rate"}:
            return {"sum": self._sum, "level": self._level, "rate": self._rate}[formula.shape](formula)
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

    def _rate(self, formula: Formula) -> Decimal | None:
        rate = self._only(formula)
        return None if rate is None or pd.isna(rate) else _as_ratio(rate)

    def _only(self, formula: Formula) -> Any:  # noqa: ANN401  # a cell of a table: words, a number, a flag
        """Return what stands in a column of the only row selected, None where there is none.

        Raises
        ------
        ReturnError
            Several rows are selected: a definition that expects one does not fit the data.
        """
        table = self._position.table(formula.source)
        found = table.loc[matching(table, formula.where), formula.column]
        if len(found) > 1:
            raise ReturnError(
                f"{formula.source} has {len(found)} rows where a cell takes the {formula.column} of one"
            )
        return found.iloc[0] if len(found) else None

    def _level(self, formula: Formula) -> Decimal | None:
        marks = self._position.table("marks")
        for mark in formula.marks:
            found = marks.loc[(marks["ratio"] == formula.ratio) & (marks["mark"] == mark), "level"]
            if len(found):
                return _as_ratio(found.iloc[0])
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


def _as_ratio(number: object) -> Decimal:
    return Decimal(str(number)).quantize(RATIO_PLACES, ROUND_HALF_EVEN)


def _expanded(definition: TableDefinition, position: Position) -> Iterator[tuple[CellName, Formula]]:
    """Yield the cells of an open table: each of its columns, for each row that its source's keys name.

    Raises
    ------
    ReturnError
        A key is empty, holds the separator, or is a word that no member stands for.
    """
    columns = [key.column for key in definition.keys]
    held = position.table(definition.source)[columns].drop_duplicates().sort_values(columns)
    steps = {cell: formula for cell, formula in definition.cells.items() if cell.row}
    yield from steps.items()
    for values in held.itertuples(index=False, name=None):
        named = [
            _key_text(definition.table, key.column, key.members, value)
            for key, value in zip(definition.keys, values, strict=True)
        ]
        row, chosen = KEY_SEPARATOR.join(named), dict(zip(columns, values, strict=True))
        for cell, formula in definition.cells.items():
            if not cell.row:
                parts = tuple(replace(part, row=part.row or row) for part in formula.cells)
                where = (*formula.where, chosen)
                yield replace(cell, row=row), replace(formula, cells=parts, where=where)


def _key_text(table: str, column: str, members: Mapping[str, str], value: Any) -> str:  # noqa: ANN401  # whatever a column holds
    text = str(members.get(str(value), "") if members else value)
    if not text or pd.isna(value) or KEY_SEPARATOR in text:
        raise ReturnError(
            f"{table}: {column} {value!r} cannot name a row; it may be neither empty nor hold |"
        )
    return text
