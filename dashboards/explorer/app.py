"""The explorer: what a slider does. The last word wins: a size passed over is never computed."""

from __future__ import annotations

import asyncio
import time
from collections.abc import Callable

import panel as pn

from dashboards.explorer.compute import (
    Explored,
    NoBook,
    Position,
    Shelf,
    explore,
    find_source,
    make_return,
    open_position,
    read_shelf,
    save_run,
    with_size,
)
from dashboards.explorer.draw import MEASURES, Shown, draw_form, draw_nothing, draw_position, draw_progress
from dashboards.theme.page import Room, Viewer, build_page
from dashboards.theme.refusals import say_refusal
from dashboards.theme.sheet import Press, Sheet
from harbour.errors import DatabaseError, HarbourError, NotFound
from plimsoll.errors import PlimsollError
from plimsoll.scenarios import get_scenario, list_parameters

__all__ = ["ExplorerRoom", "build"]

PATIENCE = 0.5
"""Seconds after which work that still runs is shown with its progress."""


class Stopped(Exception):  # not an error: the person pressed cancel
    """The work was cancelled."""


class ExplorerRoom(Room):
    """One viewer's open explorer."""

    one_by_one = False
    """A slider that moves on is heard while the figures before it are still computed."""

    def __init__(self, viewer: Viewer, wanted: int | None = None) -> None:
        super().__init__(viewer)
        self.form = Sheet(self.press)
        self.status = Sheet(self.press)
        self.paper = Sheet(self.press)
        self.wanted = wanted
        self.shelf: Shelf | None = None
        self.position: Position | None = None
        self.explored: Explored | None = None
        self.sizes: dict[str, float] = {}
        self.shown: Shown = {"measure": MEASURES[0], "bar": None}
        self.working = self.again = self.stop = False

    async def open(self) -> None:
        """Fill the page in for the first time."""
        await self.guarded(self.paper, self._open)

    async def press(self, press: Press) -> None:
        """Do what was pressed or turned."""
        if press.act == "stop":
            self.stop = True
        else:
            await self.guarded(self.paper, lambda: self._press(press))

    def forget(self) -> None:
        """Clear the figures of one who is signed out."""
        self.shelf = self.position = self.explored = None
        for sheet in (self.form, self.status):
            sheet.paint("")

    async def _open(self) -> None:
        self.shelf = await self.query(read_shelf)
        source = find_source(self.shelf, self.wanted)
        if source is None:
            return self._vacate("explorer.empty" if self.wanted is None else "explorer.gone")
        self.form.paint(draw_form(self.shelf, source, self.sizes, self.say))
        try:
            self.position = await self.query(lambda c: open_position(c, source))
        except NoBook:
            return self._vacate("explorer.own_folder", keep_form=True)
        except NotFound:
            return self._vacate("explorer.gone", keep_form=True)
        await self._explore()
        return None

    def _vacate(self, key: str, *, keep_form: bool = False) -> None:
        self.position = self.explored = None
        if not keep_form:
            self.form.paint("")
        self.paper.paint(draw_nothing(self.say(key), self.say))

    async def _press(self, press: Press) -> None:
        if press.act == "source" and press.id.isdecimal():
            self.wanted, self.sizes = int(press.id), {}
            self._show(bar=None, told="")
            await self._open()
        elif self.shelf is None or self.position is None:
            return
        elif press.act == "turn":
            await self._turn(press)
        elif press.act in {"reset", "preset"}:
            scenario = get_scenario(press.id) if press.act == "preset" else None
            self.sizes = {shock.target: shock.size for shock in scenario.shocks} if scenario else {}
            self.form.paint(draw_form(self.shelf, self.position.source, self.sizes, self.say))
            await self._explore()
        elif press.act == "measure" and press.id in MEASURES:
            self._repaint(measure=press.id)
        elif press.act == "bar" and press.id.isdecimal():
            self._repaint(bar=None if self.shown.get("bar") == int(press.id) else int(press.id))
        elif press.act in {"save", "return"} and self.explored is not None:
            await self._keep(press.act, press.fields.get("name", "").strip())

    async def _turn(self, press: Press) -> None:
        offered = next((p for p in list_parameters() if p.target == press.id), None)
        try:
            size = float(press.fields.get(press.id, ""))
        except ValueError:
            return
        if offered is not None and offered.minimum <= size <= offered.maximum:
            self.sizes = with_size(self.sizes, offered.target, size)
            await self._explore()

    async def _explore(self) -> None:
        """Compute what is asked for now; what was asked for meanwhile is computed after, the last of it only."""
        self.again = True
        if self.working:
            return
        self.working = True
        try:
            while self.again and self.position is not None:
                self.again = False
                position, sizes = self.position, dict(self.sizes)
                self.explored = await self._attended(lambda tell: explore(position, sizes, tell))  # noqa: B023  # awaited at once
                self._repaint(told="", failed="")
        except Stopped:
            self._repaint(failed=self.say("explorer.stopped"))
        except PlimsollError as error:
            self._repaint(failed=str(error))
        finally:
            self.working = False

    async def _attended(self, work: Callable[[Callable[[str, int, int], None]], Explored]) -> Explored:
        """Run work in a thread of its own; show how far it is once it takes long, and let it be stopped."""
        self.stop = False
        loop, begun, shown = asyncio.get_running_loop(), time.monotonic(), []

        def tell(step: str, done: int, total: int) -> None:
            if self.stop:
                raise Stopped
            if time.monotonic() - begun > PATIENCE:
                shown.append(step)
                html = draw_progress(step, done, total, self.say)
                loop.call_soon_threadsafe(self.status.paint, html)

        try:
            return await asyncio.to_thread(work, tell)
        finally:
            if shown:
                self.status.paint("")

    async def _keep(self, act: str, name: str) -> None:
        position, explored = self.position, self.explored
        if position is None or explored is None:
            return
        try:
            if act == "save":
                kept = await self.query(lambda c: save_run(c, explored, name or explored.scenario.name))
            else:
                kept = await self.query(lambda c: make_return(c, position, explored.scenario))
        except DatabaseError:
            raise
        except HarbourError as refusal:
            self._repaint(failed=say_refusal(str(refusal), self.say.language))
        else:
            self._repaint(told=self.say("explorer.saved" if act == "save" else "explorer.queued", run=kept))

    def _show(self, **changes: object) -> None:
        self.shown = {**self.shown, **changes}  # type: ignore[typeddict-item]  # keys of Shown by the callers

    def _repaint(self, **changes: object) -> None:
        self._show(**changes)
        if self.shelf is not None and self.position is not None and self.explored is not None:
            self.paper.paint(draw_position(self.shelf, self.position, self.explored, self.say, self.shown))


def build(viewer: Viewer, base_url: str) -> pn.Template:
    """Return a viewer's explorer, on the run that its address names."""
    given = (pn.state.session_args.get("run") or [b""])[0].decode("ascii", "replace")
    room = ExplorerRoom(viewer, int(given) if given.isdecimal() and len(given) < 16 else None)
    pn.state.onload(room.open)
    sheets = {"form": room.form, "status": room.status, "paper": room.paper}
    return build_page("explorer", viewer, sheets, base_url)
