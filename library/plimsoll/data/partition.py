"""Cuts the large tables of a book's folder into parts that can be weighed alone, without holding any of them.

What is weighed together stays together: the exposures to a group of connected clients, whose debts add up for the
SME factor (Article 501 CRR), and those on one property, which share its value (Article 124). Every part also has the
central governments, on whose assessment others' weights depend, and the issuers and providers of protection.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from numpy.typing import NDArray

from plimsoll.data.schema import read_schema
from plimsoll.errors import BookError, Problem

__all__ = ["SPLIT", "partition"]

Hashes = NDArray[np.uint64]
PartOf = Callable[[pa.Table], Hashes]

_WHOLE = ("financial_holdings", "deferred_taxes")  # small, and own funds read them
SPLIT = (
    "exposures",
    "counterparties",
    *(
        name
        for name, table in read_schema().items()
        if name not in _WHOLE
        and any(column.references == ("exposures", "exposure_id") for column in table.columns.values())
    ),
)
"""Tables that are cut: exposures, their obligors, and whatever belongs to an exposure."""

_BATCH = 131_072
_ANYONE = "plimsoll obligor"  # keys of the hash, 16 letters: an obligor is not the group of the same name
_GROUP = "plimsoll clients"
_OTHERS = (("pledges", "issuer_id"), ("guarantees", "provider_id"))


@dataclass(frozen=True)
class _Lookup:
    """What is known of hashed names: `names` sorted, with what each stands for."""

    names: Hashes
    values: NDArray[np.uint64]

    @classmethod
    def of(cls, names: Hashes, values: Hashes) -> _Lookup:
        order = np.argsort(names, kind="stable")
        return cls(names[order], values[order])

    def find(self, wanted: Hashes) -> tuple[NDArray[np.bool_], Hashes]:
        """Return which are known, and what they stand for."""
        if not len(self.names):
            return np.zeros(len(wanted), np.bool_), wanted
        at = np.minimum(np.searchsorted(self.names, wanted), len(self.names) - 1)
        return self.names[at] == wanted, self.values[at]

    def applied(self, wanted: Hashes) -> Hashes:
        """Return what each stands for, itself where it is not known."""
        known, values = self.find(wanted)
        return np.where(known, values, wanted)


def partition(folder: Path, into: Path, rows: int) -> list[Path]:
    """Write the parts of a folder's large tables, each a folder of Parquet files.

    Parameters
    ----------
    folder
        A book's folder; its large tables are Parquet files.
    into
        An empty folder.
    rows
        About how many exposures a part has; a group of clients or a property is never cut.

    Returns
    -------
    The parts that have exposures. Beside one batch of rows, memory holds sixteen bytes for each exposure, for each
    client in a group and for each exposure on a shared property, and the counterparties that every part has.

    Raises
    ------
    BookError
        A large table is no Parquet file, or an exposure stands twice.
    """
    _check_files(folder)
    parts = max(1, -(-_length(folder / "exposures.parquet") // rows))
    together = _together(folder)
    owner = _write_exposures(folder, into, together, parts)
    shared = _shared_parties(folder)
    _write_parties(folder, into, together, parts, shared)
    for name in SPLIT[2:]:
        _write(folder, into, name, lambda batch: _of_exposure(batch, owner), parts)
    return sorted(path.parent for path in into.glob("*/exposures.parquet"))


def _check_files(folder: Path) -> None:
    problems = [
        Problem(
            name,
            "-",
            "-",
            f"{name}.csv",
            "is no Parquet file, which is read piece by piece; save the book first",
        )
        for name in SPLIT
        if (folder / f"{name}.csv").exists()
    ]
    if not (folder / "exposures.parquet").exists() and not problems:
        problems = [Problem("exposures", "-", "-", "exposures.parquet", "is not there")]
    if problems:
        raise BookError(f"The book in {folder} cannot be streamed.", tuple(problems))


def _length(file: Path) -> int:
    return int(pq.ParquetFile(file).metadata.num_rows)


def _batches(folder: Path, name: str, columns: list[str] | None = None) -> Iterator[pa.Table]:
    file = folder / f"{name}.parquet"
    if not file.exists():
        return
    reader = pq.ParquetFile(file)
    known = set(reader.schema_arrow.names)
    if columns is not None and not set(columns) <= known:
        return
    for batch in reader.iter_batches(_BATCH, columns=columns):
        yield pa.Table.from_batches([batch])


def _hashes(column: pa.ChunkedArray, key: str = _ANYONE) -> Hashes:
    words = pc.fill_null(column.cast(pa.string()), "").to_numpy().astype(object)
    return pd.util.hash_array(words, hash_key=key, categorize=False)


def _columns(folder: Path, name: str, first: str, second: str, key: str) -> tuple[Hashes, Hashes]:
    """Return two columns of a table, hashed, where the second is there."""
    found = []
    for batch in _batches(folder, name, [first, second]):
        rows = batch.filter(pc.is_valid(batch[second]))
        found.append((_hashes(rows[first]), _hashes(rows[second], key)))
    if not found:
        return np.zeros(0, np.uint64), np.zeros(0, np.uint64)
    names, values = (np.concatenate(column) for column in zip(*found, strict=True))
    return names, values


def _together(folder: Path) -> _Lookup:
    """Return the key of the part of each client that does not stand alone."""
    groups = _Lookup.of(*_columns(folder, "counterparties", "counterparty_id", "group_id", _GROUP))
    exposure, place = _columns(folder, "collateral", "exposure_id", "property_id", _ANYONE)
    _, which, count = np.unique(place, return_inverse=True, return_counts=True)
    rows = count[which] > 1 if len(place) else np.zeros(0, np.bool_)
    if not rows.any():
        return groups
    on = _Lookup.of(exposure[rows], place[rows])
    pairs = []
    for batch in _batches(folder, "exposures", ["exposure_id", "counterparty_id"]):
        known, where = on.find(_hashes(batch["exposure_id"]))
        pairs.append((groups.applied(_party_of(batch))[known], where[known]))
    clients, places = (np.concatenate(column) for column in zip(*pairs, strict=True))
    merged = _merged(clients, places)
    moved = _Lookup(groups.names, merged.applied(groups.values))
    alone = ~np.isin(merged.names, groups.values)
    return _Lookup.of(
        np.concatenate([moved.names, merged.names[alone]]),
        np.concatenate([moved.values, merged.values[alone]]),
    )


def _merged(clients: Hashes, places: Hashes) -> _Lookup:
    """Return for each client the least of all clients that properties connect with it, directly or through others."""
    names, client = np.unique(clients, return_inverse=True)
    _, place = np.unique(places, return_inverse=True)
    least = np.arange(len(names))
    while True:
        of_place = np.full(int(place.max()) + 1, len(names))
        np.minimum.at(of_place, place, least[client])
        after = least.copy()
        np.minimum.at(after, client, of_place[place])
        if (after == least).all():
            return _Lookup(names, names[least])
        least = after


def _party_of(batch: pa.Table) -> Hashes:
    """Return the hashed obligor of each exposure, the exposure itself where it has none."""
    alone = np.asarray(pc.is_null(batch["counterparty_id"]))
    return np.where(alone, _hashes(batch["exposure_id"]), _hashes(batch["counterparty_id"]))


def _write_exposures(folder: Path, into: Path, together: _Lookup, parts: int) -> _Lookup:
    names, owners = [], []

    def part_of(batch: pa.Table) -> Hashes:
        part = together.applied(_party_of(batch)) % np.uint64(parts)
        names.append(_hashes(batch["exposure_id"]))
        owners.append(part)
        return part

    _write(folder, into, "exposures", part_of, parts)
    found = (
        _Lookup.of(np.concatenate(names), np.concatenate(owners))
        if names
        else _Lookup.of(*[np.zeros(0, np.uint64)] * 2)
    )
    twice = int((found.names[1:] == found.names[:-1]).sum())
    if twice:
        problem = Problem("exposures", "-", "exposure_id", str(twice), "rows have an id that another row has")
        raise BookError(f"The book in {folder} cannot be streamed.", (problem,))
    return found


def _of_exposure(batch: pa.Table, owner: _Lookup) -> Hashes:
    """Return the part of the exposure of each row; a row of none, or of one that is not there, goes to the first."""
    known, part = owner.find(_hashes(batch["exposure_id"]))
    return np.where(known, part, np.uint64(0))


def _shared_parties(folder: Path) -> pa.Array:
    """Return the ids of the counterparties that every part has."""
    found = [pa.array([], pa.string())]
    for name, column in _OTHERS:
        for batch in _batches(folder, name, [column]):
            found.append(pc.unique(batch[column].cast(pa.string())))
    for batch in _batches(folder, "counterparties", ["counterparty_id", "counterparty_type"]):
        states = batch.filter(pc.equal(batch["counterparty_type"].cast(pa.string()), "central_government"))
        found.append(states["counterparty_id"].cast(pa.string()).combine_chunks())
    return pc.unique(pa.concat_arrays(found)).drop_null()


def _write_parties(folder: Path, into: Path, together: _Lookup, parts: int, shared: pa.Array) -> None:
    kept: list[pa.Table] = []

    def part_of(batch: pa.Table) -> Hashes:
        common = pc.is_in(batch["counterparty_id"].cast(pa.string()), value_set=shared)
        kept.append(batch.filter(common))
        part = together.applied(_hashes(batch["counterparty_id"])) % np.uint64(parts)
        return np.where(np.asarray(common), np.uint64(parts), part)  # written to every part below

    _write(folder, into, "counterparties", part_of, parts)
    if kept and sum(len(table) for table in kept):
        for part in range(parts):
            place = into / _name(part)
            place.mkdir(exist_ok=True)
            pq.write_table(pa.concat_tables(kept), place / "shared_counterparties.parquet")


def _name(part: int) -> str:
    return f"part_{part:05}"


def _write(folder: Path, into: Path, name: str, part_of: PartOf, parts: int) -> None:
    """Write the rows of a table to their parts; a part beyond the last is not written."""
    writers: dict[int, pq.ParquetWriter] = {}
    try:
        for batch in _batches(folder, name):
            part = part_of(batch).astype(np.int64)
            order = np.argsort(part, kind="stable")
            ends = np.searchsorted(part[order], np.arange(parts + 1))
            sorted_rows = batch.take(pa.array(order))
            for number in np.flatnonzero(np.diff(ends)).tolist():
                if number not in writers:
                    place = into / _name(number)
                    place.mkdir(exist_ok=True)
                    writers[number] = pq.ParquetWriter(
                        place / f"{name}.parquet", batch.schema, compression="lz4"
                    )
                writers[number].write_table(sorted_rows.slice(ends[number], ends[number + 1] - ends[number]))
    finally:
        for writer in writers.values():
            writer.close()
