"""People of the bank's directory become members here, and stop being ones. For the login `harbour_admin`.

A member is bound to the directory's own lasting name for him (issuer and subject), never to a name that can be
given to somebody else.
"""

from __future__ import annotations

from sqlalchemy import text

from harbour.db.queries import query
from harbour.errors import NotFound
from harbour.identity import lifecycle, names
from harbour.identity.accounts import Holder, create_database_login, find_member
from harbour.identity.directory import Directory, Person
from harbour.identity.members import Member

__all__ = ["admit", "dismiss", "link"]


def admit(admin: Holder, directory: Directory, person: Person) -> Member:
    """Create, let back or change the member as the directory has him now, and return him.

    Raises
    ------
    NotAllowed
        When an administrator suspended him, his groups are another organisation's than his account, or a
        member of that name exists that is not linked to him.
    """
    values = {
        "issuer": directory.issuer,
        "subject": person.subject,
        "organisation": person.organisation,
        "name": person.name,
        "display_name": person.display_name,
        "roles": list(person.roles),
    }
    with admin.session.transaction() as connection:
        found = connection.execute(text(query("admit_identity")), values).one()
        if found.created:
            create_database_login(connection, found.login)
    member = find_member(admin, found.name)
    if member is None:
        raise NotFound(f"{found.name} was let in and is not there.")
    return member


def dismiss(admin: Holder, directory: Directory, subject: str) -> str | None:
    """Suspend who has no group left, end his sessions and return his name; None for who never came."""
    row = admin.session.row("identity_member", issuer=directory.issuer, subject=subject)
    if row is None or row.name is None:
        return None
    admin.session.row("dismiss_identity", issuer=directory.issuer, subject=subject)
    lifecycle.end_sessions(admin, row.name)
    return str(row.name)


def link(admin: Holder, directory: Directory, name: str, subject: str) -> None:
    """Let a person of the directory sign in as a member who is here already."""
    admin.session.row("link_identity", name=names.hub_name(name), issuer=directory.issuer, subject=subject)
