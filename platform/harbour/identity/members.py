"""Members of an organisation, as the database shows them to who asks."""

from __future__ import annotations

from dataclasses import dataclass

from sqlalchemy import Row

from harbour.db import Session
from harbour.errors import NotAllowed

__all__ = ["Member", "find_member", "get_me", "list_members"]


@dataclass(frozen=True)
class Member:
    """One person: `name` is the Hub's name, `roles` what he may do in his organisation."""

    name: str
    display_name: str
    organisation: str
    organisation_name: str
    roles: tuple[str, ...]
    state: str = "active"


def get_me(session: Session) -> Member:
    """Return the member whose session this is; NotAllowed when it is no active member's."""
    row = session.row("me")
    if row is None:
        raise NotAllowed("You are not an active member of any organisation.")
    return Member(row.name, row.display_name, row.organisation, row.organisation_name, tuple(row.roles))


def find_member(session: Session, name: str) -> Member | None:
    """Return a member by his Hub name, or None when who asks may not see one."""
    row = session.row("member", name=name)
    return None if row is None else _member(row)


def list_members(session: Session, organisation: str | None = None) -> list[Member]:
    """Return the members who asks may see, by name."""
    return [_member(row) for row in session.rows("members", organisation=organisation)]


def _member(row: Row[tuple[object, ...]]) -> Member:
    return Member(
        row.name, row.display_name, row.organisation, row.organisation_name, tuple(row.roles), row.state
    )
