"""From every released revision forward, with a bank's work in place."""

from __future__ import annotations

import secrets
from importlib import import_module

import psycopg
import pytest
from alembic import command
from alembic.config import Config
from psycopg.conninfo import make_conninfo
from sqlalchemy import text
from tests.database import Harbour

from harbour import db
from harbour.db import schema
from harbour.db.session import open_engine

OLD_WORK = """
INSERT INTO harbour.members (organisation_id, name, display_name) SELECT id, 'platform-old', 'Old'
    FROM harbour.organisations WHERE slug = 'platform';
INSERT INTO harbour.members (organisation_id, name, display_name) SELECT id, 'platform-rev', 'Rev'
    FROM harbour.organisations WHERE slug = 'platform';
INSERT INTO harbour.runs (organisation_id, maker_id, executed_by, name, version, template, parameters, state)
    SELECT organisation_id, id, 'x', 'old run', 1, 'corep_of', '{}', 'succeeded'
    FROM harbour.members WHERE name = 'platform-old';
INSERT INTO harbour.submissions (organisation_id, run_id, maker_id, note, state, digest)
    SELECT organisation_id, id, maker_id, 'old', s.state, harbour.run_digest(id)
    FROM harbour.runs, (VALUES ('in_review'), ('published')) AS s (state);
INSERT INTO harbour.comments (organisation_id, submission_id, author_id, body)
    SELECT organisation_id, id, maker_id, 'an old comment' FROM harbour.submissions;
INSERT INTO harbour.approvals (organisation_id, submission_id, reviewer_id, decision, digest, comment)
    SELECT s.organisation_id, s.id, m.id, 'approve', s.digest, ''
    FROM harbour.submissions s, harbour.members m WHERE s.state = 'published' AND m.name = 'platform-rev';
INSERT INTO harbour.publications
    (organisation_id, submission_id, run_id, kind, entity, reference_date, scenario, digest, approved_by)
    SELECT s.organisation_id, s.id, s.run_id, 'corep_of', '', '', '', s.digest, a.reviewer_id
    FROM harbour.submissions s JOIN harbour.approvals a ON a.submission_id = s.id;
INSERT INTO harbour.uploads (organisation_id, member_id, finished)
    SELECT organisation_id, id, true FROM harbour.members WHERE name = 'platform-old';
INSERT INTO harbour.artefact_chunks (upload_id, position, organisation_id, content)
    SELECT id, place, organisation_id, 'twelve bytes' FROM harbour.uploads, generate_series(0, 2) place;
SELECT harbour.write_event(organisation_id, 'old', 'member:platform-old', 'done', '{}')
    FROM harbour.members WHERE name = 'platform-old';
"""
KEPT = {
    "submissions": "id, run_id, maker_id, note, state, digest, created_at",
    "comments": "id, submission_id, author_id, body, created_at",
    "approvals": "id, submission_id, reviewer_id, decision, digest, decided_at",
    "publications": "id, submission_id, run_id, kind, digest, ended_at",
    "artefact_chunks": "upload_id, position, content",
    "audit_events": "organisation_id, seq, at, actor, login, action, subject, outcome, detail, hash",
}


@pytest.fixture
def old(postgres: Harbour, monkeypatch):
    """Make a database of its own on the first revision, with work in it."""
    name = "old_" + secrets.token_hex(4)
    monkeypatch.setattr(import_module("harbour.db.bootstrap"), "DATABASE", name)
    services = {login: postgres.passwords[login] for login in db.SERVICE_LOGINS}
    db.bootstrap(postgres.dsn("postgres", "postgres"), services)
    address = make_conninfo(postgres.dsn("postgres", "postgres"), dbname=name)
    yield name, address
    with postgres.raw("postgres", "postgres") as root:
        root.execute(f"DROP DATABASE {name} WITH (FORCE)")


def upgrade(address: str, revision: str) -> None:
    """Do what `migrate` does, up to one revision."""
    engine = open_engine(address)
    config = Config()
    config.set_main_option("script_location", str(schema.Path(schema.__file__).with_name("migrations")))
    config.set_main_option("path_separator", "os")
    with engine.begin() as connection:
        connection.execute(text("SET LOCAL ROLE harbour_owner"))
        config.attributes["connection"] = connection
        command.upgrade(config, revision)
    engine.dispose()


def test_forward_from_the_first_revision_with_data_in_place(old):
    _, address = old
    upgrade(address, "0001")
    with psycopg.connect(address, autocommit=True) as root:
        root.execute(OLD_WORK)
        before = {table: root.execute(f"SELECT {columns} FROM harbour.{table} ORDER BY 1, 2").fetchall()
                  for table, columns in KEPT.items()}  # fmt: skip
        assert all(before.values())
        digests = root.execute("SELECT harbour.run_digest(id) FROM harbour.runs").fetchall()
        upgrade(address, "head")
        assert root.execute("SELECT harbour.run_digest(id) FROM harbour.runs").fetchall() == digests
        after = {table: root.execute(f"SELECT {columns} FROM harbour.{table} ORDER BY 1, 2").fetchall()
                 for table, columns in KEPT.items()}  # fmt: skip
        assert after == before
        rules = root.execute("SELECT DISTINCT rule_id, round FROM harbour.submissions").fetchall()
        assert rules == [(None, 1)]
        steps = root.execute(
            "SELECT t.* FROM harbour.submissions s, LATERAL harbour.steps_of(s) t ORDER BY passed"
        ).fetchall()
        assert steps == [(1, "reviewer", False), (1, "reviewer", True)]
        assert root.execute("SELECT stored FROM harbour.uploads").fetchall() == [(36,)]
        assert root.execute("SELECT harbour.void_all_changed()").fetchone() == (0,)
        assert root.execute("SELECT count(*) FROM harbour.channels").fetchone() == (2,)
