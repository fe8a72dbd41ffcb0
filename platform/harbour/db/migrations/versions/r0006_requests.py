"""A queued run carries the id of the request that asked for it, into the worker's log."""

from __future__ import annotations

from importlib.resources import files

from harbour.db.migrations.running import run_statements

revision = "0006"
down_revision = "0005"


def upgrade() -> None:
    """Replace the queue's two entrances, as harbour_queue."""
    queue = files("harbour.db").joinpath("sql", "r0006", "90_queue.sql").read_text(encoding="utf-8")
    run_statements("harbour_queue", "procrastinate", queue)
