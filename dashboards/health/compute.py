"""What the health room shows: counts from the guard, and what the installation's own folder and ports say."""

from __future__ import annotations

import json
import os
import shutil
from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any

from harbour import Connection
from harbour.db import read_anchors
from harbour.identity import Member, Standing
from harbour.services.health import CHECKS, OPEN_CHECKS
from harbour.settings import Settings

__all__ = ["Disk", "Health", "Machine", "read_health", "read_machine", "settings_of"]

LEAST_FREE = 2 * 2**30
"""Bytes that `harbour doctor` asks for, unless `least_free_gb` is set."""


@dataclass(frozen=True)
class Disk:
    """Bytes of the disk that holds the data folder."""

    free: int
    total: int

    @property
    def is_low(self) -> bool:
        """Return whether less is free than the platform needs."""
        return self.free < LEAST_FREE


@dataclass(frozen=True)
class Machine:
    """What needs no database: services by name, disk, the last backup and the last check of the whole log.

    `backup` has `taken` and `bytes`, `verification` has `at` and `whole`; None: never, or not on this machine.
    """

    services: Mapping[str, bool]
    disk: Disk
    backup: Mapping[str, Any] | None
    verification: Mapping[str, Any] | None


@dataclass(frozen=True)
class Health:
    """How it stands, as far as the viewer may see; `standing` None: nothing."""

    me: Member
    standing: Standing | None
    machine: Machine | None
    anchors: int
    anchored_at: datetime | None
    version: str

    @property
    def silent(self) -> tuple[str, ...]:
        """Return the services that do not answer."""
        return () if self.machine is None else tuple(n for n, ok in self.machine.services.items() if not ok)


def settings_of(environment: Mapping[str, str]) -> Settings:
    """Return the installation a service runs in, from what the supervisor gave it."""
    return Settings(
        data=Path(environment["PLIMSOLL_DATA"]),
        bind=environment.get("PLIMSOLL_BIND", "127.0.0.1"),
        port=int(environment["PLIMSOLL_PORT"]),
    )


def read_machine(settings: Settings) -> Machine:
    """Return what the ports, the disk and the notes of the command line say; all services are asked at once."""
    with ThreadPoolExecutor(len(OPEN_CHECKS)) as pool:
        answers = pool.map(lambda name: CHECKS[name](settings), OPEN_CHECKS)
        services = {"postgres": True} | dict(
            zip(OPEN_CHECKS, answers, strict=True)
        )  # it has answered by then
    found = shutil.disk_usage(settings.data)
    return Machine(
        services,
        Disk(found.free, found.total),
        _note(settings.run / "last_backup.json"),
        _note(settings.run / "last_verification.json"),
    )


def read_health(connection: Connection, settings: Settings) -> Health:
    """Return how it stands: the whole for the platform's administrator, an organisation's part for its own."""
    me, standing = connection.me, connection.administration.standing()
    if standing is None:
        return Health(me, None, None, 0, None, version("plimsoll"))
    anchors = [
        kept
        for kept in read_anchors(settings.data / "anchors")
        if standing.whole or kept.organisation == me.organisation
    ]
    return Health(
        me=me,
        standing=standing,
        machine=read_machine(settings),
        anchors=len(anchors),
        anchored_at=datetime.fromisoformat(anchors[-1].at) if anchors else None,
        version=version("plimsoll"),
    )


def _note(path: Path) -> dict[str, Any] | None:
    """Return what the command line noted, or None."""
    if not os.access(path, os.R_OK):
        return None
    found: dict[str, Any] = json.loads(path.read_text(encoding="utf-8"))
    return found
