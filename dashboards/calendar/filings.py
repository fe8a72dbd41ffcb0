"""What is to be filed, how far it is, and whether it will be late."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from harbour.publication import Publication
from harbour.scheduling import Schedule
from harbour.submissions import Submission
from plimsoll.errors import ReturnError, RuleError
from plimsoll.returns.calendar import DueDate, due_dates

__all__ = ["CHAIN", "Filing", "list_filings"]

CHAIN = ("draft", "in_review", "approved")
"""The steps a filing goes through here; sending it to the authority is the bank's own act."""
STEP_OF = {
    "published": 3,
    "approved": 3,
    "in_review": 2,
    "returned": 1,
    "rejected": 1,
    "withdrawn": 1,
    "draft": 1,
}
BACK, AHEAD = datetime.timedelta(days=31), datetime.timedelta(days=186)
SOON, NEAR = 5, 15


@dataclass(frozen=True)
class Filing:
    """One report to be filed.

    Attributes
    ----------
    days
        From today until it is due; negative when that day has passed.
    step
        How many steps of `CHAIN` it has taken.
    risk
        `done`, `none`, `watch`, `high` or `late`; `why` says it: a key of the words.
    schedule
        The schedule that makes it, or None.
    """

    module: str
    entity: str
    country: str
    reference_date: datetime.date
    due: datetime.date
    days: int
    article: str
    step: int
    state: str
    owner: str | None
    submission: int | None
    schedule: int | None
    risk: str
    why: str


@dataclass(frozen=True)
class _Line:
    """One report of one entity, over all dates."""

    module: str
    lei: str
    name: str
    country: str


@dataclass(frozen=True)
class _Work:
    """What there is of a report for one date."""

    line: _Line
    reference_date: str
    state: str
    maker: str | None
    submission: int | None


@dataclass(frozen=True)
class Sources:
    """What the filings are told from: template → module, the work there is, and the schedules."""

    modules: Mapping[str, str]
    published: Sequence[Publication]
    submissions: Sequence[Submission]
    schedules: Sequence[Schedule]
    failing: frozenset[int]
    """Schedules whose last run did not succeed."""


def list_filings(sources: Sources, today: datetime.date) -> tuple[Filing, ...]:
    """Return what is due for each entity that reports or is scheduled to, nearest first."""
    works = [work for work in _works(sources) if work is not None]
    plans = {line: plan for plan in sources.schedules if (line := _line_of_plan(plan, sources.modules))}
    lines = {work.line for work in works} | set(plans)
    found = [
        _filing(
            line, due, [work for work in works if work.line.lei == line.lei], plans.get(line), sources, today
        )
        for line in _distinct(lines)
        for due in _due(line, today)
    ]
    return tuple(sorted(found, key=lambda filing: (filing.due, filing.module, filing.entity)))


def _works(sources: Sources) -> list[_Work | None]:
    published = [
        _work(
            sources.modules,
            found.kind,
            found.summary,
            _Work(_NONE, "", "published", None, found.submission_id),
        )
        for found in sources.published
    ]
    submitted = [
        _work(
            sources.modules,
            found.template,
            found.summary,
            _Work(_NONE, "", found.state, found.maker, found.id),
        )
        for found in sources.submissions
    ]
    return [*submitted, *published]


_NONE = _Line("", "", "", "")


def _work(
    modules: Mapping[str, str], template: str, summary: Mapping[str, Any], known: _Work
) -> _Work | None:
    entity, scenario = summary.get("entity") or {}, summary.get("scenario") or "baseline"
    module, lei, country = modules.get(template), entity.get("lei"), entity.get("country")
    if not module or not lei or not country or scenario != "baseline":
        return None
    line = _Line(module, str(lei), str(entity.get("name") or lei), str(country))
    date = str(summary.get("reference_date") or "")
    return _Work(line, date, known.state, known.maker, known.submission)


def _line_of_plan(schedule: Schedule, modules: Mapping[str, str]) -> _Line | None:
    """Return what a schedule reports, when its parameters say all of the entity: LEI.SCOPE.COUNTRY.Name."""
    parts = str(schedule.plan.parameters.get("entity", "")).split(".", 3)
    module = modules.get(schedule.plan.template)
    if schedule.state == "ended" or not module or len(parts) < 4:
        return None
    return _Line(module, parts[0], parts[3], parts[2])


def _distinct(lines: set[_Line]) -> list[_Line]:
    """Return one line for each module and entity, whatever a run called it."""
    return list(
        {(line.module, line.lei): line for line in sorted(lines, key=lambda line: line.name)}.values()
    )


def _due(line: _Line, today: datetime.date) -> tuple[DueDate, ...]:
    try:
        return due_dates([line.module], today - BACK, today + AHEAD, line.country)
    except (ReturnError, RuleError):
        return ()  # a country or a date whose calendar is not known: nothing is guessed


def _filing(  # the six things a filing is told from
    line: _Line,
    due: DueDate,
    works: Sequence[_Work],
    plan: Schedule | None,
    sources: Sources,
    today: datetime.date,
) -> Filing:
    date = due.reference_date.isoformat()
    there = [work for work in works if work.line.module == line.module and work.reference_date == date]
    furthest = max(there, key=lambda work: STEP_OF.get(work.state, 0), default=None)
    step = 0 if furthest is None else STEP_OF.get(furthest.state, 0)
    days = (due.due - today).days
    risk, why = _risk(step, days, due.due, plan, sources)
    maker = next((work.maker for work in there if work.maker), None)
    return Filing(
        module=due.module,
        entity=line.name,
        country=line.country,
        reference_date=due.reference_date,
        due=due.due,
        days=days,
        article=due.article,
        step=step,
        state="open" if furthest is None else furthest.state,
        owner=maker or (None if plan is None else plan.owner),
        submission=None if furthest is None else furthest.submission,
        schedule=None if plan is None else plan.id,
        risk=risk,
        why=why,
    )


def _risk(
    step: int, days: int, due: datetime.date, plan: Schedule | None, sources: Sources
) -> tuple[str, str]:
    """Return how likely it is to be late, and the one reason that weighs most."""
    failing = plan is not None and plan.id in sources.failing and step == 0
    found = ("none", "time")
    if step == len(CHAIN):
        found = ("done", "approved")
    elif days < 0:
        found = ("late", "past")
    elif days <= SOON:
        found = ("high", "soon_in_review" if step == 2 else "soon")
    elif failing:
        found = ("high" if days <= NEAR else "watch", "run_failed")
    elif days <= NEAR:
        found = ("watch", "near")
    elif plan is not None and plan.state == "active" and plan.next_due is not None:
        found = ("watch", "runs_after") if plan.next_due.date() > due and step == 0 else ("none", "scheduled")
    return found
