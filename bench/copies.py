"""Writes a book many times over: as large a folder as is wanted, without holding it."""

from __future__ import annotations

from pathlib import Path

import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

import plimsoll
from plimsoll.data import Book
from plimsoll.data.partition import SPLIT

__all__ = ["write_copies"]

_IDS = frozenset(
    [
        "exposure_id", "counterparty_id", "collateral_id", "pledge_id", "guarantee_id", "group_id", "property_id",
        "issuer_id", "provider_id",
    ]
)  # fmt: skip
_LEFT_OUT = ("deposits", "securities", "benchmarks")


def write_copies(book: Book, folder: Path, copies: int) -> Path:
    """Write a book whose exposures and obligors stand so many times, each time with ids of their own.

    Returns
    -------
    The folder, which must be new. Deposits and securities, which credit risk does not read, are left out.
    """
    plimsoll.save(book, folder)
    for name in _LEFT_OUT:
        (folder / f"{name}.parquet").unlink(missing_ok=True)
    funds = folder / "own_funds_items.parquet"
    if funds.exists():  # as many exposures need as much capital
        table = pq.read_table(funds)
        place = table.schema.get_field_index("amount")
        pq.write_table(table.set_column(place, "amount", pc.multiply(table["amount"], float(copies))), funds)
    for name in SPLIT:
        file = folder / f"{name}.parquet"
        if not file.exists():
            continue
        table = pq.read_table(file)
        with pq.ParquetWriter(file, table.schema) as writer:
            for copy in range(copies):
                writer.write_table(_renamed(table, f"{copy}-"))
    return folder


def _renamed(table: pa.Table, prefix: str) -> pa.Table:
    for place, name in enumerate(table.column_names):
        if name in _IDS:
            column = table[name].to_pandas()
            names = pa.array(
                (prefix + column).where(column.notna()), table.schema.field(name).type, from_pandas=True
            )
            table = table.set_column(place, table.schema.field(name), names)
    return table
