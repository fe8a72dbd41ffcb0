"""The way in: a folder of tables or FIRE documents becomes a book."""

from __future__ import annotations

import datetime
from pathlib import Path

from plimsoll.data.book import Book, Entity
from plimsoll.data.folder import load_folder
from plimsoll.errors import BookError, Problem

__all__ = ["load"]


def load(
    path: str | Path, *, entity: Entity | None = None, reference_date: datetime.date | None = None
) -> Book:
    """Return the book at a path.

    Parameters
    ----------
    path
        Folder with `book.toml` and one Parquet or CSV file per table.
    entity, reference_date
        Who and when; what is given here goes before what the path says.

    Raises
    ------
    BookError
        With every problem found: table, row, column, value and reason.
    """
    place = Path(path)
    if not place.exists():
        raise BookError(None, (Problem("book", "-", "-", str(path), "does not exist"),))
    return load_folder(place, entity, reference_date)
