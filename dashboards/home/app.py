"""The first page: opens with what is there now, and looks again as the other rooms do."""

from __future__ import annotations

import panel as pn

from dashboards.home.compute import Home, read_home
from dashboards.home.draw import draw_home
from dashboards.theme.page import REFRESH_SECONDS, Room, Viewer, build_page
from dashboards.theme.sheet import Press, Sheet
from harbour.settings import ROOMS

__all__ = ["HomeRoom", "build"]


class HomeRoom(Room):
    """One viewer's open first page."""

    def __init__(self, viewer: Viewer) -> None:
        super().__init__(viewer)
        self.sheet = Sheet(self.press)
        self.home: Home | None = None

    async def open(self) -> None:
        """Fill the page in for the first time."""
        await self.guarded(self.sheet, self._look)

    async def refresh(self) -> None:
        """Show what has changed."""
        await self.guarded(self.sheet, self._look)

    async def press(self, press: Press) -> None:
        """Look again."""
        if press.act == "again":
            self.home = None
            await self.guarded(self.sheet, self._look)

    def forget(self) -> None:
        """Clear what was shown to one who is signed out."""
        self.home = None

    async def _look(self) -> None:
        home = await self.query(lambda connection: read_home(connection, ROOMS))
        if home != self.home:
            self.home = home
            self.sheet.paint(draw_home(home, self.say))


def build(viewer: Viewer, base_url: str) -> pn.Template:
    """Return a viewer's first page; it fills itself in once it is shown."""
    room = HomeRoom(viewer)
    pn.state.onload(room.open)
    every = REFRESH_SECONDS * 1000
    pn.state.add_periodic_callback(room.refresh, every)  # type: ignore[arg-type]  # takes coroutine functions too
    return build_page("home", viewer, {"sheet": room.sheet}, base_url)
