"""The two demonstration banks with a member in each role, and the main job as their first submission."""

from __future__ import annotations

import datetime
import time
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import harbour
from harbour.artefacts import Run
from harbour.errors import RunFailed
from harbour.identity import accounts, names
from harbour.scheduling import Plan, Timing
from harbour.services.database import as_login, as_member
from harbour.settings import Settings
from plimsoll.data import SAMPLE_ENTITIES

__all__ = ["BANKS", "Bank", "Credential", "MainJob", "run_main_job", "seed_banks"]

ROLES = ("analyst", "viewer", "reviewer", "org_admin")
JOB_SECONDS = 600
RUN_NAME = "First return"
SCHEDULE_NAME = "Own funds, quarterly"
MAKER, DEPUTY = "port-amelie", "port-odile"
ENDED = ("succeeded", "failed")


@dataclass(frozen=True)
class Bank:
    """A demonstration bank and the members it starts with, in the order of `ROLES`."""

    slug: str
    name: str
    members: tuple[tuple[str, str], ...]


@dataclass(frozen=True)
class Credential:
    """A sign-in name with its one-time password: shown once, kept nowhere."""

    login: str
    display_name: str
    organisation: str
    role: str
    password: str


@dataclass(frozen=True)
class MainJob:
    """What the main job came to."""

    submission: int
    state: str
    summary: Mapping[str, Any]
    package: Path | None
    """Where the package was put for the person at the command line; None when it was there before."""


BANKS = (
    Bank(
        "port",
        "Banque du Port",
        (
            ("amelie", "Amélie Marchand"),
            ("victor", "Victor Lefèvre"),
            ("rene", "René Dubois"),
            ("odile", "Odile Garnier"),
        ),
    ),
    Bank(
        "nordhaven",
        "Nordhaven Sparbank",
        (
            ("anders", "Anders Holm"),
            ("vera", "Vera Lindqvist"),
            ("ragna", "Ragna Berg"),
            ("oskar", "Oskar Nyström"),
        ),
    ),
)


def seed_banks(settings: Settings) -> list[Credential]:
    """Create the demonstration banks and members that are absent; return the new members' passwords."""
    with as_login(settings, "harbour_admin") as dsn, harbour.connect(dsn) as admin:
        return [credential for bank in BANKS for credential in _seed_bank(admin, bank)]


def _seed_bank(admin: harbour.Connection, bank: Bank) -> list[Credential]:
    created: list[Credential] = []
    if bank.slug not in accounts.list_organisations(admin):
        accounts.create_organisation(admin, bank.slug, bank.name)
    for (first, display_name), role in zip(bank.members, ROLES, strict=True):
        login = f"{first}@{bank.slug}"
        member = names.hub_name(login)
        if accounts.find_member(admin, member) is None:
            password = accounts.create_member(admin, member, display_name, roles=(role,))
            created.append(Credential(login, display_name, bank.name, role, password))
    return created


def run_main_job(settings: Settings) -> MainJob:
    """Have the worker make the sample bank's return and submit it, unless that was done before.

    Everything is asked for in the name of the demonstration analyst, who becomes its maker.

    Raises
    ------
    RunFailed
        When the notebook stopped, or the worker did not end it in time.
    """
    with as_member(settings, MAKER) as connection:
        done = connection.submissions.list()
        if done:
            # The newest may be somebody's own: what `make up` made is what it speaks of.
            made = next((submission for submission in done if submission.run_name == RUN_NAME), done[-1])
            return MainJob(made.id, made.state, made.summary, None)
        run = connection.runs.request("corep_own_funds", _parameters(), name=RUN_NAME)
        run = _wait(connection, run.id)
        submission = connection.workspace.submit(
            run.id, "The sample bank's own funds, made at the first start"
        )
        package = _save_package(connection, run, settings.packages)
        _make_schedule(connection)
        return MainJob(submission.id, submission.state, run.summary, package)


def _make_schedule(connection: harbour.Connection) -> None:
    """Have the same return made again after the end of every quarter; the calendar shows what is due when."""
    parameters = {name: value for name, value in _parameters().items() if name != "reference_date"}
    timing = Timing("Europe/Paris", period="quarter", days_after=5, at_time=datetime.time(7), country="FR")
    connection.schedules.create(
        Plan(SCHEDULE_NAME, "corep_own_funds", timing, parameters, deputy=DEPUTY, retries=2)
    )


def _parameters() -> dict[str, str]:
    bank = SAMPLE_ENTITIES["banque_du_port"]
    return {
        "book": "sample:savings_bank?seed=7&exposures=10000",
        "reference_date": "2026-06-30",
        "entity": f"{bank.lei}.{bank.scope}.{bank.country}.{bank.name}",
        "scenario": "baseline",
    }


def _wait(connection: harbour.Connection, run_id: int) -> Run:
    end = time.monotonic() + JOB_SECONDS
    while (run := connection.runs.get(run_id)).state not in ENDED:
        if time.monotonic() > end:
            raise RunFailed(f"run {run_id} is still {run.state} after {JOB_SECONDS} s: see `harbour status`")
        time.sleep(0.5)
    if run.state == "failed":
        at = "" if run.error_cell is None else f" at cell {run.error_cell}"
        raise RunFailed(f"run {run_id} failed{at}: {run.error_message}", cell=run.error_cell)
    return run


def _save_package(connection: harbour.Connection, run: Run, folder: Path) -> Path:
    name = next(name for name in run.artefacts if name.endswith(".zip"))
    path = folder / Path(name).name
    connection.artefacts.save(run.artefacts[name], path)
    return path
