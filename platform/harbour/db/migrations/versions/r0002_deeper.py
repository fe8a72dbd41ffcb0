"""Approval rules, threads, deputies, quotas, sightings, anchors, and approvals that die at once with what changed."""

from __future__ import annotations

from importlib.resources import files

from harbour.db.migrations.running import run_statements

revision = "0002"
down_revision = "0001"

SCRIPTS = (
    "10_permissions.sql",
    "20_rules.sql",
    "30_comments.sql",
    "40_decisions.sql",
    "50_changes.sql",
    "60_audit.sql",
    "70_quotas.sql",
    "80_policies.sql",
)


def upgrade() -> None:
    """Run the scripts of `sql/r0002` as harbour_owner; data in place stays and is judged by the old defaults."""
    folder = files("harbour.db").joinpath("sql", "r0002")
    run_statements(
        "harbour_owner", "harbour", *(folder.joinpath(name).read_text(encoding="utf-8") for name in SCRIPTS)
    )
