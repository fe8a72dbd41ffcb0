"""What people say about one cell of a return: threads, and who may add, answer and close."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from dashboards.theme.people import name_people
from dashboards.theme.sheet import Press
from harbour import Connection
from harbour.submissions import Comment
from plimsoll.returns import Grid

__all__ = ["ACTS", "Place", "Talk", "Thread", "count_threads", "read_talk", "say_it"]

ACTS = frozenset({"say", "answer", "resolve", "reopen"})


@dataclass(frozen=True)
class Place:
    """A cell of a submission's return."""

    submission: int
    table: str
    row: str
    column: str
    sheet: str | None

    @property
    def cell(self) -> dict[str, str]:
        """Return the cell as a comment names it."""
        named = {"table": self.table, "row": self.row, "column": self.column}
        return named | ({"sheet": self.sheet} if self.sheet else {})


@dataclass(frozen=True)
class Thread:
    """A comment and its answers, oldest first."""

    first: Comment
    answers: tuple[Comment, ...]


@dataclass(frozen=True)
class Talk:
    """What was said about a cell, and what the viewer may add."""

    threads: tuple[Thread, ...]
    people: Mapping[str, str]
    """Names as people call each other, by Hub name."""
    refusal: str | None
    """Why the viewer may not comment; None when he may."""
    may_block: bool
    """Whether his comment may stand in the way of approval."""


def _is_at(comment: Comment, place: Place) -> bool:
    said = (comment.table, comment.row, comment.column, comment.sheet or None)
    return said == (place.table, place.row, place.column, place.sheet or None)


def read_talk(connection: Connection, place: Place) -> Talk:
    """Return what was said about a cell."""
    said = [
        comment for comment in connection.submissions.comments(place.submission) if _is_at(comment, place)
    ]
    threads = tuple(
        Thread(first, tuple(answer for answer in said if answer.reply_to == first.id))
        for first in said
        if first.reply_to is None
    )
    return Talk(
        threads,
        name_people(connection),
        connection.submissions.refusal(place.submission, "comment"),
        connection.submissions.refusal(place.submission, "block") is None,
    )


def count_threads(said: Sequence[Comment], grid: Grid) -> Counter[tuple[str, str]]:
    """Return how many open threads each cell of a grid has, by row and column."""
    return Counter(
        (comment.row or "", comment.column or "")
        for comment in said
        if comment.table == grid.code
        and (comment.sheet or None) == (grid.sheet or None)
        and comment.reply_to is None
        and comment.resolved_at is None
    )


def say_it(connection: Connection, place: Place, press: Press) -> None:
    """Do one of `ACTS`.

    Raises
    ------
    HarbourError
        With a sentence for the viewer: the database decides who may.
    """
    if press.act == "say":
        connection.comments.on_submission(
            place.submission,
            press.fields.get("said", ""),
            cell=place.cell,
            blocking=press.fields.get("blocking") == "yes",
        )
    elif not press.id.isdecimal():
        return
    elif press.act == "answer":
        connection.comments.reply(int(press.id), press.fields.get(f"answer-{press.id}", ""))
    elif press.act == "resolve":
        connection.comments.resolve(int(press.id))
    elif press.act == "reopen":
        connection.comments.reopen(int(press.id))
