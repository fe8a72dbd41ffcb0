"""Anchors: where every chain of the audit log stood, kept outside the database.

Who can rewrite the whole database can make a chain that is whole in itself; he cannot make it meet an anchor that
he does not hold. Copy the file elsewhere: onto paper, into a mail, to the auditors. `tools/verify_audit.py` reads it.
"""

from __future__ import annotations

import fcntl
import json
import logging
import os
import threading
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import asdict, dataclass
from datetime import UTC, datetime
from pathlib import Path
from typing import BinaryIO, Protocol

import psycopg

from harbour.db.session import Session
from harbour.errors import AuditBroken, HarbourError

__all__ = ["FILE", "Anchor", "anchor", "read_anchors", "watch"]

FILE = "anchors.jsonl"
EVERY = 300.0
"""Seconds between two anchors when nothing is approved."""

ABANDONED = 24
"""Hours after which an upload that nobody ended is dropped."""

log = logging.getLogger("harbour.anchors")


class Holder(Protocol):
    """Anything that holds a session: a `harbour.Connection`."""

    @property
    def session(self) -> Session:
        """The way into the database."""


@dataclass(frozen=True)
class Anchor:
    """The head of one organisation's chain at a moment."""

    organisation: str
    seq: int
    hash: str
    at: str


def anchor(service: Holder, folder: Path) -> list[Anchor]:
    """Write down where every chain stands, where it has grown, and return what was added.

    Parameters
    ----------
    service : Connection
        As `harbour_worker` or `harbour_admin`.
    folder : Path
        Made when absent; the anchors are added to its `anchors.jsonl`, one JSON object per line.

    Raises
    ------
    AuditBroken
        When a chain no longer holds the event anchored last: nothing of it is written.
    """
    folder.mkdir(parents=True, exist_ok=True, mode=0o750)
    with _locked(folder / FILE) as stream:
        last = {kept.organisation: kept for kept in _whole_lines(stream)}
        _check(service.session, last)
        now = datetime.now(UTC).isoformat(timespec="microseconds")
        heads = [Anchor(**row._mapping, at=now) for row in service.session.rows("audit_heads_now")]
        added = [
            head
            for head in heads
            if head.seq > (last[head.organisation].seq if head.organisation in last else 0)
        ]
        stream.write(b"".join(json.dumps(asdict(head)).encode() + b"\n" for head in added))
        stream.flush()
        os.fsync(stream.fileno())
    return added


def read_anchors(folder: Path) -> list[Anchor]:
    """Return every anchor of a folder, oldest first."""
    path = folder / FILE
    if not path.exists():
        return []
    with path.open("r+b") as stream:
        return list(_whole_lines(stream))


def watch(service: Holder, folder: Path, stop: threading.Event, *, every: float = EVERY) -> None:
    """Anchor at every approval and every so many seconds, void what was changed, until told to stop.

    And drop the uploads that were abandoned.

    Parameters
    ----------
    service : Connection
        As `harbour_worker`; the loop has its own connection to listen on.
    """
    while not stop.is_set():
        try:
            row = service.session.row("anchor_channel")
            with service.session.listen("" if row is None else str(row[0])) as listening:
                woken = True
                while not stop.is_set():
                    _look(service, folder)
                    # Once woken, and at first, look again soon: what follows an approval within a second wakes nobody.
                    rounds = 2 if woken else max(1, int(every))
                    woken = False
                    for _ in range(rounds):
                        woken = bool(list(listening.notifies(timeout=min(every, 1.0), stop_after=1)))
                        if woken or stop.is_set():
                            break
        except (HarbourError, psycopg.Error, OSError) as error:
            log.warning("no anchor for now: %s", error)
            stop.wait(5)


def _look(service: Holder, folder: Path) -> None:
    voided = service.session.row("void_all_changed")
    if voided is not None and voided[0]:
        log.error("%s approvals were void: what was approved had been changed", voided[0])
    dropped = service.session.row("drop_abandoned_uploads", hours=ABANDONED)
    if dropped is not None and dropped[0]:
        log.info("%s uploads were dropped: nobody had ended them for %s hours", dropped[0], ABANDONED)
    try:
        for added in anchor(service, folder):
            log.info("anchored %s at event %s", added.organisation, added.seq)
    except AuditBroken as broken:
        log.critical("%s", broken)


def _check(session: Session, last: Mapping[str, Anchor]) -> None:
    for kept in last.values():
        row = session.row("audit_hash_at", organisation=kept.organisation, seq=kept.seq)
        if row is None or row[0] != kept.hash:
            raise AuditBroken(
                f"{kept.organisation}: event {kept.seq}, anchored {kept.at}, is "
                f"{'missing' if row is None or row[0] is None else 'another one now'}. {AuditBroken.__doc__}"
            )


@contextmanager
def _locked(path: Path) -> Iterator[BinaryIO]:
    descriptor = os.open(path, os.O_RDWR | os.O_CREAT, 0o640)
    if os.geteuid() == 0:  # an administrator at the command line leaves the file to the worker
        os.fchown(descriptor, path.parent.stat().st_uid, path.parent.stat().st_gid)
    with os.fdopen(descriptor, "r+b") as stream:
        fcntl.flock(stream, fcntl.LOCK_EX)
        yield stream


def _whole_lines(stream: BinaryIO) -> Iterator[Anchor]:
    """Yield the anchors and leave the stream where the next one goes: over a line that a crash cut short."""
    end = 0
    for line in iter(stream.readline, b""):
        if not line.endswith(b"\n"):
            break
        try:
            yield Anchor(**json.loads(line))
        except (ValueError, TypeError) as error:
            raise AuditBroken(
                f"The file of anchors has a line that is none, at byte {end}: {error}"
            ) from error
        end += len(line)
    stream.seek(end)
    stream.truncate()
