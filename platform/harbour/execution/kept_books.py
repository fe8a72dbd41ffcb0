"""A book as the organisation keeps it, whoever brings it: one packed file, and what its examination says."""

from __future__ import annotations

import hashlib
import shutil
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from harbour.artefacts import RunRecord
from harbour.errors import HarbourError
from harbour.execution.arrivals import PACKED
from harbour.execution.books import pack_folder
from harbour.execution.importing import describe
from plimsoll.data import Book, save

__all__ = ["BOOK", "record_of_book", "unpack_book"]

BOOK = "book"
"""The template under which a book is kept."""


def record_of_book(book: Book, name: str | None, scratch: Path) -> RunRecord:
    """Return the record of a book, packed into a file of `scratch`.

    Parameters
    ----------
    name
        None: that of its entity, under which the room *Books* keeps them too.
    """
    folder = scratch / "folder"
    save(book, folder)
    packed = pack_folder(folder, scratch / PACKED)
    with packed.open("rb") as stream:
        sha256 = hashlib.file_digest(stream, "sha256").hexdigest()
    entity = f"{book.entity.lei}.{book.entity.scope}"
    return RunRecord(
        name=name or f"book {entity}",
        template=BOOK,
        parameters={
            "book": f"artefact:{sha256}",
            "entity": entity,
            "reference_date": book.reference_date.isoformat(),
        },
        digests={"data": book.digest},
        summary=describe(book, lambda _: None) | {"sha256": sha256},
        artefacts={PACKED: packed},
    )


def unpack_book(packed: Path, folder: Path) -> Path:
    """Write a packed book's files into a new folder, piece by piece, and return it; nothing is overwritten."""
    try:
        folder.mkdir()
        with ZipFile(packed) as archive:
            for entry in archive.infolist():
                # Only the last part of a name is used: an archive cannot reach out of the folder.
                with archive.open(entry) as kept, (folder / Path(entry.filename).name).open("xb") as written:
                    shutil.copyfileobj(kept, written)
    except (BadZipFile, OSError) as error:
        raise HarbourError(f"The book cannot be written to {folder}: {error}") from error
    return folder
