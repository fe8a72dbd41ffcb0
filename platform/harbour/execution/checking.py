"""Whether a stored book is valid, found out in a process of its own: `python -m harbour.execution.checking PATH`."""

from __future__ import annotations

import os
import subprocess
import sys
from pathlib import Path

from harbour.execution.launch import FIXED, PASSED_ON
from harbour.execution.paths import BOOKS, find_artefact

__all__ = ["check_book"]

SECONDS = 600
NOT_VALID = 3


def check_book(book: str) -> str | None:
    """Return why the book a run needs is not valid, with every bad row, or None; samples always are.

    The book's file is in the folder that `PLIMSOLL_BOOKS` names. It is read by another process, because it comes
    from a member.
    """
    artefact = find_artefact(book)
    if artefact is None:
        return None
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ} | FIXED
    path = Path(os.environ[BOOKS]) / artefact
    command = [sys.executable, "-s", "-P", "-m", "harbour.execution.checking", str(path)]
    try:
        done = subprocess.run(  # noqa: S603  # our own interpreter and module
            command, env=environment, check=False, capture_output=True, text=True, timeout=SECONDS
        )
    except subprocess.TimeoutExpired:
        return f"it could not be read within {SECONDS} seconds"
    if done.returncode == 0:
        return None
    return done.stdout.strip() or "it could not be read"


def main() -> int:
    """Read the file named on the command line; print what is wrong with it."""
    from harbour.execution.books import check_packed  # noqa: PLC0415  # slow to import, and only needed here
    from plimsoll.errors import PlimsollError  # noqa: PLC0415  # see above

    try:
        check_packed(Path(sys.argv[1]))
    except PlimsollError as error:
        sys.stdout.write(f"{error}\n")
        return NOT_VALID
    return 0


if __name__ == "__main__":
    sys.exit(main())
