"""`harbour schedule`: what runs by itself and what came of it; each with the rights of the member named."""

from __future__ import annotations

import argparse
import datetime
from contextlib import AbstractContextManager

from rich.console import Console
from rich.table import Table

import harbour
from harbour.cli.exits import DONE
from harbour.errors import BadParameters
from harbour.identity import names
from harbour.scheduling import Plan, Timing
from harbour.services.database import as_member
from harbour.settings import load_settings

__all__ = ["act", "add", "list_schedules", "show_runs"]


def list_schedules(asked: argparse.Namespace, console: Console) -> int:
    """Print the schedules of a member's organisation."""
    with _as(asked.login) as member:
        table = Table("no.", "name", "owner", "when", "state", "due next", box=None, pad_edge=False)
        for schedule in member.schedules.list():
            when, due = str(schedule.plan.timing), _moment(schedule.next_due)
            table.add_row(str(schedule.id), schedule.name, schedule.owner, when, schedule.state, due)
    console.print(table)
    return DONE


def show_runs(asked: argparse.Namespace, console: Console) -> int:
    """Print what came of a schedule: each time, each attempt, and why it failed."""
    with _as(asked.login) as member:
        for fire in member.schedules.fires(asked.schedule):
            line = f"{fire.id}  {_moment(fire.due_at)}  {fire.cause}  {fire.state}"
            console.print(line, highlight=False, markup=False)
            if fire.reason and not fire.attempts:
                console.print(f"    {fire.reason}", highlight=False, markup=False, soft_wrap=True)
            for attempt in fire.attempts:
                said = f"    attempt {attempt.attempt}, run {attempt.run}: {attempt.state}"
                said += f": {attempt.message}" if attempt.message else ""
                console.print(said, highlight=False, markup=False, soft_wrap=True)
    return DONE


def add(asked: argparse.Namespace, console: Console) -> int:
    """Make a schedule of a member's own."""
    rule = asked.days_after is not None
    timing = Timing(
        asked.zone,
        cron=asked.cron,
        period=asked.period,
        days_after=asked.days_after,
        at_time=datetime.time.fromisoformat(asked.at) if rule else None,
        country=asked.country if rule else None,
    )
    with _as(asked.login) as member:
        plan = Plan(
            asked.name,
            asked.template,
            timing,
            _values(asked.template, asked.parameter),
            deputy=names.hub_name(asked.deputy) if asked.deputy else None,
        )
        made = member.schedules.create(plan)
    console.print(f"schedule {made.id} is due {_moment(made.next_due)}", highlight=False)
    return DONE


def act(asked: argparse.Namespace, console: Console) -> int:
    """Run, pause, resume or end a schedule, or cancel a run."""
    with _as(asked.login) as member:
        if asked.verb == "run":
            fire = member.schedules.run_now(asked.schedule)
            console.print(f"queued as run {fire.attempts[0].run}", highlight=False)
        elif asked.verb == "cancel":
            member.schedules.cancel(asked.schedule)
            console.print(f"run {asked.schedule} is being stopped", highlight=False)
        else:
            state = getattr(member.schedules, asked.verb)(asked.schedule).state
            console.print(f"schedule {asked.schedule} is {state}", highlight=False)
    return DONE


def _as(login: str) -> AbstractContextManager[harbour.Connection]:
    return as_member(load_settings(), names.hub_name(login))


def _values(template: str, given: list[str]) -> dict[str, object]:
    """Return NAME=VALUE pairs, each of the kind that the report declares."""
    from harbour.execution import get_template  # noqa: PLC0415  # slow to import, and only needed here

    kinds = {parameter.name: parameter.kind for parameter in get_template(template).parameters}
    values: dict[str, object] = {}
    for pair in given:
        name, equals, text = pair.partition("=")
        if not equals:
            raise BadParameters(f"a parameter is NAME=VALUE, not {pair!r}")
        try:
            values[name] = {"int": int, "float": float}.get(kinds.get(name, "str"), str)(text)
        except ValueError:
            raise BadParameters(f"{name} must be {kinds[name]}, not {text!r}") from None
        if kinds.get(name) == "bool":
            values[name] = text.lower() in {"true", "yes", "1"}
    return values


def _moment(at: datetime.datetime | None) -> str:
    return "–" if at is None else f"{at.astimezone(datetime.UTC):%Y-%m-%d %H:%M} UTC"
