"""Approve, return, reject, void."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from harbour.db import Session
from harbour.submissions import Submission, SubmissionStore

__all__ = ["Decision", "Decisions"]


@dataclass(frozen=True)
class Decision:
    """One reviewer's decision and the digest he took it on.

    `round` counts submissions of the same work, `step` is the step of the approval rule it passed, and
    `on_behalf_of` the principal when a deputy decided.
    """

    id: int
    reviewer: str
    decision: str
    digest: str
    comment: str
    decided_at: datetime
    round: int = 1
    step: int = 1
    on_behalf_of: str | None = None


class Decisions:
    """What a reviewer decides."""

    def __init__(self, session: Session) -> None:
        self._session = session
        self._submissions = SubmissionStore(session)

    def approve(self, submission_id: int, digest: str, comment: str = "") -> Submission:
        """Approve what one saw; the last approval that the rule asks for publishes it.

        Parameters
        ----------
        submission_id : int
            The submission.
        digest : str
            Its digest as it was when it was read: another one is refused with StaleDigest.
        comment : str, optional
            Kept with the decision.
        """
        self._session.call("approve", submission=submission_id, digest=digest, comment=comment)
        return self._submissions.get(submission_id)

    def return_(self, submission_id: int, comment: str) -> Submission:
        """Send it back to its maker, saying why."""
        self._session.call("return_", submission=submission_id, comment=comment)
        return self._submissions.get(submission_id)

    def reject(self, submission_id: int, comment: str) -> Submission:
        """Refuse it for good, saying why."""
        self._session.call("reject", submission=submission_id, comment=comment)
        return self._submissions.get(submission_id)

    def void(self, submission_id: int, comment: str) -> Submission:
        """Take an approval back, saying why: the figures are no longer in force."""
        self._session.call("void", submission=submission_id, comment=comment)
        return self._submissions.get(submission_id)

    def list(self, submission_id: int) -> list[Decision]:
        """Return the decisions taken on a submission, oldest first."""
        return [Decision(**row._mapping) for row in self._session.rows("decisions", submission=submission_id)]
