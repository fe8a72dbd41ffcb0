"""The way into the database: one transaction per call, as one person.

A kernel logs in as its member. A trusted service (dashboards, worker) logs in as itself and becomes the
member for each transaction; the database, and not this module, decides whether it may.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from typing import Any

import psycopg
from psycopg import sql
from sqlalchemy import Connection, Engine, NullPool, Row, create_engine, text
from sqlalchemy.exc import DBAPIError, OperationalError

from harbour.db.queries import query
from harbour.db.refusals import raise_refusal, translated
from harbour.errors import DatabaseError

__all__ = ["Session", "json_text", "open_engine"]


def open_engine(dsn: str, *, pooled: bool = False) -> Engine:
    """Return an engine over psycopg for a libpq connection string without a password (PGPASSFILE holds it).

    A kernel keeps no connection between calls, so that a hundred idle notebooks cost the server nothing;
    a service keeps a small pool.
    """

    def connect() -> psycopg.Connection:
        return psycopg.connect(dsn, connect_timeout=10, application_name="harbour")

    if pooled:
        return create_engine(
            "postgresql+psycopg://", creator=connect, pool_size=5, max_overflow=10, pool_pre_ping=True
        )
    return create_engine("postgresql+psycopg://", creator=connect, poolclass=NullPool)


def json_text(value: object) -> str:
    """Return JSON for a jsonb parameter; NaN and infinities are refused, because JSON has none."""
    return json.dumps(value, allow_nan=False, ensure_ascii=False)


class Session:
    """One person's way into the database."""

    def __init__(self, dsn: str, *, role: str | None = None) -> None:
        self.role = role
        self._dsn = dsn
        self._engine = open_engine(dsn, pooled=role is not None)

    @contextmanager
    def transaction(self) -> Iterator[Connection]:
        """Open one transaction as the member; database errors become ours, with a sentence for the user."""
        try:
            with self._engine.begin() as connection:
                if self.role is not None:
                    connection.execute(text("SELECT set_config('role', :role, true)"), {"role": self.role})
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
        names = ", ".join(f":{name}" for name in values)
        statement = text(f"SELECT * FROM harbour.{function}({names})")  # noqa: S608  # checked just above
        with self.transaction() as connection:
            outcome = connection.execute(statement, values).mappings().one()
        if outcome["code"] != "done":
            raise_refusal(outcome["code"], outcome["sentence"])
        return dict(outcome)

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
        """Give the connections back."""
        self._engine.dispose()
