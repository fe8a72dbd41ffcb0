"""The administrator's room: what a press does, and what is repainted."""

from __future__ import annotations

import os
from collections.abc import Callable, Mapping
from dataclasses import replace
from pathlib import Path
from typing import Unpack

import panel as pn

from dashboards.admin.compute import SECTIONS, Office, read_office, roles_of
from dashboards.admin.draw import (
    Outcome,
    draw_invitation,
    draw_log,
    draw_member,
    draw_section,
    draw_sections,
)
from dashboards.admin.log import Checked, LogPage, check_chain, read_log, search_of, write_csv
from dashboards.theme.live import follow
from dashboards.theme.page import REFRESH_SECONDS, Room, Viewer, build_page
from dashboards.theme.refusals import say_refusal
from dashboards.theme.sheet import Press, Sheet
from harbour import Connection
from harbour.errors import DatabaseError, HarbourError

__all__ = ["AdminRoom", "build"]

ACTS: Mapping[str, Callable[[Connection, str], None]] = {
    "suspend": lambda connection, name: connection.administration.suspend(name),
    "reinstate": lambda connection, name: connection.administration.reinstate(name),
}


class AdminRoom(Room):
    """One administrator's open room."""

    def __init__(self, viewer: Viewer, address: str, data: Path) -> None:
        """`address` is what links begin with; `data` the installation's folder, of which only the anchors are read."""
        super().__init__(viewer)
        self.rail = Sheet(self.press)
        self.paper = Sheet(self.press)
        self.address, self.anchors = address, data / "anchors"
        self.directory = (data / "oidc.toml").exists()
        self.office: Office | None = None
        self.section = SECTIONS[0]
        self.member: str | None = None
        """Whose card is open, if one is; `` for the form of an invitation."""
        self.given: dict[str, str] = {}
        self.log: LogPage | None = None
        self.checked: Checked | None = None

    async def open(self) -> None:
        """Fill the page in for the first time."""
        await self.guarded(self.paper, self._open)

    async def refresh(self) -> None:
        """Show what changed since; a form, a link shown once, and a search are left alone."""
        await self.guarded(self.paper, self._refresh)

    async def press(self, press: Press) -> None:
        """Do what was pressed."""
        await self.guarded(self.paper, lambda: self._press(press))

    def forget(self) -> None:
        """Clear what one who is signed out had before him."""
        self.office = self.log = self.checked = None
        self.rail.paint("")

    async def _read(self) -> Office:
        return await self.query(lambda c: read_office(c, directory=self.directory))

    async def _open(self) -> None:
        self.office = await self._read()
        self._paint(self.office)

    async def _refresh(self) -> None:
        office = await self._read()
        if office == self.office:
            return
        self.office = office
        self.rail.paint(draw_sections(office, self.section, self.say))
        if self.member is None and self.section != "audit":
            self._paint(office)

    def _paint(self, office: Office, *, told: str = "", failed: str = "") -> None:
        self.rail.paint(draw_sections(office, self.section, self.say))
        if self.section == "audit":
            self.paper.paint(
                draw_log(office, self.log, self.given, self.say, checked=self.checked, failed=failed)
            )
        else:
            self.paper.paint(draw_section(office, self.section, self.say, told=told, failed=failed))

    async def _press(self, press: Press) -> None:
        office = self.office
        if office is None:
            return
        if press.act == "section" and press.id in SECTIONS:
            self.section, self.member = press.id, None
            if press.id == "audit" and self.log is None:
                await self._search(office, {})
            else:
                await self._open()
        elif press.act == "back":
            self.member = None
            await self._open()
        elif press.act in {"search", "older", "export", "check"}:
            await self._look(office, press)
        else:
            await self._change(office, press)

    async def _look(self, office: Office, press: Press) -> None:
        if press.act == "check":
            self.checked = await self.query(lambda c: check_chain(c, self.anchors))
            self._paint(office)
        elif press.act == "export" and self.log is not None:
            wanted = self.log.wanted
            self.paper.hand_over("audit.csv", await self.query(lambda c: write_csv(c, wanted)))
            self._paint(office)
        elif press.act == "older" and self.log is not None and self.log.older is not None:
            seen = self.log
            more = await self.query(lambda c: read_log(c, seen.wanted, seen.older))
            self.log = replace(more, events=seen.events + more.events)
            self._paint(office)
        elif press.act == "search":
            await self._search(office, press.fields)

    async def _search(self, office: Office, given: Mapping[str, str]) -> None:
        self.given = dict(given)
        try:
            wanted = search_of(given)
        except (ValueError, OverflowError):
            return self._paint(office, failed=self.say("admin.bad_day"))
        self.log = await self.query(lambda c: read_log(c, wanted))
        return self._paint(office)

    async def _change(self, office: Office, press: Press) -> None:
        if press.act == "new":
            self.member = ""
            self.paper.paint(draw_invitation(office, {}, self.say))
        elif press.act == "invite":
            await self._invite(office, press)
        elif press.act == "member":
            self._show(office, press.id)
        elif self.member and press.act == "ask-suspend":
            self._show(office, self.member, asking="suspend")
        elif self.member and press.act in {*ACTS, "roles", "renew"}:
            await self._act(self.member, press)

    def _show(self, office: Office, name: str, **outcome: Unpack[Outcome]) -> None:
        member = office.find(name)
        self.member = None if member is None else name
        if member is None:
            return self._paint(office)
        return self.paper.paint(draw_member(office, member, self.say, **outcome))

    async def _act(self, name: str, press: Press) -> None:
        link, told, failed = "", "", ""
        try:
            if press.act == "renew":
                link = await self.query(lambda c: c.administration.renew_invitation(name, self.address))
            elif press.act == "roles":
                await self.query(lambda c: c.administration.set_roles(name, roles_of(press.fields)))
            else:
                await self.query(lambda c: ACTS[press.act](c, name))
            told = self.say(f"admin.done_{press.act}")
        except DatabaseError:
            raise
        except HarbourError as refusal:
            failed = say_refusal(str(refusal), self.say.language)
        self.office = await self._read()
        self._show(self.office, name, link=link, told=told, failed=failed)

    async def _invite(self, office: Office, press: Press) -> None:
        short = press.fields.get("name", "").strip().lower()
        name, shown = f"{office.me.organisation}-{short}", press.fields.get("display", "")
        try:
            link = await self.query(
                lambda c: c.administration.invite(name, shown, roles_of(press.fields), self.address)
            )
        except DatabaseError:
            raise
        except HarbourError as refusal:
            failed = say_refusal(str(refusal), self.say.language)
            return self.paper.paint(draw_invitation(office, press.fields, self.say, failed=failed))
        self.office = await self._read()
        self.rail.paint(draw_sections(self.office, self.section, self.say))
        return self._show(self.office, name, link=link, told=self.say("admin.done_invite"))


def build(viewer: Viewer, base_url: str) -> pn.Template:
    """Return a viewer's room; it fills itself in once it is shown."""
    address = os.environ.get("PLIMSOLL_PUBLIC_ADDRESS") or os.environ["PLIMSOLL_ADDRESS"]
    room = AdminRoom(viewer, address, Path(os.environ["PLIMSOLL_DATA"]))
    pn.state.onload(room.open)
    follow(viewer, viewer.name.partition("-")[0], room.refresh)
    every = REFRESH_SECONDS * 1000
    pn.state.add_periodic_callback(room.refresh, every)  # type: ignore[arg-type]  # takes coroutine functions too
    return build_page("admin", viewer, {"rail": room.rail, "paper": room.paper}, base_url)
