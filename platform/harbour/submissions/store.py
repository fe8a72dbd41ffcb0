"""Submissions as the database keeps them, and what their maker does with them."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from sqlalchemy import Row

from harbour.db import Session
from harbour.errors import NotFound

__all__ = ["Comment", "Submission", "SubmissionStore"]


@dataclass(frozen=True)
class Submission:
    """A run before a reviewer. `digest` covers everything seen: give it back when approving."""

    id: int
    run_id: int
    organisation: str
    state: str
    maker: str
    note: str
    digest: str
    created_at: datetime
    decided_at: datetime | None
    template: str
    run_name: str
    summary: Mapping[str, Any]


@dataclass(frozen=True)
class Comment:
    """What someone said about a submission, one cell of its return, or a template.

    `reply_to` is the first comment of the thread; `mentions` are the Hub names of colleagues written as @name.
    """

    id: int
    author: str
    body: str
    created_at: datetime
    template: str | None = None
    table: str | None = None
    row: str | None = None
    column: str | None = None
    sheet: str | None = None
    reply_to: int | None = None
    blocking: bool = False
    resolved_by: str | None = None
    resolved_at: datetime | None = None
    mentions: Sequence[str] = ()


class SubmissionStore:
    """The submissions of one's organisation."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def submit(self, run_id: int, note: str = "") -> Submission:
        """Put one's own run before a reviewer."""
        return self.get(self._session.call("submit", run=run_id, note=note)["id"])

    def resubmit(self, submission_id: int, run_id: int, note: str = "") -> Submission:
        """Put a returned submission before the reviewer again, with a new run."""
        return self.get(self._session.call("resubmit", submission=submission_id, run=run_id, note=note)["id"])

    def withdraw(self, submission_id: int, comment: str = "") -> Submission:
        """Take one's own submission back."""
        return self.get(self._session.call("withdraw", submission=submission_id, comment=comment)["id"])

    def comment(self, submission_id: int, body: str) -> Comment:
        """Say something about a submission."""
        written = self._session.call("comment", submission=submission_id, body=body)["id"]
        return next(comment for comment in self.comments(submission_id) if comment.id == written)

    def get(self, submission_id: int) -> Submission:
        """Return a submission; NotFound when there is none that one may see."""
        row = self._session.row("submission", id=submission_id)
        if row is None:
            raise NotFound(f"There is no submission {submission_id} that you may see.")
        return _submission(row)

    def open(self, submission_id: int) -> Submission:
        """Return a submission and leave in the audit log, once per version, that one has opened it."""
        self._session.call("note_sight", submission=submission_id)
        return self.get(submission_id)

    def list(
        self, state: str | None = None, *, limit: int = 50, before: int | None = None
    ) -> list[Submission]:
        """Return submissions, newest first; `before` is the last id of the page before."""
        rows = self._session.rows("submissions", state=state, limit=limit, before=before)
        return [_submission(row) for row in rows]

    def comments(self, submission_id: int) -> tuple[Comment, ...]:
        """Return what was said, oldest first."""
        return tuple(
            Comment(**row._mapping)
            for row in self._session.rows("comments", submission=submission_id, template=None)
        )


def _submission(row: Row[Any]) -> Submission:
    return Submission(**row._mapping)
