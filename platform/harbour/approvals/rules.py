"""How many approvals, of which roles, in which order: set by an organisation, versioned by the database."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from harbour.db import Session

__all__ = ["ApprovalRule", "ApprovalRules", "Step"]


@dataclass(frozen=True)
class ApprovalRule:
    """One version of a rule; `template` None is for every template without a rule of its own."""

    template: str | None
    version: int
    roles: tuple[str, ...]
    in_order: bool
    set_by: str
    set_at: datetime


@dataclass(frozen=True)
class Step:
    """One approval that a submission needs, and whether it has it."""

    place: int
    role: str
    passed: bool


class ApprovalRules:
    """The rules of one's organisation. Without any, one reviewer approves."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def set(self, roles: Sequence[str], *, template: str | None = None, in_order: bool = True) -> None:
        """Set the next version of a rule; submissions under way keep theirs. For the organisation's administrator.

        Parameters
        ----------
        roles : sequence of str
            One per approval wanted, of analyst, reviewer, org_admin; one at least is reviewer. Each approval is
            another person's, and never the maker's.
        template : str, optional
            Default: every template without a rule of its own.
        in_order : bool
            Whether the approvals are given in the order of `roles`.
        """
        self._session.call("set_approval_rule", template=template, roles=list(roles), in_order=in_order)

    def steps(self, submission_id: int) -> list[Step]:
        """Return the approvals a submission needs, in order, and which it has."""
        return [Step(**row._mapping) for row in self._session.rows("steps", submission=submission_id)]

    def list(self) -> list[ApprovalRule]:
        """Return every version of every rule."""
        rows = self._session.rows("approval_rules")
        return [
            ApprovalRule(row.template, row.version, tuple(row.roles), row.in_order, row.set_by, row.set_at)
            for row in rows
        ]
