"""The calendar room: what a press does, and what is repainted."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping

import panel as pn

from dashboards.calendar.compute import Board, Month, Tree, find_month, plan_of, read_board, read_tree
from dashboards.calendar.draw import (
    draw_form,
    draw_month,
    draw_nothing,
    draw_preferences,
    draw_schedules,
    draw_tree,
)
from dashboards.theme.live import follow
from dashboards.theme.page import REFRESH_SECONDS, Room, Viewer, build_page
from dashboards.theme.sheet import Press, Sheet
from harbour import Connection
from harbour.errors import DatabaseError, HarbourError
from harbour.notifications import Preferences

__all__ = ["CalendarRoom", "build"]

ACTS: Mapping[str, Callable[[Connection, int, int], object]] = {
    "run": lambda connection, schedule, _: connection.schedules.run_now(schedule),
    "again": lambda connection, schedule, fire: connection.schedules.run_again(schedule, fire),
    "cancel": lambda connection, _, run: connection.schedules.cancel(run),
    "pause": lambda connection, schedule, _: connection.schedules.pause(schedule),
    "resume": lambda connection, schedule, _: connection.schedules.resume(schedule),
    "end": lambda connection, schedule, _: connection.schedules.end(schedule),
}
"""Acts by name: each takes connection, schedule, and the fire or run it is about."""


class CalendarRoom(Room):
    """One viewer's open calendar."""

    def __init__(self, viewer: Viewer, wanted: int | None = None) -> None:
        super().__init__(viewer)
        self.months = Sheet(self.press)
        self.rail = Sheet(self.press)
        self.paper = Sheet(self.press)
        self.wanted = wanted
        self.board: Board | None = None
        self.month: Month | None = None
        self.tree: Tree | None = None
        self.form: str | None = None
        """The template of the form that is open, if one is."""
        self.telling = False

    async def open(self) -> None:
        """Fill the page in for the first time."""
        await self.guarded(self.months, self._open)

    async def refresh(self) -> None:
        """Show what ran since; a form under way is left alone."""
        await self.guarded(self.months, self._refresh)

    async def press(self, press: Press) -> None:
        """Do what was pressed."""
        await self.guarded(self.months, lambda: self._press(press))

    def forget(self) -> None:
        """Clear what one who is signed out had before him."""
        self.board = self.tree = None
        for sheet in (self.rail, self.paper):
            sheet.paint("")

    async def _open(self) -> None:
        self.board = await self.query(read_board)
        self.month = find_month(self.board.today)
        chosen = self.board.find(self.wanted) or next(iter(self.board.schedules), None)
        if chosen is not None:
            self.tree = await self.query(lambda c: read_tree(c, chosen.id))
        self._paint(self.board)

    async def _refresh(self) -> None:
        board = await self.query(read_board)
        tree = self.tree
        if tree is not None:
            tree = await self.query(lambda c: read_tree(c, tree.schedule.id))  # type: ignore[union-attr]  # just seen
        if (board, tree) == (self.board, self.tree):
            return
        self.board, self.tree = board, tree
        self._paint(board, paper=self.form is None and not self.telling)

    def _paint(self, board: Board, *, paper: bool = True) -> None:
        self.months.paint(draw_month(board, self.month or find_month(board.today), self.say))
        self.rail.paint(draw_schedules(board, self.tree.schedule.id if self.tree else None, self.say))
        if paper and self.tree is not None:
            self.paper.paint(draw_tree(board, self.tree, self.say))
        elif paper:
            self.paper.paint(draw_nothing(board, self.say))

    async def _press(self, press: Press) -> None:
        board = self.board
        if board is None:
            return
        if press.act == "month":
            self.month = find_month(datetime.date.fromisoformat(press.id))
            self.months.paint(draw_month(board, self.month, self.say))
        elif press.act == "open" and press.id.isdecimal():
            await self._show(int(press.id))
        elif press.act in {"new", "template"}:
            self._show_form(board, press)
        elif press.act == "create":
            await self._create(board, press)
        elif press.act == "back":
            self.form, self.telling = None, False
            self._paint(board)
        elif press.act == "telling":
            self.form, self.telling = None, True
            self.paper.paint(draw_preferences(board, self.say))
        elif press.act == "tell-me":
            await self._tell_me(press)
        elif self.tree is not None:
            await self._act(board, self.tree, press)

    async def _show(self, schedule_id: int, *, told: str = "", failed: str = "") -> None:
        self.form, self.telling = None, False
        self.tree = await self.query(lambda c: read_tree(c, schedule_id))
        self.board = await self.query(read_board)
        self._paint(self.board, paper=False)
        self.paper.paint(draw_tree(self.board, self.tree, self.say, told=told, failed=failed))

    async def _act(self, board: Board, tree: Tree, press: Press) -> None:
        schedule, about = tree.schedule.id, int(press.id) if press.id.isdecimal() else 0
        if press.act == "ask-end":
            return self.paper.paint(draw_tree(board, tree, self.say, asking="end"))
        if press.act not in ACTS:
            return None
        try:
            await self.query(lambda c: ACTS[press.act](c, schedule, about))
        except DatabaseError:
            raise
        except HarbourError as refusal:
            return await self._show(schedule, failed=str(refusal))
        if press.act == "end":
            self.tree = None
            return await self._open()
        return await self._show(schedule, told=self.say(f"calendar.done_{press.act}"))

    def _show_form(self, board: Board, press: Press, *, failed: str = "") -> None:
        names = {template.name: template for template in board.templates}
        if not names or not board.may_set:
            return
        asked = press.id if press.act == "template" else press.fields.get("template", "")
        template = names.get(asked) or next(iter(names.values()))
        self.form, self.telling = template.name, False
        self.paper.paint(draw_form(board, template, press.fields, self.say, failed=failed))

    async def _create(self, board: Board, press: Press) -> None:
        template = next((t for t in board.templates if t.name == self.form), None)
        if template is None:
            return None
        try:
            plan = plan_of(template, press.fields)
            made = await self.query(lambda c: c.schedules.create(plan))
        except DatabaseError:
            raise
        except HarbourError as refusal:
            fields = press.fields | {"template": template.name}
            return self._show_form(board, Press("create", "", fields), failed=str(refusal))
        await self._show(made.id, told=self.say("calendar.done_create"))
        return None

    async def _tell_me(self, press: Press) -> None:
        how = Preferences(
            email=press.fields.get("email", "").strip() or None,
            mail={"digest": "digest", "off": "off"}.get(press.fields.get("mail", ""), "now"),  # type: ignore[arg-type]  # three words
            language=self.say.language,
        )
        told = failed = ""
        try:
            await self.query(lambda c: c.notices.prefer(how))
            told = self.say("calendar.done_tell_me")
        except DatabaseError:
            raise
        except HarbourError:
            failed = self.say("calendar.bad_address")
        self.board = await self.query(read_board)
        self.paper.paint(draw_preferences(self.board, self.say, told=told, failed=failed))


def build(viewer: Viewer, base_url: str) -> pn.Template:
    """Return a viewer's calendar; it fills itself in once it is shown."""
    asked = (pn.state.session_args.get("schedule") or [b""])[0].decode("ascii", "replace")
    room = CalendarRoom(viewer, int(asked) if asked.isdecimal() else None)
    pn.state.onload(room.open)
    follow(viewer, viewer.name.partition("-")[0], room.refresh)
    every = REFRESH_SECONDS * 1000
    pn.state.add_periodic_callback(room.refresh, every)  # type: ignore[arg-type]  # takes coroutine functions too
    sheets = {"months": room.months, "rail": room.rail, "paper": room.paper}
    return build_page("calendar", viewer, sheets, base_url)
