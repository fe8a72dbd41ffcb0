"""Computes cells from their definitions; filling and explaining both go through here."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import replace
from decimal import ROUND_HALF_EVEN, Decimal
from functools import cached_property
from types import MappingProxyType
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plimsoll.errors import ReturnError
from plimsoll.returns.definitions import (
    EACH_SHEET,
    KEY_SEPARATOR,
    CellName,
    Definitions,
    Formula,
    TableDefinition,
    Where,
)
from plimsoll.returns.position import Position, amounts_of, condensed, matching
from plimsoll.units import from_cents

__all__ = ["RATIO_PLACES", "Evaluation", "selected", "weighed"]

_CENT = Decimal("0.01")
_CONDENSED = ("sum", "weighted", "yearly", "count")
_YEAR = "year_end"
RATIO_PLACES = Decimal("0.000001")
"""Ratios are reported to the hundredth of a basis point (filing rules ask for a basis point at least)."""


def selected(position: Position, formula: Formula) -> tuple[pd.DataFrame, NDArray[np.int64]]:
    """Return the rows a `sum` selects, and what each contributes in whole cents, its sign included."""
    table = position.table(formula.source)
    chosen = matching(table, formula.where)
    return table[chosen], formula.sign * amounts_of(table, formula.column)[chosen]


def weighed(
    position: Position, formula: Formula
) -> tuple[pd.DataFrame, NDArray[np.int64], NDArray[np.int64]]:
    """Return the rows a `weighted` selects, each one's value times weight and its weight, in whole cents.

    Of a `yearly` the value counts by itself: it is a part of the weight.
    """
    table = position.table(formula.source)
    rows = table[matching(table, formula.where)]
    measured = formula.column if formula.shape == "yearly" else _product(formula)
    return rows, amounts_of(rows, measured), amounts_of(rows, formula.weight)


class Evaluation:
    """Every cell of a module's definitions over one position, each computed once.

    A cell without a row behind it has no value: it is not reported. One whose rows sum to zero is zero. `deltas`
    are the adjustments of cells: added to what the definition gives, and so in every cell computed from them.
    """

    def __init__(
        self,
        definitions: Definitions,
        position: Position,
        deltas: Mapping[CellName, Decimal] = MappingProxyType({}),
    ) -> None:
        self._position = position
        self._deltas = deltas
        self._tables = {
            name: dict(_expanded(table, position)) if table.keys else _sheeted(table, position)
            for name, table in definitions.tables.items()
        }
        self._formulas: dict[CellName, Formula] = {}
        for cells in self._tables.values():
            self._formulas.update(cells)
        self._known: dict[CellName, Decimal | None] = {}
        self._underway: set[CellName] = set()
        self._masks: dict[tuple[str, int], NDArray[np.bool_]] = {}
        self._conditions: dict[tuple[str, str, str], NDArray[np.bool_]] = {}
        self._measured: dict[tuple[str, str], NDArray[np.int64]] = {}
        self._codes: dict[tuple[str, str], NDArray[np.intp]] = {}
        self._year_codes: dict[str, NDArray[np.intp]] = {}

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
            found = self._compute(self.formula(cell))
            if cell in self._deltas:
                found = (found or Decimal(0)) + self._deltas[cell]
            self._known[cell] = found
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
        read = {
            "sum": self._sum,
            "mean": self._mean,
            "weighted": self._weighted,
            "yearly": self._yearly,
            "count": self._count,
            "level": self._level,
            "rate": self._rate,
        }
        if formula.shape in read:
            return read[formula.shape](formula)
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
        chosen = self._chosen(formula)
        if not chosen.any():
            return None
        total = from_cents(formula.sign * int(self._amounts(formula.source, formula.column)[chosen].sum()))
        return total.to_integral_value() if formula.whole else total

    def _chosen(self, formula: Formula) -> NDArray[np.bool_]:
        """Return which rows of the condensed source the filters select."""
        table = self._condensed[formula.source]
        chosen = self._everything(formula.source, len(table))
        for where in formula.where:
            key = (formula.source, id(where))
            if key not in self._masks:
                self._masks[key] = self._matching(formula.source, where)
            chosen = chosen & self._masks[key]
        return chosen

    def _matching(self, source: str, where: Where) -> NDArray[np.bool_]:
        """Return which rows of the condensed source match a filter: each condition is looked at once."""
        table = self._condensed[source]
        chosen = self._everything(source, len(table))
        for column, wanted in where.items():
            key = (source, column, repr(wanted))
            if key not in self._conditions:
                self._conditions[key] = matching(table, ({column: wanted},))
            chosen = chosen & self._conditions[key]
        return chosen

    def _everything(self, source: str, rows: int) -> NDArray[np.bool_]:
        if (source, 0) not in self._masks:
            self._masks[source, 0] = np.ones(rows, dtype=bool)
        return self._masks[source, 0]

    def _amounts(self, source: str, column: str) -> NDArray[np.int64]:
        """Return a measured column of the condensed source, in whole cents."""
        if (source, column) not in self._measured:
            self._measured[source, column] = amounts_of(self._condensed[source], column)
        return self._measured[source, column]

    def _weighted(self, formula: Formula) -> Decimal | None:
        """Return an average; None where nothing is selected, or nothing of it has weight."""
        chosen = self._chosen(formula)
        weights = int(self._amounts(formula.source, formula.weight)[chosen].sum())
        if not weights:
            return None
        total = int(self._amounts(formula.source, _product(formula))[chosen].sum())
        return (Decimal(total) / Decimal(weights)).quantize(
            Decimal(1).scaleb(-formula.places), ROUND_HALF_EVEN
        )

    def _yearly(self, formula: Formula) -> Decimal | None:
        """Return the average over the years of a share; a year in which nothing has weight is none of them."""
        chosen = self._chosen(formula)
        years = self._years(formula.source)
        parts = self._amounts(formula.source, formula.column)
        wholes = self._amounts(formula.source, formula.weight)
        shares = []
        for year in range(years.max(initial=-1) + 1):
            held = chosen & (years == year)
            if whole := int(wholes[held].sum()):
                shares.append(Decimal(int(parts[held].sum())) / Decimal(whole))
        if not shares:
            return None
        return (sum(shares, Decimal(0)) / len(shares)).quantize(
            Decimal(1).scaleb(-formula.places), ROUND_HALF_EVEN
        )

    def _years(self, source: str) -> NDArray[np.intp]:
        """Return the year of each row of a condensed source, as the number of its place in time."""
        if source not in self._year_codes:
            self._year_codes[source] = pd.factorize(self._condensed[source][_YEAR], sort=True)[0]
        return self._year_codes[source]

    def _count(self, formula: Formula) -> Decimal | None:
        """Return how many different values the rows selected have: of the rows themselves, not of their sums."""
        if not self._chosen(formula).any():
            return None
        table = self._position.table(formula.source)
        key = (formula.source, formula.column)
        if key not in self._codes:
            self._codes[key] = pd.factorize(table[formula.column])[0]
        chosen = np.ones(len(table), dtype=bool)
        for where in formula.where:
            held = (formula.source, -id(where))  # the same filter over the rows, not over their sums
            if held not in self._masks:
                self._masks[held] = matching(table, (where,))
            chosen &= self._masks[held]
        codes = self._codes[key]
        seen = np.zeros(codes.max(initial=-1) + 1, dtype=bool)
        seen[codes[chosen & (codes >= 0)]] = True
        return Decimal(int(seen.sum()))

    def _mean(self, formula: Formula) -> Decimal | None:
        rows, amounts = selected(self._position, formula)
        if rows.empty:
            return None
        return (from_cents(int(amounts.sum())) / len(rows)).quantize(_CENT, ROUND_HALF_EVEN)

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
        marks = self._position.table(formula.source)
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
            if formula.shape in _CONDENSED:
                measured.setdefault(formula.source, set()).update(_measured(formula))
                names = {name for where in formula.where for name in where}
                names |= {_YEAR} if formula.shape == "yearly" else set()
                filtered.setdefault(formula.source, set()).update(names)
        return {
            source: condensed(
                self._position.table(source), sorted(filtered[source]), sorted(measured[source])
            )
            for source in measured
        }


def _measured(formula: Formula) -> tuple[str, ...]:
    """Return the columns that a formula sums."""
    if formula.shape == "weighted":
        return (formula.weight, _product(formula))
    if formula.shape == "yearly":
        return (formula.column, formula.weight)
    return (formula.column,) if formula.shape == "sum" else ()


def _product(formula: Formula) -> str:
    return f"{formula.column}*{formula.weight}"


def _sheeted(definition: TableDefinition, position: Position) -> Mapping[CellName, Formula]:
    """Return the cells of a table, those of each sheet that its source's column names among them."""
    if definition.sheets_by is None:
        return definition.cells
    column = definition.sheets_by.column
    values = sorted(position.table(definition.source)[column].dropna().unique())
    chosen = {value: {column: value} for value in values}
    cells = {cell: formula for cell, formula in definition.cells.items() if cell.sheet != EACH_SHEET}
    for cell, formula in definition.cells.items():
        if cell.sheet == EACH_SHEET:
            for value in values:
                sheet = definition.sheets_by.member(value)
                parts = tuple(
                    replace(part, sheet=sheet) if part.sheet == EACH_SHEET else part for part in formula.cells
                )
                where = (*formula.where, chosen[value])
                cells[replace(cell, sheet=sheet)] = replace(formula, where=where, cells=parts)
    return cells


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
                picked = {formula.instead.get(column, column): value for column, value in chosen.items()}
                where = (*formula.where, picked if formula.instead else chosen)
                yield replace(cell, row=row), replace(formula, cells=parts, where=where)


def _key_text(table: str, column: str, members: Mapping[str, str], value: Any) -> str:  # noqa: ANN401  # whatever a column holds
    text = str(members.get(str(value), "") if members else value)
    if not text or pd.isna(value) or KEY_SEPARATOR in text:
        raise ReturnError(
            f"{table}: {column} {value!r} cannot name a row; it may be neither empty nor hold |"
        )
    return text
