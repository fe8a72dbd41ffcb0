"""Whose return a submission files, read from the stored package itself and from nobody's word about it."""

from __future__ import annotations

import csv
import io
import tempfile
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from zipfile import BadZipFile, ZipFile

from harbour.artefacts import Artefacts

__all__ = ["Filed", "read_filed"]

PARAMETERS = "reports/parameters.csv"
LONGEST = 65_536
"""Bytes of the parameters that are read: they are a dozen lines."""


@dataclass(frozen=True)
class Filed:
    """One package of a run; `leis` are the entities it names: one, or it is no package that may be filed."""

    name: str
    leis: tuple[str, ...]


def read_filed(store: Artefacts, files: Mapping[str, str]) -> tuple[Filed, ...]:
    """Return the report packages among a run's files, and whom each says it is of.

    Parameters
    ----------
    files
        File name → SHA-256, as a run has them.
    """
    with tempfile.TemporaryDirectory(prefix="plm-filed-") as scratch:
        found = (
            (name, _leis(store.save(sha256, Path(scratch) / sha256)))
            for name, sha256 in sorted(files.items())
            if name.endswith(".zip")
        )
        return tuple(Filed(name, leis) for name, leis in found if leis is not None)


def _leis(package: Path) -> tuple[str, ...] | None:
    """Return every entity that a file named parameters.csv gives; None when it is no report package."""
    try:
        with ZipFile(package) as archive:
            held = [entry for entry in archive.infolist() if entry.filename.endswith(PARAMETERS)]
            texts = [_start_of(archive, entry.filename) for entry in held]
    except (BadZipFile, OSError, NotImplementedError, RuntimeError):
        return None
    if not texts:
        return None
    named = {
        row[1].removeprefix("rs:").partition(".")[0]
        for text in texts
        for row in csv.reader(io.StringIO(text))
        if row[:1] == ["entityID"] and len(row) > 1
    }
    return tuple(sorted(named))


def _start_of(archive: ZipFile, name: str) -> str:
    with archive.open(name) as stream:
        return stream.read(LONGEST).decode("utf-8-sig", "replace")
