"""Organisations: which is below which, the entities each reports for, the notebook servers each runs.

What is changed here, the login `harbour_admin` changes.
"""

from __future__ import annotations

from collections.abc import Collection
from dataclasses import dataclass

from harbour.db import Session
from harbour.identity.accounts import Holder

__all__ = [
    "Organisation",
    "keep_servers",
    "list_organisations",
    "set_entities",
    "set_parent",
    "start_server",
    "stop_server",
]


@dataclass(frozen=True)
class Organisation:
    """An organisation, and the short name of the one above it."""

    slug: str
    name: str
    parent: str | None


def list_organisations(session: Session) -> list[Organisation]:
    """Return the organisations the session may look at."""
    return [Organisation(**row._mapping) for row in session.rows("organisations_below")]


def set_parent(admin: Holder, organisation: str, parent: str | None) -> None:
    """Put an organisation below another, or on its own; a circle is refused."""
    admin.session.row("set_parent", organisation=organisation, parent=parent)


def set_entities(admin: Holder, organisation: str, leis: Collection[str]) -> None:
    """Say for which entities, by their LEI, an organisation reports: a return of any other is refused.

    An organisation without entities reports for any that is not another's.
    """
    admin.session.row("set_entities", organisation=organisation, leis=sorted(set(leis)))


def start_server(admin: Holder, name: str, server: str = "") -> None:
    """Count a member's notebook server that is about to start.

    Raises
    ------
    QuotaReached
        When the organisation runs as many as it may.
    NotAllowed
        When the member is suspended.
    """
    admin.session.call("start_server", name=name, server=server)


def stop_server(admin: Holder, name: str, server: str = "") -> None:
    """Count it no more: it has ended, or never came up."""
    admin.session.call("stop_server", name=name, server=server)


def keep_servers(admin: Holder, running: Collection[str]) -> int:
    """Say whose servers still run after the Hub was away; return how many had ended unseen."""
    row = admin.session.row("keep_servers", names=sorted(running))
    return 0 if row is None else int(row[0])
