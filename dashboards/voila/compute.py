"""What the room of published notebooks shows, asked of a connection that acts as the viewer."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from dashboards.theme.people import name_people
from harbour import Connection
from harbour.publication import Dashboard
from harbour.submissions import Submission

__all__ = ["Shelf", "Waiting", "read_page", "read_shelf"]

DASHBOARD = "dashboard"
WORKING = frozenset({"analyst", "reviewer", "org_admin"})
SHOWN_LINES = 400


@dataclass(frozen=True)
class Waiting:
    """A notebook before a reviewer, with what it changes against the version in force."""

    submission: Submission
    title: str
    changes: tuple[str, ...]
    cut: bool
    """Whether there are more lines than are shown."""


@dataclass(frozen=True)
class Shelf:
    """The dashboards of the viewer's bank."""

    member: str
    people: Mapping[str, str]
    views: bool
    """Whether he opens them live: the role of a viewer, and no other."""
    publishes: bool
    dashboards: tuple[Dashboard, ...]
    waiting: tuple[Waiting, ...]


def read_shelf(connection: Connection) -> Shelf:
    """Return what is in force and, for who sees work, what waits for a decision."""
    me = connection.me
    waiting = connection.submissions.list("in_review") if WORKING & set(me.roles) else []
    return Shelf(
        member=me.name,
        people=name_people(connection),
        views=set(me.roles) == {"viewer"},
        publishes="analyst" in me.roles,
        dashboards=connection.dashboards.list(),
        waiting=tuple(_waiting(connection, found) for found in waiting if found.template == DASHBOARD),
    )


def read_page(connection: Connection, run_id: int) -> str:
    """Return the page a dashboard's clean kernel made; it has no script and loads nothing."""
    return connection.dashboards.page(run_id).decode("utf-8")


def _waiting(connection: Connection, submission: Submission) -> Waiting:
    changes = connection.dashboards.changes(submission.run_id)
    title = str(submission.summary.get("title") or submission.run_name)
    return Waiting(submission, title, changes[:SHOWN_LINES], len(changes) > SHOWN_LINES)
