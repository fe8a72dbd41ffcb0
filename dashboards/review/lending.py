"""A reviewer's role lent to a deputy while he is away; the database keeps it from reaching its lender's own work."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass

from dashboards.theme.people import name_people
from harbour import Connection
from harbour.errors import BadParameters
from harbour.identity.delegations import Delegation

__all__ = ["Lending", "lend", "read_lending", "take_back"]

ROLE = "reviewer"


@dataclass(frozen=True)
class Lending:
    """What the viewer lent and may lend."""

    may: bool
    """Whether he has a role that can be lent here."""
    colleagues: Mapping[str, str]
    lent: tuple[Delegation, ...]


def read_lending(connection: Connection) -> Lending:
    """Return what is lent now; nothing for who reviews nothing."""
    me = connection.me
    if ROLE not in me.roles:
        return Lending(False, {}, ())
    now = datetime.datetime.now(datetime.UTC)
    lent = tuple(
        given
        for given in connection.delegations.list()
        if given.principal == me.name and given.ended_at is None and given.until > now
    )
    others = {name: shown for name, shown in name_people(connection).items() if name != me.name}
    return Lending(True, others, lent)


def lend(connection: Connection, deputy: str, until: str) -> None:
    """Lend the role of a reviewer until the end of a day, in UTC.

    Raises
    ------
    BadParameters
        When the day is none. HarbourError with a sentence for the viewer when the database refuses.
    """
    try:
        day = datetime.date.fromisoformat(until)
    except ValueError:
        raise BadParameters("A delegation ends on a day to come, within a year.") from None
    end = datetime.datetime.combine(day, datetime.time(23, 59, 59), datetime.UTC)
    connection.delegations.lend(deputy, ROLE, end)


def take_back(connection: Connection, delegation: int) -> None:
    """End a delegation now."""
    connection.delegations.end(delegation)
