"""The organisation's shared books, as its members kept them: each a version of the entity's book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from harbour import Connection
from harbour.artefacts import Run

__all__ = ["BOOK", "KeptBook", "list_books", "name_of"]

BOOK = "book"
"""Template of what is kept as a book, beside simulations and configurations."""


@dataclass(frozen=True)
class KeptBook:
    """One version of an entity's book; `parameters` are those of a run on it."""

    id: int
    name: str
    version: int
    maker: str
    kept_at: datetime
    parameters: Mapping[str, Any]
    report: Mapping[str, Any]
    """What its examination said (`harbour.execution.importing`)."""

    @property
    def asked(self) -> str:
        """How a run asks for it, as its parameter `book`."""
        return str(self.parameters.get("book", ""))

    @property
    def entity(self) -> str:
        """Name of who reports."""
        return str(self.report["entity"]["name"])

    @property
    def reference_date(self) -> str:
        """The date, ISO."""
        return str(self.report["reference_date"])

    @property
    def digest(self) -> str:
        """SHA-256 of the book's content."""
        return str(self.report["book_digest"])


def name_of(report: Mapping[str, Any]) -> str:
    """Return the name under which an entity's books are kept."""
    return f"book {report['entity']['lei']}.{report['entity']['scope']}"


def list_books(connection: Connection) -> tuple[KeptBook, ...]:
    """Return the books the viewer may see, newest first."""
    return tuple(_book(run) for run in connection.runs.made_with(BOOK))


def _book(run: Run) -> KeptBook:
    return KeptBook(run.id, run.name, run.version, run.maker, run.created_at, run.parameters, run.summary)
