"""Members of the bank's own directory; links that work once."""

from __future__ import annotations

from harbour.db.migrations.running import run_folder

revision = "0002"
down_revision = "0001"


def upgrade() -> None:
    """Make the tables."""
    run_folder("r0002", "10_signing_in.sql")
