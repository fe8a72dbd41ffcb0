"""`harbour member`: the members, and new one-time passwords for them."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

import harbour
from harbour.cli.exits import DONE
from harbour.identity import accounts, names
from harbour.services.database import as_login
from harbour.settings import load_settings

__all__ = ["add", "list_members", "reset_password"]


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
    _print_once(console, login, password)
    return DONE


def add(console: Console, login: str, display_name: str, roles: tuple[str, ...]) -> int:
    """Add a member and print the one-time password."""
    with as_login(load_settings(), "harbour_admin") as dsn, harbour.connect(dsn) as admin:
        password = accounts.create_member(admin, names.hub_name(login), display_name, roles=roles)
    _print_once(console, login, password)
    return DONE


def _print_once(console: Console, login: str, password: str) -> None:
    console.print(f"{login}  {password}", markup=False, highlight=False)
    console.print("Works once, at the next sign-in; it is shown here and kept nowhere.", highlight=False)
