"""One-time codes, one-time passwords that end, sessions that end."""

from __future__ import annotations

from importlib.resources import files

from harbour.db.migrations.running import run_statements

revision = "0004"
down_revision = "0003"

SCRIPTS = ("10_signing_in.sql",)


def upgrade() -> None:
    """Run the scripts of `sql/r0004` as harbour_owner; one-time passwords given before last 72 hours more."""
    folder = files("harbour.db").joinpath("sql", "r0004")
    run_statements(
        "harbour_owner", "harbour", *(folder.joinpath(name).read_text(encoding="utf-8") for name in SCRIPTS)
    )
