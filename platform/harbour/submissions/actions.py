"""May this member do that to this submission now? The database answers, from its table of transitions."""

from __future__ import annotations

from harbour.db import Session
from harbour.errors import NotAllowed

__all__ = ["can", "check", "find_refusal", "list_actions"]


def find_refusal(session: Session, action: str, submission_id: int) -> str | None:
    """Return the sentence that refuses an action (approve, return, reject, withdraw, comment, …), or None."""
    row = session.row("refusal", action=action, id=submission_id)
    return None if row is None else row[0]


def check(session: Session, action: str, submission_id: int) -> None:
    """Raise NotAllowed with the sentence that refuses; return when nothing does."""
    refusal = find_refusal(session, action, submission_id)
    if refusal is not None:
        raise NotAllowed(refusal)


def can(session: Session, action: str, submission_id: int) -> bool:
    """Return whether `check` would pass."""
    return find_refusal(session, action, submission_id) is None


def list_actions(session: Session, submission_id: int) -> tuple[str, ...]:
    """Return the actions open to the member now, by name: what a page draws its buttons from."""
    return tuple(row.action for row in session.rows("refusals", id=submission_id) if row.sentence is None)
