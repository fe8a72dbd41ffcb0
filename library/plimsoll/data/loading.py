"""The way in: a folder of tables, or FIRE documents, become a book."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from pathlib import Path

from plimsoll.data.book import Book, Entity
from plimsoll.data.fire import load_fire
from plimsoll.data.folder import load_folder, read_tables
from plimsoll.data.manifest import MANIFEST, Manifest
from plimsoll.errors import BookError, Problem

__all__ = ["load"]


def load(
    path: str | Path,
    *,
    entity: Entity | None = None,
    reference_date: datetime.date | None = None,
    exchange_rates: Mapping[str, float] | None = None,
) -> Book:
    """Return the book at a path.

    Parameters
    ----------
    path
        A folder with one Parquet or CSV file per table and `book.toml`; or a FIRE document (JSON), or a
        folder of FIRE documents, which may have `book.toml` and tables that FIRE does not know beside them.
    entity, reference_date
        Who and when; what is given here goes before what the path says.
    exchange_rates
        FIRE only: price of one unit of a currency in the entity's currency, as `{"GBP": 1.15}`.

    Raises
    ------
    BookError
        With every problem found: table, row, column, value and reason.
    """
    place = Path(path)
    if not place.exists():
        raise BookError(None, (Problem("book", "-", "-", str(path), "does not exist"),))
    documents = [place] if place.is_file() else sorted(place.glob("*.json"))
    if not documents:
        return load_folder(place, entity, reference_date)
    if documents[0].suffix != ".json":
        why = "is no book: name a folder of tables, or a FIRE document that ends in .json"
        raise BookError(None, (Problem("book", "-", "-", place.name, why),))
    folder = place.parent if place.is_file() else place
    manifest = Manifest.read(folder / MANIFEST if place.is_dir() else None)
    return load_fire(
        documents,
        entity or manifest.entity(folder),
        reference_date or manifest.find_date(),
        {**manifest.rates(), **(exchange_rates or {})},
        manifest.stated(),
        read_tables(place) if place.is_dir() else {},
    )
