"""The review room: what a press does, and what is repainted."""

from __future__ import annotations

from typing import Unpack

import panel as pn

from dashboards.review.compute import DECISIONS, Detail, Inbox, decide, list_unread, read_detail, read_inbox
from dashboards.review.draw import (
    Outcome,
    draw_detail,
    draw_foot,
    draw_inbox,
    draw_lending,
    draw_own,
    draw_own_foot,
)
from dashboards.review.lending import Lending, lend, read_lending, take_back
from dashboards.review.own import OwnDetail, hand_in, read_own
from dashboards.theme.live import follow
from dashboards.theme.page import REFRESH_SECONDS, Room, Viewer, build_page
from dashboards.theme.refusals import say_refusal
from dashboards.theme.sheet import Press, Sheet
from harbour.errors import DatabaseError, HarbourError

__all__ = ["ReviewRoom", "build"]


class ReviewRoom(Room):
    """One viewer's open review page."""

    def __init__(self, viewer: Viewer, wanted: int | None = None) -> None:
        super().__init__(viewer)
        self.wanted = wanted
        self.rail = Sheet(self.press)
        self.paper = Sheet(self.press)
        self.foot = Sheet(self.press)
        self.desk = Sheet(self.press)
        self.lending: Lending | None = None
        self.inbox: Inbox | None = None
        self.detail: Detail | None = None
        self.own: OwnDetail | None = None
        """A run of the viewer's own, when one is open instead of a submission."""
        self.opened: dict[str, frozenset[int]] = {}
        """Findings that were opened on this page, by what the submission says: its digest."""

    async def open(self) -> None:
        """Fill the page in for the first time."""
        await self.guarded(self.paper, self._open)

    async def refresh(self) -> None:
        """Show what others did since; nothing is repainted where nothing changed."""
        await self.guarded(self.paper, self._refresh)

    async def press(self, press: Press) -> None:
        """Do what was pressed."""
        await self.guarded(self.paper, lambda: self._press(press))

    def forget(self) -> None:
        """Clear the figures of one who is signed out."""
        self.inbox = self.detail = self.own = None
        self.lending = None
        for sheet in (self.rail, self.foot, self.desk):
            sheet.paint("")

    async def _open(self) -> None:
        self.inbox = await self.query(read_inbox)
        items = (*self.inbox.waiting, *self.inbox.decided)
        first = next((item for item in items if item.id == self.wanted), next(iter(items), None))
        if first is not None:
            await self._show(first.id)
        else:
            self.paper.paint(draw_detail(None, self.say))
        self._show_inbox()
        await self._show_lending()

    async def _refresh(self) -> None:
        inbox = await self.query(read_inbox)
        if inbox != self.inbox:
            self.inbox = inbox
            self._show_inbox()
        if self.own is not None:
            return await self._refresh_own(self.own)
        if self.detail is None:
            return None
        shown = self.detail.item.id
        detail = await self.query(lambda c: read_detail(c, shown, self.detail))
        if detail != self.detail:
            self.detail = detail
            self.paper.paint(draw_detail(detail, self.say, self._read(detail)))
            self.foot.paint(self._foot(detail))
        return None

    async def _refresh_own(self, seen: OwnDetail) -> None:
        own = await self.query(lambda c: read_own(c, seen.run.id))
        if own != seen:
            self._paint_own(own)

    async def _press(self, press: Press) -> None:
        if not press.id.isdecimal():
            return
        id_ = int(press.id)
        if press.act == "open":
            await self._show(id_)
            self._show_inbox()
        elif press.act == "own":
            self._paint_own(await self.query(lambda c: read_own(c, id_)))
            self._show_inbox()
        elif press.act in {"submit", "resubmit"}:
            await self._hand_in(id_, press)
        elif press.act in {"lend", "take-back"}:
            await self._lend(id_, press)
        elif self.detail is not None and self.detail.item.id == id_:
            await self._act(self.detail, press)
        # else pressed on a page that has moved on: what is shown now is not what was meant

    async def _act(self, detail: Detail, press: Press) -> None:
        """Do what was pressed about the submission that is shown."""
        if press.act == "cancel":
            self.foot.paint(self._foot(detail))
        elif press.act.startswith("read-"):
            self._open_finding(detail, press.act.removeprefix("read-"))
        elif press.act.startswith("ask-"):
            self._ask(detail, press.act.removeprefix("ask-"), press)
        elif press.act in DECISIONS:
            await self._decide(detail, press.act, press.fields.get("comment", "").strip())

    def _read(self, detail: Detail) -> frozenset[int]:
        return self.opened.get(detail.digest, frozenset())

    def _foot(self, detail: Detail, **outcome: Unpack[Outcome]) -> str:
        return draw_foot(detail, self.say, self._read(detail), **outcome)

    def _open_finding(self, detail: Detail, number: str) -> None:
        if number.isdecimal():
            self.opened[detail.digest] = self._read(detail) | {int(number)}
            self.paper.paint(draw_detail(detail, self.say, self._read(detail)))
            self.foot.paint(self._foot(detail))

    def _ask(self, detail: Detail, act: str, press: Press) -> None:
        if act not in {"approve", "return", "reject", "withdraw"}:
            return
        if act == "approve" and list_unread(detail, self._read(detail)):
            return
        if act in {"return", "reject"} and not press.fields.get("comment", "").strip():
            self.foot.paint(self._foot(detail, failed=self.say("review.comment_needed")))
        else:
            self.foot.paint(self._foot(detail, asking=act))

    async def _decide(self, seen: Detail, act: str, comment: str) -> None:
        if act == "approve" and list_unread(seen, self._read(seen)):
            return self.foot.paint(self._foot(seen))
        if act == "comment" and not comment:
            return self.foot.paint(self._foot(seen, failed=self.say("review.comment_needed")))
        try:
            await self.query(lambda c: decide(c, act, seen.item.id, seen.digest, comment))
        except DatabaseError:
            raise
        except HarbourError as refusal:
            # The draft stays: only the page around it is read again, for it is not what was thought.
            return await self._show(seen.item.id, failed=say_refusal(str(refusal), self.say.language))
        await self._show(seen.item.id, told=self.say(f"review.done_{act}"), fresh=True)
        self.inbox = await self.query(read_inbox)
        return self._show_inbox()

    async def _hand_in(self, id_: int, press: Press) -> None:
        seen = self.own
        if seen is None or seen.run.id != id_:
            return None  # pressed on a page that has moved on
        note, again = press.fields.get("note", "").strip(), press.act == "resubmit"
        try:
            submission = await self.query(lambda c: hand_in(c, seen, note, again=again))
        except DatabaseError:
            raise
        except HarbourError as refusal:
            sentence = say_refusal(str(refusal), self.say.language)
            return self.foot.paint(draw_own_foot(seen, self.say, sentence))
        await self._show(submission.id, told=self.say("review.done_submit"))
        self.inbox = await self.query(read_inbox)
        return self._show_inbox()

    async def _lend(self, id_: int, press: Press) -> None:
        deputy, until = press.fields.get("deputy", ""), press.fields.get("until", "")
        try:
            if press.act == "lend":
                await self.query(lambda c: lend(c, deputy, until))
            else:
                await self.query(lambda c: take_back(c, id_))
        except DatabaseError:
            raise
        except HarbourError as refusal:
            await self._show_lending(failed=say_refusal(str(refusal), self.say.language))
        else:
            await self._show_lending(told=self.say("lending.done_" + press.act.replace("-", "_")))

    async def _show_lending(self, **outcome: str) -> None:
        self.lending = await self.query(read_lending)
        self.desk.paint(draw_lending(self.lending, self.say, **outcome))

    def _paint_own(self, own: OwnDetail) -> None:
        self.own, self.detail = own, None
        self.paper.paint(draw_own(own, self.say))
        self.foot.paint(draw_own_foot(own, self.say))

    async def _show(self, id_: int, **outcome: Unpack[Outcome]) -> None:
        self.own, known = None, self.detail
        self.detail = await self.query(lambda c: read_detail(c, id_, known))
        self.paper.paint(draw_detail(self.detail, self.say, self._read(self.detail)))
        self.foot.paint(self._foot(self.detail, **outcome))

    def _show_inbox(self) -> None:
        if self.inbox is not None:
            chosen = self.detail.item.id if self.detail else None
            own = self.own.run.id if self.own else None
            self.rail.paint(draw_inbox(self.inbox, chosen, self.say, own))


def build(viewer: Viewer, base_url: str) -> pn.Template:
    """Return a viewer's review page, on the submission that its address names."""
    asked = (pn.state.session_args.get("submission") or [b""])[0].decode("ascii", "replace")
    room = ReviewRoom(viewer, int(asked) if asked.isdecimal() and len(asked) < 16 else None)
    pn.state.onload(room.open)
    follow(viewer, viewer.name.partition("-")[0], room.refresh)
    every = REFRESH_SECONDS * 1000
    pn.state.add_periodic_callback(room.refresh, every)  # type: ignore[arg-type]  # takes coroutine functions too
    return build_page(
        "review",
        viewer,
        {"rail": room.rail, "paper": room.paper, "foot": room.foot, "desk": room.desk},
        base_url,
    )
