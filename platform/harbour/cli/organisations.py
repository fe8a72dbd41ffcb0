"""`harbour organisation`: which is below which, for whom each reports, how much each may have."""

from __future__ import annotations

import argparse
from collections.abc import Iterator
from contextlib import contextmanager
from typing import TYPE_CHECKING

from rich.console import Console

from harbour.cli.exits import DONE

if TYPE_CHECKING:
    from harbour.connection import Connection

__all__ = ["add_commands"]


def add_commands(commands: argparse._SubParsersAction[argparse.ArgumentParser]) -> None:
    """Add the command and its verbs to the parser."""
    organisation = commands.add_parser("organisation", help="the organisations: group, bank, entity")
    verbs = organisation.add_subparsers(dest="verb", required=True, metavar="VERB")
    verbs.add_parser("list", help="list them").set_defaults(run=_list)
    add = verbs.add_parser("add", help="add one: a group, a bank, an entity")
    add.add_argument("organisation", help="its short name, which every member's name ends with: a-z, 0-9")
    add.add_argument("--name", required=True, help="the name people read")
    add.set_defaults(run=_add)
    parent = verbs.add_parser("parent", help="put one below another, or on its own")
    parent.add_argument("organisation", help="its short name")
    parent.add_argument("parent", nargs="?", help="the short name of the one above; none: on its own")
    parent.set_defaults(run=_parent)
    entities = verbs.add_parser(
        "entities", help="say for which entities it reports: these LEIs and no others"
    )
    entities.add_argument("organisation", help="its short name")
    entities.add_argument("lei", nargs="*", help="none: for any that is not another's")
    entities.set_defaults(run=_entities)
    quota = verbs.add_parser("quota", help="bound what it may have; what is not given is not bounded")
    quota.add_argument("organisation", help="its short name")
    quota.add_argument("--members", type=int, help="active members")
    quota.add_argument("--runs-a-day", type=int, help="runs recorded or requested since midnight UTC")
    quota.add_argument("--storage", type=int, help="bytes of files")
    quota.add_argument("--servers", type=int, help="notebook servers at once")
    quota.set_defaults(run=_quota)


@contextmanager
def _administration() -> Iterator[Connection]:
    # Loaded when it is needed: the parser is built for every command.
    import harbour  # noqa: PLC0415  # see above
    from harbour.services.database import as_login  # noqa: PLC0415  # see above
    from harbour.settings import load_settings  # noqa: PLC0415  # see above

    with as_login(load_settings(), "harbour_admin") as dsn, harbour.connect(dsn) as admin:
        yield admin


def _list(_asked: argparse.Namespace, console: Console) -> int:
    with _administration() as admin:
        for found in admin.organisations():
            above = f"  below {found.parent}" if found.parent else ""
            console.print(f"{found.slug}  {found.name}{above}", highlight=False)
    return DONE


def _add(asked: argparse.Namespace, console: Console) -> int:
    from harbour.identity import accounts  # noqa: PLC0415  # see above

    with _administration() as admin:
        accounts.create_organisation(admin, asked.organisation, asked.name)
    console.print(
        f"{asked.name} is here. Its first member: harbour member add NAME@{asked.organisation} "
        "--name '…' --role org_admin",
        highlight=False,
        soft_wrap=True,
    )
    return DONE


def _parent(asked: argparse.Namespace, console: Console) -> int:
    from harbour.identity import organisations  # noqa: PLC0415  # see above

    with _administration() as admin:
        organisations.set_parent(admin, asked.organisation, asked.parent)
    where = f"below {asked.parent}" if asked.parent else "on its own"
    console.print(f"{asked.organisation} is {where}.", highlight=False)
    return DONE


def _entities(asked: argparse.Namespace, console: Console) -> int:
    from harbour.identity import organisations  # noqa: PLC0415  # see above

    with _administration() as admin:
        organisations.set_entities(admin, asked.organisation, asked.lei)
    for_whom = ", ".join(asked.lei) or "any entity that is not another organisation's"
    console.print(f"{asked.organisation} reports for {for_whom}.", highlight=False)
    return DONE


def _quota(asked: argparse.Namespace, console: Console) -> int:
    from harbour.identity import lifecycle  # noqa: PLC0415  # see above

    with _administration() as admin:
        lifecycle.set_quota(
            admin,
            asked.organisation,
            members=asked.members,
            runs_a_day=asked.runs_a_day,
            storage=asked.storage,
            servers=asked.servers,
        )
    console.print(f"{asked.organisation} is bounded.", highlight=False)
    return DONE
