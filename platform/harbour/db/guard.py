"""Build the guard: every function, trigger, policy and right, from the one place where each is written.

`sql/guard/*.sql` says how it is, in one file per subject; the revisions say how the tables came to be. The guard is
built as a whole, in the transaction that migrates, whenever its text is not the one this database was built from. So
a database administrator reads each function once, and nothing of an older version can stay behind.
"""

from __future__ import annotations

import hashlib
from importlib.resources import files

from psycopg import Connection, sql

__all__ = ["build_guard"]


def build_guard(connection: Connection) -> bool:
    """Build the guard unless it stands already; return whether it was built.

    The connection is harbour_owner's for this transaction, and nothing is committed here.
    """
    scripts = _scripts()
    digest = hashlib.sha256("\0".join(scripts).encode()).hexdigest()
    found = connection.execute("SELECT obj_description('harbour'::regnamespace, 'pg_namespace')").fetchone()
    if found == (digest,):
        return False
    connection.execute("SELECT set_config('search_path', 'harbour', true)")
    for script in scripts:
        connection.execute(script.encode())
    connection.execute(sql.SQL("COMMENT ON SCHEMA harbour IS {}").format(sql.Literal(digest)))
    return True


def _scripts() -> list[str]:
    """Return the files in the order of their numbers."""
    found = [
        entry
        for entry in files("harbour.db").joinpath("sql", "guard").iterdir()
        if entry.name.endswith(".sql")
    ]
    return [entry.read_text(encoding="utf-8") for entry in sorted(found, key=lambda entry: entry.name)]
