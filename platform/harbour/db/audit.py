"""Reading the audit log, and writing it out for a checker that trusts none of us (tools/verify_audit.py)."""

from __future__ import annotations

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass
from pathlib import Path

from harbour.db.session import Session

__all__ = ["Audit", "AuditEvent", "AuditHead"]

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

    def export(self, path: Path) -> int:
        """Write the chain as JSON lines and return how many events it has."""
        written = 0
        with path.open("w", encoding="utf-8") as stream:
            for event in self.chain():
                stream.write(json.dumps(asdict(event), ensure_ascii=False) + "\n")
                written += 1
        return written
