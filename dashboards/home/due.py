"""What falls due: the next reports to file, from what is reported, and the next scheduled runs."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any

from harbour import Connection
from harbour.publication import Publication
from harbour.submissions import Submission
from plimsoll.errors import ReturnError, RuleError
from plimsoll.returns.calendar import DueDate, due_dates

__all__ = ["Filing", "Run", "read_filings", "read_runs"]

MODULES = {"corep_own_funds": "COREP_OF", "finrep": "FINREP9"}
"""Report template → the supervisor's module it fills."""
BACK, AHEAD = timedelta(days=14), timedelta(days=120)
LATEST_FIRST = ("published", "approved", "in_review", "returned", "draft")
SHOWN = 5


@dataclass(frozen=True)
class Filing:
    """A report to be filed; `state` is the furthest anything for it has come, or `open`."""

    module: str
    entity: str
    reference_date: str
    due: date
    days: int
    """From today until it is due; negative when that day has passed."""
    state: str


@dataclass(frozen=True)
class Run:
    """A scheduled run that comes next."""

    name: str
    owner: str
    at: datetime


@dataclass(frozen=True)
class _Line:
    """One report of one entity, over all dates."""

    template: str
    lei: str
    name: str
    country: str


@dataclass(frozen=True)
class _Work:
    """What there is of a report for one date."""

    line: _Line
    reference_date: str
    state: str


def read_filings(
    published: Sequence[Publication], submissions: Sequence[Submission], today: date
) -> tuple[Filing, ...]:
    """Return what is due for each entity that reports, nearest first; what is past, for a fortnight."""
    made = (
        *(_work(found.kind, found.summary, "published") for found in published),
        *(_work(found.template, found.summary, found.state) for found in submissions),
    )
    known = [work for work in made if work is not None]
    lines = {work.line for work in known}
    found = [_filing(line, due, known, today) for line in lines for due in _due(line, today)]
    return tuple(sorted(found, key=lambda filing: (filing.due, filing.module, filing.entity))[:SHOWN])


def _work(template: str, summary: Mapping[str, Any], state: str) -> _Work | None:
    entity, scenario = summary.get("entity") or {}, summary.get("scenario") or "baseline"
    lei, country = entity.get("lei"), entity.get("country")
    if template not in MODULES or not lei or not country or scenario != "baseline":
        return None
    line = _Line(template, str(lei), str(entity.get("name") or lei), str(country))
    return _Work(line, str(summary.get("reference_date") or ""), state)


def _due(line: _Line, today: date) -> tuple[DueDate, ...]:
    try:
        return due_dates([MODULES[line.template]], today - BACK, today + AHEAD, line.country)
    except (ReturnError, RuleError):
        return ()  # a country or a date whose calendar is not known: nothing is guessed


def _filing(line: _Line, due: DueDate, known: Sequence[_Work], today: date) -> Filing:
    reference = due.reference_date.isoformat()
    states = {work.state for work in known if work.line == line and work.reference_date == reference}
    state = next((state for state in LATEST_FIRST if state in states), "open")
    return Filing(due.module, line.name, reference, due.due, (due.due - today).days, state)


def read_runs(connection: Connection) -> tuple[Run, ...]:
    """Return the next scheduled runs of the viewer's organisation."""
    found = [
        Run(schedule.name, schedule.owner, schedule.next_due)
        for schedule in connection.schedules.list()
        if schedule.state == "active" and schedule.next_due is not None
    ]
    return tuple(sorted(found, key=lambda run: run.at)[:SHOWN])
