"""One page of the returns room: a filing's table, a cell of it, and what was said about it."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass

from dashboards.returns.cell import Drawer, read_drawer
from dashboards.returns.compute import Filing, Filled, read_filled
from dashboards.returns.threads import Place, Talk, count_threads, read_talk
from harbour import Connection
from plimsoll.dictionary import Module, open_dictionary
from plimsoll.returns import Grid, lay_out

__all__ = ["Page", "Wanted", "read_page"]


@dataclass(frozen=True)
class Wanted:
    """What the page's address names: a submission, a table of it, a cell."""

    submission: int | None = None
    table: str | None = None
    row: str | None = None
    column: str | None = None
    sheet: str | None = None

    @property
    def cell(self) -> tuple[str, str] | None:
        """Return the cell's row and column, when both are named."""
        return (self.row, self.column) if self.row and self.column else None


@dataclass(frozen=True)
class Page:
    """All that a page shows of one filing."""

    held: Filled
    module: Module
    grid: Grid
    drawer: Drawer | None
    talk: Talk | None
    said: Counter[tuple[str, str]]
    """Open threads by row and column of the grid."""


def read_page(
    connection: Connection, filing: Filing, table: str | None, sheet: str | None, cell: tuple[str, str] | None
) -> Page | None:
    """Return a filing's table, laid out, and a cell of it explained; C 02.00 where no table is named."""
    held = read_filled(connection, filing)
    if held is None:
        return None
    module = open_dictionary().module(held.filled.module, on=held.filled.reference_date)
    tables = list(dict.fromkeys(fact.table for fact in held.filled.facts))
    if not tables:
        return None
    code = table if table in tables else next((t for t in tables if t.startswith("C_02.00")), tables[0])
    grid = lay_out(held.filled, module.table(code), sheet)
    said = count_threads(connection.submissions.comments(filing.id), grid)
    if cell is None:
        return Page(held, module, grid, None, None, said)
    drawer = read_drawer(held, code, *cell, grid.sheet)
    talk = read_talk(connection, Place(filing.id, code, *cell, grid.sheet)) if drawer.explanation else None
    return Page(held, module, grid, drawer, talk, said)
