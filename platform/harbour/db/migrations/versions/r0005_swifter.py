"""Hashes in one expression, and attempts on nothing written down."""

from __future__ import annotations

from importlib.resources import files

from harbour.db.migrations.running import run_statements

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Replace the two functions; every hash and digest stays what it was."""
    script = files("harbour.db").joinpath("sql", "r0005", "10_hashes.sql")
    run_statements("harbour_owner", "harbour", script.read_text(encoding="utf-8"))
