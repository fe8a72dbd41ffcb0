"""How a book is asked for: the spellings a run's `book` parameter takes."""

from __future__ import annotations

import re
from pathlib import Path

__all__ = ["ARTEFACT", "BOOKS", "SAMPLE", "TRANSPARENCY", "absolute_book", "find_artefact"]

SAMPLE = "sample:"
TRANSPARENCY = "transparency:"
ARTEFACT = "artefact:"
BOOKS = "PLIMSOLL_BOOKS"
"""The variable that names the folder where a worker has put the artefacts a run asks for."""


def absolute_book(book: str) -> str:
    """Return the same request with its path made absolute: a run works in a folder of its own."""
    if book.startswith((SAMPLE, ARTEFACT)):
        return book
    prefix = TRANSPARENCY if book.startswith(TRANSPARENCY) else ""
    return prefix + str(Path(book.removeprefix(prefix)).expanduser().resolve())


def find_artefact(book: str) -> str | None:
    """Return the SHA-256 of the artefact a request names, or None when it names something else."""
    asked = re.fullmatch(rf"{ARTEFACT}([0-9a-f]{{64}})", book)
    return asked[1] if asked else None
