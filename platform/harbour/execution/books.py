"""The book a run asks for by one line of text, so that it can be a notebook's parameter.

========================================  ==========================================================
``PATH``                                  a folder of tables, or FIRE JSON (`plimsoll.load`)
``sample:NAME?seed=7&exposures=10000``    `plimsoll.sample_book`
``transparency:PATH``                     the entity's book in an EBA transparency exercise
``artefact:SHA-256``                      a book packed and stored, for runs the worker executes
========================================  ==========================================================

The reporting entity is ``LEI``, ``LEI.SCOPE``, or, where the book does not say who it is,
``LEI.SCOPE.COUNTRY.Name``.
"""

from __future__ import annotations

import datetime
import os
import shutil
import tempfile
from pathlib import Path
from urllib.parse import parse_qsl
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

from harbour.execution.paths import BOOKS, SAMPLE, TRANSPARENCY, find_artefact
from plimsoll.data import Book, Entity, load, load_transparency, sample_book, save
from plimsoll.errors import BookError, Problem

__all__ = ["check_packed", "open_book", "open_packed", "open_sample", "pack_book", "pack_folder"]

_EPOCH = (1980, 1, 1, 0, 0, 0)
_LARGEST = 8 << 30


def open_book(book: str, *, entity: str = "", reference_date: str | datetime.date) -> Book:
    """Return the book asked for, sure to be this entity's on this date.

    Raises
    ------
    BookError
        When it cannot be read, or is another entity's or another date's.
    """
    day = datetime.date.fromisoformat(str(reference_date))
    if book.startswith(SAMPLE):
        found = _sample(book, entity, day)
    elif book.startswith(TRANSPARENCY):
        path = Path(book.removeprefix(TRANSPARENCY))
        found = load_transparency(path, lei=entity.partition(".")[0], period=f"{day:%Y%m}")
    elif artefact := find_artefact(book):
        found = _unpack(Path(os.environ.get(BOOKS, "")) / artefact)
    elif (Path(book) / "book.toml").is_file():
        found = load(book)
    else:
        found = load(book, entity=_spelled_out(entity), reference_date=day)
    _check_same(found, entity, day)
    return found


def open_sample(book: str, *, entity: str, reference_date: str) -> Book:
    """Return a sample book by its request; BookError as `open_book`. For services: it opens no path."""
    if not book.startswith(SAMPLE):
        raise _refusal("book", book, f"is no sample: it does not begin with {SAMPLE}")
    return open_book(book, entity=entity, reference_date=reference_date)


def open_packed(packed: Path, *, entity: str, reference_date: str) -> Book:
    """Return a book from a file of `pack_book`, sure to be this entity's on this date; BookError otherwise."""
    found = _unpack(packed)
    _check_same(found, entity, datetime.date.fromisoformat(reference_date))
    return found


def check_packed(packed: Path) -> None:
    """Read a file of `pack_book` as a run would; BookError with every bad row when it is not valid."""
    _unpack(packed)


def pack_book(book: Book) -> bytes:
    """Return a book as one file for the store; the same book gives the same bytes.

    Ask for it in a queued run by ``artefact:`` and the SHA-256 the store answers with.
    """
    with tempfile.TemporaryDirectory() as scratch:
        folder = Path(scratch) / "book"
        save(book, folder)
        return pack_folder(folder, Path(scratch) / "packed").read_bytes()


def pack_folder(folder: Path, packed: Path) -> Path:
    """Write a folder's files into one file, piece by piece, and return it; the same files give the same bytes."""
    with ZipFile(packed, "w", ZIP_STORED) as archive:
        for path in sorted(path for path in folder.iterdir() if path.is_file()):
            entry = ZipInfo(path.name, _EPOCH)
            entry.file_size = path.stat().st_size
            with path.open("rb") as stream, archive.open(entry, "w") as written:
                shutil.copyfileobj(stream, written)
    return packed


def _unpack(packed: Path) -> Book:
    try:
        with ZipFile(packed) as archive, tempfile.TemporaryDirectory() as folder:
            held = archive.infolist()
            if sum(entry.file_size for entry in held) > _LARGEST:
                raise _refusal("book", packed.name, "unpacks to more than a book may have")
            for entry in held:
                # Only the last part of a name is used: an archive cannot reach out of the folder.
                (Path(folder) / Path(entry.filename).name).write_bytes(archive.read(entry))
            return load(folder)
    except (BadZipFile, OSError) as error:
        raise _refusal("book", packed.name, f"is no packed book here ({error})") from error


def _sample(book: str, entity: str, day: datetime.date) -> Book:
    name, _, query = book.removeprefix(SAMPLE).partition("?")
    try:
        options = {key: int(value) for key, value in parse_qsl(query, strict_parsing=bool(query))}
    except ValueError:
        raise _refusal("book", book, "is not sample:NAME?seed=7&exposures=10000") from None
    if unknown := sorted(set(options) - {"seed", "exposures"}):
        raise _refusal("book", book, f"asks for {', '.join(unknown)}; a sample takes seed and exposures")
    seed, exposures = options.get("seed", 7), options.get("exposures", 10_000)
    try:
        return sample_book(name, seed, exposures, entity=_spelled_out(entity), reference_date=day)
    except ValueError as error:
        raise _refusal("book", book, str(error)) from None


def _spelled_out(entity: str) -> Entity | None:
    """Return the entity when the text says all of it, None when it only names one to check."""
    parts = entity.split(".", 3)
    if len(parts) < 4:
        return None
    lei, scope, country, name = parts
    if scope not in {"CON", "IND"}:
        raise _refusal("entity", entity, f"has the scope {scope!r}: CON (consolidated) or IND (individual)")
    return Entity(name=name, lei=lei, scope="CON" if scope == "CON" else "IND", country=country)


def _check_same(book: Book, entity: str, day: datetime.date) -> None:
    if book.reference_date != day:
        raise _refusal("reference_date", str(day), f"is not the book's date, {book.reference_date}")
    lei, _, scope = entity.partition(".")
    if entity and (lei != book.entity.lei or (scope and scope.split(".")[0] != book.entity.scope)):
        reason = f"is not the book's entity, {book.entity.lei}.{book.entity.scope} ({book.entity.name})"
        raise _refusal("entity", entity, reason)


def _refusal(column: str, value: str, reason: str) -> BookError:
    return BookError(None, (Problem("book", "-", column, value, reason),))
