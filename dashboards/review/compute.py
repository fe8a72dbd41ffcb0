"""What the review room shows, asked of a connection that acts as the viewer.

Nothing here decides who may do what: the database does, and its sentence is shown.
"""

from __future__ import annotations

from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime

from dashboards.review.own import OwnRun, list_own
from dashboards.theme.people import name_people
from dashboards.theme.summary import Summary, read_summary
from harbour import Connection
from harbour.approvals import Decision
from harbour.publication import Void
from harbour.submissions import Comment, Filed, Submission, read_filed

__all__ = ["DECISIONS", "Detail", "Inbox", "decide", "list_unread", "read_detail", "read_inbox"]

DECISIONS: Mapping[str, Callable[[Connection, int, str, str], object]] = {
    "approve": lambda connection, id_, digest, comment: connection.submissions.approve(id_, digest, comment),
    "return": lambda connection, id_, _, comment: connection.submissions.return_(id_, comment),
    "reject": lambda connection, id_, _, comment: connection.submissions.reject(id_, comment),
    "comment": lambda connection, id_, _, comment: connection.submissions.comment(id_, comment),
    "withdraw": lambda connection, id_, _, comment: connection.submissions.withdraw(id_, comment),
}
"""Acts by name: each takes connection, submission, digest seen and comment."""


@dataclass(frozen=True)
class Item:
    """A submission as a line of the inbox."""

    id: int
    state: str
    maker: str
    created_at: datetime
    decided_at: datetime | None
    summary: Summary


@dataclass(frozen=True)
class Inbox:
    """What waits for a decision, and what was decided, newest first."""

    organisation: str
    people: Mapping[str, str]
    """Names as people call each other, by Hub name."""
    own: tuple[OwnRun, ...]
    """What the viewer made and did not submit yet."""
    waiting: tuple[Item, ...]
    decided: tuple[Item, ...]


@dataclass(frozen=True)
class Detail:
    """A submission with everything a reviewer reads before he decides."""

    item: Item
    people: Mapping[str, str]
    note: str
    digest: str
    fall: Void | None
    """How its approval fell, if it did."""
    comments: Sequence[Comment]
    decisions: Sequence[Decision]
    refusals: Mapping[str, str | None]
    """Per act, why the viewer may not do it now; None when he may."""
    filed: tuple[Filed, ...]
    """The report packages, and whom each says itself it is of."""

    @property
    def foreign(self) -> str | None:
        """Return the entity that a package names and the figures beside it do not; "" for none at all."""
        said = self.item.summary.lei
        others = [package.leis for package in self.filed if package.leis != (said,)]
        return ", ".join(others[0]) if others else None


def _item(submission: Submission) -> Item:
    return Item(
        submission.id,
        submission.state,
        submission.maker,
        submission.created_at,
        submission.decided_at,
        read_summary(submission.summary),
    )


def read_inbox(connection: Connection) -> Inbox:
    """Return the inbox of the viewer's bank."""
    submissions = connection.submissions.list()
    items = [_item(submission) for submission in submissions]
    own = list_own(connection, {submission.run_id for submission in submissions})
    waiting = tuple(item for item in items if item.state == "in_review")
    decided = tuple(item for item in items if item.state not in {"in_review", "draft"})
    return Inbox(connection.me.organisation_name, name_people(connection), own, waiting, decided)


def read_detail(connection: Connection, id_: int, known: Detail | None = None) -> Detail:
    """Return one submission; NotFound when the viewer may not see it.

    The packages are not read again where `known` has the same digest, which covers them.
    """
    submission = connection.submissions.open(id_)  # who saw it is part of the record
    if known is not None and (known.item.id, known.digest) == (id_, submission.digest):
        filed = known.filed
    else:
        filed = read_filed(connection.artefacts, connection.runs.get(submission.run_id).artefacts)
    return Detail(
        _item(submission),
        name_people(connection),
        submission.note or "",
        submission.digest,
        next(iter(connection.publications.voided(id_)), None) if submission.state == "voided" else None,
        connection.submissions.comments(id_),
        connection.submissions.approvals(id_),
        {act: connection.submissions.refusal(id_, act) for act in DECISIONS},
        filed,
    )


def list_unread(detail: Detail, opened: Collection[int]) -> frozenset[int]:
    """Return the findings the viewer has to open before he may approve, by their place; none for who may not."""
    if detail.item.state != "in_review" or detail.refusals.get("approve") is not None:
        return frozenset()
    return frozenset(range(len(detail.item.summary.findings))).difference(opened)


def decide(connection: Connection, act: str, id_: int, digest: str, comment: str) -> None:
    """Do one of `DECISIONS`; an approval carries the digest of what was on the page.

    Raises
    ------
    HarbourError
        NotAllowed, OwnWork, WrongState, StaleDigest or NotFound, each with a sentence for the viewer.
    """
    DECISIONS[act](connection, id_, digest, comment)
