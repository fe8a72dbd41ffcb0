"""People by the names their colleagues call them."""

from __future__ import annotations

from collections.abc import Mapping

from harbour import Connection

__all__ = ["name_people"]


def name_people(connection: Connection) -> Mapping[str, str]:
    """Return display names by Hub name, of the people the viewer may see; others keep their Hub name."""
    return {member.name: member.display_name for member in connection.members()}
