"""A role lent to a deputy for a time; the database keeps it from reaching its lender's own work."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from harbour.db import Session
from harbour.identity import names

__all__ = ["Delegation", "Delegations"]


@dataclass(frozen=True)
class Delegation:
    """`deputy` has the `role` of `principal` until a moment, or until it was ended."""

    id: int
    principal: str
    deputy: str
    role: str
    created_at: datetime
    until: datetime
    ended_at: datetime | None


class Delegations:
    """The delegations of one's organisation."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def lend(self, deputy: str, role: str, until: datetime) -> int:
        """Lend one's own role (reviewer or org_admin) to a colleague, for a year at most; return its number."""
        made = self._session.call("delegate", deputy=names.hub_name(deputy), role=role, until=until)
        return int(made["id"])

    def end(self, delegation_id: int) -> None:
        """Take it back now; the organisation's administrator may too."""
        self._session.call("end_delegation", delegation=delegation_id)

    def list(self, *, limit: int = 100) -> list[Delegation]:
        """Return the delegations, newest first, also those that have ended."""
        return [Delegation(**row._mapping) for row in self._session.rows("delegations", limit=limit)]
