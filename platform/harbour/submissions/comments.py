"""Threads about a submission, one cell of its return, or a template."""

from __future__ import annotations

from collections.abc import Mapping

from harbour.db import Session, json_text
from harbour.submissions.store import Comment

__all__ = ["Comments"]


class Comments:
    """What is said in one's organisation. Colleagues are mentioned in the text: @bruno, @port-bruno."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def on_submission(
        self, submission_id: int, body: str, *, cell: Mapping[str, str] | None = None, blocking: bool = False
    ) -> int:
        """Say something about a submission, or one cell of it, and return the comment's number.

        Parameters
        ----------
        cell : mapping, optional
            `table`, `row`, `column` and, where the table has sheets, `sheet`.
        blocking : bool
            Nobody can approve until it is resolved. For reviewers and administrators, never for the maker.
        """
        return self._say(submission=submission_id, cell=cell, blocking=blocking, body=body)

    def on_template(self, template: str, body: str) -> int:
        """Say something about a template and return the comment's number."""
        return self._say(template=template, body=body)

    def reply(self, comment_id: int, body: str) -> int:
        """Answer in a thread and return the comment's number."""
        return self._say(reply_to=comment_id, body=body)

    def resolve(self, comment_id: int) -> None:
        """Close a thread; a blocking one is closed by who opened it, or by an administrator."""
        self._session.call("resolve_comment", comment=comment_id)

    def reopen(self, comment_id: int) -> None:
        """Open a thread again."""
        self._session.call("reopen_comment", comment=comment_id)

    def of_submission(self, submission_id: int) -> tuple[Comment, ...]:
        """Return what was said about a submission, oldest first."""
        return self._read("comments", submission=submission_id, template=None)

    def of_template(self, template: str) -> tuple[Comment, ...]:
        """Return what was said about a template, oldest first."""
        return self._read("comments", submission=None, template=template)

    def mentioning_me(self, *, limit: int = 50) -> tuple[Comment, ...]:
        """Return the comments that mention the caller, newest first."""
        return self._read("mentioning_me", limit=limit)

    def _say(self, *, body: str, blocking: bool = False, **about: object) -> int:
        cell = about.get("cell")
        said = self._session.call(
            "comment_on",
            submission=about.get("submission"),
            template=about.get("template"),
            cell=json_text(cell) if cell else None,
            reply_to=about.get("reply_to"),
            blocking=blocking,
            body=body,
        )
        return int(said["id"])

    def _read(self, name: str, **values: object) -> tuple[Comment, ...]:
        return tuple(Comment(**row._mapping) for row in self._session.rows(name, **values))
