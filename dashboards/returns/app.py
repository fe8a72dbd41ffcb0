"""The returns room: what a press opens, and what is repainted."""

from __future__ import annotations

import panel as pn

from dashboards.returns.compute import Filing, Shelf, find_filing, make_workbook, read_shelf
from dashboards.returns.draw import draw_drawer, draw_grid, draw_nothing, draw_talk, draw_tree
from dashboards.returns.grid import list_templates
from dashboards.returns.page import Page, Wanted, read_page
from dashboards.returns.threads import ACTS, Place, read_talk, say_it
from dashboards.theme.page import REFRESH_SECONDS, Room, Viewer, build_page
from dashboards.theme.refusals import say_refusal
from dashboards.theme.sheet import Press, Sheet
from harbour.errors import DatabaseError, HarbourError, NotFound
from plimsoll.returns import Grid

__all__ = ["ReturnsRoom", "build"]

ASKED = ("submission", "table", "row", "column", "sheet")


class ReturnsRoom(Room):
    """One viewer's open returns page."""

    def __init__(self, viewer: Viewer, wanted: Wanted | None = None) -> None:
        super().__init__(viewer)
        self.tree = Sheet(self.press)
        self.paper = Sheet(self.press)
        self.side = Sheet(self.press)
        self.wanted = wanted or Wanted()
        self.shelf: Shelf | None = None
        self.filing: Filing | None = None
        self.page: Page | None = None

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
        self.shelf = self.filing = self.page = None
        for sheet in (self.tree, self.side):
            sheet.paint("")

    async def _open(self) -> None:
        self.shelf = await self.query(read_shelf)
        wanted = self.wanted
        self.filing = find_filing(self.shelf, wanted.submission)
        if self.filing is None:
            sentence = "returns.empty" if wanted.submission is None else "returns.gone"
            self._vacate(self.say(sentence))
        else:
            await self._show(wanted.table, wanted.sheet, wanted.cell)

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
            again = self.page.grid if self.page and now.run_id == self.filing.run_id else None
            self.filing = now
            await self._show(again.code if again else None, again.sheet if again else None, None)
        else:
            await self._refresh_talk()

    async def _refresh_talk(self) -> None:
        page, place = self.page, self._place()
        if page is None or place is None:
            return
        talk = await self.query(lambda c: read_talk(c, place))
        if talk != page.talk:
            await self._show_cell(page)

    async def _press(self, press: Press) -> None:
        if press.act == "filing" and press.id.isdecimal():
            self.wanted = Wanted(int(press.id))
            await self._open()
        elif self.page is None:
            return
        elif press.act in ACTS:
            await self._say(self.page, press)
        elif press.act == "export":
            await self._export()
        else:
            await self._turn(self.page.grid, press)

    async def _turn(self, grid: Grid, press: Press) -> None:
        """Show another table, sheet or cell."""
        if press.act == "table":
            await self._show(press.id, None, None)
        elif press.act == "sheet":
            await self._show(grid.code, press.id, None)
        elif press.act == "cell":
            row, _, column = press.id.partition("/")
            await self._show(grid.code, grid.sheet, (row, column))
        elif press.act == "close":
            await self._show(grid.code, grid.sheet, None)

    async def _export(self) -> None:
        filing, page = self.filing, self.page
        if filing is None or page is None:
            return
        made = await self.query(lambda c: make_workbook(c, filing, self.say))
        if made is not None:
            self.paper.hand_over(*made)
        await self._show(page.grid.code, page.grid.sheet, None)

    async def _say(self, page: Page, press: Press) -> None:
        place, failed = self._place(), ""
        if place is None:
            return
        try:
            await self.query(lambda c: say_it(c, place, press))
        except DatabaseError:
            raise
        except HarbourError as refusal:
            failed = say_refusal(str(refusal), self.say.language)
        await self._show_cell(page, failed=failed, fresh=not failed)

    def _place(self) -> Place | None:
        if self.page is None or self.page.drawer is None or self.filing is None:
            return None
        cell = self.page.drawer
        return Place(self.filing.id, cell.table, cell.row, cell.column, cell.sheet)

    async def _show_cell(self, page: Page, *, failed: str = "", fresh: bool = False) -> None:
        cell = (page.drawer.row, page.drawer.column) if page.drawer else None
        await self._show(page.grid.code, page.grid.sheet, cell, failed=failed, fresh=fresh)

    async def _show(
        self,
        table: str | None,
        sheet: str | None,
        cell: tuple[str, str] | None,
        *,
        failed: str = "",
        fresh: bool = False,
    ) -> None:
        filing = self.filing
        if filing is None or self.shelf is None:
            return None
        try:
            page = await self.query(lambda c: read_page(c, filing, table, sheet, cell))
        except NotFound:
            return self._vacate(self.say("returns.gone"))
        if page is None:
            return self._vacate(self.say("returns.none_kept"))
        moved = self.page is None or page.grid != self.page.grid or cell is None
        self.page = page
        if moved:
            leaves = list_templates(page.held, page.module)
            more = page.held.more_findings
            self.tree.paint(draw_tree(self.shelf, filing, leaves, page.grid.code, self.say, more))
        self.paper.paint(draw_grid(filing, page.held, page.grid, cell, self.say, page.said))
        said = draw_talk(page.talk, self.say, failed) if page.talk else ""
        currency = filing.summary.currency
        return self.side.paint(
            draw_drawer(page.drawer, page.grid, currency, self.say, talk=said, fresh=fresh)
        )


def _asked() -> Wanted:
    """Return what the page's address names; words of no sane length are left out."""
    given = {
        name: value[0].decode("ascii", "replace")[:240]
        for name in ASKED
        if (value := pn.state.session_args.get(name))
    }
    number = given.pop("submission", "")
    return Wanted(int(number) if number.isdecimal() and len(number) < 16 else None, **given)


def build(viewer: Viewer, base_url: str) -> pn.Template:
    """Return a viewer's returns page, on the submission and cell that its address names."""
    room = ReturnsRoom(viewer, _asked())
    pn.state.onload(room.open)
    every = REFRESH_SECONDS * 1000
    pn.state.add_periodic_callback(room.refresh, every)  # type: ignore[arg-type]  # takes coroutine functions too
    return build_page(
        "returns", viewer, {"tree": room.tree, "paper": room.paper, "side": room.side}, base_url
    )
