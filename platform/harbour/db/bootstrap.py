"""Who and what must exist before the migrations: roles, databases, closed doors. Run by the superuser."""

from __future__ import annotations

from collections.abc import Mapping
from importlib.resources import files

import psycopg
from psycopg import sql
from psycopg.conninfo import make_conninfo

from harbour.errors import DatabaseError

__all__ = ["DATABASE", "HUB_DATABASE", "SERVICE_LOGINS", "bootstrap", "scram_verifier"]

DATABASE = "plimsoll"
HUB_DATABASE = "hub"
SERVICE_LOGINS = ("harbour_admin", "harbour_dashboards", "harbour_migrator", "harbour_worker", "hub")
OLDEST_SERVER = 160000


def bootstrap(superuser_dsn: str, passwords: Mapping[str, str]) -> None:
    """Create the roles and the two databases, or bring them to the passwords given.

    Parameters
    ----------
    superuser_dsn : str
        A superuser's connection string, to any database of the cluster.
    passwords : mapping of str to str
        One password for each of SERVICE_LOGINS.
    """
    missing = set(SERVICE_LOGINS) - set(passwords)
    if missing:
        raise DatabaseError(f"No password was given for {', '.join(sorted(missing))}.")
    with psycopg.connect(superuser_dsn, autocommit=True) as connection:
        if connection.info.server_version < OLDEST_SERVER:
            raise DatabaseError(
                f"Postgres 16 or newer is needed, this is {connection.info.server_version // 10000}."
            )
        connection.execute(_statements("00_roles.sql"))
        for login in SERVICE_LOGINS:
            _set_password(connection, login, passwords[login])
        _ensure_database(connection, DATABASE, owner=None)
        _ensure_database(connection, HUB_DATABASE, owner="hub")
        for login in (*SERVICE_LOGINS[:-1], "harbour_member"):
            connection.execute(
                sql.SQL("GRANT CONNECT ON DATABASE {} TO {}").format(
                    sql.Identifier(DATABASE), sql.Identifier(login)
                )
            )
    with psycopg.connect(make_conninfo(superuser_dsn, dbname=DATABASE), autocommit=True) as connection:
        connection.execute(_statements("01_database.sql"))


def scram_verifier(connection: psycopg.Connection, login: str, password: str) -> str:
    """Return what the server keeps of a password, so that the password itself is never sent or logged."""
    encrypted = connection.pgconn.encrypt_password(password.encode(), login.encode(), b"scram-sha-256")
    return encrypted.decode()


def _statements(name: str) -> bytes:
    return files("harbour.db").joinpath("sql", name).read_bytes()


def _set_password(connection: psycopg.Connection, login: str, password: str) -> None:
    connection.execute(
        sql.SQL("ALTER ROLE {} PASSWORD {}").format(
            sql.Identifier(login), sql.Literal(scram_verifier(connection, login, password))
        )
    )


def _ensure_database(connection: psycopg.Connection, name: str, owner: str | None) -> None:
    if connection.execute("SELECT FROM pg_database WHERE datname = %s", [name]).fetchone() is None:
        owned = sql.SQL("") if owner is None else sql.SQL(" OWNER {}").format(sql.Identifier(owner))
        connection.execute(sql.SQL("CREATE DATABASE {}{}").format(sql.Identifier(name), owned))
    # Every database grants CONNECT and TEMPORARY to PUBLIC unless told otherwise.
    connection.execute(sql.SQL("REVOKE ALL ON DATABASE {} FROM PUBLIC").format(sql.Identifier(name)))
