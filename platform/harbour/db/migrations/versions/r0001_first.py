"""The first schema: identity, artefacts, runs, workflow, audit, queue."""

from __future__ import annotations

from importlib.resources import files

from harbour.db.migrations.running import run_statements

revision = "0001"
down_revision = None

OWNED = (
    "10_tables.sql",
    "11_workflow.sql",
    "20_actor.sql",
    "21_audit.sql",
    "30_credentials.sql",
    "40_artefacts.sql",
    "41_runs.sql",
    "50_submissions.sql",
    "80_policies.sql",
)


def upgrade() -> None:
    """Build the guard as harbour_owner, the queue as harbour_queue."""
    own = files("harbour.db").joinpath("sql")
    queue = files("procrastinate").joinpath("sql", "schema.sql").read_text(encoding="utf-8")
    run_statements(
        "harbour_queue", "procrastinate", queue, own.joinpath("90_queue.sql").read_text(encoding="utf-8")
    )
    run_statements(
        "harbour_owner", "harbour", *(own.joinpath(name).read_text(encoding="utf-8") for name in OWNED)
    )
