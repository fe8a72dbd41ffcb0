"""A few connections for the many who act at once.

Actions of one organisation queue for its chain of events, and all of them for the processors: more of them inside
the server than it can work on do not get done sooner, they get in each other's way. Too few, and the processors wait
with them for the disk. So a service lends some connections, in the order of asking, and who waits, waits here, where it
costs nothing. (psycopg's pool keeps that order too, but tells of a server that is down only after its timeout;
SQLAlchemy's lets who comes late go first.)
"""

from __future__ import annotations

import queue
import threading
import time
from collections import deque
from collections.abc import Callable, Iterator
from contextlib import contextmanager

import psycopg

from harbour.db.calls import Link
from harbour.errors import DatabaseError

__all__ = ["RESTED", "Lane"]

RESTED = 5.0
"""Seconds after which a kept connection is asked whether it is still there before it is used."""

PATIENCE = 30.0
"""Seconds that a call waits for its turn."""

Turn = queue.SimpleQueue[Link | None]


class Lane:
    """At most `size` connections, opened when first needed; whose turn it is gets one, or the place to open one."""

    def __init__(self, connect: Callable[[], psycopg.Connection], size: int) -> None:
        self._connect = connect
        self._unopened = size
        self._free: list[Link] = []
        self._waiting: deque[Turn] = deque()
        self._lock = threading.Lock()

    @contextmanager
    def lend(self) -> Iterator[Link]:
        """Lend a connection; DatabaseError when nobody gave one back for half a minute.

        Raises
        ------
        psycopg.OperationalError
            When there is no server to connect to.
        """
        link = self._take()
        try:
            if link is not None and time.monotonic() - link.rested_from > RESTED:
                link = _still_there(link)
            if link is None:
                link = Link(self._connect())
            yield link
        finally:
            self._give(None if link is None or link.connection.closed else link)

    def close(self) -> None:
        """Close what nobody uses."""
        with self._lock:
            while self._free:
                self._free.pop().connection.close()
                self._unopened += 1

    def _take(self) -> Link | None:
        with self._lock:
            if self._free:
                return self._free.pop()
            if self._unopened:
                self._unopened -= 1
                return None
            turn: Turn = queue.SimpleQueue()
            self._waiting.append(turn)
        try:
            return turn.get(timeout=PATIENCE)
        except BaseException as error:
            with self._lock:
                given = turn not in self._waiting
                if not given:
                    self._waiting.remove(turn)
            if given:  # in the very moment: it goes to the next
                self._give(turn.get())
            if isinstance(error, queue.Empty):
                raise DatabaseError("Too many act at once: try again in a minute.") from error
            raise

    def _give(self, link: Link | None) -> None:
        if link is not None:
            link.rested_from = time.monotonic()
        with self._lock:
            if self._waiting:
                self._waiting.popleft().put(link)
            elif link is None:
                self._unopened += 1
            else:
                self._free.append(link)


def _still_there(link: Link) -> Link | None:
    try:
        link.connection.execute("SELECT")
    except psycopg.Error:
        link.connection.close()
        return None
    return link
