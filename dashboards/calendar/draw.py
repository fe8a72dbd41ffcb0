"""The calendar's HTML: month and list of filings, the schedules, one schedule's runs, the form of a new one."""

from __future__ import annotations

import datetime
import zoneinfo
from collections.abc import Mapping
from pathlib import Path

from dashboards.calendar.compute import Board, Month, Tree
from dashboards.calendar.filings import CHAIN
from dashboards.theme.figures import MONTHS
from dashboards.theme.sheet import draw
from dashboards.theme.words import Words
from harbour.execution import Template
from harbour.scheduling import PERIODS, Schedule, Timing

__all__ = ["draw_form", "draw_month", "draw_nothing", "draw_preferences", "draw_schedules", "draw_tree"]

HERE = Path(__file__).parent
ZONES = tuple(sorted(zone for zone in zoneinfo.available_timezones() if zone.startswith("Europe/")))
DEFAULT_ZONE = "Europe/Paris"
SET_BY_TIMING = "reference_date"


def draw_month(board: Board, month: Month, say: Words) -> str:
    """Return the month beside the list of what is due."""
    title = f"{MONTHS[say.language][month.first.month - 1]} {month.first.year}"
    return draw(HERE / "month.html", say, board=board, month=month, title=title, chain=CHAIN)


def draw_schedules(board: Board, chosen: int | None, say: Words) -> str:
    """Return the list of schedules with when each is due and how it went last."""
    return draw(HERE / "schedules.html", say, board=board, chosen=chosen, timing=lambda s: _timing(s, say))


def draw_tree(
    board: Board, tree: Tree, say: Words, *, asking: str = "", told: str = "", failed: str = ""
) -> str:
    """Return one schedule: what it runs, what may be done, and its runs."""
    return draw(
        HERE / "tree.html",
        say,
        board=board,
        tree=tree,
        schedule=tree.schedule,
        plan=tree.schedule.plan,
        timing=_timing(tree.schedule, say),
        asking=asking,
        told=told,
        failed=failed,
    )


def draw_form(
    board: Board, template: Template, given: Mapping[str, str], say: Words, *, failed: str = ""
) -> str:
    """Return the form of a new schedule, made from the parameters its report declares."""
    parameters = [p for p in template.parameters if p.name != "out"]
    zones = ZONES if given.get("zone", DEFAULT_ZONE) in ZONES else (given["zone"], *ZONES)
    return draw(
        HERE / "form.html",
        say,
        board=board,
        report=template,
        parameters=parameters,
        given={"zone": DEFAULT_ZONE} | dict(given),
        zones=zones,
        periods=tuple(PERIODS),
        set_by_timing=SET_BY_TIMING,
        failed=failed,
    )


def draw_preferences(board: Board, say: Words, *, told: str = "", failed: str = "") -> str:
    """Return how the viewer is told outside the rooms."""
    return draw(HERE / "preferences.html", say, how=board.preferences, told=told, failed=failed)


def draw_nothing(board: Board, say: Words) -> str:
    """Return what stands where a schedule would, when none is chosen."""
    return draw(HERE / "nothing.html", say, board=board)


def _timing(schedule: Schedule, say: Words) -> str:
    timing: Timing = schedule.plan.timing
    if timing.cron is not None:
        return say("calendar.by_cron", cron=timing.cron, zone=timing.zone)
    at = timing.at_time or datetime.time()
    return say(
        "calendar.by_rule",
        days=timing.days_after,
        country=timing.country,
        period=say.name("period", timing.period or ""),
        at=f"{at:%H:%M}",
        zone=timing.zone,
    )
