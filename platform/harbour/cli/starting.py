"""`harbour up`: start everything, and say where to go."""

from __future__ import annotations

import os

from rich.console import Console
from rich.table import Table

from harbour.cli.exits import DONE
from harbour.cli.summary import print_summary
from harbour.services.folders import isolation_warning
from harbour.services.starting import Started, start_everything
from harbour.services.steps import Steps, read_record
from harbour.settings import Settings, load_settings

__all__ = ["up"]


def up(console: Console, *, demo: bool) -> int:
    """Start everything; print each step with its time, then where to go."""
    settings = load_settings()
    _warn(console, settings)
    settings.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
    steps = Steps(console, settings.logs / "up.jsonl")
    if "PLIMSOLL_STEPS" not in os.environ:  # set by the bootstrap, whose own steps stand there already
        steps.record.unlink(missing_ok=True)
    started = start_everything(settings, steps, demo=demo, tell=lambda _: None)
    if started.was_running:
        console.print("\nIt was already running.", highlight=False)
    _print_people(console, started, demo=demo)
    if started.job:
        print_summary(console, started.job.summary)
        where = started.job.package or "made at the first start; it is in the submission"
        console.print(f"package  {where}", highlight=False, soft_wrap=True)
    console.print(f"\nOpen {settings.address}    (stop with `make down`)\n", highlight=False)
    console.print(read_record(steps.record))
    return DONE


def _warn(console: Console, settings: Settings) -> None:
    if warning := isolation_warning(settings):
        console.print(f"[bold yellow]Warning[/]  {warning}\n", highlight=False)


def _print_people(console: Console, started: Started, *, demo: bool) -> None:
    if started.credentials:
        table = Table("sign-in name", "one-time password", "role", "organisation", box=None, pad_edge=False)
        for person in started.credentials:
            table.add_row(person.login, person.password, person.role.replace("_", " "), person.organisation)
        console.print("\nEach password works once and is shown only now:", highlight=False)
        console.print(table)
    elif demo:
        console.print(
            "\nThe members' one-time passwords were printed at the first start. A new one: "
            ".venv/bin/harbour member reset-password amelie@port",
            highlight=False,
            soft_wrap=True,
        )
