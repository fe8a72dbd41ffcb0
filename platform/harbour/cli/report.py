"""`harbour report`: a return from a book, by the same notebook the platform runs, without the platform."""

from __future__ import annotations

import argparse
import re
from collections.abc import Iterator
from contextlib import contextmanager

from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn, TimeElapsedColumn

import plimsoll
from harbour import execution
from harbour.cli.exits import BY_VERDICT, DONE, FAIL, NOT_EVALUATED
from harbour.cli.summary import print_summary
from harbour.errors import BadParameters
from harbour.execution import RunManifest
from plimsoll.data import SAMPLE_ENTITIES
from plimsoll.returns.verdict import JointVerdict

__all__ = ["judge", "report", "reproduce", "spell_entity"]

LEI = re.compile(r"[0-9A-Z]{18}[0-9]{2}")


def report(asked: argparse.Namespace, console: Console) -> int:
    """Make the return, print what it came to, and return the exit code of its verdict."""
    entity = spell_entity(asked.entity, lei=asked.lei, scope=asked.scope, country=asked.country)
    parameters = {
        "book": asked.book,
        "reference_date": asked.date,
        "entity": entity,
        "scenario": asked.scenario,
    }
    manifest = _execute(asked, parameters, console)
    summary = manifest.summary()
    print_summary(console, summary)
    console.print(f"package  {manifest.find_output('.zip')}", highlight=False, soft_wrap=True)
    console.print(f"all      {manifest.folder}", highlight=False, soft_wrap=True)
    return BY_VERDICT.get(summary["verdict"]["outcome"], NOT_EVALUATED)


def _execute(asked: argparse.Namespace, parameters: dict[str, str], console: Console) -> RunManifest:
    with _following(console) as tell:
        return execution.execute(asked.template, parameters, asked.out, progress=tell)


def judge(asked: argparse.Namespace, console: Console) -> int:
    """Judge packages, print the verdict, and return its exit code."""
    paths, seconds = asked.packages, asked.time_limit
    verdict: plimsoll.Verdict | JointVerdict
    if len(paths) == 1:
        verdict = plimsoll.validate(paths[0], timeout=seconds)
    else:
        verdict = plimsoll.validate_together(paths, timeout=seconds)
    console.print(str(verdict), highlight=False, markup=False, soft_wrap=True)
    return BY_VERDICT[verdict.outcome]


def reproduce(asked: argparse.Namespace, console: Console) -> int:
    """Execute a run again, print each step with whether it is the same, and return 1 at a drift."""
    with _following(console) as tell:
        made = execution.reproduce(asked.folder, progress=tell)
    for step in (*made.surroundings, *made.steps):
        console.print(f"{'same  ' if step.same else 'DRIFT '} {step.name}", highlight=False, markup=False)
    console.print(str(made), highlight=False, markup=False, soft_wrap=True)
    return DONE if made.same else FAIL


@contextmanager
def _following(console: Console) -> Iterator[execution.Progress]:
    """Show how far a run is; yield what it tells that to."""
    columns = (TextColumn("{task.description}"), BarColumn(), MofNCompleteColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console, transient=True) as bars:
        bar = bars.add_task("starting", total=None)

        def tell(done: int, total: int, heading: str) -> None:
            bars.update(bar, completed=done, total=total, description=heading)

        yield tell


def spell_entity(entity: str, *, lei: str = "", scope: str | None = None, country: str = "") -> str:
    """Return the entity as a run takes it: ``LEI``, ``LEI.SCOPE`` or ``LEI.SCOPE.COUNTRY.Name``.

    Parameters
    ----------
    entity
        Nothing, a LEI, a name, or the whole form already.

    Raises
    ------
    BadParameters
        When a name comes without what it takes to know who is meant.
    """
    if not entity or LEI.fullmatch(entity.partition(".")[0]):
        already = "." in entity
        return entity if already or not (entity or lei) else ".".join(filter(None, (entity or lei, scope)))
    known = next((bank for bank in SAMPLE_ENTITIES.values() if bank.name == entity), None)
    if known is not None:
        lei, scope, country = lei or known.lei, scope or known.scope, country or known.country
    missing = [
        f"--{name}" for name, value in (("lei", lei), ("scope", scope), ("country", country)) if not value
    ]
    if missing:
        raise BadParameters(f"{entity!r} is a name: say who is meant with {', '.join(missing)} too")
    return f"{lei}.{scope}.{country}.{entity}"
