"""How a book request names its path, and how that path is made independent of the working folder."""

from __future__ import annotations

from pathlib import Path

__all__ = ["SAMPLE", "TRANSPARENCY", "absolute_book"]

SAMPLE = "sample:"
TRANSPARENCY = "transparency:"


def absolute_book(book: str) -> str:
    """Return the same request with its path made absolute: a run works in a folder of its own."""
    if book.startswith(SAMPLE):
        return book
    prefix = TRANSPARENCY if book.startswith(TRANSPARENCY) else ""
    return prefix + str(Path(book.removeprefix(prefix)).expanduser().resolve())
