"""What the first page shows, asked of a connection that acts as the viewer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime

from dashboards.home.due import Filing, Run, read_filings, read_runs
from dashboards.theme.people import name_people
from dashboards.theme.summary import Summary, read_summary
from harbour import Connection
from harbour.identity import Member
from harbour.publication import Publication
from harbour.submissions import Submission

__all__ = ["DOORS", "Home", "Published", "Task", "read_home"]

WORKING = frozenset({"analyst", "reviewer", "org_admin"})
DOORS: Mapping[str, frozenset[str]] = {
    "cockpit": frozenset({"analyst", "viewer", "reviewer", "org_admin", "platform_admin"}),
    "explorer": frozenset({"analyst", "viewer", "reviewer", "org_admin"}),
    "returns": WORKING | {"viewer"},
    "review": WORKING,
    "calendar": WORKING | {"viewer"},
    "imports": frozenset({"analyst", "org_admin"}),
    "voila": WORKING | {"viewer"},
    "admin": frozenset({"org_admin", "platform_admin"}),
    "health": frozenset({"platform_admin", "org_admin"}),
}
"""Room → the roles it is for. What each may see in it, the database decides."""
TASKS, FIGURES = 6, 4


@dataclass(frozen=True)
class Task:
    """Something that waits for the viewer: to `decide`, to `adjust`, or with others (`waiting`)."""

    kind: str
    submission: int
    summary: Summary
    person: str
    at: datetime


@dataclass(frozen=True)
class Published:
    """Figures in force."""

    id: int
    submission_id: int
    approved_by: str
    published_at: datetime
    summary: Summary


@dataclass(frozen=True)
class Home:
    """One person's first page."""

    me: Member
    people: Mapping[str, str]
    today: date
    doors: tuple[str, ...]
    tasks: tuple[Task, ...]
    filings: tuple[Filing, ...]
    runs: tuple[Run, ...]
    figures: tuple[Published, ...]
    voids: int
    unread: int

    @property
    def sees_work(self) -> bool:
        """Return whether the viewer sees what is not published: to who does not, nothing is "not begun"."""
        return bool(WORKING & set(self.me.roles))

    @property
    def has_lab(self) -> bool:
        """Return whether the viewer has a JupyterLab server."""
        return "analyst" in self.me.roles


def read_home(connection: Connection, rooms: tuple[str, ...]) -> Home:
    """Return the viewer's first page; `rooms` are those this installation has."""
    me, today = connection.me, datetime.now(UTC).date()
    works = bool(WORKING & set(me.roles))
    submissions = connection.submissions.list() if works else []
    published = connection.publications.list()
    return Home(
        me=me,
        people=name_people(connection),
        today=today,
        doors=tuple(room for room, roles in DOORS.items() if room in rooms and roles & set(me.roles)),
        tasks=_tasks(connection, me, submissions),
        filings=read_filings(published, submissions, today),
        runs=read_runs(connection) if works else (),
        figures=_figures(published),
        voids=len(connection.publications.voided()),
        unread=connection.notices.unread(),
    )


def _tasks(connection: Connection, me: Member, submissions: list[Submission]) -> tuple[Task, ...]:
    """Return what waits for the viewer first, then what of his waits for others."""
    found = [_task(connection, me, submission) for submission in submissions]
    order = ("decide", "adjust", "waiting")
    tasks = sorted(
        (task for task in found if task), key=lambda task: (order.index(task.kind), -task.submission)
    )
    return tuple(tasks[:TASKS])


def _task(connection: Connection, me: Member, submission: Submission) -> Task | None:
    own = submission.maker == me.name
    if submission.state == "returned" and own:
        kind = "adjust"
    elif submission.state != "in_review":
        return None
    elif own:
        kind = "waiting"
    elif "approve" in connection.submissions.actions(submission.id):
        kind = "decide"
    else:
        return None
    return Task(
        kind, submission.id, read_summary(submission.summary), submission.maker, submission.created_at
    )


def _figures(published: list[Publication]) -> tuple[Published, ...]:
    newest = sorted(published, key=lambda found: (found.reference_date, found.published_at), reverse=True)
    shown = (
        Published(
            found.id, found.submission_id, found.approved_by, found.published_at, read_summary(found.summary)
        )
        for found in newest
    )
    return tuple(figure for figure in shown if figure.summary.present)[:FIGURES]
