"""What an organisation's administrator does with its members himself; the database holds the bounds.

In his own organisation only, never for himself, never a role of the platform; each act is in the audit log.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from harbour.db import Session
from harbour.identity import links

__all__ = ["Administration", "Colleague", "Standing", "Usage"]


@dataclass(frozen=True)
class Colleague:
    """A member as his administrator sees him.

    Attributes
    ----------
    invited
        Has not chosen a password yet.
    from_directory
        Signs in through the bank's own directory, which says what his roles are.
    seen_at
        When he was last here; None for never.
    runs, runs_lately
        Of all time, and of the last thirty days.
    storage
        Bytes of files he stored.
    """

    name: str
    display_name: str
    state: Literal["active", "suspended"]
    roles: tuple[str, ...]
    invited: bool
    from_directory: bool
    seen_at: datetime | None
    runs: int
    runs_lately: int
    storage: int


@dataclass(frozen=True)
class Usage:
    """How much of something an organisation uses, and its bound (None: none).

    `what` is members, runs_a_day, storage (bytes) or servers.
    """

    organisation: str
    organisation_name: str
    what: str
    used: int
    bound: int | None


@dataclass(frozen=True)
class Standing:
    """How the platform stands: the `whole` of it, or the part that is one organisation's.

    Attributes
    ----------
    oldest_queued
        When the run that waits longest was asked for.
    ended_lately, failed_lately
        Runs of the last 24 hours.
    mails_waiting, mails_failing, mails_since, mails_given_up
        Of the whole only.
    """

    whole: bool
    queued: int
    running: int
    oldest_queued: datetime | None
    ended_lately: int
    failed_lately: int
    mails_waiting: int | None
    mails_failing: int | None
    mails_since: datetime | None
    mails_given_up: int | None
    server_version: str


class Administration:
    """The members of one's organisation, for its administrator."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def members(self) -> list[Colleague]:
        """Return the members with what they use; none to who administers nothing."""
        rows = self._session.rows("members_administered")
        return [Colleague(**(dict(row._mapping) | {"roles": tuple(row.roles)})) for row in rows]

    def usage(self) -> list[Usage]:
        """Return what one's organisation uses; the platform's administrator sees every organisation's counts."""
        return [Usage(**row._mapping) for row in self._session.rows("usage_administered")]

    def standing(self) -> Standing | None:
        """Return how the platform stands, in counts; None to who administers nothing."""
        row = self._session.row("platform_standing")
        return None if row is None else Standing(**row._mapping)

    def invite(self, name: str, display_name: str, roles: Collection[str], address: str) -> str:
        """Add a member and return the link by which he chooses his password, once, within 72 hours; kept nowhere.

        Parameters
        ----------
        name : str
            His Hub name, `port-amelie`.
        address : str
            Where the platform is reached, ending in a slash.
        """
        link, digest = links.new_link(address)
        self._session.call("invite_member", name=name, display=display_name, roles=list(roles), hash=digest)
        return link

    def renew_invitation(self, name: str, address: str) -> str:
        """Return a new link for who has not used his; the one before stops working."""
        link, digest = links.new_link(address)
        self._session.call("renew_invitation", name=name, hash=digest)
        return link

    def suspend(self, name: str) -> None:
        """Shut a colleague out; what the Hub has open for him ends within seconds."""
        self._session.call("move_member", name=name, state="suspended")

    def reinstate(self, name: str) -> None:
        """Let a suspended colleague back."""
        self._session.call("move_member", name=name, state="active")

    def set_roles(self, name: str, roles: Collection[str]) -> None:
        """Give a colleague exactly these roles."""
        self._session.call("change_roles", name=name, roles=list(roles))
