"""Who people are: names, members, accounts, database logins, deputies."""

from __future__ import annotations

from harbour.identity import accounts, lifecycle, links, logins, names
from harbour.identity.administration import Administration, Colleague, Standing, Usage
from harbour.identity.delegations import Delegation, Delegations
from harbour.identity.members import Member

__all__ = [
    "Administration",
    "Colleague",
    "Delegation",
    "Delegations",
    "Member",
    "Standing",
    "Usage",
    "accounts",
    "lifecycle",
    "links",
    "logins",
    "names",
]
