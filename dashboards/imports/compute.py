"""What the imports room knows: the organisation's books, and what an examined one says beside the one before."""

from __future__ import annotations

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from dashboards.theme.books import BOOK, KeptBook, list_books, name_of
from dashboards.theme.people import name_people
from harbour import Connection, RunRecord
from harbour.errors import BadParameters
from harbour.execution import Offered
from plimsoll.data.schema import read_schema

__all__ = [
    "STATED",
    "Change",
    "Shelf",
    "compare",
    "keep",
    "offered",
    "read_shelf",
    "stated",
    "the_one_before",
]

STATED = ("lei", "name", "scope", "country", "currency", "reference_date")
"""What a member may say where the files do not."""


@dataclass(frozen=True)
class Shelf:
    """The books of the viewer's organisation, newest first."""

    organisation: str
    people: Mapping[str, str]
    books: tuple[KeptBook, ...]
    may_keep: bool

    def find(self, id_: int | None) -> KeptBook | None:
        """Return a book by its number, or None."""
        return next((book for book in self.books if book.id == id_), None)


@dataclass(frozen=True)
class Change:
    """One table, or one amount of it, now and in the book before; None where a book has none."""

    table: str
    column: str
    before: float | None
    now: float | None

    @property
    def moved(self) -> float:
        """What changed; what is not there counts as nothing."""
        return (self.now or 0.0) - (self.before or 0.0)


def read_shelf(connection: Connection) -> Shelf:
    """Return the books the viewer may see."""
    me = connection.me
    return Shelf(
        me.organisation_name, name_people(connection), list_books(connection), may_keep="analyst" in me.roles
    )


def offered(text: str) -> list[Offered]:
    """Return the files a browser offers, `[[name, size], …]`; BadParameters for anything else."""
    try:
        return [Offered(str(name), int(size)) for name, size in json.loads(text)]
    except (ValueError, TypeError) as error:
        raise BadParameters("The files could not be read: choose them again.") from error


def stated(fields: Mapping[str, str]) -> dict[str, str]:
    """Return what the form says about entity and date, where it says something."""
    return {name: text for name in STATED if (text := fields.get(name, "").strip())}


def the_one_before(books: Sequence[KeptBook], report: Mapping[str, Any], id_: int | None) -> KeptBook | None:
    """Return the newest book of the same entity, of those kept before the one that is shown."""
    name = name_of(report)
    return next((book for book in books if book.name == name and (id_ is None or book.id < id_)), None)


def compare(before: Mapping[str, Any] | None, now: Mapping[str, Any]) -> tuple[Change, ...]:
    """Return rows and amounts of every table that either book has, in the order of the book's tables."""
    old, new = (before or {}).get("tables", {}), now["tables"]
    changes = []
    for table in (table for table in read_schema() if table in new or table in old):
        past, present = old.get(table, {}), new.get(table, {})
        changes.append(Change(table, "", past.get("rows"), present.get("rows")))
        was, is_ = past.get("amounts", {}), present.get("amounts", {})
        changes += [
            Change(table, column, was.get(column), is_.get(column)) for column in dict.fromkeys([*is_, *was])
        ]
    return tuple(changes)


def keep(connection: Connection, report: Mapping[str, Any], packed: Path) -> KeptBook:
    """Keep a valid book as the newest version of its entity's, under the viewer's own rights.

    Raises
    ------
    HarbourError
        NotAllowed or QuotaReached, with a sentence for the viewer.
    """
    entity, date = report["entity"], report["reference_date"]
    record = RunRecord(
        name=name_of(report),
        template=BOOK,
        parameters={
            "book": f"artefact:{report['sha256']}",
            "entity": f"{entity['lei']}.{entity['scope']}",
            "reference_date": date,
        },
        digests={"data": report["book_digest"]},
        summary=report,
        artefacts={"book.zip": packed},
    )
    made = connection.workspace.save(record)
    return next(book for book in list_books(connection) if book.id == made.id)
