"""Schedules: what runs when, for whom, and what came of each time."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, Literal

from sqlalchemy import Row

from harbour.db import Session, json_text
from harbour.errors import BadParameters, NotFound
from harbour.scheduling.timing import Timing

__all__ = ["Attempt", "Fire", "Plan", "Schedule", "Schedules", "parameters_at"]

REFERENCE_DATE = "reference_date"
RUNNABLE = ("sample:", "artefact:")
"""How a book is spelled that a worker can open."""


@dataclass(frozen=True)
class Plan:
    """What a schedule is to do.

    Attributes
    ----------
    parameters
        Of the report, without `reference_date` where the timing has a period: it follows from the day.
    missed
        When the platform was down at its time: run once for all that was missed, or skip.
    overlap
        When the run before has not ended: skip, or queue behind it.
    retries
        After a failed run; the pause is `backoff_seconds`, doubled each time.
    needs
        Books that must be there and valid before the notebook starts.
    """

    name: str
    template: str
    timing: Timing
    parameters: Mapping[str, Any] = field(default_factory=dict)
    deputy: str | None = None
    missed: Literal["run_once", "skip"] = "run_once"
    overlap: Literal["skip", "queue"] = "skip"
    retries: int = 1
    backoff_seconds: int = 60
    time_limit_seconds: int = 3600
    needs: tuple[str, ...] = ()

    def check(self) -> None:
        """Refuse what could not run, before anything is kept.

        Raises
        ------
        BadParameters
            For the timing, the report's parameters or a book, with what is expected instead.
        NotFound
            When there is no such report.
        """
        self.timing.check()
        _check_bounds(self)
        # The notebooks' room is slow to import, and a page that only lists schedules never needs it.
        from harbour.execution.templates import get_template  # noqa: PLC0415  # see above

        template = get_template(self.template)
        if self.timing.period is not None and REFERENCE_DATE in self.parameters:
            raise BadParameters(
                "reference_date follows from the day of the run: leave it out, or the period", problems=()
            )
        template.check_parameters(parameters_at(self.parameters, self.timing, _now()))
        books = (*self.needs, *(str(self.parameters[name]) for name in ("book",) if name in self.parameters))
        for book in books:
            if not book.startswith(RUNNABLE):
                raise BadParameters(
                    f"the book {book!r} cannot be opened by a scheduled run: store it with harbour.pack_book and "
                    "write artefact: and its SHA-256, or take a sample:"
                )


@dataclass(frozen=True)
class Schedule:
    """A schedule as kept."""

    id: int
    owner: str
    state: str
    next_due: datetime.datetime | None
    plan: Plan

    @property
    def name(self) -> str:
        """Return its name, which its runs have too."""
        return self.plan.name


@dataclass(frozen=True)
class Attempt:
    """One run for a fire; `cell`, `message` and the files say where and why it failed."""

    attempt: int
    run: int
    version: int
    state: str
    cell: int | None
    message: str | None
    not_before: datetime.datetime | None
    started: datetime.datetime | None
    finished: datetime.datetime | None
    files: Mapping[str, str]


@dataclass(frozen=True)
class Fire:
    """A time it was due, or was run by hand, and what came of it."""

    id: int
    schedule_id: int
    due_at: datetime.datetime
    cause: str
    asked_by: str | None
    parameters: Mapping[str, Any]
    state: str
    reason: str | None
    created_at: datetime.datetime
    ended_at: datetime.datetime | None
    attempts: tuple[Attempt, ...]


class Schedules:
    """The schedules of one's organisation."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def create(self, plan: Plan) -> Schedule:
        """Keep a schedule of one's own; it is due from now on."""
        return self._set(None, plan)

    def change(self, schedule_id: int, plan: Plan) -> Schedule:
        """Replace what one's schedule does."""
        return self._set(schedule_id, plan)

    def pause(self, schedule_id: int) -> Schedule:
        """Let it rest until it is resumed."""
        return self._move(schedule_id, "paused", None)

    def resume(self, schedule_id: int) -> Schedule:
        """Let it be due again, from now on: what lay between is not made up for."""
        timing = self.get(schedule_id).plan.timing
        return self._move(schedule_id, "active", timing.next_due(_now()))

    def end(self, schedule_id: int) -> Schedule:
        """End it for good; what came of it is kept."""
        return self._move(schedule_id, "ended", None)

    def hand_over(self, schedule_id: int, owner: str, deputy: str | None = None) -> Schedule:
        """Make it another analyst's: from now on its runs are his."""
        self._session.call("hand_over_schedule", schedule=schedule_id, owner=owner, deputy=deputy)
        return self.get(schedule_id)

    def run_now(self, schedule_id: int) -> Fire:
        """Run it at once, as its owner, for the reference date that today gives."""
        plan = self.get(schedule_id).plan
        values = parameters_at(plan.parameters, plan.timing, _now())
        return self._run(schedule_id, values, None)

    def run_again(self, schedule_id: int, fire_id: int) -> Fire:
        """Run it at once with the parameters of an earlier time."""
        return self._run(schedule_id, {}, fire_id)

    def cancel(self, run_id: int) -> None:
        """Stop a run that waits or is under way, its kernel included."""
        self._session.call("cancel_run", run=run_id)

    def get(self, schedule_id: int) -> Schedule:
        """Return a schedule; NotFound when there is none that one may see."""
        row = self._session.row("schedules", id=schedule_id)
        if row is None:
            raise NotFound(f"There is no schedule {schedule_id} that you may see.")
        return _schedule(row)

    def list(self) -> list[Schedule]:
        """Return the schedules that have not ended, by name."""
        return [_schedule(row) for row in self._session.rows("schedules", id=None)]

    def fires(
        self, schedule_id: int | None = None, *, limit: int = 20, before: int | None = None
    ) -> Sequence[Fire]:
        """Return what came of one schedule, or of all, newest first."""
        rows = self._session.rows("schedule_fires", schedule=schedule_id, limit=limit, before=before)
        return tuple(_fire(row) for row in rows)

    def _set(self, schedule_id: int | None, plan: Plan) -> Schedule:
        plan.check()
        outcome = self._session.call(
            "set_schedule",
            schedule=schedule_id,
            what=json_text(_columns(plan)),
            next=plan.timing.next_due(_now()),
        )
        return self.get(outcome["id"])

    def _move(self, schedule_id: int, state: str, next_due: datetime.datetime | None) -> Schedule:
        self._session.call("move_schedule", schedule=schedule_id, state=state, next=next_due)
        return self.get(schedule_id)

    def _run(self, schedule_id: int, parameters: Mapping[str, Any], again: int | None) -> Fire:
        outcome = self._session.call(
            "run_schedule", schedule=schedule_id, parameters=json_text(dict(parameters)), again=again
        )
        return next(fire for fire in self.fires(schedule_id) if fire.id == outcome["id"])


def parameters_at(parameters: Mapping[str, Any], timing: Timing, due: datetime.datetime) -> dict[str, Any]:
    """Return the parameters of a run due at a moment: the reference date is the period's."""
    reference = timing.reference_date(due)
    return dict(parameters) | ({} if reference is None else {REFERENCE_DATE: reference.isoformat()})


def _check_bounds(plan: Plan) -> None:
    bounds = {"retries": (0, 10), "backoff_seconds": (1, 86400), "time_limit_seconds": (1, 86400)}
    for name, (least, most) in bounds.items():
        if not least <= getattr(plan, name) <= most:
            raise BadParameters(f"{name} is from {least} to {most}, not {getattr(plan, name)}")
    if not 1 <= len(plan.name.strip()) <= 100:
        raise BadParameters("a schedule has a name of 100 characters at most")
    for name, words in {"missed": ("run_once", "skip"), "overlap": ("skip", "queue")}.items():
        if getattr(plan, name) not in words:
            raise BadParameters(f"{name} is one of {', '.join(words)}, not {getattr(plan, name)!r}")


def _columns(plan: Plan) -> dict[str, Any]:
    timing = plan.timing
    kept = ("template", "deputy", "missed", "overlap", "retries", "backoff_seconds", "time_limit_seconds")
    return {
        "name": plan.name.strip(),
        "parameters": dict(plan.parameters),
        "needs": list(plan.needs),
        "zone": timing.zone,
        "cron": timing.cron,
        "period": timing.period,
        "days_after": timing.days_after,
        "at_time": None if timing.at_time is None else timing.at_time.isoformat(),
        "country": timing.country,
        **{name: getattr(plan, name) for name in kept},
    }


def _schedule(row: Row[Any]) -> Schedule:
    timing = Timing(row.zone, row.cron, row.period, row.days_after, row.at_time, row.country)
    plan = Plan(
        name=row.name,
        template=row.template,
        timing=timing,
        parameters=row.parameters,
        deputy=row.deputy,
        missed=row.missed,
        overlap=row.overlap,
        retries=row.retries,
        backoff_seconds=row.backoff_seconds,
        time_limit_seconds=row.time_limit_seconds,
        needs=tuple(row.needs),
    )
    return Schedule(row.id, row.owner, row.state, row.next_due, plan)


def _fire(row: Row[Any]) -> Fire:
    moments = ("not_before", "started", "finished")
    attempts = tuple(
        Attempt(**(attempt | {name: _moment(attempt[name]) for name in moments})) for attempt in row.attempts
    )
    return Fire(**(dict(row._mapping) | {"attempts": attempts}))


def _moment(text: str | None) -> datetime.datetime | None:
    return None if text is None else datetime.datetime.fromisoformat(text)


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC)
