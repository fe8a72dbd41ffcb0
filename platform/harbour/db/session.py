"""The way into the database: one transaction per call, as one person.

A kernel logs in as its member. A trusted service (dashboards, worker) logs in as itself and becomes the
member for each transaction; the database, and not this module, decides whether it may.
"""

from __future__ import annotations

import atexit
import json
import os
import time
from collections.abc import Iterator, Mapping
from contextlib import closing, contextmanager
from functools import cache
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Engine, NullPool, Row, create_engine, event, text
from sqlalchemy.exc import DBAPIError, DisconnectionError, OperationalError
from sqlalchemy.pool import ConnectionPoolEntry

from harbour.db.calls import Link
from harbour.db.lanes import RESTED, Lane
from harbour.db.queries import query
from harbour.db.refusals import raise_refusal, translated
from harbour.errors import DatabaseError

__all__ = ["Session", "json_text", "open_engine", "shared_engine"]


ACTING = 4 * (os.cpu_count() or 1)
"""Connections by which a service acts: some compute while the others wait for the disk. See `harbour.db.lanes`."""
BECOME = """
SELECT set_config('application_name', :name, true), set_config('harbour.looking_at', :there, true),
       set_config('role', :role, true)
"""


def open_engine(dsn: str) -> Engine:
    """Return an engine over psycopg for a libpq connection string without a password (PGPASSFILE holds it).

    It keeps no connection between calls, so that a hundred idle notebooks cost the server nothing.
    """
    return create_engine("postgresql+psycopg://", creator=lambda: _connect(dsn), poolclass=NullPool)


@cache
def shared_engine(dsn: str) -> Engine:
    """Return the one small pool of a service's process: a hundred members at once are not a hundred connections.

    It is safe to share: a session becomes its member for one transaction, and the role ends with it.
    """
    engine = create_engine(
        "postgresql+psycopg://", creator=lambda: _connect(dsn), pool_size=32, max_overflow=0
    )

    @event.listens_for(engine, "checkin")
    def note(_connection: object, record: ConnectionPoolEntry) -> None:
        record.info["rested_from"] = time.monotonic()

    @event.listens_for(engine, "checkout")
    def ask(connection: psycopg.Connection, record: ConnectionPoolEntry, _proxy: object) -> None:
        if time.monotonic() - record.info.get("rested_from", time.monotonic()) > RESTED:
            try:
                connection.execute("SELECT")
                connection.rollback()
            except psycopg.Error as error:
                raise DisconnectionError from error  # the pool drops it and connects anew

    return engine


@cache
def shared_lane(dsn: str) -> Lane:
    """Return the few connections by which a service's process acts for members; it reads over its engine."""
    lane = Lane(lambda: _connect(dsn, autocommit=True), ACTING)
    atexit.register(lane.close)
    return lane


def _connect(dsn: str, *, autocommit: bool = False) -> psycopg.Connection:
    return psycopg.connect(dsn, autocommit=autocommit, connect_timeout=10, application_name="harbour")


def json_text(value: object) -> str:
    """Return JSON for a jsonb parameter; NaN and infinities are refused, because JSON has none."""
    return json.dumps(value, allow_nan=False, ensure_ascii=False)


class Session:
    """One person's way into the database."""

    def __init__(self, dsn: str, *, role: str | None = None, looking_at: str = "", request: str = "") -> None:
        self.role = role
        self.request = request
        self.looking_at = looking_at
        self._dsn = dsn
        self._engine = open_engine(dsn) if role is None else shared_engine(dsn)

    @property
    def _name(self) -> str:
        """What the server's log calls it: with the request's id, by which a line there meets the rooms' lines."""
        return f"harbour/{self.request}" if self.request else "harbour"

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Open one transaction as the member; database errors become ours, with a sentence for the user."""
        try:
            with self._engine.begin() as connection:
                if self.role is not None or self.looking_at or self.request:
                    connection.execute(
                        text(BECOME),
                        {"name": self._name, "there": self.looking_at, "role": self.role or "none"},
                    )
                yield connection
        except (DBAPIError, OperationalError) as error:
            raise translated(error) from error

    def rows(self, name: str, /, **values: object) -> list[Row[Any]]:
        """Return the rows of a named query of `queries/*.sql`."""
        with self.transaction() as connection:
            return list(connection.execute(text(query(name)), values))

    def row(self, name: str, /, **values: object) -> Row[Any] | None:
        """Return the first row of a named query, or None."""
        with self.transaction() as connection:
            return connection.execute(text(query(name)), values).first()

    def call(self, function: str, /, **values: object) -> Mapping[str, Any]:
        """Call one of the workflow's functions and return its outcome.

        Raises
        ------
        NotAllowed, OwnWork, WrongState, StaleDigest, NotFound
            When the database refuses; it has then written the attempt into the audit log.
        """
        # `function` is a name written in this package and checked here, never a user's word.
        if not function.isidentifier():
            raise DatabaseError(f"{function!r} is no function's name.")
        outcome = self._call(function, values)
        if outcome["code"] != "done":
            raise_refusal(outcome["code"], outcome["sentence"])
        return outcome

    def _call(self, function: str, values: Mapping[str, Any]) -> dict[str, Any]:
        """Become the member and call, in one message: see `harbour.db.calls`."""
        try:
            with self._link() as link:
                name = self._name if self.request else ""
                return link.call(self.role or "none", self.looking_at, function, values, name)
        except psycopg.Error as error:
            raise translated(error) from error

    @contextmanager
    def _link(self) -> Iterator[Link]:
        """Lend a connection of the service's lane; a member's own session opens one, and keeps none."""
        if self.role is not None:
            with shared_lane(self._dsn).lend() as link:
                yield link
            return
        with closing(_connect(self._dsn, autocommit=True)) as connection:
            yield Link(connection)

    def look_at(self, organisation: str) -> Session:
        """Return a way in for the same person that sees an organisation below his own; the database decides what."""
        return Session(self._dsn, role=self.role, looking_at=organisation, request=self.request)

    def listen(self, channel: str) -> psycopg.Connection:
        """Return a connection of its own that listens on a channel; the caller closes it.

        It stays the login's, also for a service acting for a member: what it hears is only that it is time to
        read again.
        """
        try:
            connection = psycopg.connect(
                self._dsn, autocommit=True, connect_timeout=10, application_name="harbour listener"
            )
        except psycopg.Error as error:
            raise DatabaseError(f"{DatabaseError.__doc__} ({error})") from error
        connection.execute(sql.SQL("LISTEN {}").format(sql.Identifier(channel)))
        return connection

    def close(self) -> None:
        """Give the connections back; those of a service are its process's, and stay for the next session."""
        if self.role is None:
            self._engine.dispose()
