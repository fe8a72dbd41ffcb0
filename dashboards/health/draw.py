"""The health room's HTML."""

from __future__ import annotations

from datetime import UTC, datetime
from decimal import Decimal
from pathlib import Path

from dashboards.health.compute import Health
from dashboards.theme.figures import digits, moment
from dashboards.theme.sheet import draw
from dashboards.theme.words import Words

__all__ = ["draw_health"]

HERE = Path(__file__).parent
GIB = 2**30
OLD_BACKUP_HOURS = 26
"""A backup each night, and two hours of grace."""
LONG_WAIT_MINUTES = 10


def draw_health(health: Health, now: datetime, say: Words) -> str:
    """Return the page."""
    return draw(
        HERE / "health.html",
        say,
        health=health,
        standing=health.standing,
        machine=health.machine,
        troubles=_troubles(health, now),
        waited=lambda at: say("health.minutes", n=max(0, int((now - at).total_seconds() // 60))),
        gib=lambda size: f"{_decimal(size / GIB, say)} GiB",
        since=lambda text: moment(datetime.fromisoformat(text).astimezone(UTC), say.language),
    )


def _decimal(value: float, say: Words) -> str:
    return digits(Decimal(str(value)), 1, say.language)


def _troubles(health: Health, now: datetime) -> list[str]:
    """Return the keys of what is wrong, worst first; the page says each in words and not by colour alone."""
    standing, machine = health.standing, health.machine
    if standing is None or machine is None:
        return []
    found = []
    if health.silent:
        found.append("services" if standing.whole else "services_part")
    if machine.verification is not None and not machine.verification["whole"]:
        found.append("log")
    if standing.whole and machine.disk.is_low:
        found.append("disk")
    if standing.mails_failing:
        found.append("mails")
    if standing.oldest_queued and (now - standing.oldest_queued).total_seconds() > 60 * LONG_WAIT_MINUTES:
        found.append("queue")
    if standing.whole and _is_old(machine.backup, now):
        found.append("backup")
    return found


def _is_old(backup: object, now: datetime) -> bool:
    if not isinstance(backup, dict):
        return True
    taken = datetime.fromisoformat(str(backup["taken"]))
    return (now - taken).total_seconds() > 3600 * OLD_BACKUP_HOURS
