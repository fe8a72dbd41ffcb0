"""The installation of a version that was released is started by this one: people sign in, and the figures are there."""

from __future__ import annotations

import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import psycopg
import pytest
from tests.platform_fixture import RunningPlatform, free_port, lend_dictionary, platform_folder

import harbour
from harbour import db
from harbour.credentials import ensure_secrets, read_secret
from harbour.db import server
from harbour.identity import accounts, names
from harbour.services.database import as_login, as_member, initialise_cluster
from harbour.services.folders import ensure_folders, ensure_service_user
from harbour.services.health import CHECKS
from harbour.services.programs import database_dsn
from harbour.settings import Settings, load_settings

pytestmark = pytest.mark.slow  # a platform of its own is started

RELEASES = Path(__file__).resolve().parents[1] / "db" / "releases"
PEOPLE = ("oldbank-ann", "oldbank-rev")


@pytest.fixture(
    params=sorted(p for p in RELEASES.glob("*.sql") if p.stem != "work"), ids=lambda path: path.stem
)
def old(request: pytest.FixtureRequest, dictionary_path: Path) -> Iterator[RunningPlatform]:
    """Leave the data folder as that version left it: cluster, logins, and the database it had."""
    with platform_folder() as folder:
        platform = RunningPlatform(folder, free_port())
        settings = load_settings({"PLIMSOLL_DATA": str(folder), "PLIMSOLL_PORT": str(platform.port)})
        lend_dictionary(dictionary_path, platform)
        settings.run.mkdir()
        ensure_service_user(settings)
        ensure_folders(settings)
        ensure_secrets(settings)
        initialise_cluster(settings)
        _restore(settings, request.param)
        try:
            yield platform
        finally:
            platform.stop()


def _restore(settings: Settings, release: Path) -> None:
    command = [sys.executable, "-m", "harbour.services.launch", "postgres"]
    given = {
        "PLIMSOLL_DATA": str(settings.data),
        "PLIMSOLL_PORT": str(settings.port),
        "PATH": "/usr/bin:/bin",
    }
    with (settings.logs / "before.log").open("wb") as log:
        running = subprocess.Popen(command, env=given, stdout=log, stderr=log, cwd=settings.data)
    try:
        with as_login(settings, "postgres"):
            server.wait_ready(database_dsn(settings, "postgres", "postgres"))
            services = {login: read_secret(settings, f"{login}_password") for login in db.SERVICE_LOGINS}
            db.bootstrap(database_dsn(settings, "postgres", "postgres"), services)
            with psycopg.connect(database_dsn(settings, "postgres"), autocommit=True) as root:
                root.execute("DROP SCHEMA harbour CASCADE; DROP SCHEMA procrastinate CASCADE")
                root.execute(release.read_bytes())
        with as_login(settings, "harbour_admin") as dsn, harbour.connect(dsn) as admin:
            for member in PEOPLE:  # logins are the cluster's, and not in a database's dump
                with admin.session.transaction() as connection:
                    accounts.create_database_login(connection, names.role_of(member))
    finally:
        running.terminate()
        running.wait(60)


def test_an_old_installation_comes_forward(old: RunningPlatform) -> None:
    old.start("--no-demo")
    settings = load_settings({"PLIMSOLL_DATA": str(old.data), "PLIMSOLL_PORT": str(old.port)})
    assert [name for name, answers in CHECKS.items() if not answers(settings)] == []
    reset = old.harbour("member", "reset-password", "rev@oldbank")
    assert reset.returncode == 0, reset.stderr
    old.one_time["rev@oldbank"] = reset.stdout.split()[1]
    with old.signed_in("rev@oldbank") as client:
        for room in ("review", "cockpit", "returns", "home"):
            page = client.get(f"/services/{room}/")
            assert (page.status_code, page.url.path) == (200, f"/services/{room}/")
    with as_member(settings, "oldbank-rev") as rev:
        submissions = rev.submissions.list()
        assert {submission.state for submission in submissions} == {"in_review", "published"}
        run = rev.runs.get(submissions[0].run_id)
        assert (run.name, run.state) == ("old run", "succeeded")
        assert rev.artefacts.get(run.artefacts["package.zip"]) == b"twelve bytes" * 3
        [published] = rev.publications.list()
        assert published.run_id == run.id
        rev.submissions.comment(submissions[0].id, "Read under the new version.")
    verified = old.harbour("audit", "verify")
    assert verified.returncode == 0, verified.stdout + verified.stderr
    assert old.harbour("doctor").returncode == 0
