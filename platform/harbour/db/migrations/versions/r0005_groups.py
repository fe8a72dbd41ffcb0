"""Organisations above others, the entities each reports for, the servers its members run."""

from __future__ import annotations

from harbour.db.migrations.running import run_folder

revision = "0005"
down_revision = "0004"


def upgrade() -> None:
    """Add the tables; every organisation stays on its own, without entities and bounds."""
    run_folder("r0005", "10_groups.sql")
