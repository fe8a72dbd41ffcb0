"""Run the statements of a revision as the role that is to own what they make."""

from __future__ import annotations

from importlib.resources import files

from alembic import op
from psycopg import Connection

__all__ = ["run_folder", "run_statements"]


def run_folder(folder: str, *names: str) -> None:
    """Run files of `harbour/db/sql/<folder>`, in the order given, as harbour_owner."""
    scripts = files("harbour.db").joinpath("sql", folder)
    run_statements(
        "harbour_owner", "harbour", *(scripts.joinpath(name).read_text(encoding="utf-8") for name in names)
    )


def run_statements(role: str, schema: str, *scripts: str) -> None:
    """Run whole scripts, in the migration's transaction, as `role` with `schema` first in the search path.

    The scripts go to the driver as they stand: SQLAlchemy would read `:name` in them as a parameter.
    """
    driver = op.get_bind().connection.driver_connection
    if not isinstance(driver, Connection):
        raise TypeError("migrations run over psycopg")
    with driver.cursor() as cursor:
        cursor.execute(
            "SELECT set_config('role', %s, true), set_config('search_path', %s, true)", [role, schema]
        )
        for script in scripts:
            cursor.execute(script.encode())
        cursor.execute(
            "SELECT set_config('role', 'harbour_owner', true), set_config('search_path', 'harbour', true)"
        )
