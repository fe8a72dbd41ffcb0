"""Keep what a version's database looks like, with work in it: python tools/keep_release.py NAME.

Run it for every version that is released, before its first change after. It writes tests/integration/db/releases/
NAME.sql, a dump of a small bank as `pg_dump` writes it, and the tests bring that forward to every later version with
its data in place. A file that is there is never written again.
"""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
sys.path.insert(0, str(ROOT))

from tests.database import serve  # noqa: E402  # the folder above is found just now

from harbour import db  # noqa: E402  # as above
from harbour.db.server import binaries  # noqa: E402  # as above

RELEASES = ROOT / "tests" / "integration" / "db" / "releases"

# A session's own settings, which a driver needs not be told, and psql's own commands.
NOT_SQL = re.compile(r"^\\(un)?restrict.*\n|^SET transaction_timeout.*\n", re.MULTILINE)


def main(name: str) -> None:
    """Fill a new database of this version and write its dump."""
    kept = RELEASES / f"{name}.sql"
    if kept.exists():
        raise SystemExit(f"{kept} is there already: a released version does not change.")
    with serve() as postgres:
        with postgres.superuser() as root:
            root.execute((RELEASES / "work.sql").read_bytes())
        dump = subprocess.run(
            [binaries() / "pg_dump", "--inserts", "--no-password", postgres.dsn("postgres", db.DATABASE)],
            capture_output=True,
            text=True,
            check=True,
        ).stdout
    kept.write_text(NOT_SQL.sub("", dump), encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1])
