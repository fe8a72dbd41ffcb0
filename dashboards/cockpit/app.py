"""The cockpit: opens on the newest approved figures, and notices when they change or fall."""

from __future__ import annotations

import panel as pn

from dashboards.cockpit.compute import Position, Shelf, find_position, find_successor, read_shelf
from dashboards.cockpit.draw import draw_cockpit
from dashboards.theme.live import follow
from dashboards.theme.page import REFRESH_SECONDS, Room, Viewer, build_page
from dashboards.theme.sheet import Press, Sheet

__all__ = ["CockpitRoom", "build"]


class CockpitRoom(Room):
    """One viewer's open cockpit."""

    def __init__(self, viewer: Viewer) -> None:
        super().__init__(viewer)
        self.sheet = Sheet(self.press)
        self.shelf: Shelf | None = None
        self.position: Position | None = None
        self.chosen = False

    async def open(self) -> None:
        """Fill the page in for the first time."""
        await self.guarded(self.sheet, self._open)

    async def refresh(self) -> None:
        """Show new figures, and mark shown ones void as soon as their approval falls."""
        await self.guarded(self.sheet, self._refresh)

    async def press(self, press: Press) -> None:
        """Look again, or open another approved position."""
        await self.guarded(self.sheet, lambda: self._press(press))

    def forget(self) -> None:
        """Clear the figures of one who is signed out."""
        self.shelf = self.position = None

    async def _open(self) -> None:
        self.shelf = await self.query(read_shelf)
        self.chosen = False
        self.position = find_position(self.shelf, None)
        self.sheet.paint(draw_cockpit(self.shelf, self.position, self.say))

    async def _refresh(self) -> None:
        shelf = await self.query(read_shelf)
        if shelf == self.shelf:
            return
        self.shelf = shelf
        if self.position is not None:
            self.position = find_successor(shelf, self.position) or self.position
        fallen = self.position is not None and find_position(shelf, self.position.id) is None
        if not fallen and not self.chosen:
            self.position = find_position(shelf, None)
        self.sheet.paint(draw_cockpit(shelf, self.position, self.say, void=fallen))

    async def _press(self, press: Press) -> None:
        if press.act == "again":
            await self._open()
        elif press.act == "open" and press.id.isdecimal():
            self.shelf = await self.query(read_shelf)
            self.chosen = True
            found = find_position(self.shelf, int(press.id))
            fallen = found is None and self.position is not None
            self.position = found or self.position
            self.sheet.paint(draw_cockpit(self.shelf, self.position, self.say, void=fallen))


def build(viewer: Viewer, base_url: str) -> pn.Template:
    """Return a viewer's cockpit; it fills itself in once it is shown."""
    room = CockpitRoom(viewer)
    pn.state.onload(room.open)
    follow(viewer, viewer.name.partition("-")[0], room.refresh)
    every = REFRESH_SECONDS * 1000
    pn.state.add_periodic_callback(room.refresh, every)  # type: ignore[arg-type]  # takes coroutine functions too
    return build_page("cockpit", viewer, {"sheet": room.sheet}, base_url)
