"""The dictionary's own compact file: one SQLite database, a compressed document per table."""

from __future__ import annotations

import json
import sqlite3
import zlib
from collections.abc import Iterable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

__all__ = ["FORMAT", "StoredModule", "pack", "unpack", "write_store"]

FORMAT = 2
"""Raised when the stored documents change, so that an old store is rebuilt and never misread."""

_SCHEMA = """
    CREATE TABLE origin (name TEXT PRIMARY KEY, value TEXT NOT NULL);
    CREATE TABLE module (vid INTEGER PRIMARY KEY, summary BLOB, rules BLOB, source BLOB);
    CREATE TABLE module_table (vid INTEGER, code TEXT, document BLOB, PRIMARY KEY (vid, code));
"""


@dataclass(frozen=True)
class StoredModule:
    """A module ready to be written: plain documents."""

    vid: int
    summary: dict[str, Any]
    tables: dict[str, dict[str, Any]]
    rules: list[dict[str, Any]]
    source: dict[str, Any]


def pack(document: object) -> bytes:
    """Return a JSON document, compressed; equal documents give equal bytes."""
    text = json.dumps(document, ensure_ascii=False, separators=(",", ":"))
    return zlib.compress(text.encode("utf-8"), 6)


def unpack(packed: bytes) -> Any:  # noqa: ANN401  # JSON is whatever was packed
    """Return the document that `pack` was given."""
    return json.loads(zlib.decompress(packed))


def write_store(path: Path, modules: Iterable[StoredModule], origin: dict[str, str]) -> None:
    """Write a new store; the caller renames it into place once it is whole."""
    connection = sqlite3.connect(path)
    try:
        connection.executescript(_SCHEMA)
        connection.executemany("INSERT INTO origin VALUES (?, ?)", sorted(origin.items()))
        for module in modules:
            row = (module.vid, pack(module.summary), pack(module.rules), pack(module.source))
            connection.execute("INSERT INTO module VALUES (?, ?, ?, ?)", row)
            tables = [(module.vid, code, pack(table)) for code, table in sorted(module.tables.items())]
            connection.executemany("INSERT INTO module_table VALUES (?, ?, ?)", tables)
        connection.commit()
    finally:
        connection.close()
