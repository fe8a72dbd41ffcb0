"""`harbour audit`: anchor the audit log outside the database, export it, check it."""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import UTC, datetime
from pathlib import Path

from rich.console import Console

import harbour
from harbour.cli.exits import DONE
from harbour.db import Session, anchor, export_all, read_anchors
from harbour.db.anchors import FILE
from harbour.errors import AuditBroken
from harbour.services.database import as_login
from harbour.settings import REPOSITORY, load_settings

__all__ = ["anchor_now", "export", "verify"]

FOLDER = "anchors"
LAST = "last_verification.json"
VERIFIER = REPOSITORY / "tools" / "verify_audit.py"


def anchor_now(console: Console, folder: Path | None) -> int:
    """Write down where every chain stands, and say which have grown."""
    settings = load_settings()
    folder = folder or settings.data / FOLDER
    with as_login(settings, "harbour_admin") as dsn, harbour.connect(dsn) as admin:
        added = anchor(admin, folder)
    for head in added:
        console.print(f"{head.organisation:<14}event {head.seq:<8}{head.hash}", highlight=False)
    console.print(
        f"{len(added)} anchors added to {folder / FILE}: copy it elsewhere.", highlight=False, soft_wrap=True
    )
    return DONE


def export(console: Console, path: Path) -> int:
    """Write every chain to a file: JSON lines for the verifier, or CSV when it is named so."""
    with _owner() as owner:
        written = export_all(owner, path, form="csv" if path.suffix == ".csv" else "jsonl")
    console.print(f"{written} events written to {path}", highlight=False, soft_wrap=True)
    return DONE


def verify(console: Console, exported: Path | None, anchors: Path | None) -> int:
    """Check an export, or the database as it is now, with the verifier that uses none of our packages."""
    folder = load_settings().data / FOLDER
    anchors = anchors or (folder / FILE if read_anchors(folder) else None)
    with tempfile.TemporaryDirectory(prefix="plimsoll-audit-") as scratch:
        if exported is None:
            exported = Path(scratch) / "audit.jsonl"
            with _owner() as owner:
                export_all(owner, exported)
        command = [sys.executable, "-I", str(VERIFIER), str(exported)]
        command += ["--anchors", str(anchors)] if anchors else []
        ran = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # our own tool, by its path
        said = (ran.stdout + ran.stderr).strip()
        if exported.parent == Path(scratch):
            _note(whole=not ran.returncode)
    if ran.returncode:
        raise AuditBroken(said)
    console.print(said, highlight=False, soft_wrap=True)
    return DONE


def _note(*, whole: bool) -> None:
    """Say when the log was last checked and how it stood, for the room that shows it."""
    note = load_settings().run / LAST
    note.parent.mkdir(mode=0o711, parents=True, exist_ok=True)
    note.write_text(json.dumps({"at": datetime.now(UTC).isoformat(), "whole": whole}), encoding="utf-8")
    note.chmod(0o644)


@contextmanager
def _owner() -> Iterator[Session]:
    """Read all chains as the migrations' login; nobody else sees more than his own bank's."""
    with as_login(load_settings(), "harbour_migrator") as dsn:
        session = Session(dsn, role="harbour_owner")
        try:
            yield session
        finally:
            session.close()
