"""What every room shares: acting as the viewer only while signed in, and failing in words."""

from __future__ import annotations

import asyncio
import contextlib
import logging
import secrets
from collections.abc import Awaitable, Callable
from pathlib import Path
from typing import ClassVar, Protocol, TypeVar

from dashboards.theme.figures import Language
from dashboards.theme.sheet import Sheet, draw
from dashboards.theme.words import Words, words
from harbour import Connection
from harbour.errors import DatabaseError

__all__ = ["Room", "Viewer"]

HERE = Path(__file__).parent

log = logging.getLogger(__name__)
Answer = TypeVar("Answer")


class Viewer(Protocol):
    """The signed-in person a page is for."""

    @property
    def name(self) -> str:
        """The Hub name."""

    @property
    def language(self) -> Language:
        """`en` or `fr`."""

    def connect(self) -> Connection:
        """Return a database connection that acts as this person, to be closed by `with`."""

    async def is_signed_in(self) -> bool:
        """Ask the Hub whether this page's sign-in still holds."""


class Room:
    """What every room shares: acting as the viewer only while signed in, and failing in words.

    One thing is done after the other: what a refresh began to read must not paint over what was pressed meanwhile.
    """

    one_by_one: ClassVar[bool] = True

    def __init__(self, viewer: Viewer) -> None:
        self.viewer = viewer
        self.say: Words = words(viewer.language)
        self.closed = False
        self._busy = asyncio.Lock()

    async def query(self, ask: Callable[[Connection], Answer]) -> Answer:
        """Run a question on a connection of the viewer's own, away from the event loop."""

        def run() -> Answer:
            with self.viewer.connect() as connection:
                return ask(connection)

        return await asyncio.to_thread(run)

    async def guarded(self, sheet: Sheet, work: Callable[[], Awaitable[None]]) -> None:
        """Do the work if the viewer is still signed in; show what went wrong in the sheet, in words."""
        async with self._busy if self.one_by_one else contextlib.nullcontext():
            await self._attempt(sheet, work)

    async def _attempt(self, sheet: Sheet, work: Callable[[], Awaitable[None]]) -> None:
        if self.closed:
            return
        try:
            if await self.viewer.is_signed_in():
                await work()
            else:
                self.close(sheet)
        except Exception as error:  # whatever broke: a room never shows a traceback
            self.fail(sheet, error)

    def close(self, sheet: Sheet) -> None:
        """Forget everything shown and ask to sign in again."""
        self.closed = True
        self.forget()
        sheet.paint(draw(HERE / "notice.html", self.say, sentence=self.say("page.signed_out"), sign_in=True))

    def forget(self) -> None:
        """Clear every other part of the page; rooms with several sheets do more."""

    def fail(self, sheet: Sheet, error: Exception) -> None:
        """Show a sentence with a reference that the log carries too."""
        reference = secrets.token_hex(4)
        log.error("reference %s: a room failed for %s", reference, self.viewer.name, exc_info=error)
        key = "page.unreachable" if isinstance(error, DatabaseError) else "page.broken"
        sentence = self.say(key, reference=reference)
        sheet.paint(draw(HERE / "notice.html", self.say, sentence=sentence, sign_in=False))
