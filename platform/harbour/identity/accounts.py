"""Accounts of the embedded platform: organisations, members, passwords. For the login `harbour_admin`.

Passwords are argon2 hashes in a table that nobody may read; the lockout is kept beside them, so that a
restart does not open it.
"""

from __future__ import annotations

import re
import secrets
from dataclasses import dataclass
from functools import cache
from typing import Literal, Protocol

from argon2 import PasswordHasher
from argon2.exceptions import InvalidHashError, VerificationError
from psycopg import sql
from sqlalchemy import Connection, text

from harbour.db import Session
from harbour.db.queries import query
from harbour.errors import HarbourError, NotAllowed
from harbour.identity import codes, members, names
from harbour.identity.members import Member

__all__ = [
    "Login",
    "begin_session",
    "change_password",
    "continue_session",
    "create_database_login",
    "create_member",
    "create_organisation",
    "ensure_database_login",
    "find_member",
    "has_codes",
    "list_members",
    "list_organisations",
    "reset_password",
    "roles_of",
    "set_roles",
    "set_state",
    "verify_password",
]

SERVICES = ("harbour_dashboards", "harbour_worker")
SHORTEST_PASSWORD = 12
SLUG = re.compile(r"[a-z][a-z0-9]{0,11}")
HASHER = PasswordHasher()


class Holder(Protocol):
    """Anything that holds a session: a `harbour.Connection`."""

    @property
    def session(self) -> Session:
        """The way into the database."""


@dataclass(frozen=True)
class Login:
    """What came of a login.

    `must_change` lets the member in only to set a password of his own; `code_needed` asks for the one-time
    code beside the right password; `expired` is a one-time password that came too late.
    """

    outcome: Literal["ok", "must_change", "code_needed", "expired", "refused", "locked"]
    member: Member | None = None


def create_organisation(admin: Holder, slug: str, name: str) -> None:
    """Create an organisation; `slug` is its short name in every member's name.

    Raises
    ------
    HarbourError
        For a short name that is taken, or is not a letter and up to eleven letters and digits more.
    """
    if not SLUG.fullmatch(slug):
        raise HarbourError(
            f"{slug!r} is no short name: a letter and up to eleven letters and digits more, a-z, 0-9."
        )
    if slug in list_organisations(admin):
        raise HarbourError(f"There is an organisation {slug!r} already.")
    admin.session.row("add_organisation", slug=slug, name=name)


def create_member(admin: Holder, name: str, display_name: str, *, roles: tuple[str, ...]) -> str:
    """Create a member with his own database login, and return his one-time password, which is kept nowhere.

    Parameters
    ----------
    admin : Connection
        As `harbour_admin`.
    name : str
        `port-amelie` or `amelie@port`; the organisation exists.
    display_name : str
        As people write it.
    roles : tuple of str
        Of analyst, viewer, reviewer, org_admin; or platform_admin in the organisation `platform`.
    """
    if not roles:
        raise HarbourError("A member has at least one role.")
    name, password = names.hub_name(name), secrets.token_urlsafe(12)
    with admin.session.transaction() as connection:
        login = connection.execute(
            text(query("add_member")),
            {
                "organisation": names.organisation_of(name),
                "name": name,
                "display_name": display_name,
                "roles": sorted(set(roles)),
                "password_hash": HASHER.hash(password),
            },
        ).scalar_one()
        create_database_login(connection, login)
    return password


def create_database_login(connection: Connection, login: str) -> None:
    """Create a member's Postgres role: no password yet, a member's rights, open to the trusted services."""
    role = sql.Identifier(login)
    statements = [
        sql.SQL("CREATE ROLE {} LOGIN NOINHERIT CONNECTION LIMIT 20 VALID UNTIL 'epoch'").format(role),
        # The rights are inherited; becoming harbour_member would hide who acts.
        sql.SQL("GRANT harbour_member TO {} WITH INHERIT TRUE, SET FALSE").format(role),
        *(
            sql.SQL("GRANT {} TO {} WITH INHERIT FALSE, SET TRUE").format(role, sql.Identifier(service))
            for service in SERVICES
        ),
    ]
    for statement in statements:
        connection.exec_driver_sql(statement.as_string())


def ensure_database_login(connection: Connection, login: str) -> None:
    """Create a member's Postgres role unless he has one: who was invited gets it with his password."""
    there = text("SELECT EXISTS (SELECT FROM pg_roles WHERE rolname = :login)")
    if not connection.execute(there, {"login": login}).scalar_one():
        create_database_login(connection, login)


def find_member(admin: Holder, name: str) -> Member | None:
    """Return a member by his name, or None."""
    return members.find_member(admin.session, names.hub_name(name))


def list_members(admin: Holder, organisation: str | None = None) -> list[Member]:
    """Return the members of an organisation, or of all."""
    return members.list_members(admin.session, organisation)


def list_organisations(admin: Holder) -> dict[str, str]:
    """Return short name → name of every organisation."""
    return {row.slug: row.name for row in admin.session.rows("organisations")}


def roles_of(admin: Holder, name: str) -> tuple[str, ...]:
    """Return the roles of an active member; none for a suspended or unknown one."""
    found = find_member(admin, name)
    return found.roles if found is not None and found.state == "active" else ()


def set_state(admin: Holder, name: str, state: Literal["active", "suspended"]) -> None:
    """Suspend a member or let him back; end his sessions with `logins.revoke_login`."""
    admin.session.row("set_member_state", name=names.hub_name(name), state=state)


def set_roles(admin: Holder, name: str, roles: tuple[str, ...]) -> None:
    """Give a member exactly these roles; HarbourError for none, or for one his organisation cannot give."""
    admin.session.row("set_member_roles", name=names.hub_name(name), roles=sorted(set(roles)))


def verify_password(admin: Holder, name: str, password: str, code: str | None = None) -> Login:
    """Check a password, and the one-time code of who has one; five failures lock for fifteen minutes.

    The lockout survives restarts. An unknown name costs the same time and gets the same answer as a wrong
    password. A one-time password asks for no code: it only lets its holder choose a password.
    """
    refused, name, must_change = _open(admin, name, password)
    second = admin.session.row("second_step", name=name) if refused is None else None
    if second is None:
        return refused or Login("refused")
    asked = second.secret is not None and not must_change
    if second.ended or (asked and not code):
        admin.session.row("forgive_attempt", name=name)
        return Login("expired" if second.ended else "code_needed")
    right = not asked or codes.is_right(admin, name, code or "", secret=second.secret)
    admin.session.row("close_login", name=name, right=right)
    if not right:
        return Login("refused")
    return Login("must_change" if must_change else "ok", find_member(admin, name))


def _open(admin: Holder, name: str, password: str) -> tuple[Login | None, str, bool]:
    """Count an attempt and check its password.

    Returns
    -------
    tuple
        The login that refuses it, or None when it was right; the Hub's name; whether it is for one time only.
    """
    try:
        name = names.hub_name(name)
    except HarbourError:
        name = ""
    opened = admin.session.row("open_login", name=name)
    if opened is None or opened.state == "unknown":
        _matches(_nobodys_hash(), password)
        return Login("refused"), name, False
    if opened.state == "locked":
        return Login("locked"), name, False
    if not _matches(opened.password_hash, password):
        admin.session.row("close_login", name=name, right=False)
        return Login("refused"), name, False
    return None, name, bool(opened.must_change)


def change_password(admin: Holder, name: str, old: str, new: str) -> None:
    """Set a new password for who knows the old one; at least 12 characters."""
    refused, name, _ = _open(admin, name, old)
    if refused is not None:
        raise NotAllowed("The present password is not right.")
    admin.session.row("forgive_attempt", name=name)
    if len(new) < SHORTEST_PASSWORD or new == old:
        raise HarbourError(f"Choose another password, of at least {SHORTEST_PASSWORD} characters.")
    _set_hash(admin, name, new, must_change=False)


def has_codes(admin: Holder, name: str) -> bool:
    """Say whether a member signs in with one-time codes."""
    second = admin.session.row("second_step", name=names.hub_name(name))
    return second is not None and second.secret is not None


def begin_session(admin: Holder, name: str) -> None:
    """Note that a member signed in now."""
    admin.session.row("begin_session", name=names.hub_name(name))


def continue_session(admin: Holder, name: str, *, idle_minutes: int, lifetime_hours: int) -> bool:
    """Note that a member is there, and say whether his session still lasts; once ended, he signs in again.

    One session for each member, wherever he signed in: the last sign-in begins it anew.
    """
    row = admin.session.row(
        "continue_session", name=names.hub_name(name), idle=idle_minutes, lifetime=lifetime_hours
    )
    return row is not None and bool(row.lasts)


def reset_password(admin: Holder, name: str) -> str:
    """Give a member a new one-time password, unlock him, and return it."""
    password = secrets.token_urlsafe(12)
    _set_hash(admin, name, password, must_change=True)
    return password


def _set_hash(admin: Holder, name: str, password: str, *, must_change: bool) -> None:
    name = names.hub_name(name)
    values = {"name": name, "password_hash": HASHER.hash(password), "must_change": must_change}
    with admin.session.transaction() as connection:
        connection.execute(text(query("set_password_hash")), values)
        ensure_database_login(connection, names.role_of(name))


def _matches(password_hash: str, password: str) -> bool:
    try:
        return HASHER.verify(password_hash, password)
    except (VerificationError, InvalidHashError):
        return False


@cache
def _nobodys_hash() -> str:
    return HASHER.hash(secrets.token_urlsafe(12))
