"""How a signed-in member stands: his roles now, and whether his session still lasts."""

from __future__ import annotations

from typing import Any

import harbour
from harbour.errors import HarbourError
from harbour.hub.access import groups_of
from harbour.identity import accounts

__all__ = ["IDLE_MINUTES", "LIFETIME_HOURS", "model_of", "standing_of"]

IDLE_MINUTES = 120
LIFETIME_HOURS = 12


def standing_of(name: str) -> dict[str, Any] | bool:
    """Return the Hub's model of a member, False once he must sign in again, True while nobody can be asked."""
    try:
        with harbour.connect() as admin:
            model = model_of(admin, name)
            lasts = model is not None and accounts.continue_session(
                admin, name, idle_minutes=IDLE_MINUTES, lifetime_hours=LIFETIME_HOURS
            )
            return model if model is not None and lasts else False
    except HarbourError:
        # The database is away for a moment: sessions stay as they are, the guard is in the database itself.
        return True


def model_of(admin: harbour.Connection, name: str) -> dict[str, Any] | None:
    """Return the Hub's model of an active member, or None."""
    member = accounts.find_member(admin, name)
    if member is None or member.state != "active":
        return None
    return {"name": name, "admin": False, "groups": groups_of(member.organisation, member.roles)}
