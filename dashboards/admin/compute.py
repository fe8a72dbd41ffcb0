"""What the administrator's room shows, asked of a connection that acts as the viewer."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from dashboards.theme.people import name_people
from harbour import Connection
from harbour.approvals import ApprovalRule
from harbour.identity import Colleague, Member, Usage
from harbour.scheduling import Schedule

__all__ = ["ROLES", "SECTIONS", "Office", "moment_of", "read_office", "roles_of"]

SECTIONS = ("members", "usage", "rules", "schedules", "audit")
ROLES = ("analyst", "viewer", "reviewer", "org_admin")
"""What an administrator may give; the platform's own role is never among them."""


@dataclass(frozen=True)
class Office:
    """Everything the viewer administers.

    Attributes
    ----------
    may_change
        Whether he may invite, suspend and change roles; the database has the last word.
    directory
        Whether people come through the bank's own directory: then nobody is invited here.
    rules
        The approval rules in force, the organisation's own first.
    """

    me: Member
    people: Mapping[str, str]
    may_change: bool
    directory: bool
    members: tuple[Colleague, ...]
    usage: tuple[Usage, ...]
    rules: tuple[ApprovalRule, ...]
    schedules: tuple[Schedule, ...]

    @property
    def may_enter(self) -> bool:
        """Return whether there is anything here for the viewer."""
        return bool({"org_admin", "platform_admin"} & set(self.me.roles))

    def find(self, name: str) -> Colleague | None:
        """Return a member by his Hub name, or None."""
        return next((member for member in self.members if member.name == name), None)

    def usage_by_organisation(self) -> dict[str, list[Usage]]:
        """Return what is used, by the organisation's name."""
        found: dict[str, list[Usage]] = {}
        for usage in self.usage:
            found.setdefault(usage.organisation_name, []).append(usage)
        return found


def read_office(connection: Connection, *, directory: bool) -> Office:
    """Return what the viewer administers."""
    me = connection.me
    newest = {rule.template: rule for rule in connection.rules.list()}  # versions come oldest first
    return Office(
        me=me,
        people=name_people(connection),
        may_change="org_admin" in me.roles and me.organisation != "platform",
        directory=directory,
        members=tuple(connection.administration.members()),
        usage=tuple(connection.administration.usage()),
        rules=tuple(newest.values()),
        schedules=tuple(connection.schedules.list()) if "org_admin" in me.roles else (),
    )


def roles_of(fields: Mapping[str, str]) -> list[str]:
    """Return the roles that are ticked in a form."""
    return [role for role in ROLES if fields.get(f"role-{role}")]


def moment_of(text: str, *, day_after: bool = False) -> datetime.datetime | None:
    """Return the begin of a day in UTC, or of the day after it; None for no day.

    Raises
    ------
    ValueError
        When the text is no date.
    """
    if not text.strip():
        return None
    day = datetime.date.fromisoformat(text.strip()) + datetime.timedelta(days=int(day_after))
    return datetime.datetime.combine(day, datetime.time(), datetime.UTC)
