"""Where a package's facts stand in the supervisor's tables: file and data point to row, column and sheet."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from functools import cached_property
from types import MappingProxyType
from typing import Any

from plimsoll.dictionary import Cell, Module, Table
from plimsoll.returns.definitions import KEY_SEPARATOR
from plimsoll.returns.reading import FactLine, ReportPackage

__all__ = ["Placing"]


@dataclass(frozen=True)
class Placing:
    """A package beside the module it reports."""

    package: ReportPackage
    module: Module
    tables: Mapping[str, Table] = field(init=False)

    def __post_init__(self) -> None:
        wanted = {table.file for table in self.package.tables}
        held = [self.module.table(code) for code in self.module.tables]
        found = {table.file: table for table in held if table.file in wanted}
        object.__setattr__(self, "tables", MappingProxyType(found))

    @cached_property
    def cells(self) -> Mapping[str, Mapping[str, Cell]]:
        """Each known file's cells by data point."""
        return {
            file: {cell.datapoint: cell for cell in table.cells.values()}
            for file, table in self.tables.items()
        }

    @cached_property
    def members(self) -> Mapping[str, Mapping[str, frozenset[str]]]:
        """Each known file's allowed members by open key; empty for a typed key."""
        return {
            file: {key.code: frozenset(member.name for member in key.members) for key in table.open_keys}
            for file, table in self.tables.items()
        }

    def cell(self, fact: FactLine) -> Cell | None:
        """Return the cell a fact fills, or None where file or data point is unknown."""
        return self.cells.get(fact.file, {}).get(fact.datapoint)

    def locate(self, fact: FactLine) -> dict[str, Any]:
        """Return `table`, `row`, `column`, `sheet` and `place` of a fact, as a Finding takes them."""
        table = self.tables.get(fact.file)
        cell = self.cell(fact)
        return {
            "table": table.code if table else fact.file.removesuffix(".csv"),
            "row": self.row(table, cell.row if cell else None, fact.keys),
            "column": (cell.column or "") if cell else "",
            "sheet": self.sheet(table, cell.sheet if cell else None, fact.keys),
            "place": fact.place,
        }

    @staticmethod
    def row(table: Table | None, code: str | None, keys: Mapping[str, str]) -> str:
        """Return what names the row: its code, or in an open table its keys, as `CellName` has them."""
        if code or not table:
            return code or ""
        return KEY_SEPARATOR.join(keys.get(key.code, "") for key in table.row_keys)

    @staticmethod
    def sheet(table: Table | None, closed: str | None, keys: Mapping[str, str]) -> str:
        """Return what stands for the sheet: its code, the one open key's value, or `key=value` of several."""
        opened = [key for key in table.open_keys if key.axis == "sheet"] if table else []
        if closed or not opened:
            return closed or ""
        if len(opened) == 1:
            return keys.get(opened[0].code, "")
        return ", ".join(f"{key.code}={keys.get(key.code, '')}" for key in opened)
