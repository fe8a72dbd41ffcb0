"""Make the embedded database ready: cluster, roles and databases, migrations."""

from __future__ import annotations

import os
import secrets
from collections.abc import Iterator
from contextlib import contextmanager

import harbour
from harbour import db
from harbour.credentials import pgpass_line, read_secret, write_private
from harbour.db import server
from harbour.services.programs import SERVICE_USER, database_dsn
from harbour.settings import Settings

__all__ = ["as_login", "as_member", "initialise_cluster", "prepare_database"]


def initialise_cluster(settings: Settings) -> str:
    """Create the cluster once, its superuser's password taken from a file; say what was done."""
    user = SERVICE_USER if settings.isolated else None
    made = server.initialise(settings.postgres, settings.secrets / "postgres_password", user)
    return "created" if made else "kept"


def prepare_database(settings: Settings) -> str:
    """Create roles and databases where absent, set their passwords, and migrate; say what was done."""
    passwords = {name: read_secret(settings, f"{name}_password") for name in db.SERVICE_LOGINS}
    with as_login(settings, "postgres"):
        db.bootstrap(database_dsn(settings, "postgres", "postgres"), passwords)
    with as_login(settings, "harbour_migrator"):
        db.migrate(database_dsn(settings, "harbour_migrator"))
    return "migrated"


@contextmanager
def as_login(settings: Settings, user: str) -> Iterator[str]:
    """Let this process connect as a service login for a while; yields the address, without the password."""
    password = read_secret(settings, f"{user}_password")
    with _password_file(settings, pgpass_line(settings, user, password)):
        yield database_dsn(settings, user)


@contextmanager
def as_member(settings: Settings, member: str) -> Iterator[harbour.Connection]:
    """Act as a member the way the dashboards do: his own login stays his server's alone."""
    with as_login(settings, "harbour_dashboards") as dsn, harbour.connect(dsn, member=member) as connection:
        yield connection


@contextmanager
def _password_file(settings: Settings, line: str) -> Iterator[None]:
    path = settings.run / f"pgpass-{os.getpid()}-{secrets.token_hex(4)}"
    write_private(path, line)
    before = os.environ.get("PGPASSFILE")
    os.environ["PGPASSFILE"] = str(path)
    try:
        yield
    finally:
        os.environ.pop("PGPASSFILE")
        if before is not None:
            os.environ["PGPASSFILE"] = before
        path.unlink(missing_ok=True)
