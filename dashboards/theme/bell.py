"""The bell in every room's header: how much one has not read, and what it says."""

from __future__ import annotations

import logging
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from pathlib import Path
from typing import Any

from dashboards.theme.room import Room, Viewer
from dashboards.theme.sheet import Press, Sheet, draw
from harbour import Connection
from harbour.notifications import tell_in

__all__ = ["Bell"]

HERE = Path(__file__).parent
SHOWN = 12

log = logging.getLogger(__name__)


@dataclass(frozen=True)
class Line:
    """One notice in words."""

    id: int
    title: str
    lines: tuple[str, ...]
    quote: str
    times: int
    at: datetime
    fresh: bool
    facts: Mapping[str, Any]


class Bell(Room):
    """One viewer's bell."""

    def __init__(self, viewer: Viewer) -> None:
        super().__init__(viewer)
        self.sheet = Sheet(self.press)
        self.sheet.fills = False
        self.unread: int | None = None
        self.lines: Sequence[Line] | None = None

    async def refresh(self) -> None:
        """Look how much is unread, and repaint where that changed."""
        await self.guarded(self.sheet, self._refresh)

    async def press(self, press: Press) -> None:
        """Open or close what was said; opening marks it as read."""
        await self.guarded(self.sheet, lambda: self._press(press))

    def close(self, sheet: Sheet) -> None:
        """Fall silent: the room itself asks to sign in again."""
        self.closed = True
        sheet.paint("")

    def fail(self, sheet: Sheet, error: Exception) -> None:  # noqa: ARG002  # the sheet is left as it was
        """Leave the header as it was: the room itself says what is wrong."""
        log.error("the bell failed for %s", self.viewer.name, exc_info=error)

    async def _refresh(self) -> None:
        unread = await self.query(lambda connection: connection.notices.unread())
        if unread != self.unread:
            self.unread = unread
            if self.lines is not None and unread:
                self.lines = await self.query(self._read)
            self._paint()

    async def _press(self, press: Press) -> None:
        if press.act == "bell" and self.lines is None:
            self.lines = await self.query(self._read)
            self.unread = 0
        else:
            self.lines = None
        self._paint()

    def _read(self, connection: Connection) -> Sequence[Line]:
        notices = connection.notices.list(limit=SHOWN)
        if notices:
            connection.notices.read(notices[0].id)
        found = []
        for notice in notices:
            told = tell_in(self.say.language, notice, connection.session)
            found.append(
                Line(
                    notice.id,
                    told.title,
                    told.lines,
                    told.quote,
                    notice.times,
                    notice.created_at,
                    notice.read_at is None,
                    notice.facts,
                )
            )
        return tuple(found)

    def _paint(self) -> None:
        self.sheet.paint(draw(HERE / "bell.html", self.say, unread=self.unread or 0, lines=self.lines))
