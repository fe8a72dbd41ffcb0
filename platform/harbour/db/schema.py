"""Bring a database to the schema of this version."""

from __future__ import annotations

from pathlib import Path

from psycopg import Connection
from sqlalchemy import text

from harbour.db.guard import build_guard
from harbour.db.session import open_engine
from harbour.errors import DatabaseError

__all__ = ["migrate", "revision_of"]


def migrate(dsn: str) -> None:
    """Run every migration the database lacks and build its guard, in one transaction; twice is as good as once.

    Parameters
    ----------
    dsn : str
        Connection string of the login `harbour_migrator`.

    Raises
    ------
    DatabaseError
        When the database has a revision that this version does not know.
    """
    # Alembic is imported where it is needed: every kernel imports this package and none of them migrates.
    from alembic import command  # noqa: PLC0415  # see above
    from alembic.config import Config  # noqa: PLC0415  # see above
    from alembic.util import CommandError  # noqa: PLC0415  # see above

    engine = open_engine(dsn)
    config = Config()
    config.set_main_option("script_location", str(Path(__file__).with_name("migrations")))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL ROLE harbour_owner"))
        config.attributes["connection"] = connection
        try:
            command.upgrade(config, "head")
        except CommandError as error:
            raise DatabaseError(
                "This database was made by another version of the platform, newer than this one or never released:"
                f" install that version, or start with a data folder of its own. ({error})"
            ) from error
        driver = connection.connection.driver_connection
        if not isinstance(driver, Connection):
            raise TypeError("migrations run over psycopg")
        build_guard(driver)
    engine.dispose()


def revision_of(dsn: str) -> str | None:
    """Return the schema revision of a database, or None when it has none yet."""
    engine = open_engine(dsn)
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL ROLE harbour_owner"))
        known = connection.execute(text("SELECT to_regclass('harbour.alembic_version')")).scalar()
        found = (
            connection.execute(text("SELECT version_num FROM harbour.alembic_version")).scalar()
            if known
            else None
        )
    engine.dispose()
    return None if found is None else str(found)
