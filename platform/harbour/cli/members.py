"""`harbour member`: the members, and new one-time passwords for them."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

import harbour
from harbour.cli.exits import DONE
from harbour.identity import accounts, codes, names
from harbour.services.database import as_login
from harbour.settings import load_settings

__all__ = ["add", "list_members", "one_time_codes", "reset_password"]


def list_members(console: Console) -> int:
    """Print every member with organisation and roles."""
    with as_login(load_settings(), "harbour_admin") as dsn, harbour.connect(dsn) as admin:
        table = Table("sign-in name", "name", "organisation", "roles", "state", box=None, pad_edge=False)
        for member in accounts.list_members(admin):
            organisation, _, name = member.name.partition("-")
            row = (member.display_name, member.organisation_name, ", ".join(member.roles), member.state)
            table.add_row(f"{name}@{organisation}", *row)
    console.print(table)
    return DONE


def reset_password(console: Console, login: str) -> int:
    """Print a new one-time password; the old password no longer works."""
    with as_login(load_settings(), "harbour_admin") as dsn, harbour.connect(dsn) as admin:
        password = accounts.reset_password(admin, names.hub_name(login))
    _print_once(console, login, password, hours=24)
    return DONE


def add(console: Console, login: str, display_name: str, roles: tuple[str, ...]) -> int:
    """Add a member and print the one-time password."""
    with as_login(load_settings(), "harbour_admin") as dsn, harbour.connect(dsn) as admin:
        password = accounts.create_member(admin, names.hub_name(login), display_name, roles=roles)
    _print_once(console, login, password, hours=72)
    return DONE


def one_time_codes(console: Console, login: str, *, confirm: str | None, off: bool) -> int:
    """Begin one-time codes for a member, switch them on with a first right code, or switch them off."""
    name = names.hub_name(login)
    with as_login(load_settings(), "harbour_admin") as dsn, harbour.connect(dsn) as admin:
        if off:
            codes.drop(admin, name)
            console.print(f"{login} signs in without a one-time code.", highlight=False)
        elif confirm:
            for code in codes.confirm(admin, name, confirm):
                console.print(code, highlight=False)
            console.print("Recovery codes: each works once instead of a code; kept nowhere.", highlight=False)
        else:
            enrolment = codes.enrol(admin, name)
            console.print(enrolment.secret, highlight=False)
            console.print(enrolment.address, highlight=False, soft_wrap=True)
            console.print(
                "Put either into an authenticator app, then switch it on: "
                f"harbour member codes {login} --confirm CODE",
                highlight=False,
                soft_wrap=True,
            )
    return DONE


def _print_once(console: Console, login: str, password: str, *, hours: int) -> None:
    console.print(f"{login}  {password}", markup=False, highlight=False)
    console.print(
        f"Works once, at a sign-in within {hours} hours; it is shown here and kept nowhere.", highlight=False
    )
