"""Back the platform up while it works: one moment of its databases, with what proves it whole."""

from __future__ import annotations

import datetime
import hashlib
import json
import os
import shutil
import subprocess
from contextlib import suppress
from pathlib import Path
from typing import Any

import psycopg

from harbour.db import DATABASE, HUB_DATABASE, server
from harbour.errors import DatabaseError
from harbour.services.database import as_login
from harbour.services.programs import database_dsn
from harbour.settings import Settings

__all__ = ["ANCHORS", "HEADS", "LAST", "MANIFEST", "ROLES", "back_up", "count_rows", "run_program"]

ANCHORS, HEADS, MANIFEST, ROLES = "anchors", "heads.jsonl", "manifest.json", "roles.sql"
LAST = "last_backup.json"
HEADS_NOW = """
SELECT o.slug, h.seq, h.hash FROM harbour.audit_heads h
JOIN harbour.organisations o ON o.id = h.organisation_id ORDER BY o.slug
"""
TABLES = """
SELECT n.nspname || '.' || c.relname FROM pg_class c JOIN pg_namespace n ON n.oid = c.relnamespace
WHERE n.nspname = 'harbour' AND c.relkind = 'r' ORDER BY 1
"""


def back_up(settings: Settings, folder: Path) -> Path:
    """Write a backup into a new folder of its own below `folder`, and return it; only its owner can read it.

    Members go on working meanwhile. The heads of the audit chains are of the very snapshot that is dumped.

    Raises
    ------
    DatabaseError
        When a dump fails, for example on a full disk; nothing is left behind then.
    """
    stamp = datetime.datetime.now(datetime.UTC).strftime("%Y%m%dT%H%M%SZ")
    done, draft = folder / f"plimsoll-{stamp}", folder / f".plimsoll-{stamp}.making"
    draft.mkdir(parents=True, mode=0o700)
    try:
        if (settings.data / ANCHORS).is_dir():  # before the dump: it must hold all that they anchor
            shutil.copytree(settings.data / ANCHORS, draft / ANCHORS)
        with as_login(settings, "postgres"):
            about = _dump(settings, draft)
        _close(draft, about)
        draft.rename(done)
    except BaseException:
        shutil.rmtree(draft, ignore_errors=True)
        raise
    with suppress(OSError):  # the backup stands, whether or not a room can say so
        _note(settings, about["taken"], done)
    return done


def _note(settings: Settings, taken: str, folder: Path) -> None:
    """Say when the last backup was taken, for the room that shows it; where it is stays with who took it."""
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    note = settings.run / LAST
    note.write_text(json.dumps({"taken": taken, "bytes": size}), encoding="utf-8")
    note.chmod(0o644)


def _dump(settings: Settings, draft: Path) -> dict[str, Any]:
    dsn = database_dsn(settings, "postgres", DATABASE)
    try:
        with psycopg.connect(dsn) as connection:
            connection.execute("SET TRANSACTION ISOLATION LEVEL REPEATABLE READ, READ ONLY")
            snapshot = _one(connection, "SELECT pg_export_snapshot()")
            heads = connection.execute(HEADS_NOW).fetchall()
            lines = (dict(zip(("organisation", "seq", "hash"), head, strict=True)) for head in heads)
            (draft / HEADS).write_text("".join(json.dumps(line) + "\n" for line in lines), encoding="utf-8")
            common = ["--format=custom", "--no-password", "--file"]
            run_program("pg_dump", *common, draft / f"{DATABASE}.dump", f"--snapshot={snapshot}", dsn)
            run_program(
                "pg_dump",
                *common,
                draft / f"{HUB_DATABASE}.dump",
                database_dsn(settings, "postgres", HUB_DATABASE),
            )
            # Without passwords: members' are issued anew at each start, services' are the installation's.
            options = ["--roles-only", "--no-role-passwords", "--no-password", f"--file={draft / ROLES}"]
            run_program("pg_dumpall", *options, "--dbname", database_dsn(settings, "postgres", "postgres"))
            return {
                "format": "plimsoll backup 1",
                "revision": _one(connection, "SELECT version_num FROM harbour.alembic_version"),
                "server": _one(connection, "SHOW server_version"),
                "taken": _one(connection, "SELECT harbour.utc_text(now())"),
                "rows": count_rows(connection),
            }
    except psycopg.Error as error:
        raise DatabaseError(f"{DatabaseError.__doc__} ({error})") from error


def count_rows(connection: psycopg.Connection) -> dict[str, int]:
    """Return how many rows each table of ours has, as the connection's transaction sees them."""
    tables = [str(row[0]) for row in connection.execute(TABLES).fetchall()]
    return {table: int(_one(connection, f"SELECT count(*) FROM {table}")) for table in tables}  # noqa: S608  # the catalogue's names


def run_program(name: str, *arguments: str | Path) -> None:
    """Run one of the server's own programs; DatabaseError with its last words when it fails."""
    command = [server.binaries() / name, *arguments]
    environment = os.environ | {"PGAPPNAME": "harbour", "LC_ALL": "C.UTF-8"}
    done = subprocess.run(command, capture_output=True, text=True, check=False, env=environment)  # noqa: S603  # ours
    if done.returncode:
        raise DatabaseError(f"{name} stopped: {done.stderr.strip()[-2000:]}")


def _one(connection: psycopg.Connection, statement: str) -> Any:  # noqa: ANN401  # whatever is asked for
    row = connection.execute(statement.encode()).fetchone()
    if row is None:
        raise DatabaseError(f"The database did not answer {statement!r}.")
    return row[0]


def _close(draft: Path, about: dict[str, Any]) -> None:
    """Write the list of files with their digests, close the files to others, and wait for the disk."""
    files = sorted(path for path in draft.rglob("*") if path.is_file())
    digests = {}
    for path in files:
        path.chmod(0o600)
        with path.open("rb") as stream:
            digests[path.relative_to(draft).as_posix()] = hashlib.file_digest(stream, "sha256").hexdigest()
            os.fsync(stream.fileno())
    text = json.dumps(about | {"files": digests}, indent=1, sort_keys=True) + "\n"
    (draft / MANIFEST).write_text(text, encoding="utf-8")
    (draft / MANIFEST).chmod(0o600)
    with suppress(OSError):
        os.sync()
