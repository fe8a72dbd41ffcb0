"""The imports room: what is offered, how it arrives, and what is kept."""

from __future__ import annotations

import asyncio
from collections.abc import Mapping
from typing import Any

import panel as pn

from dashboards.imports.compute import Shelf, keep, offered, read_shelf, stated
from dashboards.imports.draw import draw_book, draw_form, draw_problems, draw_progress, draw_shelf
from dashboards.theme.live import follow
from dashboards.theme.page import Room, Viewer, build_page
from dashboards.theme.refusals import say_refusal
from dashboards.theme.sheet import PIECE, Piece, Press, Sheet
from harbour.errors import BadParameters, DatabaseError, HarbourError, RunStopped
from harbour.execution import Arrival

__all__ = ["ImportsRoom", "build"]

STEPS = ("turn", "unpack", "read", "compute", "gaps", "reconcile", "pack")


class ImportsRoom(Room):
    """One viewer's open imports room."""

    def __init__(self, viewer: Viewer, wanted: int | None = None) -> None:
        super().__init__(viewer)
        self.rail = Sheet(self.press)
        self.status = Sheet(self.press)
        self.paper = Sheet(self.press, self.take)
        self.shelf: Shelf | None = None
        self.chosen = wanted
        self.arrival: Arrival | None = None
        self.stated: dict[str, str] = {}
        self.report: Mapping[str, Any] | None = None
        """What the examination said of a book that is not kept yet."""

    async def open(self) -> None:
        """Fill the page in for the first time."""
        await self.guarded(self.paper, self._open)

    async def refresh(self) -> None:
        """Show books that others brought in; what is on its way is left alone."""
        await self.guarded(self.paper, self._refresh)

    async def press(self, press: Press) -> None:
        """Do what was pressed."""
        if press.act == "stop":
            self._drop()  # at once: the work itself says that it ended
            self.status.paint("")
            await self.guarded(self.paper, self._open)
        else:
            await self.guarded(self.paper, lambda: self._press(press))

    async def take(self, piece: Piece) -> None:
        """Take the piece that was asked for, and ask for the next; after the last, examine."""
        arrival = self.arrival
        if arrival is None or self.closed:
            return None
        try:
            await asyncio.to_thread(arrival.take, piece.file, piece.position, piece.content)
        except HarbourError as refusal:
            return self._refuse(refusal)
        except OSError as error:
            self._drop()
            return self.fail(self.paper, error)
        if self.arrival is not arrival:
            return None  # cancelled meanwhile
        return await self._go_on(arrival)

    def forget(self) -> None:
        """Clear what one who is signed out had before him."""
        self._drop()
        self.shelf = None
        for sheet in (self.rail, self.status):
            sheet.paint("")

    def end(self) -> None:
        """Leave nothing behind once the page is closed."""
        self._drop()

    async def _open(self) -> None:
        self.shelf = await self.query(read_shelf)
        book = self.shelf.find(self.chosen) or next(iter(self.shelf.books), None)
        self.chosen = book.id if book else None
        self._paint(self.shelf)

    async def _refresh(self) -> None:
        shelf = await self.query(read_shelf)
        if shelf != self.shelf:
            self.shelf = shelf
            self.rail.paint(draw_shelf(shelf, self.chosen, self.say))

    def _paint(self, shelf: Shelf, *, told: str = "", failed: str = "") -> None:
        self.rail.paint(draw_shelf(shelf, self.chosen, self.say))
        book = shelf.find(self.chosen)
        if self.report is not None and "refused" in self.report:
            self.paper.paint(draw_problems(self.report, self.say))
        elif self.report is not None:
            self.paper.paint(draw_book(shelf, self.report, self.say, told=told, failed=failed))
        elif book is not None:
            self.paper.paint(draw_book(shelf, book.report, self.say, kept=book.id, told=told, failed=failed))
        else:
            self.paper.paint(draw_form(shelf, self.say, failed, self.stated))

    async def _press(self, press: Press) -> None:
        shelf = self.shelf
        if shelf is None:
            return
        if press.act == "open" and press.id.isdecimal():
            self._drop()
            self.chosen = int(press.id)
            await self._open()
        elif press.act in {"new", "drop"}:
            self._drop()
            self.chosen = None
            self._paint(shelf)
        elif press.act == "offer" and shelf.may_keep:
            await self._offer(press)
        elif press.act == "csv" and self.arrival is not None and self.report is not None:
            self.paper.hand_over("problems.csv", self.arrival.problems())
        elif press.act == "keep" and self.arrival is not None and self.report is not None:
            await self._keep(shelf, self.arrival, self.report)

    async def _offer(self, press: Press) -> None:
        self._drop()
        self.stated = stated(press.fields)
        try:
            arrival = Arrival(offered(press.fields.get("files", "")))
        except BadParameters as refusal:
            return self._refuse(refusal)
        self.arrival = arrival
        return await self._go_on(arrival)

    async def _go_on(self, arrival: Arrival) -> None:
        wanted = arrival.wanted
        if wanted is None:
            return await self.guarded(self.paper, lambda: self._examine(arrival))
        if arrival.received % (4 * PIECE) < PIECE:
            self.status.paint(draw_progress("send", arrival.received, arrival.size, self.say))
        return self.paper.want(*wanted)

    async def _examine(self, arrival: Arrival) -> None:
        loop = asyncio.get_running_loop()

        def show(step: str) -> None:
            if self.arrival is arrival:
                self.status.paint(draw_progress(step, STEPS.index(step), len(STEPS), self.say))

        try:
            report = await asyncio.to_thread(
                arrival.examine, self.stated, lambda step: loop.call_soon_threadsafe(show, step)
            )
        except RunStopped:
            return None  # by whoever pressed, and the page says so
        except HarbourError as refusal:
            return self._refuse(refusal)
        self.status.paint("")
        self.report, self.chosen = report, None
        self.shelf = await self.query(read_shelf)
        return self._paint(self.shelf)

    async def _keep(self, shelf: Shelf, arrival: Arrival, report: Mapping[str, Any]) -> None:
        try:
            made = await self.query(lambda c: keep(c, report, arrival.packed))
        except DatabaseError:
            raise
        except HarbourError as refusal:
            return self._paint(shelf, failed=say_refusal(str(refusal), self.say.language))
        self._drop()
        self.chosen = made.id
        self.shelf = await self.query(read_shelf)
        return self._paint(self.shelf, told=self.say("imports.kept", n=made.version))

    def _refuse(self, refusal: HarbourError) -> None:
        self._drop()
        self.status.paint("")
        self.chosen = None
        if self.shelf is not None:
            self._paint(self.shelf, failed=say_refusal(str(refusal), self.say.language))

    def _drop(self) -> None:
        """Give up what is on its way."""
        arrival, self.arrival, self.report = self.arrival, None, None
        if arrival is not None:
            arrival.close()


def build(viewer: Viewer, base_url: str) -> pn.Template:
    """Return a viewer's imports room; it fills itself in once it is shown."""
    asked = (pn.state.session_args.get("book") or [b""])[0].decode("ascii", "replace")
    room = ImportsRoom(viewer, int(asked) if asked.isdecimal() and len(asked) < 16 else None)
    pn.state.onload(room.open)
    pn.state.on_session_destroyed(lambda _: room.end())
    follow(viewer, viewer.name.partition("-")[0], room.refresh)
    sheets = {"rail": room.rail, "status": room.status, "paper": room.paper}
    return build_page("imports", viewer, sheets, base_url)
