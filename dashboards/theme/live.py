"""Wake open pages at once when something of their organisation changed.

The database says only that it is time to read again, on a channel whose name is the organisation's secret. One
listener for each channel serves every open page of a room.
"""

from __future__ import annotations

import logging
import threading
from collections.abc import Awaitable, Callable
from typing import Protocol

import panel as pn
import psycopg

from harbour import Connection
from harbour.errors import HarbourError

__all__ = ["follow"]

PAUSE = 5.0
"""Seconds before a broken listener listens again."""
BEAT = 30.0

log = logging.getLogger(__name__)
Wake = Callable[[], None]


class Person(Protocol):
    """Whose page it is."""

    def connect(self) -> Connection:
        """Return a database connection that acts as this person."""


class _Listener:
    """Listens on one channel, with the rights of somebody who has a page open."""

    def __init__(self) -> None:
        self.pages: dict[Wake, Person] = {}
        self.started = False

    def add(self, wake: Wake, person: Person) -> None:
        """Wake one more page; the first one starts the listening."""
        self.pages[wake] = person
        if not self.started:
            self.started = True
            threading.Thread(target=self._listen, daemon=True, name="listener").start()

    def _listen(self) -> None:
        rest = threading.Event()
        while True:
            try:
                self._follow(next(reversed(tuple(self.pages.values()))))
            except StopIteration:
                pass  # nobody has a page open now
            except (HarbourError, psycopg.Error) as error:
                log.warning("not listening for now: %s", error)
            rest.wait(PAUSE)

    def _follow(self, person: Person) -> None:
        with person.connect() as connection:
            row = connection.session.row("my_channel")
            with connection.session.listen("" if row is None else str(row[0])) as listening:
                self._wake_all()  # what came before the listening began
                while self.pages:
                    if list(listening.notifies(timeout=BEAT, stop_after=1)):
                        self._wake_all()

    def _wake_all(self) -> None:
        for wake in tuple(self.pages):
            wake()


_listeners: dict[str, _Listener] = {}
_lock = threading.Lock()


def follow(person: Person, organisation: str, refresh: Callable[[], Awaitable[None]]) -> None:
    """Have the page that is being made refreshed whenever its organisation's channel wakes, until it is closed.

    Parameters
    ----------
    organisation
        Short name: pages of one organisation share a listener, and no page is woken by another bank's.
    """
    document = pn.state.curdoc
    if document is None:
        return

    def wake() -> None:
        document.add_next_tick_callback(refresh)  # type: ignore[arg-type]  # takes coroutine functions too

    def begin() -> None:
        # Not before the page is shown: until then its sign-in is not known, and a wake would close it.
        with _lock:
            _listeners.setdefault(organisation, _Listener()).add(wake, person)

    def end(_: object) -> None:
        if organisation in _listeners:
            _listeners[organisation].pages.pop(wake, None)

    pn.state.onload(begin)
    pn.state.on_session_destroyed(end)
