"""Look over an installation and say, for each thing that matters, whether it is right and what to do."""

from __future__ import annotations

import json
import shutil
import stat
import sys
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from pathlib import Path

from harbour.db import Session, read_anchors
from harbour.errors import HarbourError
from harbour.limits import can_limit_memory
from harbour.notifications import standing_of
from harbour.services.database import as_login
from harbour.services.folders import isolation_warning
from harbour.services.health import find_fault
from harbour.services.ports import find_taken
from harbour.services.programs import PROGRAMS
from harbour.services.supervision import is_running
from harbour.settings import Settings
from plimsoll.dictionary import open_dictionary
from plimsoll.errors import DictionaryError

__all__ = ["Finding", "examine"]

NOTES = (
    ("last_backup.json", "backup", "taken", "backup --out <folder>"),
    ("last_verification.json", "audit check", "at", "audit verify"),
)
"""What the command line noted: file, subject, its moment, and what makes a new one."""


@dataclass(frozen=True)
class Finding:
    """One thing looked at; when it is wrong, the sentence says what to do."""

    subject: str
    ok: bool
    sentence: str


def examine(settings: Settings) -> list[Finding]:
    """Return everything looked at, in the order a start needs it."""
    parts: tuple[Callable[[Settings], Iterator[Finding]], ...] = (
        _python,
        _permissions,
        _disk,
        _dictionary,
        _services,
        _post,
        _anchors,
        _notes,
        _isolation,
    )
    return [finding for part in parts for finding in part(settings)]


def _python(_: Settings) -> Iterator[Finding]:
    version = ".".join(map(str, sys.version_info[:3]))
    yield Finding("python", sys.version_info >= (3, 11), f"{version} at {Path(sys.executable).resolve()}")


def _permissions(settings: Settings) -> Iterator[Finding]:
    if not settings.secrets.is_dir():
        yield Finding("secrets", ok=False, sentence="none yet: run `make up`")
        return
    paths = (settings.secrets, *sorted(settings.secrets.iterdir()))
    open_ones = [path for path in paths if stat.S_IMODE(path.stat().st_mode) & 0o077]
    listed = " ".join(str(path) for path in open_ones)
    good = "readable by the installing user alone"
    yield Finding(
        "secrets", not open_ones, f"others can read them: chmod go= {listed}" if open_ones else good
    )


def _disk(settings: Settings) -> Iterator[Finding]:
    if not settings.data.is_dir():
        yield Finding("disk", ok=False, sentence=f"no data folder at {settings.data}: run `make up`")
        return
    free = shutil.disk_usage(settings.data).free
    least = settings.least_free_gb
    said = f"{free / 2**30:.1f} GiB free at {settings.data}; {least} are needed"
    enough = free >= least * 2**30
    yield Finding("disk", enough, said if enough else f"{said}: make room, or nothing can be kept soon")


def _dictionary(settings: Settings) -> Iterator[Finding]:
    try:
        open_dictionary(settings.dictionary)
    except DictionaryError as error:
        yield Finding("dictionary", ok=False, sentence=str(error))
    else:
        yield Finding("dictionary", ok=True, sentence=str(settings.dictionary))


def _services(settings: Settings) -> Iterator[Finding]:
    if not is_running(settings):
        taken = find_taken(settings)
        ports = ", ".join(f"{settings.port_of(name)} ({name})" for name in taken)
        advice = f"not running, and port {ports} is taken by another program: choose PLIMSOLL_PORT"
        yield Finding(
            "services", not taken, advice if taken else "not running; the ports are free: `make up`"
        )
        return
    for name in PROGRAMS:
        fault = find_fault(settings, name)
        yield Finding(name, not fault, fault or "answers")


def _post(settings: Settings) -> Iterator[Finding]:
    """Say whether what members are told by mail goes out; it waits for days, and nobody would notice."""
    if not is_running(settings):
        return
    try:
        with as_login(settings, "harbour_admin") as dsn:
            standing = standing_of(Session(dsn))
    except HarbourError as error:
        yield Finding("mail", ok=False, sentence=str(error))
        return
    server = settings.mail_server or "no mail server is set: what is told stays in the rooms"
    sentence = f"{standing.waiting} wait" if standing.waiting else server
    if standing.failing:
        sentence = (
            f"{standing.failing} could not be sent since {standing.oldest:%d %b %H:%M}: {standing.last_error}"
        )
    if standing.given_up:
        sentence += f"; {standing.given_up} given up after three days"
    yield Finding("mail", not standing.failing and not standing.given_up, sentence)


def _anchors(settings: Settings) -> Iterator[Finding]:
    """Say whether what happened is anchored outside the database: what came after the last anchor is unprotected."""
    if not is_running(settings):
        return
    folder = settings.data / "anchors"
    try:
        held = {kept.organisation: kept for kept in read_anchors(folder)}
        with as_login(settings, "harbour_admin") as dsn:
            heads = Session(dsn).rows("audit_heads_now")
    except (HarbourError, OSError) as error:
        yield Finding("anchors", ok=False, sentence=str(error))
        return
    behind = [
        head for head in heads if head.organisation not in held or held[head.organisation].seq < head.seq
    ]
    moments = [datetime.fromisoformat(kept.at) for kept in held.values()]
    age = datetime.now(UTC) - max(moments, default=datetime.min.replace(tzinfo=UTC))
    stale = bool(behind) and age > timedelta(minutes=settings.anchor_minutes)
    when = f"the last is of {max(moments):%Y-%m-%d %H:%M} UTC" if moments else "there is none"
    advice = (
        f"{when}, and {len(behind)} logs went on since: see the worker above, then `harbour audit anchor`"
    )
    yield Finding("anchors", not stale, advice if stale else when)


def _notes(settings: Settings) -> Iterator[Finding]:
    """Say how old the last backup and the last check of the audit log are, where there was time for one."""
    made = settings.postgres / "PG_VERSION"
    if not made.is_file():
        return
    for file, subject, key, command in NOTES:
        path = settings.run / file
        note = json.loads(path.read_text(encoding="utf-8")) if path.is_file() else None
        since = made.stat().st_mtime if note is None else datetime.fromisoformat(note[key]).timestamp()
        days = (time.time() - since) / 86400
        said = "none yet" if note is None else f"{days:.0f} days ago"
        if note is not None and not note.get("whole", True):
            yield Finding(subject, ok=False, sentence="it found the log changed: see docs/security.md")
            continue
        late = days > settings.backup_days
        yield Finding(subject, not late, f"{said}: `harbour {command}`" if late or note is None else said)


def _isolation(settings: Settings) -> Iterator[Finding]:
    if settings.isolated:
        capped = f"members' servers are capped at {settings.member_memory_mb} MB of memory"
        missing = "no memory control groups here: members' servers are not capped in memory"
        yield Finding("memory", ok=True, sentence=capped if can_limit_memory() else missing)
    warning = isolation_warning(settings)
    # Missing isolation is a fact to state at each look, and what a non-root start is: not an error in it.
    yield Finding("isolation", ok=True, sentence=warning or "each member is a system user of his own")
