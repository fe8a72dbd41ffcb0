"""The administrator's HTML: the sections, members and their forms, usage, rules, schedules, the audit log."""

from __future__ import annotations

import json
from collections.abc import Mapping
from pathlib import Path
from typing import TypedDict, Unpack

from dashboards.admin.compute import ROLES, SECTIONS, Office
from dashboards.admin.log import Checked, LogPage
from dashboards.theme import figures
from dashboards.theme.sheet import draw
from dashboards.theme.words import Words
from harbour.db import AuditEvent
from harbour.identity import Colleague, Usage

__all__ = ["Outcome", "draw_invitation", "draw_log", "draw_member", "draw_section", "draw_sections"]

HERE = Path(__file__).parent
STEPS = ("B", "KB", "MB", "GB", "TB")


class Outcome(TypedDict, total=False):
    """What came of the last press: `asking` before an act, a `link` that is shown this once, a sentence."""

    asking: str
    link: str
    told: str
    failed: str


def draw_sections(office: Office, chosen: str, say: Words) -> str:
    """Return the list of what is administered here."""
    counts = {
        "members": len(office.members),
        "rules": len(office.rules) or None,
        "schedules": len(office.schedules) or None,
    }
    return draw(HERE / "sections.html", say, office=office, sections=SECTIONS, chosen=chosen, counts=counts)


def draw_section(office: Office, section: str, say: Words, *, told: str = "", failed: str = "") -> str:
    """Return members, usage, rules or schedules."""
    return draw(
        HERE / f"{section}.html",
        say,
        office=office,
        sign_in=sign_in,
        size=lambda number: _size(number, say),
        used=lambda usage: _used(usage, say),
        share=_share,
        told=told,
        failed=failed,
    )


def draw_member(
    office: Office,
    member: Colleague,
    say: Words,
    **outcome: Unpack[Outcome],
) -> str:
    """Return one member: roles, state, what he used, and what came of the last press."""
    return draw(
        HERE / "member.html",
        say,
        office=office,
        member=member,
        roles=ROLES,
        sign_in=sign_in,
        size=lambda number: _size(number, say),
        **(Outcome(asking="", link="", told="", failed="") | outcome),
    )


def draw_invitation(office: Office, given: Mapping[str, str], say: Words, *, failed: str = "") -> str:
    """Return the form by which somebody is invited."""
    return draw(HERE / "invitation.html", say, office=office, given=given, roles=ROLES, failed=failed)


def draw_log(
    office: Office,
    page: LogPage | None,
    given: Mapping[str, str],
    say: Words,
    *,
    checked: Checked | None = None,
    failed: str = "",
) -> str:
    """Return the search and what it found."""
    actors = sorted({member.name for member in office.members} | {event.actor for event in _events(page)})
    return draw(
        HERE / "audit.html",
        say,
        office=office,
        page=page,
        given=given,
        actors=actors,
        detail=_detail,
        checked=checked,
        failed=failed,
    )


def sign_in(name: str) -> str:
    """Return the name a person signs in with: `amelie@port`."""
    organisation, _, short = name.partition("-")
    return f"{short}@{organisation}"


def _events(page: LogPage | None) -> tuple[AuditEvent, ...]:
    return () if page is None else page.events


def _detail(event: AuditEvent) -> str:
    """Return an event's detail as `name: value`, in one line."""
    parts = json.loads(event.detail)
    return " · ".join(
        f"{name}: {value if isinstance(value, str) else json.dumps(value, ensure_ascii=False)}"
        for name, value in parts.items()
        if value is not None
    )


def _size(number: int, say: Words) -> str:
    """Return bytes as people say them, in steps of a thousand."""
    place, left = 0, float(number)
    while left >= 1000 and place < len(STEPS) - 1:
        place, left = place + 1, left / 1000
    unit = say(f"admin.unit_{STEPS[place].lower()}")
    return f"{left:.0f} {unit}" if place == 0 else f"{left:.1f} {unit}".replace(".", say("admin.point"))


def _used(usage: Usage, say: Words) -> str:
    def said(number: int) -> str:
        return _size(number, say) if usage.what == "storage" else figures.count(number, say.language)

    if usage.bound is None:
        return say("admin.used_of_any", used=said(usage.used))
    return say("admin.used_of", used=said(usage.used), bound=said(usage.bound))


def _share(usage: Usage) -> float | None:
    """Return how much of its bound is used, in per cent, 100 at most; None without a bound."""
    if usage.bound is None:
        return None
    return 100.0 if usage.bound == 0 else min(100.0, 100 * usage.used / usage.bound)
