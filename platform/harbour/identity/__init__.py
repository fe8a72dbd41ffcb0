"""Who people are: names, members, accounts, database logins."""

from __future__ import annotations

from harbour.identity import accounts, logins, names
from harbour.identity.members import Member

__all__ = ["Member", "accounts", "logins", "names"]
