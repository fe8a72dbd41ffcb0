"""The health room: looks again every fifteen seconds, and changes nothing."""

from __future__ import annotations

import os
from datetime import UTC, datetime

import panel as pn

from dashboards.health.compute import read_health, settings_of
from dashboards.health.draw import draw_health
from dashboards.theme.page import REFRESH_SECONDS, Room, Viewer, build_page
from dashboards.theme.sheet import Press, Sheet
from harbour.settings import Settings

__all__ = ["HealthRoom", "build"]


class HealthRoom(Room):
    """One viewer's open room."""

    def __init__(self, viewer: Viewer, settings: Settings) -> None:
        super().__init__(viewer)
        self.sheet = Sheet(self.press)
        self.settings = settings
        self.shown = ""

    async def open(self) -> None:
        """Fill the page in for the first time."""
        await self.guarded(self.sheet, self._look)

    async def refresh(self) -> None:
        """Look again."""
        await self.guarded(self.sheet, self._look)

    async def press(self, press: Press) -> None:
        """Look again, after an error was shown."""
        if press.act == "again":
            self.shown = ""
            await self.guarded(self.sheet, self._look)

    def forget(self) -> None:
        """Clear what was shown to one who is signed out."""
        self.shown = ""

    async def _look(self) -> None:
        health = await self.query(lambda c: read_health(c, self.settings))
        html = draw_health(health, datetime.now(UTC), self.say)
        if html != self.shown:
            self.shown = html
            self.sheet.paint(html)


def build(viewer: Viewer, base_url: str) -> pn.Template:
    """Return a viewer's room; it fills itself in once it is shown."""
    room = HealthRoom(viewer, settings_of(os.environ))
    pn.state.onload(room.open)
    every = REFRESH_SECONDS * 1000
    pn.state.add_periodic_callback(room.refresh, every)  # type: ignore[arg-type]  # takes coroutine functions too
    return build_page("health", viewer, {"sheet": room.sheet}, base_url)
