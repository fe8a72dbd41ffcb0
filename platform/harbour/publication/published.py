"""Figures in force. One whose run no longer has the digest that was approved is not shown."""

from __future__ import annotations

import time
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any, Protocol

import psycopg

from harbour.db import Session
from harbour.errors import DatabaseError

__all__ = ["Publication", "Publications", "Void", "sweep"]

PAUSE = 5.0
"""Seconds after which the figures are read again even if nobody woke us."""
SETTLED = 2.0
"""Seconds after a wake-up when they are read again: what follows within a second of another wakes nobody."""


@dataclass(frozen=True)
class Publication:
    """An approved run; `kind` is its template, `entity` the LEI, `reference_date` in ISO form."""

    id: int
    submission_id: int
    run_id: int
    kind: str
    entity: str
    reference_date: str
    scenario: str
    digest: str
    summary: Mapping[str, Any]
    approved_by: str
    published_at: datetime


@dataclass(frozen=True)
class Void:
    """Figures whose approval fell and that nothing replaced.

    `voided_at` is None where the fall was found just now and nobody has written it down yet; then `voided_by`,
    `changed` and `comment` are None, and `entity_name` is empty for who may not see the run. `changed` says which
    part of what was approved changed (`run`, `files`, ...), None where a reviewer took his approval back, with
    his `comment`. Viewers read all of it: it is told to whoever may have acted on the figures.
    """

    id: int
    submission_id: int
    kind: str
    entity_name: str
    entity: str
    reference_date: str
    scenario: str
    approved_by: str
    published_at: datetime
    voided_at: datetime | None
    voided_by: str | None
    changed: str | None
    comment: str | None


class Holder(Protocol):
    """Anything that holds a session: a `harbour.Connection`."""

    @property
    def session(self) -> Session:
        """The way into the database."""


class Publications:
    """The approved figures of one's organisation."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def latest(self, kind: str | None = None) -> Publication | None:
        """Return the figures in force for the latest reference date, or None."""
        return next(iter(self.list(kind, limit=1)), None)

    def list(self, kind: str | None = None, *, limit: int = 50) -> list[Publication]:
        """Return the figures in force, latest reference date first."""
        rows = self._session.rows("publications", kind=kind, limit=limit)
        return [Publication(**row._mapping) for row in rows]

    def voided(self, submission_id: int | None = None, *, limit: int = 20) -> Sequence[Void]:
        """Return figures that fell and that nothing replaced, newest first; or those of one submission."""
        rows = self._session.rows("voided", submission=submission_id, limit=limit)
        return [Void(**row._mapping) for row in rows]

    def changes(
        self, kind: str | None = None, *, seconds: float | None = None, pause: float = PAUSE
    ) -> Iterator[tuple[Publication, ...]]:
        """Yield the figures in force now, and again each time they have changed.

        Parameters
        ----------
        kind : str, optional
            Of one template only.
        seconds : float, optional
            End after so long; default: never.
        pause : float
            Seconds after which to look again without having been woken.
        """
        end = None if seconds is None else time.monotonic() + seconds
        channel = self._session.row("my_channel")
        with self._session.listen("" if channel is None else channel[0]) as listening:
            # Listening begins before the first reading, so that nothing falls between the two.
            # As if woken: what came within a second before wakes nobody either.
            shown, woken = None, True
            while True:
                found = tuple(self.list(kind))
                if found != shown:
                    shown = found
                    yield found
                left = pause if end is None else min(pause, end - time.monotonic())
                if left <= 0:
                    return
                woken = _wait(listening, min(SETTLED, left) if woken else left)


def _wait(listening: psycopg.Connection, seconds: float) -> bool:
    """Return whether there was a wake-up within so many seconds."""
    try:
        return any(True for _ in listening.notifies(timeout=seconds, stop_after=1))
    except psycopg.Error as error:
        raise DatabaseError(f"{DatabaseError.__doc__} ({error})") from error


def sweep(worker: Holder) -> int:
    """Void each approval whose run was changed behind the triggers' back; return how many. For the worker."""
    row = worker.session.row("void_all_changed")
    return 0 if row is None else int(row[0])
