"""The revisions of the database make one line."""

from __future__ import annotations

import re
from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

DATABASE = Path(__file__).resolve().parents[2] / "platform" / "harbour" / "db"
MIGRATIONS, SQL = DATABASE / "migrations", DATABASE / "sql"


def test_there_is_one_line_of_revisions() -> None:
    # Two revisions after the same one, and no installation starts.
    configuration = Config()
    configuration.set_main_option("script_location", str(MIGRATIONS))
    configuration.set_main_option("path_separator", "os")
    revisions = [
        revision.revision for revision in ScriptDirectory.from_config(configuration).walk_revisions()
    ]
    assert revisions == sorted(revisions, reverse=True)
    assert len(revisions) == len(list((MIGRATIONS / "versions").glob("r*.py")))


def test_every_function_of_the_guard_is_written_once() -> None:
    # A database administrator reads a function in one place, and it is the one in force.
    guard = sorted((SQL / "guard").glob("*.sql"))
    written = [
        name for path in guard for name in re.findall(r"^CREATE FUNCTION (\w+)", path.read_text(), re.M)
    ]
    assert len(written) > 100
    assert sorted(written) == sorted(set(written))
    for path in SQL.rglob("*.sql"):
        text = path.read_text()
        assert len(text.splitlines()) <= 400, path.name
        assert "OR REPLACE" not in text, f"{path.name}: change the function where it is written"
        if path.parent.name != "guard":
            assert not re.search(r"CREATE (FUNCTION harbour|FUNCTION \w+\(|TRIGGER|POLICY)", text), path.name
