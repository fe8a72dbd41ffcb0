"""Suspend a member and let him back; how much an organisation may have. For the login `harbour_admin`."""

from __future__ import annotations

import time

from sqlalchemy import text

from harbour.errors import DatabaseError
from harbour.identity import accounts, logins, names
from harbour.identity.accounts import Holder

__all__ = ["end_sessions", "reinstate", "set_quota", "shut_out_suspended", "suspend"]

SECONDS = 5.0
"""How long a terminated session is waited for."""


def suspend(admin: Holder, name: str) -> None:
    """Shut a member out at once: no login, no rights in a service, and his open sessions ended.

    His work and his name in the audit log stay. Raises DatabaseError when a session would not end.
    """
    # First the state: from here on every policy and every function answers him nothing, whatever is still open.
    accounts.set_state(admin, name, "suspended")
    end_sessions(admin, name)


def end_sessions(admin: Holder, name: str) -> None:
    """Take the member's database password away and end his open database sessions; DatabaseError when one stays."""
    login, end = names.role_of(names.hub_name(name)), time.monotonic() + SECONDS
    while True:
        logins.revoke_login(admin, name)
        with admin.session.transaction() as connection:
            still = connection.execute(
                text("SELECT count(*) FROM pg_stat_activity WHERE usename = :login"), {"login": login}
            ).scalar_one()
        if not still:
            return
        if time.monotonic() > end:
            raise DatabaseError(f"{name} is shut out, but {still} database sessions have not ended yet.")
        time.sleep(0.05)


def shut_out_suspended(admin: Holder) -> list[str]:
    """Take the database password, and every open session, of whoever is suspended and still has them.

    An organisation's administrator and a bank's directory suspend inside the database, which cannot take a
    password away: the Hub calls this every two seconds. Returns whom it shut out.
    """
    found = [str(row.name) for row in admin.session.rows("suspended_with_login")]
    for name in found:
        end_sessions(admin, name)
    return found


def reinstate(admin: Holder, name: str) -> None:
    """Let a suspended member back; he signs in with the password he had."""
    accounts.set_state(admin, name, "active")


def set_quota(
    admin: Holder,
    organisation: str,
    *,
    members: int | None = None,
    runs_a_day: int | None = None,
    storage: int | None = None,
    servers: int | None = None,
) -> None:
    """Bound an organisation's active members, runs a day (UTC), bytes of artefacts and servers; None is no bound."""
    admin.session.row(
        "set_quota",
        organisation=organisation,
        members=members,
        runs_a_day=runs_a_day,
        storage=storage,
        servers=servers,
    )
