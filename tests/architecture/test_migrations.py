"""The revisions of the database make one line."""

from __future__ import annotations

from pathlib import Path

from alembic.config import Config
from alembic.script import ScriptDirectory

MIGRATIONS = Path(__file__).resolve().parents[2] / "platform" / "harbour" / "db" / "migrations"


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
