"""The pre-check of single facts: known data points, values of the right type, allowed keys, no contradiction.

References
----------
EBA Filing Rules 5.8 (2.16, 2.19, 3.11, xBRL-CSV rules 1 to 5); XML Schema 1.0 part 2 (lexical forms).
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date
from decimal import Decimal

from plimsoll.dictionary import Cell, OpenKey, Table
from plimsoll.returns.reading import FactLine
from plimsoll.returns.verdict.model import Finding
from plimsoll.returns.verdict.placing import Placing

__all__ = ["NUMERIC", "VALUE_CHECKS", "check_values", "is_sound", "parse_date"]

VALUE_CHECKS = ("datapoint", "value", "key", "unit", "contradiction")
"""The names of the checks made on each fact."""

NUMERIC = frozenset("mpir")
"""Data types whose values are numbers."""
_DECIMAL = re.compile(r"[+-]?(\d+(\.\d*)?|\.\d+)", re.ASCII)
_INTEGER = re.compile(r"[+-]?\d+", re.ASCII)
_SUFFIXED = re.compile(r"[+-]?[\d.]+d-?\d+")
_DATE = re.compile(r"\d{4}-\d{2}-\d{2}", re.ASCII)
_SAID = {"m": "an amount", "p": "a fraction", "r": "a number", "i": "a whole number", "b": "true or false"}

Identity = tuple[str, frozenset[tuple[str, str]]]


def check_values(placing: Placing) -> Iterator[Finding]:
    """Yield a finding for every fact that cannot stand, naming its cell."""
    seen: dict[Identity, FactLine] = {}
    for file in placing.package.tables:
        table = placing.tables.get(file.file)
        if table is None:
            continue
        cells = placing.cells[file.file]
        for fact in file.facts:
            cell = cells.get(fact.datapoint)
            problems = list(_problems(fact, cell, table, placing.members[file.file]))
            if cell is not None and not problems:
                problems = list(_contradiction(placing, seen, fact, cell, table))
            for check, sentence in problems:
                where = placing.locate(fact)
                yield Finding("structure", "error", f"structure.{check}", sentence, **where)


def is_sound(placing: Placing, fact: FactLine, cell: Cell) -> bool:
    """Whether a fact's value and keys can be read as its cell says."""
    members = placing.members[fact.file]
    return not _wrong_value(fact.value, cell) and not any(
        _wrong_key(fact.keys.get(key.code, ""), key, members[key.code])
        for key in placing.tables[fact.file].open_keys
    )


def _problems(
    fact: FactLine,
    cell: Cell | None,
    table: Table,
    members: Mapping[str, frozenset[str]],
) -> Iterator[tuple[str, str]]:
    if cell is None:
        yield "datapoint", f"{table.code} has no data point {fact.datapoint!r} ({fact.place})."
        return
    wrong = _wrong_value(fact.value, cell)
    if wrong:
        yield "value", f"{_cell_name(table, cell)}: {fact.value!r} {wrong}."
    for key in table.open_keys:
        wrong = _wrong_key(fact.keys.get(key.code, ""), key, members[key.code])
        if wrong:
            yield "key", f"{_cell_name(table, cell)}: {key.label}: {wrong}."
    if table.states_unit:
        unit = fact.keys.get("unit", "")
        if cell.unit == "$unit" and not re.fullmatch(r"iso4217:[A-Z]{3}", unit):
            yield "unit", f"{_cell_name(table, cell)}: the unit {unit!r} must be iso4217: and three letters."
        if cell.unit != "$unit" and unit:
            yield "unit", f"{_cell_name(table, cell)}: takes no unit, yet the row gives {unit!r}."


def _cell_name(table: Table, cell: Cell) -> str:
    axes = (("row", cell.row), ("column", cell.column), ("sheet", cell.sheet))
    return ", ".join([table.code, *(f"{axis} {code}" for axis, code in axes if code)])


def _wrong_value(value: str, cell: Cell) -> str:
    """Return why a value cannot stand in a cell, or the empty string."""
    if value == "" and cell.data_type != "es":
        return "is empty; leave out a fact that is not reported"
    if value.startswith("#"):
        return "is a special value; leave out a fact that is not reported"
    if cell.data_type in NUMERIC and _SUFFIXED.fullmatch(value):
        return "has a decimals suffix; decimals belong in parameters.csv"
    if cell.allowed_values:
        return "" if value in cell.allowed_values else f"is not one of {_shown(cell.allowed_values)}"
    return "" if _is_of_type(value, cell.data_type) else f"is not {_SAID.get(cell.data_type, 'of its type')}"


def _is_of_type(value: str, data_type: str) -> bool:
    if data_type in "mpr":
        return _DECIMAL.fullmatch(value) is not None
    if data_type == "i":
        return _INTEGER.fullmatch(value) is not None
    if data_type in "bt":
        return value in ("true", "false", "1", "0")
    if data_type == "d":
        return _is_date(value)
    if data_type == "e":
        return re.fullmatch(r"[A-Za-z_][\w.-]*:[\w.-]+", value) is not None
    return data_type == "es" or bool(value.strip())


def _is_date(value: str) -> bool:
    try:
        parse_date(value)
    except ValueError:
        return False
    return True


def parse_date(text: str) -> date:
    """Return a date as XML Schema writes it; ISO 8601 has other forms, which a report may not use.

    Raises
    ------
    ValueError
        It is none.
    """
    if not _DATE.fullmatch(text):
        raise ValueError(f"{text!r} is not a date such as 2026-06-30")
    return date.fromisoformat(text)


def _wrong_key(value: str, key: OpenKey, members: frozenset[str]) -> str:
    if not value.strip() or value.startswith("#"):
        return "the key column must hold a value"
    if members and value not in members:
        return f"{value!r} is not one of {_shown(tuple(sorted(members)))}"
    if not members and not _is_of_type(value, key.data_type):
        return f"{value!r} is not {_SAID.get(key.data_type, 'of its type')}"
    return ""


def _shown(values: tuple[str, ...], limit: int = 4) -> str:
    more = f" and {len(values) - limit} more" if len(values) > limit else ""
    return ", ".join(values[:limit]) + more


def _contradiction(
    placing: Placing, seen: dict[Identity, FactLine], fact: FactLine, cell: Cell, table: Table
) -> Iterator[tuple[str, str]]:
    """Compare with an earlier fact of the same concept and dimensions, in whatever table it stands."""
    unit = fact.keys.get("unit", "") if cell.unit == "$unit" else cell.unit or ""
    if unit == "$baseCurrency":
        unit = placing.package.parameters.get("baseCurrency", "")
    opened = ((key.dimension, fact.keys[key.code]) for key in table.open_keys)
    identity = (cell.concept, frozenset([*cell.dimensions.items(), *opened, ("unit", unit)]))
    first = seen.setdefault(identity, fact)
    if first is not fact and not _same(first.value, fact.value, cell.data_type):
        yield "contradiction", f"{_stated(placing, fact)} contradicts {_stated(placing, first)}."


def _stated(placing: Placing, fact: FactLine) -> str:
    where = placing.locate(fact)
    axes = ("row", "column", "sheet")
    named = ", ".join([where["table"], *(f"{axis} {where[axis]}" for axis in axes if where[axis])])
    return f"{named}: {fact.value} ({fact.place})"


def _same(first: str, second: str, data_type: str) -> bool:
    if data_type in NUMERIC:
        return Decimal(first) == Decimal(second)
    return first == second
