"""Figures in force. One whose run no longer has the digest that was approved is not shown."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from harbour.db import Session

__all__ = ["Publication", "Publications"]


@dataclass(frozen=True)
class Publication:
    """An approved run; `kind` is its template, `entity` the LEI, `reference_date` in ISO form."""

    id: int
    submission_id: int
    run_id: int
    kind: str
    entity: str
    reference_date: str
    scenario: str
    digest: str
    summary: Mapping[str, Any]
    approved_by: str
    published_at: datetime


class Publications:
    """The approved figures of one's organisation."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def latest(self, kind: str | None = None) -> Publication | None:
        """Return the figures in force for the latest reference date, or None."""
        return next(iter(self.list(kind, limit=1)), None)

    def list(self, kind: str | None = None, *, limit: int = 50) -> list[Publication]:
        """Return the figures in force, latest reference date first."""
        rows = self._session.rows("publications", kind=kind, limit=limit)
        return [Publication(**row._mapping) for row in rows]
