"""Who people are: names, members, accounts, database logins, deputies."""

from __future__ import annotations

from harbour.identity import accounts, lifecycle, links, logins, names
from harbour.identity.delegations import Delegation, Delegations
from harbour.identity.members import Member

__all__ = ["Delegation", "Delegations", "Member", "accounts", "lifecycle", "links", "logins", "names"]
