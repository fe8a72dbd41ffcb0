"""What the viewer made himself: runs that can be submitted, are under way, or stopped."""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime

from dashboards.theme.books import BOOK
from dashboards.theme.summary import Summary, read_summary
from harbour import Connection
from harbour.artefacts import Run
from harbour.submissions import Submission

__all__ = ["OwnDetail", "OwnRun", "hand_in", "list_own", "read_own"]

NO_REPORTS = frozenset({"simulation", "configuration", "dashboard", BOOK})
"""Templates of what is kept in a workspace and never filed from here."""
READ, SHOWN = 50, 8


@dataclass(frozen=True)
class OwnRun:
    """A run of the viewer's own that was not submitted."""

    id: int
    name: str
    version: int
    template: str
    state: str
    created_at: datetime
    summary: Summary
    cell: int | None
    message: str


@dataclass(frozen=True)
class OwnDetail:
    """A run of the viewer's own, and what it may take the place of."""

    run: OwnRun
    returned: int | None
    """The viewer's submission of the same report, entity and date that a reviewer gave back last."""


def _own(run: Run) -> OwnRun:
    return OwnRun(
        run.id,
        run.name,
        run.version,
        run.template,
        run.state,
        run.created_at,
        read_summary(run.summary),
        run.error_cell,
        run.error_message or "",
    )


def list_own(connection: Connection, submitted: Collection[int]) -> tuple[OwnRun, ...]:
    """Return the viewer's newest reports whose run is not among the submitted ones; none for who makes none."""
    me = connection.me
    if "analyst" not in me.roles:
        return ()
    found = (
        _own(run)
        for run in connection.runs.list(limit=READ)
        if run.maker == me.name and run.template not in NO_REPORTS and run.id not in submitted
    )
    return tuple(found)[:SHOWN]


def read_own(connection: Connection, run_id: int) -> OwnDetail:
    """Return one run; NotFound when the viewer may not see it."""
    run = connection.runs.get(run_id)
    me, about = connection.me.name, _subject(run.template, read_summary(run.summary))
    given_back = (
        submission.id
        for submission in connection.submissions.list()
        if submission.state == "returned"
        and submission.maker == me
        and _subject(submission.template, read_summary(submission.summary)) == about
    )
    return OwnDetail(_own(run), max(given_back, default=None))


def hand_in(connection: Connection, seen: OwnDetail, note: str, *, again: bool) -> Submission:
    """Put the run before a reviewer: as a new submission, or again in place of the returned one.

    Raises
    ------
    HarbourError
        With a sentence for the viewer: the database decides what may be submitted.
    """
    if again and seen.returned is not None:
        return connection.submissions.resubmit(seen.returned, seen.run.id, note)
    return connection.submissions.submit(seen.run.id, note)


def _subject(template: str, summary: Summary) -> tuple[object, ...]:
    return template, summary.lei, summary.scope, summary.reference_date
