"""Schedules and what came of them; notices and how they go out."""

from __future__ import annotations

from importlib.resources import files

from harbour.db.migrations.running import run_folder, run_statements

revision = "0003"
down_revision = "0002"


def upgrade() -> None:
    """Make the tables as harbour_owner, the queue's second entrance as harbour_queue."""
    queue = files("harbour.db").joinpath("sql", "r0003", "90_queue.sql").read_text(encoding="utf-8")
    run_statements("harbour_queue", "procrastinate", queue)
    run_folder("r0003", "10_schedules.sql")
