"""The first schema: people, work, workflow, audit, queue."""

from __future__ import annotations

from importlib.resources import files

from harbour.db.migrations.running import run_folder, run_statements

revision = "0001"
down_revision = None


def upgrade() -> None:
    """Make the tables as harbour_owner, the queue as harbour_queue."""
    queue = files("procrastinate").joinpath("sql", "schema.sql").read_text(encoding="utf-8")
    ours = files("harbour.db").joinpath("sql", "r0001", "90_queue.sql").read_text(encoding="utf-8")
    run_statements("harbour_queue", "procrastinate", queue, ours)
    run_folder("r0001", "10_people.sql", "11_work.sql", "12_workflow.sql", "13_audit.sql")
