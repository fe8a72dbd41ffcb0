"""Where a team is told: Slack, Teams, Mattermost or a webhook, by one line of address, through apprise."""

from __future__ import annotations

import ipaddress
import logging
import socket
from urllib.parse import urlsplit

__all__ = ["check_address", "send"]

KINDS = ("slack", "msteams", "workflows", "mmost", "mmosts", "json", "jsons")
SEVERAL_HOSTS = ("slack", "msteams")
"""Kinds whose host is the provider's own: what stands in its place is a token."""

log = logging.getLogger("harbour.post")


def check_address(address: str) -> str | None:
    """Return why nothing is sent to an address, or None.

    The worker would reach services of this machine that a member cannot: those are refused, by name or number.
    """
    try:
        parts = urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return "the channel's address is not understood"
    if parts.scheme not in KINDS:
        return f"a channel's address begins with one of {', '.join(f'{kind}://' for kind in KINDS)}"
    if parts.scheme in SEVERAL_HOSTS:
        return None
    try:
        found = {entry[4][0] for entry in socket.getaddrinfo(host, None)}
    except (OSError, UnicodeError):
        return f"there is no host {host}"
    for number in found:
        where = ipaddress.ip_address(str(number).partition("%")[0])
        if where.is_loopback or where.is_link_local or where.is_unspecified or where.is_multicast:
            return f"{host} is this machine itself: a channel is another"
    return None


def send(address: str, title: str, body: str) -> str | None:
    """Send a message to a channel; return why it did not go, or None."""
    from apprise import Apprise  # noqa: PLC0415  # slow to import, and most banks have no channel

    if problem := check_address(address):
        return problem
    courier = Apprise()
    if not courier.add(address):
        return "the channel's address is not understood"
    return None if courier.notify(body=body, title=title) else "the channel did not take the message"
