"""A package's facts as the rule engine asks for them: every defined cell of a selection, reported or not."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal

from dpmxl import CellQuery, DataPoint, Item, Number, Value, axis_matcher

from plimsoll.dictionary import Cell, Module, Table
from plimsoll.returns.reading import FactLine
from plimsoll.returns.verdict.placing import Placing
from plimsoll.returns.verdict.values import NUMERIC, is_sound

__all__ = ["CellRef", "JointProvider", "ReportProvider"]

Keys = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class CellRef:
    """Which fact a data point of the engine is: the part of a split table, and the keys as written."""

    table: str
    row: str | None
    column: str | None
    sheet: str | None
    keys: Keys


class ReportProvider:
    """Serves one package to `dpmxl.evaluate_rule`.

    A grey cell is not served (an absent fact of a real cell is, with no value), and a rule that selects the
    code of a split table (`C_02.00`) gets the cells of all its parts.
    """

    def __init__(self, placing: Placing) -> None:
        self._module: Module = placing.module
        self._parameters = placing.package.parameters
        self._indicators = placing.package.indicators
        self._templates = {table.code: table.template for table in placing.tables.values()}
        self._values: dict[str, dict[Keys, dict[str, Value]]] = {}
        self.unreadable = 0
        for fact in placing.package.facts:
            cell = placing.cell(fact)
            if cell is not None:
                self._take(placing, cell, fact)

    def _take(self, placing: Placing, cell: Cell, fact: FactLine) -> None:
        table = placing.tables[fact.file]
        keys = tuple((key.code, fact.keys.get(key.code, "")) for key in table.open_keys)
        try:
            value = self._value(fact.value, cell) if is_sound(placing, fact, cell) else None
        except ValueError:  # a decimals parameter that is no whole number
            value = None
        if value is None:
            self.unreadable += 1
            return
        self._values.setdefault(table.code, {}).setdefault(keys, {})[cell.datapoint] = value

    def _value(self, text: str, cell: Cell) -> Value:
        if cell.data_type in NUMERIC:
            decimals = self._parameters.get(cell.decimals or "")
            return Number.of(Decimal(text), decimals)
        if cell.data_type == "e":
            return Item.parse(text)
        if cell.data_type in "bt":
            return text in ("true", "1")
        if cell.data_type == "d":
            return date.fromisoformat(text)
        return text

    def parts(self, code: str) -> tuple[str, ...]:
        """Return the module's tables a rule's table code stands for: itself, or the parts of a split one."""
        if code in self._module.tables:
            return (code,)
        return tuple(table for table in self._module.tables if table.startswith(f"{code}."))

    def select(self, query: CellQuery) -> Sequence[DataPoint]:
        """Return every defined cell of a selection, once per reported key combination of an open table."""
        parts = self.parts(query.table)
        if not parts:
            raise LookupError(f"{self._module.code} has no table {query.table}")
        points: list[DataPoint] = []
        for part in parts:
            points.extend(self._select_part(self._module.table(part), query))
        return points

    def _select_part(self, table: Table, query: CellQuery) -> Iterable[DataPoint]:
        axes = (axis_matcher(query.rows), axis_matcher(query.columns), axis_matcher(query.sheets))
        cells = [
            cell
            for cell in table.cells.values()
            if all(
                code is None or matches(code)
                for code, matches in zip((cell.row, cell.column, cell.sheet), axes, strict=True)
            )
        ]
        reported = self._values.get(table.code, {})
        for keys in sorted(reported) if table.open_keys else [()]:
            values = reported.get(keys, {})
            named = self._key_values(table, keys)
            for cell in cells:
                yield DataPoint(
                    table=query.table,
                    row=cell.row,
                    column=cell.column,
                    sheet=cell.sheet,
                    keys=named,
                    value=values.get(cell.datapoint),
                    ref=CellRef(table.code, cell.row, cell.column, cell.sheet, keys),
                )

    @staticmethod
    def _key_values(table: Table, keys: Keys) -> Mapping[str, Value]:
        types = {key.code: key.data_type for key in table.open_keys}
        return {name: Item.parse(value) if types[name] == "e" else value for name, value in keys}

    def open_keys(self, table: str) -> tuple[str, ...]:
        """Return the open keys of a table, or of all the parts of a split one."""
        names = [key.code for part in self.parts(table) for key in self._module.table(part).open_keys]
        return tuple(dict.fromkeys(names))

    def table_reported(self, table: str) -> bool | None:
        """Return the filing indicator of a template, or of a table's template; None if not of the module."""
        if table in self._indicators:
            return self._indicators[table]
        if table in self._module.tables:
            return self._indicators.get(self._module.table(table).template, False)
        parts = self.parts(table)
        if not parts:
            return None
        return any(self._indicators.get(self._module.table(part).template, False) for part in parts)

    def parameter(self, name: str) -> Value:
        """Return a parameter of the report, such as `refPeriod`."""
        return self._parameters.get(name)


class JointProvider:
    """Serves several packages of one entity and date to `dpmxl.evaluate_rule`, as if they were one.

    A table that stands in several of the modules (`C_00.01`) is the first one's that reports it.
    """

    def __init__(self, providers: Sequence[ReportProvider]) -> None:
        self._providers = tuple(providers)

    def _of(self, table: str) -> ReportProvider | None:
        having = [
            held for held in self._providers if held.parts(table) or held.table_reported(table) is not None
        ]
        return next((held for held in having if held.table_reported(table)), having[0] if having else None)

    def select(self, query: CellQuery) -> Sequence[DataPoint]:
        """Return every defined cell of a selection, from the package whose module has the table."""
        found = self._of(query.table)
        if found is None:
            raise LookupError(f"none of the modules has a table {query.table}")
        return found.select(query)

    def open_keys(self, table: str) -> tuple[str, ...]:
        """Return the open keys of a table, or of all the parts of a split one."""
        found = self._of(table)
        return found.open_keys(table) if found else ()

    def table_reported(self, table: str) -> bool | None:
        """Return whether a template or table is reported in any of the packages; None if none has it."""
        found = self._of(table)
        return None if found is None else found.table_reported(table)

    def parameter(self, name: str) -> Value:
        """Return a parameter of the reports, such as `refPeriod`: they are of one entity and date."""
        return self._providers[0].parameter(name)
