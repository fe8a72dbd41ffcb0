"""A member's database password: set when his server starts, gone when it stops. For `harbour_admin`."""

from __future__ import annotations

import secrets
from datetime import UTC, datetime, timedelta

from psycopg import Connection, sql
from sqlalchemy import text

from harbour.db.bootstrap import scram_verifier
from harbour.db.queries import query
from harbour.identity import names
from harbour.identity.accounts import Holder, ensure_database_login

__all__ = ["issue_login", "revoke_login"]


def issue_login(admin: Holder, name: str, *, hours: float = 24) -> str:
    """Return a new password for the member's Postgres role, good for `hours`.

    The one before stops working. Write it to a file only the member can read and point PGPASSFILE at it.
    """
    password = secrets.token_urlsafe(24)
    until = datetime.now(UTC) + timedelta(hours=hours)
    with admin.session.transaction() as connection:
        login = connection.execute(
            text(query("note_database_login")), {"name": names.hub_name(name), "issued": True}
        ).scalar_one()
        driver = connection.connection.driver_connection
        if not isinstance(driver, Connection):
            raise TypeError("accounts are kept over psycopg")
        driver.execute(
            sql.SQL("ALTER ROLE {} PASSWORD {} VALID UNTIL {}").format(
                sql.Identifier(login),
                sql.Literal(scram_verifier(driver, login, password)),
                sql.Literal(until.isoformat()),
            )
        )
    return password


def revoke_login(admin: Holder, name: str) -> None:
    """Take the member's database password away and end his sessions."""
    with admin.session.transaction() as connection:
        login = connection.execute(
            text(query("note_database_login")), {"name": names.hub_name(name), "issued": False}
        ).scalar_one()
        ensure_database_login(connection, login)  # who was invited and never came has none yet
        # A member can change his own password, but never how long it is good for.
        statement = sql.SQL("ALTER ROLE {} PASSWORD NULL VALID UNTIL 'epoch'").format(sql.Identifier(login))
        connection.exec_driver_sql(statement.as_string())
    with admin.session.transaction() as connection:
        connection.execute(
            text("SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = :login"),
            {"login": login},
        )
