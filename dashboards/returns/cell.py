"""What stands behind one cell: value, formula, articles, and the rows whose exact sum it is."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

import pandas as pd

from dashboards.returns.compute import Filled
from dashboards.returns.grid import findings_of
from plimsoll import explain
from plimsoll.errors import ReturnError
from plimsoll.returns import Explanation

__all__ = ["SHOWN", "Behind", "Drawer", "read_drawer"]

SHOWN = 50
TERMS = ("line", "ratio", "risk")
"""Columns by which a row that is no exposure is called, the first that it has."""


@dataclass(frozen=True)
class Behind:
    """One row behind a cell."""

    name: str
    part: str
    counterparty: str
    risk_weight: float | None
    article: str
    contribution: Decimal


@dataclass(frozen=True)
class Drawer:
    """A cell, explained. `refusal` says why there is nothing to explain."""

    table: str
    row: str
    column: str
    sheet: str | None
    data_type: str
    refusal: str
    explanation: Explanation | None
    behind: tuple[Behind, ...]
    count: int
    articles: tuple[tuple[str, int], ...]
    """The articles that set the rows' treatment, with how many rows each, most first."""
    findings: Sequence[Mapping[str, Any]]

    @property
    def total(self) -> Decimal:
        """The exact sum of every row behind the cell, shown or not."""
        return self.explanation.total if self.explanation else Decimal(0)


def read_drawer(held: Filled, table: str, row: str, column: str, sheet: str | None) -> Drawer:
    """Explain a cell by the definition that filled it."""
    findings = findings_of(held, table, row, column, sheet)
    try:
        told = explain(held.filled, table, row=row, column=column, sheet=sheet)
    except ReturnError as refusal:
        return Drawer(table, row, column, sheet, "", str(refusal), None, (), 0, (), findings)
    fact = held.filled.values[told.cell]
    lines = told.lines
    return Drawer(
        table,
        row,
        column,
        sheet,
        fact.data_type,
        "",
        told,
        _largest(lines) if told.is_sum else (),
        len(lines) if told.is_sum else 0,
        _articles(lines) if told.is_sum else (),
        findings,
    )


def _largest(lines: pd.DataFrame) -> tuple[Behind, ...]:
    amounts = lines["contribution"]
    order = sorted(range(len(lines)), key=lambda place: (-abs(amounts.iloc[place]), place))[:SHOWN]
    return tuple(_behind(lines.iloc[place].to_dict()) for place in order)


def _word(row: Mapping[Any, Any], column: str) -> str:
    value = row.get(column)
    return "" if value is None or pd.isna(value) else str(value)


def _name(row: Mapping[Any, Any]) -> str:
    terms = (_word(row, name).replace("_", " ") for name in TERMS)
    return _word(row, "exposure_id") or next((term for term in terms if term), "–")


def _behind(row: Mapping[Any, Any]) -> Behind:
    weight = row.get("risk_weight")
    return Behind(
        _name(row),
        _word(row, "part"),
        _word(row, "counterparty_id"),
        None if weight is None or pd.isna(weight) else float(weight),
        _word(row, "article"),
        row["contribution"],
    )


def _articles(lines: pd.DataFrame) -> tuple[tuple[str, int], ...]:
    if "article" not in lines:
        return ()
    counts = lines["article"].dropna().value_counts()
    return tuple((str(article), int(n)) for article, n in counts.items())
