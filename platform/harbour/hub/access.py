"""Who may open what: the members' roles as groups of the Hub, and the Hub's roles over them."""

from __future__ import annotations

from collections.abc import Iterable, Sequence
from typing import Any

__all__ = [
    "DASHBOARDS",
    "HOME",
    "LAB_ROLES",
    "first_room",
    "groups_of",
    "load_roles",
    "may_have_server",
    "may_view",
    "next_room",
]

DASHBOARDS = "dashboards"
"""Name of the one server a viewer has: Voila over what is published, and nothing else."""
VIEWER = "role-viewer"

LAB_ROLES = frozenset({"analyst"})
"""Roles that get JupyterLab; whoever only reads or decides gets no kernel to reach the database with."""

OFFICES = ("admin", "health")
"""Rooms for administrators only: to others the Hub does not even show them."""
OFFICE_ROLES = ("org_admin", "platform_admin")

HOME = "home"
LANDINGS = (
    ("role-analyst", HOME),
    ("role-reviewer", "review"),
    ("role-org_admin", HOME),
    ("role-viewer", "cockpit"),
)
"""Group → the room it lands in; of several, the first."""


def groups_of(organisation: str, roles: Iterable[str]) -> list[str]:
    """Return the Hub groups of a member: his organisation's and one per role."""
    return [f"org-{organisation}", *(f"role-{role}" for role in sorted(roles))]


def may_have_server(groups: Iterable[str]) -> bool:
    """Say whether these groups give a JupyterLab server."""
    return bool({f"role-{role}" for role in LAB_ROLES} & set(groups))


def may_view(groups: Iterable[str]) -> bool:
    """Say whether these groups give a viewer's server: the role of a viewer, and no other.

    A dashboard runs with the rights of who opens it. Who makes or decides anything opens its page instead, so that
    no notebook of a colleague's ever acts with his.
    """
    return {group for group in groups if group.startswith("role-")} == {VIEWER}


def first_room(groups: Iterable[str]) -> str:
    """Return where a member of these groups lands after signing in: the page of his role."""
    held = set(groups)
    room = next((room for group, room in LANDINGS if group in held), HOME)
    return f"/services/{room}/"


def next_room(handler: Any) -> str:  # noqa: ANN401  # the Hub's request handler has no types
    """Return the address a signed-in request without a destination goes to."""
    user = handler.current_user
    if user is None:
        return ""
    return first_room(group.name for group in user.groups)


def load_roles(rooms: Sequence[str]) -> list[dict[str, Any]]:
    """Return the Hub's roles: rooms for everyone, a Lab for analysts, a server that only shows for viewers.

    The Hub's own `user` role is narrowed on purpose: it lets everyone start a server and hand out tokens.
    """
    own_name = ["read:users:name!user", "read:users:groups!user"]
    everyone = [_access(room) for room in rooms if room not in OFFICES] + own_name
    return [
        {"name": "user", "description": "Opens the dashboards", "scopes": everyone},
        {
            "name": "lab",
            "description": "Has a JupyterLab server",
            "scopes": ["self"],
            "groups": [f"role-{role}" for role in sorted(LAB_ROLES)],
        },
        {
            "name": "office",
            "description": "Opens the administrators' rooms",
            "scopes": [_access(room) for room in rooms if room in OFFICES],
            "groups": [f"role-{role}" for role in OFFICE_ROLES],
        },
        {
            "name": "viewing",
            "description": "Has a server that shows published notebooks",
            "scopes": ["servers!user", "access:servers!user"],
            "groups": [VIEWER],
        },
        {
            "name": "culler",
            "description": "Stops servers nobody uses",
            "scopes": ["list:users", "read:users:activity", "read:servers", "delete:servers"],
            "services": ["culler"],
        },
        {
            "name": "metrics",
            "description": "Reads the Hub's figures for Prometheus",
            "scopes": ["read:metrics"],
            "services": ["metrics"],
        },
    ]


def _access(room: str) -> str:
    return f"access:services!service={room}"
