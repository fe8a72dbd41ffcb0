"""Restore a backup into an installation without a database, and prove that nothing is missing or changed."""

from __future__ import annotations

import hashlib
import json
import os
import pwd
import shutil
import signal
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import psycopg
from psycopg import sql

from harbour.credentials import ensure_secrets
from harbour.db import DATABASE, HUB_DATABASE, server
from harbour.errors import DatabaseError, SettingsError
from harbour.services.backup import ANCHORS, HEADS, MANIFEST, ROLES, count_rows, run_program
from harbour.services.database import as_login, initialise_cluster, prepare_database
from harbour.services.folders import ensure_folders, ensure_service_user
from harbour.services.programs import SERVICE_USER, database_dsn
from harbour.settings import REPOSITORY, Settings

__all__ = ["check_backup", "restore"]

VERIFIER = REPOSITORY / "tools" / "verify_audit.py"
CHAIN = """
SELECT json_build_object('organisation', o.slug, 'seq', e.seq, 'at', harbour.utc_text(e.at),
    'actor', e.actor, 'login', e.login, 'action', e.action, 'subject', e.subject, 'outcome', e.outcome,
    'detail', e.detail::text, 'hash', e.hash)::text
FROM harbour.audit_events e JOIN harbour.organisations o ON o.id = e.organisation_id ORDER BY o.slug, e.seq
"""
SPOILED = "SELECT count(*) FROM harbour.artefacts a WHERE a.root <> harbour.root_of(a.upload_id)"


def check_backup(backup: Path) -> dict[str, Any]:
    """Return a backup's manifest; SettingsError names the first of its files that is not as written."""
    try:
        manifest: dict[str, Any] = json.loads((backup / MANIFEST).read_text(encoding="utf-8"))
        for name, sha256 in manifest["files"].items():
            with (backup / name).open("rb") as stream:
                if hashlib.file_digest(stream, "sha256").hexdigest() != sha256:
                    raise SettingsError(f"{backup / name} is not as it was written: use another backup.")
    except (OSError, ValueError, KeyError) as error:
        raise SettingsError(f"{backup} is no whole backup: {error}") from error
    return manifest


def restore(settings: Settings, backup: Path) -> str:
    """Restore into the data folder, check it, and say what was found; the platform is started afterwards.

    Raises
    ------
    SettingsError
        When the backup is spoiled, or the installation has a database already: nothing is ever overwritten.
    DatabaseError
        When what was restored is not what was backed up; the new database is removed again.
    """
    manifest = check_backup(backup)
    if settings.postgres.exists():
        raise SettingsError(
            f"{settings.postgres} holds a database: stop the platform and move that folder away first."
        )
    ensure_service_user(settings)
    ensure_folders(settings)
    ensure_secrets(settings)
    initialise_cluster(settings)
    try:
        with _running(settings), as_login(settings, "postgres"):
            server.wait_ready(database_dsn(settings, "postgres", "postgres"))
            _load(settings, backup)
            rows = _check_rows(settings, manifest)
            prepare_database(settings)
            said = _check_audit(settings, backup)
    except BaseException:
        shutil.rmtree(settings.postgres, ignore_errors=True)
        raise
    _put_anchors(settings, backup)
    return f"{rows} rows of {manifest['taken']}; audit log {said}"


@contextmanager
def _running(settings: Settings) -> Iterator[None]:
    """Run the server without the rest of the platform."""
    person = pwd.getpwnam(SERVICE_USER) if settings.isolated else None
    identity: dict[str, Any] = (
        {"user": person.pw_uid, "group": person.pw_gid, "extra_groups": []} if person else {}
    )
    command = server.command(settings.postgres, port=settings.port_of("postgres"))
    with (settings.logs / "restore.log").open("ab") as log:
        running = subprocess.Popen(command, stderr=log, cwd=settings.postgres, **identity)  # noqa: S603  # ours
    try:
        yield
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(60)


def _load(settings: Settings, backup: Path) -> None:
    superuser = database_dsn(settings, "postgres", "postgres")
    roles = (backup / ROLES).read_text(encoding="utf-8").splitlines()
    ours = "\n".join(
        line
        for line in roles
        if line.partition(" ROLE ")[2].split(" ")[0] != "postgres;"
        and not line.startswith(("ALTER ROLE postgres ", "\\"))
    )
    with psycopg.connect(superuser, autocommit=True) as connection:
        connection.execute(ours.encode())
        connection.execute(sql.SQL("CREATE DATABASE {}").format(sql.Identifier(DATABASE)))
        connection.execute(
            sql.SQL("CREATE DATABASE {} OWNER {}").format(sql.Identifier(HUB_DATABASE), sql.Identifier("hub"))
        )
    for name in (DATABASE, HUB_DATABASE):
        options = ("--exit-on-error", "--single-transaction", "--no-password", "--dbname")
        run_program("pg_restore", *options, database_dsn(settings, "postgres", name), backup / f"{name}.dump")


def _check_rows(settings: Settings, manifest: Mapping[str, Any]) -> int:
    with psycopg.connect(database_dsn(settings, "postgres", DATABASE)) as connection:
        found = count_rows(connection)
        spoiled = connection.execute(SPOILED).fetchone() or (0,)
    wrong = [table for table in manifest["rows"] if found.get(table) != manifest["rows"][table]]
    if wrong or spoiled[0]:
        raise DatabaseError(
            f"What was restored is not what was backed up: {', '.join(wrong) or 'rows are all there'}; "
            f"{spoiled[0]} files spoiled."
        )
    return sum(found.values())


def _check_audit(settings: Settings, backup: Path) -> str:
    """Let the checker that trusts none of us look at every chain, with all anchors of the backup."""
    anchors = [backup / HEADS, *sorted((backup / ANCHORS).glob("*.jsonl"))]
    with tempfile.TemporaryDirectory(dir=settings.run) as scratch:
        chain, met = Path(scratch) / "audit.jsonl", Path(scratch) / "anchors.jsonl"
        with (
            psycopg.connect(database_dsn(settings, "postgres", DATABASE)) as connection,
            chain.open("w") as out,
        ):
            out.writelines(row[0] + "\n" for row in connection.execute(CHAIN))
        kept = (
            line for path in anchors for line in path.read_text(encoding="utf-8").splitlines(keepends=True)
        )
        met.write_text("".join(kept), encoding="utf-8")
        done = subprocess.run(  # noqa: S603  # ours
            [sys.executable, "-I", VERIFIER, chain, "--anchors", met],
            capture_output=True,
            text=True,
            check=False,
        )
    if done.returncode:
        raise DatabaseError(f"The audit log that was restored does not hold: {done.stdout.strip()}")
    return done.stdout.strip()


def _put_anchors(settings: Settings, backup: Path) -> None:
    kept = settings.data / ANCHORS
    if kept.exists() or not (backup / ANCHORS).is_dir():
        return  # those of this machine may know more than the backup's
    shutil.copytree(backup / ANCHORS, kept)
    if settings.isolated:
        person = pwd.getpwnam(SERVICE_USER)
        for path in (kept, *kept.iterdir()):
            os.chown(path, person.pw_uid, person.pw_gid)
