"""One person, four names.

`amelie@port` to sign in, `port-amelie` at the Hub, `m_port_amelie` in Postgres, `pl-port-amelie` on the
machine.

The parts have no separator of their own and a bounded length, so that every mapping can be read back and the
longest (the system user) stays within Linux's 32 characters.
"""

from __future__ import annotations

import re

from harbour.errors import HarbourError

__all__ = ["hub_name", "hub_name_of_role", "organisation_of", "role_of", "system_user"]

HUB_NAME = re.compile(r"[a-z][a-z0-9]{0,11}-[a-z][a-z0-9]{0,15}")
SIGN_IN_NAME = re.compile(r"([a-z][a-z0-9]{0,15})@([a-z][a-z0-9]{0,11})")


def hub_name(name: str) -> str:
    """Return the Hub's name (`port-amelie`) for it or for a sign-in name (`amelie@port`), in any case."""
    wanted = name.strip().lower()
    sign_in = SIGN_IN_NAME.fullmatch(wanted)
    if sign_in:
        wanted = f"{sign_in[2]}-{sign_in[1]}"
    if not HUB_NAME.fullmatch(wanted):
        raise HarbourError(
            f"{name!r} is not a member's name: write name@organisation, with letters a-z and digits, "
            "at most 16 characters and 12."
        )
    return wanted


def organisation_of(name: str) -> str:
    """Return the organisation's short name: `port` for `port-amelie`."""
    return hub_name(name).split("-")[0]


def role_of(name: str) -> str:
    """Return the Postgres role: `m_port_amelie` for `port-amelie`."""
    return "m_" + hub_name(name).replace("-", "_")


def hub_name_of_role(role: str) -> str:
    """Return the Hub's name of a Postgres role: `port-amelie` for `m_port_amelie`."""
    return hub_name(role.removeprefix("m_").replace("_", "-"))


def system_user(name: str) -> str:
    """Return the system user: `pl-port-amelie` for `port-amelie`."""
    return "pl-" + hub_name(name)
