"""Fewer proofs of the same references with every action; when listeners were woken."""

from __future__ import annotations

from harbour.db.migrations.running import run_folder

revision = "0004"
down_revision = "0003"


def upgrade() -> None:
    """Drop what the guard holds otherwise (`sql/guard/23_kept.sql`)."""
    run_folder("r0004", "10_swifter.sql")
