"""`harbour up`, `down`, `status` and `doctor`."""

from __future__ import annotations

import subprocess
import sys

from rich.console import Console
from rich.table import Table

from harbour.cli.exits import DONE, FAIL, NOT_EVALUATED
from harbour.cli.report import print_summary
from harbour.services.doctor import examine
from harbour.services.folders import isolation_warning
from harbour.services.health import CHECKS
from harbour.services.starting import Started, start_everything
from harbour.services.steps import Steps, read_record
from harbour.services.supervision import states, stop_everything
from harbour.settings import Settings, load_settings

__all__ = ["build_dictionary", "doctor", "down", "status", "up"]


def up(console: Console, *, demo: bool) -> int:
    """Start everything; print each step with its time, then where to go."""
    settings = load_settings()
    _warn(console, settings)
    settings.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
    steps = Steps(console, settings.logs / "up.jsonl")
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


def down(console: Console) -> int:
    """Stop what this installation started and wait until it is gone."""
    stopped = stop_everything(load_settings())
    console.print(f"stopped {', '.join(stopped)}" if stopped else "nothing was running", highlight=False)
    return DONE


def status(console: Console) -> int:
    """Print each program's state and whether its service answers; exit 1 when one does not."""
    settings = load_settings()
    running = states(settings)
    if not running:
        console.print("not running: start with `make up`", highlight=False)
        return FAIL
    table = Table("service", "state", "answers", box=None, pad_edge=False)
    healthy = True
    for name, state in running.items():
        answers = CHECKS[name](settings) if name in CHECKS else state == "RUNNING"
        healthy = healthy and answers
        table.add_row(name, state.lower(), "yes" if answers else "no")
    console.print(table)
    console.print(f"address  {settings.address}\ndata     {settings.data}", highlight=False, soft_wrap=True)
    return DONE if healthy else FAIL


def doctor(console: Console) -> int:
    """Print every finding; exit 1 when one is wrong."""
    findings = examine(load_settings())
    for finding in findings:
        mark = "[green]ok  [/]" if finding.ok else "[red]bad [/]"
        console.print(f"{mark} {finding.subject:<12} {finding.sentence}", highlight=False, soft_wrap=True)
    return DONE if all(finding.ok for finding in findings) else FAIL


def build_dictionary() -> int:
    """Build the EBA dictionary into the data folder, unless it is there."""
    target = load_settings().dictionary
    command = [sys.executable, "-m", "plimsoll.dictionary", "build", "--into", str(target)]
    code = subprocess.run(command, check=False).returncode  # noqa: S603  # our own module
    return DONE if code == 0 else NOT_EVALUATED
