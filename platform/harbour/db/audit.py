"""Reading the audit log, and writing it out for a checker that trusts none of us (tools/verify_audit.py)."""

from __future__ import annotations

import csv
import json
from collections.abc import Iterable, Iterator
from dataclasses import asdict, dataclass, fields
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from harbour.db.session import Session

__all__ = ["Audit", "AuditEvent", "AuditHead", "Involvement", "Search", "export_all", "write_events"]

PAGE = 1000


@dataclass(frozen=True)
class AuditEvent:
    """One event of an organisation's chain; `at` and `detail` are the very texts its hash covers."""

    organisation: str
    seq: int
    at: str
    actor: str
    login: str
    action: str
    subject: str
    outcome: str
    detail: str
    hash: str


@dataclass(frozen=True)
class AuditHead:
    """Where a chain stands. Kept outside the database, it anchors everything before it."""

    organisation: str
    seq: int
    hash: str


@dataclass(frozen=True)
class Involvement:
    """Who had what part in a subject: `ran`, `saw`, `submitted`, `approved`, `decided`, `published`.

    `saw` is opening it in a room and every word said about it; who decided has seen it too. `digest` is what it was
    at the time, where the event tells.
    """

    part: str
    who: str
    on_behalf_of: str | None
    login: str
    action: str
    subject: str
    at: datetime
    seq: int
    digest: str


@dataclass(frozen=True)
class Search:
    """Which events are meant; None: any.

    Attributes
    ----------
    subject
        `submission:12`, or `submission` for every one of them.
    since, until
        Aware; from the first on, and before the second.
    """

    actor: str | None = None
    action: str | None = None
    subject: str | None = None
    since: datetime | None = None
    until: datetime | None = None


class Audit:
    """The audit log of one's organisation."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def events(
        self, subject: str | None = None, *, limit: int = 100, before: int | None = None
    ) -> list[AuditEvent]:
        """Return events, newest first; `subject` as in `submission:12`."""
        rows = self._session.rows("audit_events", subject=subject, limit=limit, before=before)
        return [AuditEvent(**row._mapping) for row in rows]

    def search(self, wanted: Search, *, limit: int = 100, before: int | None = None) -> list[AuditEvent]:
        """Return the events that are meant, newest first; `before` is the number of the last one seen."""
        rows = self._session.rows("audit_search", **asdict(wanted), limit=limit, before=before)
        return [AuditEvent(**row._mapping) for row in rows]

    def actions(self) -> list[str]:
        """Return the actions that have been written down, by name."""
        return [row.action for row in self._session.rows("audit_actions")]

    def chain(self) -> Iterator[AuditEvent]:
        """Yield the whole chain, oldest first."""
        after = 0
        while page := self._session.rows("audit_chain", after=after, limit=PAGE):
            yield from (AuditEvent(**row._mapping) for row in page)
            after = page[-1].seq

    def head(self) -> AuditHead | None:
        """Return where the chain stands now."""
        row = self._session.row("audit_head")
        return None if row is None else AuditHead(**row._mapping)

    def who(self, subject: str, *, as_of: datetime | None = None) -> list[Involvement]:
        """Return who saw, ran, submitted, decided and approved it, oldest first.

        Parameters
        ----------
        subject : str
            `submission:12` (with the runs it had), or `run:7`.
        as_of : datetime, optional
            Only what had happened by then; aware. Default: everything.
        """
        return [
            Involvement(**row._mapping) for row in self._session.rows("who", subject=subject, as_of=as_of)
        ]

    def export_who(
        self,
        subject: str,
        path: Path,
        *,
        as_of: datetime | None = None,
        form: Literal["jsonl", "csv"] = "jsonl",
    ) -> int:
        """Write what `who` returns, a line each; return how many there were."""
        parts = ({**asdict(part), "at": part.at.isoformat()} for part in self.who(subject, as_of=as_of))
        return _write_lines(parts, [field.name for field in fields(Involvement)], path, form)

    def export(self, path: Path, *, form: Literal["jsonl", "csv"] = "jsonl") -> int:
        """Write the chain, as JSON lines for the verifier or CSV for people; return how many events it has."""
        return write_events(self.chain(), path, form=form)


def write_events(events: Iterable[AuditEvent], path: Path, *, form: Literal["jsonl", "csv"] = "jsonl") -> int:
    """Write events to a file and return how many there were."""
    lines = (asdict(event) for event in events)
    return _write_lines(lines, [field.name for field in fields(AuditEvent)], path, form)


def _write_lines(lines: Iterable[dict[str, Any]], columns: list[str], path: Path, form: str) -> int:
    written = 0
    with path.open("w", encoding="utf-8", newline="") as stream:
        table = csv.DictWriter(stream, columns)
        if form == "csv":
            table.writeheader()
        for line in lines:
            if form == "csv":
                table.writerow(line)
            else:
                stream.write(json.dumps(line, ensure_ascii=False) + "\n")
            written += 1
    return written


def export_all(owner: Session, path: Path, *, form: Literal["jsonl", "csv"] = "jsonl") -> int:
    """Write the chains of all organisations, one after the other; `owner` is harbour_migrator as harbour_owner."""

    def events() -> Iterator[AuditEvent]:
        for organisation in owner.rows("organisations"):
            after = 0
            while page := owner.rows(
                "audit_full_chain", organisation=organisation.slug, after=after, limit=PAGE
            ):
                yield from (AuditEvent(**row._mapping) for row in page)
                after = page[-1].seq

    return write_events(events(), path, form=form)
