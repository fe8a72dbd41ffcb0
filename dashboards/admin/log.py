"""The audit log in the administrator's room: a search, its pages, a file of it, and whether the chain is whole."""

from __future__ import annotations

import csv
import io
import json
import subprocess
import sys
import tempfile
from collections.abc import Iterator, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path

from dashboards.admin.compute import moment_of
from harbour import Connection
from harbour.db import AuditEvent, Search, read_anchors
from harbour.settings import REPOSITORY

__all__ = ["Checked", "LogPage", "check_chain", "read_log", "search_of", "write_csv"]

VERIFIER = REPOSITORY / "tools" / "verify_audit.py"
PAGE = 50
LONGEST_FILE = 100_000  # events
BATCH = 1000


@dataclass(frozen=True)
class LogPage:
    """One page of what was searched for, newest first; `older` goes on from here, None at the end."""

    wanted: Search
    actions: tuple[str, ...]
    events: tuple[AuditEvent, ...]
    older: int | None


@dataclass(frozen=True)
class Checked:
    """What the checker said of one's organisation's chain."""

    whole: bool
    events: int
    anchors: int
    sentence: str


def search_of(given: Mapping[str, str]) -> Search:
    """Return the search a form asks for; ValueError when a day is none."""
    return Search(
        actor=given.get("actor", "").strip() or None,
        action=given.get("action", "").strip() or None,
        subject=given.get("subject", "").strip().rstrip(":") or None,
        since=moment_of(given.get("since", "")),
        until=moment_of(given.get("until", ""), day_after=True),
    )


def read_log(connection: Connection, wanted: Search, before: int | None = None) -> LogPage:
    """Return a page; `before` is the number of the last event of the page before."""
    found = connection.audit.search(wanted, limit=PAGE + 1, before=before)
    shown = tuple(found[:PAGE])
    older = shown[-1].seq if len(found) > PAGE else None
    return LogPage(wanted, tuple(connection.audit.actions()), shown, older)


def write_csv(connection: Connection, wanted: Search) -> bytes:
    """Return everything the search finds as CSV, newest first: at most 100,000 events."""
    text = io.StringIO(newline="")
    table = csv.DictWriter(text, [field.name for field in fields(AuditEvent)])
    table.writeheader()
    for event in _all(connection, wanted):
        table.writerow(asdict(event))
    return text.getvalue().encode("utf-8-sig")  # spreadsheets know it by its mark


def _all(connection: Connection, wanted: Search) -> Iterator[AuditEvent]:
    before, left = None, LONGEST_FILE
    while left and (page := connection.audit.search(wanted, limit=min(BATCH, left), before=before)):
        yield from page
        before, left = page[-1].seq, left - len(page)


def check_chain(connection: Connection, anchors: Path) -> Checked:
    """Run the checker, which uses none of our packages, over the viewer's own chain and its anchors."""
    own = [kept for kept in read_anchors(anchors) if kept.organisation == connection.me.organisation]
    with tempfile.TemporaryDirectory(prefix="plimsoll-audit-") as scratch:
        exported, kept = Path(scratch) / "audit.jsonl", Path(scratch) / "anchors.jsonl"
        events = connection.audit.export(exported)
        kept.write_text("".join(json.dumps(asdict(anchor)) + "\n" for anchor in own), encoding="utf-8")
        command = [sys.executable, "-I", str(VERIFIER), str(exported), "--anchors", str(kept)]
        ran = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # our own tool, by its path
    return Checked(ran.returncode == 0, events, len(own), (ran.stdout + ran.stderr).strip())
