"""What the calendar shows, asked of a connection that acts as the viewer; and what its buttons do."""

from __future__ import annotations

import calendar
import datetime
from collections.abc import Mapping
from dataclasses import dataclass, field

from dashboards.calendar.filings import Filing, Sources, list_filings
from dashboards.theme.books import KeptBook, list_books
from dashboards.theme.people import name_people
from harbour import Connection
from harbour.errors import BadParameters
from harbour.execution import Template, list_templates
from harbour.notifications import Preferences
from harbour.scheduling import Fire, Plan, Schedule, Timing

__all__ = ["Board", "Month", "Tree", "find_month", "plan_of", "read_board", "read_tree"]

MANAGERS = frozenset({"analyst", "org_admin"})
FIRES = 8
WEEK = 7


@dataclass(frozen=True)
class Month:
    """A month as weeks of days; days of the months beside it are there and marked by the drawing."""

    first: datetime.date
    weeks: tuple[tuple[datetime.date, ...], ...]

    @property
    def before(self) -> datetime.date:
        """Return the first of the month before."""
        return (self.first - datetime.timedelta(days=1)).replace(day=1)

    @property
    def after(self) -> datetime.date:
        """Return the first of the month after."""
        return (self.first + datetime.timedelta(days=31)).replace(day=1)


@dataclass(frozen=True)
class Board:
    """Everything of the organisation's calendar that the viewer may see."""

    me: str
    today: datetime.date
    people: Mapping[str, str]
    filings: tuple[Filing, ...]
    schedules: tuple[Schedule, ...]
    last: Mapping[int, Fire]
    """The newest fire of each schedule that has one."""
    may_set: bool
    may_manage: bool
    preferences: Preferences
    templates: tuple[Template, ...] = field(default=(), compare=False)
    books: tuple[KeptBook, ...] = field(default=(), compare=False)
    """What a report can be made of, besides what its maker types."""

    def runs_on(self, day: datetime.date) -> list[Schedule]:
        """Return the schedules whose next run is on a day, in UTC as all moments here."""
        return [s for s in self.schedules if s.next_due is not None and s.next_due.date() == day]

    def due_on(self, day: datetime.date) -> list[Filing]:
        """Return the filings due on a day."""
        return [filing for filing in self.filings if filing.due == day]

    def find(self, schedule_id: int | None) -> Schedule | None:
        """Return a schedule by its number, or None."""
        return next((schedule for schedule in self.schedules if schedule.id == schedule_id), None)


@dataclass(frozen=True)
class Tree:
    """A schedule, and its runs as a tree: each time, each attempt."""

    schedule: Schedule
    fires: tuple[Fire, ...]
    own: bool
    may: bool
    """Whether the viewer may run, pause and cancel; the database has the last word."""


def read_board(connection: Connection) -> Board:
    """Return the viewer's calendar."""
    me, templates = connection.me, list_templates()
    schedules = tuple(connection.schedules.list())
    last: dict[int, Fire] = {}
    for fire in connection.schedules.fires(limit=200):
        last.setdefault(fire.schedule_id, fire)
    today = datetime.datetime.now(datetime.UTC).date()
    works = "viewer" not in me.roles or len(me.roles) > 1
    sources = Sources(
        modules={template.name: template.module.upper() for template in templates},
        published=connection.publications.list(),
        submissions=connection.submissions.list() if works else [],
        schedules=schedules,
        failing=frozenset(id_ for id_, fire in last.items() if fire.state in {"failed", "missed"}),
    )
    return Board(
        me=me.name,
        today=today,
        people=name_people(connection),
        filings=list_filings(sources, today),
        schedules=schedules,
        last=last,
        may_set="analyst" in me.roles,
        may_manage=bool(MANAGERS & set(me.roles)),
        preferences=connection.notices.preferences(),
        templates=templates,
        books=list_books(connection) if "analyst" in me.roles else (),
    )


def read_tree(connection: Connection, schedule_id: int) -> Tree:
    """Return a schedule with what came of it."""
    me, schedule = connection.me, connection.schedules.get(schedule_id)
    may = me.name in {schedule.owner, schedule.plan.deputy} or "org_admin" in me.roles
    fires = tuple(connection.schedules.fires(schedule_id, limit=FIRES))
    return Tree(schedule, fires, own=schedule.owner == me.name, may=may and bool(MANAGERS & set(me.roles)))


def find_month(day: datetime.date) -> Month:
    """Return the month of a day, in weeks from Monday."""
    weeks = calendar.Calendar().monthdatescalendar(day.year, day.month)
    return Month(day.replace(day=1), tuple(tuple(week) for week in weeks))


def plan_of(template: Template, fields: Mapping[str, str]) -> Plan:
    """Return the plan that a filled-in form asks for.

    Raises
    ------
    BadParameters
        For a field that is no number, time or date; what the report and the clock refuse, `Plan.check` says.
    """
    rule = fields.get("when") == "rule"
    timing = Timing(
        zone=fields.get("zone", "").strip(),
        cron=None if rule else fields.get("cron", "").strip(),
        period=fields.get("period") or None,
        days_after=_number("days_after", fields.get("days_after", "")) if rule else None,
        at_time=_time(fields.get("at_time", "")) if rule else None,
        country=(fields.get("country", "").strip().upper() or None) if rule else None,
    )
    values = {
        parameter.name: _value(parameter.name, parameter.kind, text)
        for parameter in template.parameters
        if (text := fields.get(f"p-{parameter.name}", "").strip()) != ""
    }
    return Plan(
        name=fields.get("name", ""),
        template=template.name,
        timing=timing,
        parameters=values,
        deputy=fields.get("deputy") or None,
        missed="skip" if fields.get("missed") == "skip" else "run_once",
        overlap="queue" if fields.get("overlap") == "queue" else "skip",
        retries=_number("retries", fields.get("retries", "1")),
        backoff_seconds=_number("backoff_seconds", fields.get("backoff_seconds", "60")),
        time_limit_seconds=60 * _number("time_limit", fields.get("time_limit", "60")),
    )


def _value(name: str, kind: str, text: str) -> str | int | float | bool:
    if kind == "int":
        return _number(name, text)
    if kind == "float":
        try:
            return float(text.replace(",", "."))
        except ValueError:
            raise BadParameters(f"{name} must be a number, not {text!r}") from None
    return text == "true" if kind == "bool" else text


def _number(name: str, text: str) -> int:
    try:
        return int(text)
    except ValueError:
        raise BadParameters(f"{name} must be a whole number, not {text!r}") from None


def _time(text: str) -> datetime.time:
    try:
        return datetime.time.fromisoformat(text)
    except ValueError:
        raise BadParameters(f"the time must be like 07:30, not {text!r}") from None
