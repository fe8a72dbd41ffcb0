"""`harbour up`: start everything, show the main job, and say where to go."""

from __future__ import annotations

import os

from rich.console import Console
from rich.table import Table

from harbour.cli.exits import DONE
from harbour.cli.summary import print_summary
from harbour.services.demo import Credential, MainJob, run_main_job, seed_banks
from harbour.services.folders import check_owner, isolation_warning
from harbour.services.starting import code_changed, start_everything
from harbour.services.steps import Steps, read_record
from harbour.settings import Settings, load_settings

__all__ = ["up"]


def up(console: Console, *, demo: bool) -> int:
    """Start everything; print each step with its time, then where to go."""
    settings = load_settings()
    check_owner(settings)
    if warning := isolation_warning(settings):
        console.print(f"[bold yellow]Warning[/]  {warning}\n", highlight=False, soft_wrap=True)
    settings.logs.mkdir(mode=0o700, parents=True, exist_ok=True)
    steps = Steps(console, settings.logs / "up.jsonl")
    if "PLIMSOLL_STEPS" not in os.environ:  # set by the bootstrap, whose own steps stand there already
        steps.record.unlink(missing_ok=True)
    if start_everything(settings, steps):
        console.print("It was already running.", highlight=False)
        if code_changed(settings):
            console.print("The code changed since: `make down`, then `make up`, to run what is there now.")
    if demo:
        _show_demo(console, settings, steps)
    console.print(f"\nOpen {settings.address}    (stop with `make down`)\n", highlight=False)
    console.print(read_record(steps.record))
    return DONE


def _show_demo(console: Console, settings: Settings, steps: Steps) -> None:
    people: list[Credential] = []
    jobs: list[MainJob] = []

    def seed() -> str:
        people.extend(seed_banks(settings))
        return f"{len(people)} members created" if people else "kept"

    def work() -> str:
        jobs.append(run_main_job(settings))
        return f"submission {jobs[0].submission} is {jobs[0].state.replace('_', ' ')}"

    steps.run("banks", seed)
    _print_people(console, people)  # at once: the passwords are nowhere else, should the next step fail
    steps.run("main job", work)
    print_summary(console, jobs[0].summary)
    where = jobs[0].package or "made at the first start; it is in the submission"
    console.print(f"package  {where}", highlight=False, soft_wrap=True)
    console.print(f"review   {settings.address}services/review/", highlight=False, soft_wrap=True)


def _print_people(console: Console, people: list[Credential]) -> None:
    if not people:
        console.print(
            "\nThe members' one-time passwords were printed at the first start. For a new one: "
            ".venv/bin/harbour member reset-password amelie@port\n",
            highlight=False,
            soft_wrap=True,
        )
        return
    table = Table("sign-in name", "one-time password", "role", "organisation", box=None, pad_edge=False)
    for column in table.columns:
        column.no_wrap = True  # a password broken over two lines cannot be copied
    for person in people:
        table.add_row(person.login, person.password, person.role.replace("_", " "), person.organisation)
    console.print("\nEach password works once and is shown only now:", highlight=False)
    console.print(table)
    console.print()
