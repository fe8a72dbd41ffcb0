"""`harbour member`: the members, and new one-time passwords for them."""

from __future__ import annotations

from rich.console import Console
from rich.table import Table

import harbour
from harbour.cli.exits import DONE
from harbour.errors import SettingsError
from harbour.identity import accounts, admission, codes, lifecycle, links, names
from harbour.identity.directory import load_directory
from harbour.services.database import as_login
from harbour.settings import load_settings

__all__ = [
    "add",
    "invite",
    "link",
    "list_members",
    "one_time_codes",
    "reinstate",
    "reset_password",
    "set_roles",
    "suspend",
]


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


def invite(console: Console, login: str, display_name: str | None, roles: tuple[str, ...]) -> int:
    """Print a link by which a member chooses his password: a new member, or one who forgot his."""
    settings, name = load_settings(), names.hub_name(login)
    if load_directory(settings) is not None:
        raise SettingsError("People sign in with your directory here: give them a group there instead.")
    with as_login(settings, "harbour_admin") as dsn, harbour.connect(dsn) as admin:
        known = accounts.find_member(admin, name) is not None
        if not known:
            accounts.create_member(admin, name, display_name or login, roles=roles)
        purpose: links.Purpose = "reset" if known else "invitation"
        address = links.make_link(admin, name, purpose, settings.link_address)
    console.print(address, markup=False, highlight=False, soft_wrap=True)
    console.print(
        f"Works once, within {links.HOURS[purpose]} hours; it is shown here and kept nowhere.",
        highlight=False,
    )
    return DONE


def suspend(console: Console, login: str) -> int:
    """Shut a member out; what he has open ends within seconds."""
    with as_login(load_settings(), "harbour_admin") as dsn, harbour.connect(dsn) as admin:
        lifecycle.suspend(admin, login)
    console.print(f"{login} is suspended: what he has open ends within seconds.", highlight=False)
    return DONE


def reinstate(console: Console, login: str) -> int:
    """Let a suspended member back."""
    with as_login(load_settings(), "harbour_admin") as dsn, harbour.connect(dsn) as admin:
        lifecycle.reinstate(admin, login)
    console.print(f"{login} may sign in again.", highlight=False)
    return DONE


def set_roles(console: Console, login: str, roles: tuple[str, ...]) -> int:
    """Give a member exactly these roles."""
    with as_login(load_settings(), "harbour_admin") as dsn, harbour.connect(dsn) as admin:
        accounts.set_roles(admin, login, roles)
    console.print(f"{login} is now {', '.join(sorted(set(roles)))}.", highlight=False)
    return DONE


def link(console: Console, login: str, subject: str) -> int:
    """Let a person of the bank's directory sign in as a member who is here already."""
    settings = load_settings()
    directory = load_directory(settings)
    if directory is None:
        raise SettingsError(
            f"There is no directory to link to: see docs/deploy.md, {settings.data / 'oidc.toml'}."
        )
    with as_login(settings, "harbour_admin") as dsn, harbour.connect(dsn) as admin:
        admission.link(admin, directory, login, subject)
    console.print(f"{login} is linked to {subject} of {directory.issuer}.", highlight=False)
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
