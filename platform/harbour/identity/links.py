"""Links that invite a member or let him choose a new password: each works once, and for a time.

For the login `harbour_admin`. The token stands behind the `#` of the address, which a browser sends to nobody:
no access log, no proxy and no referrer ever sees it. The database keeps its SHA-256.
"""

from __future__ import annotations

import hashlib
import secrets
from dataclasses import dataclass
from typing import Literal

from sqlalchemy import text

from harbour.db.queries import query
from harbour.errors import HarbourError, NotAllowed
from harbour.identity import names
from harbour.identity.accounts import HASHER, SHORTEST_PASSWORD, Holder, ensure_database_login

__all__ = ["HOURS", "PAGE", "Link", "Purpose", "find_link", "make_link", "new_link", "use_link"]

Purpose = Literal["invitation", "reset"]
HOURS: dict[Purpose, int] = {"invitation": 72, "reset": 24}
PAGE = "hub/welcome"
ENDED = "This link has been used, or its time is over: ask your administrator for a new one."


@dataclass(frozen=True)
class Link:
    """Whose link it is, and what for."""

    name: str
    display_name: str
    purpose: str


def make_link(admin: Holder, name: str, purpose: Purpose, address: str) -> str:
    """Return a link for a member; the one before stops working.

    Parameters
    ----------
    address : str
        Where the platform is reached, ending in a slash.
    """
    link, digest = new_link(address)
    admin.session.row(
        "make_link",
        name=names.hub_name(name),
        hash=digest,
        purpose=purpose,
        hours=HOURS[purpose],
    )
    return link


def new_link(address: str) -> tuple[str, str]:
    """Return a link that nobody has, and the SHA-256 of its token, which is all that is ever kept."""
    token = secrets.token_urlsafe(32)
    return f"{address}{PAGE}#{token}", _hash(token)


def find_link(admin: Holder, token: str) -> Link:
    """Return whose a link is; NotAllowed when it does not work any more."""
    row = admin.session.row("link_member", hash=_hash(token))
    if row is None or row.name is None:
        raise NotAllowed(ENDED)
    return Link(row.name, row.display_name, row.purpose)


def use_link(admin: Holder, token: str, password: str) -> str:
    """Set the password of a link's owner, use the link up, and return his name; he has a database login then.

    Raises
    ------
    NotAllowed
        When the link does not work any more, also for the second of two at once.
    """
    if len(password) < SHORTEST_PASSWORD:
        raise HarbourError(f"Choose at least {SHORTEST_PASSWORD} characters.")
    find_link(admin, token)  # a link that has ended costs no hashing
    values = {"hash": _hash(token), "password_hash": HASHER.hash(password)}
    with admin.session.transaction() as connection:
        name = connection.execute(text(query("use_link")), values).scalar_one()
        if name is None:
            raise NotAllowed(ENDED)
        ensure_database_login(connection, names.role_of(name))
    return str(name)


def _hash(token: str) -> str:
    return hashlib.sha256(token.encode()).hexdigest()
