"""From every version kept in `releases` forward, with a bank's work in place (tools/keep_release.py keeps one)."""

from __future__ import annotations

import json
import secrets
import subprocess
import sys
from importlib import import_module
from pathlib import Path

import psycopg
import pytest
from psycopg.conninfo import make_conninfo
from tests.database import Harbour

from harbour import db
from harbour.db import guard
from harbour.errors import DatabaseError

RELEASES = sorted(path for path in Path(__file__).with_name("releases").glob("*.sql") if path.stem != "work")
VERIFIER = Path(__file__).resolve().parents[3] / "tools" / "verify_audit.py"
KEPT = {
    "organisations": "id, slug, name",
    "members": "id, name, login, state",
    "runs": "id, name, version, template, parameters, state, digests, summary",
    "run_artefacts": "run_id, name, sha256",
    "submissions": "id, run_id, maker_id, note, state, digest, created_at",
    "comments": "id, submission_id, author_id, body, created_at",
    "approvals": "id, submission_id, reviewer_id, decision, digest, decided_at",
    "approval_steps": "rule_id, place, role",
    "publications": "id, submission_id, run_id, kind, digest, ended_at",
    "artefact_chunks": "upload_id, position, content",
    "quotas": "organisation_id, members, runs_a_day, storage",
    "audit_events": "organisation_id, seq, at, actor, login, action, subject, outcome, detail, hash",
}
OF_ITS_GUARD = """
SELECT 'function', p.oid::regprocedure::text, pg_get_functiondef(p.oid) || coalesce(p.proacl::text, '')
    FROM pg_proc p WHERE p.pronamespace = 'harbour'::regnamespace
UNION ALL SELECT 'policy', tablename || '.' || policyname, roles::text || coalesce(qual, '') FROM pg_policies
    WHERE schemaname = 'harbour'
UNION ALL SELECT 'trigger', t.tgrelid::regclass || '.' || t.tgname, pg_get_triggerdef(t.oid) || t.tgenabled::text
    FROM pg_trigger t JOIN pg_class c ON c.oid = t.tgrelid
    WHERE c.relnamespace = 'harbour'::regnamespace AND NOT t.tgisinternal
ORDER BY 1, 2
"""


@pytest.fixture
def old(postgres: Harbour, monkeypatch):
    """Make a database of its own, with our roles and nothing in it; the superuser's way to it, who alone may knock."""
    name = "old_" + secrets.token_hex(4)
    monkeypatch.setattr(import_module("harbour.db.bootstrap"), "DATABASE", name)
    services = {login: postgres.passwords[login] for login in db.SERVICE_LOGINS}
    db.bootstrap(postgres.dsn("postgres", "postgres"), services)
    yield make_conninfo(postgres.dsn("postgres", "postgres"), dbname=name)
    with postgres.raw("postgres", "postgres") as root:
        root.execute(f"DROP DATABASE {name} WITH (FORCE)")


def restore(address: str, release: Path) -> None:
    with psycopg.connect(address, autocommit=True) as root:
        root.execute("DROP SCHEMA harbour CASCADE; DROP SCHEMA procrastinate CASCADE")
        root.execute(release.read_bytes())


def kept(root: psycopg.Connection) -> dict[str, list[tuple[object, ...]]]:
    return {
        table: root.execute(f"SELECT {columns} FROM harbour.{table} ORDER BY 1, 2").fetchall()
        for table, columns in KEPT.items()
    }


def test_there_is_a_version_to_come_from():
    assert RELEASES


@pytest.mark.parametrize("release", RELEASES, ids=lambda path: path.stem)
def test_forward_with_data_in_place(old, postgres, release, tmp_path):
    restore(old, release)
    with psycopg.connect(old, autocommit=True) as root:
        before = kept(root)
        assert all(before.values())
        db.migrate(old)
        assert kept(root) == before
        # What was approved is still what is there, and counts under the rules of now.
        assert root.execute("SELECT harbour.void_all_changed()").fetchone() == (0,)
        digests = "SELECT s.digest = harbour.run_digest(s.run_id) FROM harbour.submissions s"
        assert root.execute(digests).fetchall() == [(True,), (True,)]
        steps = "SELECT t.* FROM harbour.submissions s, LATERAL harbour.steps_of(s) t ORDER BY passed"
        assert root.execute(steps).fetchall() == [(1, "reviewer", False), (1, "reviewer", True)]
        # The guard is the very one of a new database: nothing of the old one is left, nothing of the new one missing.
        with postgres.superuser() as new:
            assert root.execute(OF_ITS_GUARD).fetchall() == new.execute(OF_ITS_GUARD).fetchall()
        # The chain goes on where it stood.
        root.execute("SELECT harbour.write_event(id, 'new', 'x', 'done', '{}') FROM harbour.organisations")
        columns = (
            "o.slug, seq, harbour.utc_text(at), actor, login, action, subject, outcome, detail::text, hash"
        )
        rows = root.execute(
            f"SELECT {columns} FROM harbour.audit_events e JOIN harbour.organisations o ON o.id = e.organisation_id"
            " ORDER BY 1, 2"
        ).fetchall()
    fields = ("organisation", "seq", "at", "actor", "login", "action", "subject", "outcome", "detail", "hash")
    log = tmp_path / "audit.jsonl"
    log.write_text("".join(json.dumps(dict(zip(fields, row, strict=True))) + "\n" for row in rows))
    assert subprocess.run([sys.executable, VERIFIER, log], check=False).returncode == 0


def test_migrating_twice_builds_the_guard_once_and_a_changed_one_again(old, monkeypatch):
    db.migrate(old)
    with psycopg.connect(old, autocommit=True) as root:
        known = root.execute("SELECT oid FROM pg_proc WHERE proname = 'write_event'").fetchall()
        db.migrate(old)
        assert root.execute("SELECT oid FROM pg_proc WHERE proname = 'write_event'").fetchall() == known
        # A function that an older version left behind is gone with the next guard.
        root.execute("CREATE FUNCTION harbour.left_behind() RETURNS int LANGUAGE sql AS 'SELECT 1'")
        scripts = guard._scripts()
        monkeypatch.setattr(guard, "_scripts", lambda: [*scripts, "-- one more"])
        db.migrate(old)
        assert root.execute("SELECT FROM pg_proc WHERE proname = 'left_behind'").fetchall() == []
        assert root.execute("SELECT oid FROM pg_proc WHERE proname = 'write_event'").fetchall() != known


def test_a_database_of_an_unknown_version_is_left_alone(old):
    db.migrate(old)
    with psycopg.connect(old, autocommit=True) as root:
        root.execute("UPDATE harbour.alembic_version SET version_num = '9999'")
        with pytest.raises(DatabaseError, match="another version of the platform"):
            db.migrate(old)
        assert root.execute("SELECT version_num FROM harbour.alembic_version").fetchone() == ("9999",)
