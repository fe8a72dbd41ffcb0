"""Files without a bound of memory: a digest for each piece, a root over them."""

from __future__ import annotations

from importlib.resources import files

from harbour.db.migrations.running import run_statements

revision = "0003"
down_revision = "0002"

SCRIPTS = ("10_streaming.sql",)


def upgrade() -> None:
    """Run the scripts of `sql/r0003` as harbour_owner; what is kept is given its digests and its root."""
    folder = files("harbour.db").joinpath("sql", "r0003")
    run_statements(
        "harbour_owner", "harbour", *(folder.joinpath(name).read_text(encoding="utf-8") for name in SCRIPTS)
    )
