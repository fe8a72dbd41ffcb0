"""What the worker tells Prometheus about the whole platform: queue, runs, database, anchors, backup, services.

It asks at each scrape. A figure that cannot be had is left out, and `plimsoll_database_up` says why.
"""

from __future__ import annotations

import json
import shutil
import time
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

from prometheus_client import REGISTRY
from prometheus_client.core import GaugeMetricFamily
from prometheus_client.registry import Collector
from tornado.web import Application

from harbour.db import Session, read_anchors
from harbour.errors import HarbourError
from harbour.services.answering import HealthHandler, database_fault
from harbour.services.health import CHECKS, OPEN_CHECKS
from harbour.settings import Settings
from harbour.telemetry import MetricsHandler, log_request

__all__ = ["PlatformFigures", "show"]

NOTES = {
    "last_backup.json": (
        "plimsoll_last_backup_age_seconds",
        "taken",
        "Time since the last backup was taken.",
    ),
    "last_verification.json": (
        "plimsoll_audit_check_age_seconds",
        "at",
        "Time since the whole audit log was checked.",
    ),
}
ROWS = {
    "oldest_queued_seconds": ("plimsoll_oldest_job_seconds", "How long the oldest waiting run has waited."),
    "mails_waiting": ("plimsoll_mails_waiting", "Mails not sent yet."),
    "mails_failing": ("plimsoll_mails_failing", "Mails that could not be sent so far."),
    "members_active": ("plimsoll_members_active", "Members who may sign in."),
    "submissions_in_review": ("plimsoll_submissions_in_review", "Submissions that wait for a reviewer."),
    "database_bytes": ("plimsoll_database_bytes", "Size of the platform's database."),
}
STATES = ("queued", "running", "succeeded", "failed")


class PlatformFigures(Collector):
    """The gauges of one installation, read anew for each scrape."""

    def __init__(self, settings: Settings, dsn: str) -> None:
        self._settings = settings
        self._session = Session(dsn)

    def describe(self) -> list[Any]:
        """Name nothing beforehand: registering must not ask the database."""
        return []

    def collect(self) -> Iterator[GaugeMetricFamily]:
        """Yield every figure that can be had now."""
        yield from self._database()
        yield from self._services()
        yield from self._anchors()
        yield from self._notes()
        free = shutil.disk_usage(self._settings.data).free
        yield GaugeMetricFamily("plimsoll_disk_free_bytes", "Free on the disk of the data folder.", free)

    def _database(self) -> Iterator[GaugeMetricFamily]:
        try:
            row = self._session.row("gauges")
        except HarbourError:
            row = None
        up = GaugeMetricFamily("plimsoll_database_up", "1 when the worker reaches the database.")
        up.add_metric([], 0 if row is None else 1)
        yield up
        if row is None:
            return
        found = row._mapping
        runs = GaugeMetricFamily(
            "plimsoll_runs",
            "Runs by state: those that wait or run, and those that ended within a day.",
            labels=["state"],
        )
        for state in STATES:
            runs.add_metric([state], found.get(state, found.get(f"{state}_lately")))
        yield runs
        yield GaugeMetricFamily("plimsoll_queue_length", "Runs that wait for the worker.", found["queued"])
        for column, (name, sentence) in ROWS.items():
            yield GaugeMetricFamily(name, sentence, found[column])

    def _services(self) -> Iterator[GaugeMetricFamily]:
        up = GaugeMetricFamily("plimsoll_service_up", "1 when the service answers.", labels=["service"])
        with ThreadPoolExecutor(len(OPEN_CHECKS)) as pool:
            answers = pool.map(lambda name: CHECKS[name](self._settings), OPEN_CHECKS)
            for name, well in zip(OPEN_CHECKS, answers, strict=True):
                up.add_metric([name], int(well))
        yield up

    def _anchors(self) -> Iterator[GaugeMetricFamily]:
        if kept := read_anchors(self._settings.data / "anchors"):
            age = _age(kept[-1].at)
            yield GaugeMetricFamily(
                "plimsoll_anchor_age_seconds", "Time since the audit log was last anchored.", age
            )

    def _notes(self) -> Iterator[GaugeMetricFamily]:
        for file, (name, key, sentence) in NOTES.items():
            try:
                note = json.loads((self._settings.run / file).read_text(encoding="utf-8"))
            except (OSError, ValueError):
                continue
            yield GaugeMetricFamily(name, sentence, _age(note[key]))


def _age(moment: str) -> float:
    then = datetime.fromisoformat(moment)
    return time.time() - (then if then.tzinfo else then.replace(tzinfo=UTC)).timestamp()


def show(environment: Mapping[str, str], dsn: str) -> None:
    """Listen for Prometheus and for who asks after the worker's health; on no port, when none was given."""
    if "PLIMSOLL_PORT" not in environment:
        return
    settings = Settings(
        data=Path(environment["PLIMSOLL_DATA"]),
        bind=environment.get("PLIMSOLL_BIND", "127.0.0.1"),
        port=int(environment["PLIMSOLL_PORT"]),
    )
    REGISTRY.register(PlatformFigures(settings, dsn))
    handlers: list[Any] = [
        ("/metrics", MetricsHandler, {"token": environment.get("PLIMSOLL_METRICS_TOKEN", "")}),
        ("/health", HealthHandler, {"find_fault": database_fault(dsn)}),
    ]
    Application(handlers, log_function=log_request).listen(settings.port_of("worker"), "127.0.0.1")
