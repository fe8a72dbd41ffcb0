"""The returns room: what a press opens, and what is repainted."""

from __future__ import annotations

import panel as pn

from dashboards.returns.cell import Drawer, read_drawer
from dashboards.returns.compute import (
    Filing,
    Filled,
    Shelf,
    find_filing,
    make_workbook,
    read_filled,
    read_shelf,
)
from dashboards.returns.draw import draw_drawer, draw_grid, draw_nothing, draw_tree
from dashboards.returns.grid import list_templates
from dashboards.theme.page import REFRESH_SECONDS, Room, Viewer, build_page
from dashboards.theme.sheet import Press, Sheet
from harbour import Connection
from harbour.errors import NotFound
from plimsoll.dictionary import Module, open_dictionary
from plimsoll.returns import Grid, lay_out

__all__ = ["ReturnsRoom", "build"]


class ReturnsRoom(Room):
    """One viewer's open returns page."""

    def __init__(self, viewer: Viewer, wanted: int | None = None) -> None:
        super().__init__(viewer)
        self.tree = Sheet(self.press)
        self.paper = Sheet(self.press)
        self.side = Sheet(self.press)
        self.wanted = wanted
        self.shelf: Shelf | None = None
        self.filing: Filing | None = None
        self.grid: Grid | None = None

    async def open(self) -> None:
        """Fill the page in for the first time."""
        await self.guarded(self.paper, self._open)

    async def refresh(self) -> None:
        """Follow what is decided meanwhile: a return one may no longer see goes at once."""
        await self.guarded(self.paper, self._refresh)

    async def press(self, press: Press) -> None:
        """Do what was pressed."""
        await self.guarded(self.paper, lambda: self._press(press))

    def forget(self) -> None:
        """Clear the figures of one who is signed out."""
        self.shelf = self.filing = self.grid = None
        for sheet in (self.tree, self.side):
            sheet.paint("")

    async def _open(self) -> None:
        self.shelf = await self.query(read_shelf)
        self.filing = find_filing(self.shelf, self.wanted)
        if self.filing is None:
            sentence = "returns.empty" if self.wanted is None else "returns.gone"
            self._vacate(self.say(sentence))
        else:
            await self._show(None, None, None)

    def _vacate(self, sentence: str) -> None:
        self.forget()
        self.paper.paint(draw_nothing(sentence, self.say))

    async def _refresh(self) -> None:
        if self.filing is None:
            return
        shelf = await self.query(read_shelf)
        now = find_filing(shelf, self.filing.id)
        if now is None:
            self._vacate(self.say("returns.gone"))
        elif shelf != self.shelf:
            self.shelf = shelf
            again = self.grid if now.run_id == self.filing.run_id else None
            self.filing = now
            await self._show(again.code if again else None, again.sheet if again else None, None)

    async def _press(self, press: Press) -> None:
        if press.act == "filing" and press.id.isdecimal():
            self.wanted = int(press.id)
            await self._open()
        elif self.grid is None:
            return
        elif press.act == "table":
            await self._show(press.id, None, None)
        elif press.act == "sheet":
            await self._show(self.grid.code, press.id, None)
        elif press.act == "cell":
            row, _, column = press.id.partition("/")
            await self._show(self.grid.code, self.grid.sheet, (row, column))
        elif press.act == "export":
            await self._export()
        elif press.act == "close":
            await self._show(self.grid.code, self.grid.sheet, None)

    async def _export(self) -> None:
        filing, grid = self.filing, self.grid
        if filing is None or grid is None:
            return
        made = await self.query(lambda c: make_workbook(c, filing, self.say))
        if made is not None:
            self.paper.hand_over(*made)
        await self._show(grid.code, grid.sheet, None)

    async def _show(self, table: str | None, sheet: str | None, cell: tuple[str, str] | None) -> None:
        filing = self.filing
        if filing is None or self.shelf is None:
            return None
        try:
            found = await self.query(lambda c: _read(c, filing, table, sheet, cell))
        except NotFound:
            return self._vacate(self.say("returns.gone"))
        if found is None:
            return self._vacate(self.say("returns.none_kept"))
        held, module, grid, drawer = found
        moved = grid != self.grid or cell is None
        self.grid = grid
        leaves = list_templates(held, module)
        if moved:
            self.tree.paint(draw_tree(self.shelf, filing, leaves, grid.code, self.say, held.more_findings))
        self.paper.paint(draw_grid(filing, held, grid, cell, self.say))
        return self.side.paint(draw_drawer(drawer, grid, filing.summary.currency, self.say))


def _read(
    connection: Connection, filing: Filing, table: str | None, sheet: str | None, cell: tuple[str, str] | None
) -> tuple[Filled, Module, Grid, Drawer | None] | None:
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
    drawer = read_drawer(held, code, cell[0], cell[1], grid.sheet) if cell else None
    return held, module, grid, drawer


def build(viewer: Viewer, base_url: str) -> pn.Template:
    """Return a viewer's returns page, on the submission that its address names."""
    given = (pn.state.session_args.get("submission") or [b""])[0].decode("ascii", "replace")
    room = ReturnsRoom(viewer, int(given) if given.isdecimal() and len(given) < 16 else None)
    pn.state.onload(room.open)
    every = REFRESH_SECONDS * 1000
    pn.state.add_periodic_callback(room.refresh, every)  # type: ignore[arg-type]  # takes coroutine functions too
    return build_page(
        "returns", viewer, {"tree": room.tree, "paper": room.paper, "side": room.side}, base_url
    )
