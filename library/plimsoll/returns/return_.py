"""A filled return: its facts, its filing indicators, and all that is needed to explain any cell later."""

from __future__ import annotations

import datetime
import io
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from decimal import Decimal
from functools import cached_property
from pathlib import Path
from typing import Any
from zipfile import ZIP_STORED, BadZipFile, ZipFile, ZipInfo

import pandas as pd

from plimsoll.data import Entity
from plimsoll.errors import ReturnError
from plimsoll.returns.adjustments import Adjustment, adjustment_of, deltas_of
from plimsoll.returns.definitions import CellName, Definitions
from plimsoll.returns.evaluation import Evaluation
from plimsoll.returns.parsing import parse_definitions
from plimsoll.returns.position import Position
from plimsoll.returns.sources import entity_table

__all__ = ["Fact", "Return", "open_return"]

_FORMAT = 3
_READ = (1, 2, 3)  # the first form has no table of the entity, the second does not list its tables
_EPOCH = (1980, 1, 1, 0, 0, 0)


@dataclass(frozen=True, order=True)
class Fact:
    """One reported value.

    `row` is a code or, in an open table, the row's keys (see `CellName`); `sheet` is the member of the table's
    open sheet key, None where it has none. `data_type` is the dictionary's: m monetary, p percentage (a
    fraction), i integer, s and e text.
    """

    table: str
    row: str
    column: str
    sheet: str | None
    value: Decimal | str
    data_type: str
    datapoint: str

    @property
    def cell(self) -> CellName:
        """Where it stands."""
        return CellName(self.table, self.row, self.column, self.sheet)


@dataclass(frozen=True)
class Return:
    """A module filled for an entity and a reference date.

    `indicators` says per template of the module whether it is reported; `definitions` are those it was filled
    with, `position` what they were applied to and `adjustments` what was added, so that `explain` needs nothing
    else.
    """

    module: str
    version: str
    entity: Entity
    reference_date: datetime.date
    scenario: str
    facts: tuple[Fact, ...]
    indicators: Mapping[str, bool]
    decimals: Mapping[str, int]
    book_digest: str
    rules_digest: str
    definitions: Definitions
    position: Position = field(repr=False)
    adjustments: tuple[Adjustment, ...] = ()

    @cached_property
    def values(self) -> Mapping[CellName, Fact]:
        """The facts by the cell they stand in."""
        return {fact.cell: fact for fact in self.facts}

    @cached_property
    def evaluation(self) -> Evaluation:
        """The definitions at work on the position, adjusted: each cell computed once."""
        return Evaluation(self.definitions, self.position, deltas_of(self.adjustments))

    def fact(self, table: str, row: str, column: str, sheet: str | None = None) -> Fact | None:
        """Return what is reported in a cell, or None. `sheet` is the member's name."""
        return self.values.get(CellName(table, row, column, sheet))

    def save(self, path: Path | str) -> Path:
        """Write the return to one file that `open_return` reads; the same return gives the same bytes."""
        target = Path(path)
        target.write_bytes(_packed(self))
        return target


def _packed(filled: Return) -> bytes:
    held = {f"{source}.parquet": _parquet(table) for source, table in filled.position.tables.items()}
    held["return.json"] = json.dumps(_document(filled), ensure_ascii=False, sort_keys=True, indent=1).encode()
    out = io.BytesIO()
    with ZipFile(out, "w", ZIP_STORED) as archive:
        for name in sorted(held):
            archive.writestr(ZipInfo(name, _EPOCH), held[name])
    return out.getvalue()


def _parquet(table: pd.DataFrame) -> bytes:
    out = io.BytesIO()
    table.to_parquet(out, index=False, compression="zstd")
    return out.getvalue()


def _document(filled: Return) -> dict[str, Any]:
    facts = [
        [fact.table, fact.row, fact.column, fact.sheet, str(fact.value), fact.data_type, fact.datapoint]
        for fact in filled.facts
    ]
    return {
        "format": _FORMAT,
        "module": filled.module,
        "version": filled.version,
        "entity": asdict(filled.entity),
        "reference_date": filled.reference_date.isoformat(),
        "scenario": filled.scenario,
        "facts": facts,
        "indicators": dict(filled.indicators),
        "decimals": dict(filled.decimals),
        "book_digest": filled.book_digest,
        "rules_digest": filled.rules_digest,
        "definitions": dict(filled.definitions.texts),
        "sources": list(filled.position.tables),
        "adjustments": [adjustment.document() for adjustment in filled.adjustments],
    }


def open_return(path: Path | str) -> Return:
    """Return what `Return.save` wrote.

    Raises
    ------
    ReturnError
        The file is not a saved return, or one of another version.
    """
    try:
        with ZipFile(path) as archive:
            document = json.loads(archive.read("return.json"))
            held = document.get("sources") or [
                name.removesuffix(".parquet") for name in archive.namelist() if name.endswith(".parquet")
            ]
            tables = {
                source: pd.read_parquet(io.BytesIO(archive.read(f"{source}.parquet"))) for source in held
            }
    except (BadZipFile, KeyError, FileNotFoundError) as error:
        raise ReturnError(f"{path} is not a saved return") from error
    if document["format"] not in _READ:
        raise ReturnError(f"{path} was saved by another version of Plimsoll (format {document['format']})")
    entity = Entity(**document["entity"])
    tables.setdefault("entity", entity_table(entity))
    return Return(
        module=document["module"],
        version=document["version"],
        entity=entity,
        reference_date=datetime.date.fromisoformat(document["reference_date"]),
        scenario=document["scenario"],
        facts=tuple(_fact(values) for values in document["facts"]),
        indicators=document["indicators"],
        decimals=document["decimals"],
        book_digest=document["book_digest"],
        rules_digest=document["rules_digest"],
        definitions=parse_definitions(document["module"], document["version"], document["definitions"]),
        position=Position(tables),
        adjustments=tuple(adjustment_of(entry) for entry in document.get("adjustments", ())),
    )


def _fact(values: list[Any]) -> Fact:
    table, row, column, sheet, value, data_type, datapoint = values
    numeric = data_type in {"m", "p", "i", "r"}
    return Fact(table, row, column, sheet, Decimal(value) if numeric else value, data_type, datapoint)
