"""The room of published notebooks: a list, the page of one, and what is to be decided."""

from __future__ import annotations

import panel as pn

from dashboards.theme.page import REFRESH_SECONDS, Room, Viewer, build_page
from dashboards.theme.sheet import Press, Sheet
from dashboards.voila.compute import Shelf, read_page, read_shelf
from dashboards.voila.draw import draw_shelf

__all__ = ["VoilaRoom", "build"]


class VoilaRoom(Room):
    """One viewer's open list."""

    def __init__(self, viewer: Viewer) -> None:
        super().__init__(viewer)
        self.sheet = Sheet(self.press)
        self.shelf: Shelf | None = None
        self.page: tuple[int, str] | None = None

    async def open(self) -> None:
        """Fill the page in for the first time."""
        await self.guarded(self.sheet, self._look)

    async def refresh(self) -> None:
        """Show what has changed."""
        await self.guarded(self.sheet, self._look)

    async def press(self, press: Press) -> None:
        """Show or put away the page of a run, or look again."""
        if press.act == "look" and press.id.isdecimal() and len(press.id) < 16:
            await self.guarded(self.sheet, lambda: self._show(int(press.id)))
        elif press.act == "close":
            self.page, self.shelf = None, None
            await self.guarded(self.sheet, self._look)
        elif press.act == "again":
            self.shelf = None
            await self.guarded(self.sheet, self._look)

    def forget(self) -> None:
        """Clear what was shown to one who is signed out."""
        self.shelf = self.page = None

    async def _show(self, run_id: int) -> None:
        self.page = (run_id, await self.query(lambda connection: read_page(connection, run_id)))
        self.shelf = None
        await self._look()

    async def _look(self) -> None:
        shelf = await self.query(read_shelf)
        if shelf != self.shelf:
            runs = {item.run_id for item in shelf.dashboards} | {w.submission.run_id for w in shelf.waiting}
            if self.page is not None and self.page[0] not in runs:
                self.page = None  # voided or decided meanwhile: no longer to be read here
            self.shelf = shelf
            self.sheet.paint(draw_shelf(shelf, self.page, self.say))


def build(viewer: Viewer, base_url: str) -> pn.Template:
    """Return a viewer's page; it fills itself in once it is shown."""
    room = VoilaRoom(viewer)
    pn.state.onload(room.open)
    every = REFRESH_SECONDS * 1000
    pn.state.add_periodic_callback(room.refresh, every)  # type: ignore[arg-type]  # takes coroutine functions too
    return build_page("voila", viewer, {"sheet": room.sheet}, base_url)
