"""The post: takes what waits, writes it for each reader under his own rights, sends it, and notes that it went.

Nothing is lost: what could not be sent waits and is tried again. What went and could not be noted may go twice, as the
same mail by its Message-ID.
"""

from __future__ import annotations

import logging
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from harbour.db import Session
from harbour.identity import names
from harbour.notifications import channels
from harbour.notifications.letter import write_html, write_subject, write_text
from harbour.notifications.mail import MailServer, Message, send_mail
from harbour.notifications.sentences import Told, tell_in, words

__all__ = ["Post", "Standing", "standing_of"]

MOST = 50
"""Mails of one beat: the clock must not wait for a flood."""

log = logging.getLogger("harbour.post")


@dataclass(frozen=True)
class Standing:
    """How sending stands: what waits, what has failed at least once, since when, why, and what was given up."""

    waiting: int
    failing: int
    oldest: datetime | None
    last_error: str | None
    given_up: int


@dataclass(frozen=True)
class Post:
    """Sends; `dsn` is that of the login harbour_worker, `address` the platform's own, for links."""

    dsn: str
    server: MailServer | None
    address: str

    def deliver(self) -> int:
        """Send what is due, one mail for each reader, and return how many mails went."""
        own, sent = Session(self.dsn), 0
        for _ in range(MOST):
            waiting = own.rows("claim_deliveries")
            if not waiting:
                break
            problem = self._send(waiting)
            own.row("note_deliveries", ids=[line.id for line in waiting], error=problem)
            if problem is None:
                sent += 1
            else:
                log.warning("a message for %s waits: %s", waiting[0].reader or waiting[0].channel, problem)
        return sent

    def _send(self, waiting: Sequence[Row[Any]]) -> str | None:
        first = waiting[0]
        if first.channel is not None:
            return self._to_channel(waiting)
        if self.server is None:
            return "no mail server is set: PLIMSOLL_MAIL_SERVER"
        if first.email is None:
            return "its reader has taken his address away"
        told = self._as_reader(waiting)
        link = f"{self.address}services/calendar/?lang={first.language}"
        message = Message(
            first.email,
            write_subject(told, first.language),
            write_text(told, link, first.language),
            write_html(told, link, first.language),
            f"notice-{first.id}-{waiting[-1].id}",
        )
        return send_mail(self.server, message)

    def _as_reader(self, waiting: Sequence[Row[Any]]) -> list[Told]:
        """Return the words of each notice, read with the rights its reader has now; none when suspended."""
        first = waiting[0]
        reader = Session(self.dsn, role=names.role_of(first.reader)) if first.reader_active else None
        try:
            return [tell_in(first.language, line, reader) for line in waiting]
        finally:
            if reader is not None:
                reader.close()

    def _to_channel(self, waiting: Sequence[Row[Any]]) -> str | None:
        first = waiting[0]
        told = [tell_in(first.language, line, None) for line in waiting]
        say = words(first.language)["mail"]
        body = "\n".join([*(one.title for one in told), say["channel"], f"{self.address}services/calendar/"])
        return channels.send(first.address, write_subject(told, first.language), body)


def standing_of(session: Session) -> Standing:
    """Return how sending stands; for harbour_worker and harbour_admin."""
    row = session.row("delivery_standing")
    return Standing(0, 0, None, None, 0) if row is None else Standing(**row._mapping)
