"""Reads the definitions of a module: one folder of TOML documents, a document a table, a plan for them all."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from functools import cache
from importlib.resources import files
from typing import Any

from plimsoll.errors import ReturnError
from plimsoll.returns.definitions import (
    EACH_SHEET,
    SHAPES,
    CellName,
    Definitions,
    Formula,
    Key,
    Plan,
    Sheet,
    SheetsBy,
    TableDefinition,
    Where,
)

__all__ = ["list_modules", "module_of", "parse_definitions", "read_definitions"]

_PLAN = "module.toml"
_FIRST_PLAN = """
sources = ["lines", "own_funds", "requirements", "marks", "entity"]
"""
"""The plan of returns saved before modules had one of their own."""
_MEASURING = ("sum", "weighted", "yearly", "count")
_REFERRING = {"add", "ratio", "surplus", "lowest"}

Reference = Callable[[str], CellName]


def list_modules() -> tuple[str, ...]:
    """Return the codes of the modules that have definitions, own funds first."""
    folder = files("plimsoll.returns").joinpath("templates")
    codes = [entry.name.upper() for entry in folder.iterdir() if entry.joinpath(_PLAN).is_file()]
    return tuple(sorted(codes, key=lambda code: (code != "COREP_OF", code)))


def module_of(table: str) -> str | None:
    """Return the module whose definitions fill a table, None where none does; own funds come first."""
    for code in list_modules():
        if any(tomllib.loads(text).get("table") == table for text in _texts(code).values()):
            return code
    return None


def read_definitions(module: str, version: str) -> Definitions:
    """Return the definitions shipped for a version of a module, such as `COREP_OF` 4.1.0.

    Raises
    ------
    ReturnError
        There are none.
    """
    code = module.upper()
    if code not in list_modules():
        known = ", ".join(list_modules())
        raise ReturnError(f"no templates are defined for module {module}; there are some for {known}")
    return _shipped(code, version)


@cache
def _shipped(code: str, version: str) -> Definitions:
    """Return shipped definitions, parsed once: they are frozen, and every return is filled from them."""
    return parse_definitions(code, version, _texts(code))


def _texts(code: str) -> dict[str, str]:
    """Return the documents of a module by file name, those it shares with another among them."""
    templates = files("plimsoll.returns").joinpath("templates")
    folder = templates.joinpath(code.lower())
    texts = {
        entry.name: entry.read_text("utf-8") for entry in folder.iterdir() if entry.name.endswith(".toml")
    }
    for shared in tomllib.loads(texts[_PLAN]).get("shared", []):
        other, _, name = shared.partition("/")
        texts[f"{name}.toml"] = templates.joinpath(other, f"{name}.toml").read_text("utf-8")
    return texts


def parse_definitions(module: str, version: str, texts: Mapping[str, str]) -> Definitions:
    """Return definitions from their texts: the shipped ones, or those a return was filled with."""
    plan = _plan(tomllib.loads(texts.get(_PLAN, _FIRST_PLAN)))
    tables: dict[str, TableDefinition] = {}
    for name in sorted(texts.keys() - {_PLAN}):
        for table in _parse_tables(tomllib.loads(texts[name]), version):
            known = tables.get(table.table)
            tables[table.table] = table if known is None else _merged(known, table)
    return Definitions(module, version, dict(texts), plan, tables)


def _plan(document: Mapping[str, Any]) -> Plan:
    totals = {name: CellName(*place.split("/")) for name, place in document.get("totals", {}).items()}
    return Plan(
        sources=tuple(document["sources"]),
        totals=totals,
        complete=document.get("complete", {}),
        shared=tuple(document.get("shared", ())),
    )


def _merged(first: TableDefinition, second: TableDefinition) -> TableDefinition:
    """Return a table whose cells stand in two documents: its other columns are another table in other versions."""
    rows = tuple(dict.fromkeys([*first.rows, *second.rows]))
    left_out = {**first.left_out, **second.left_out}
    return replace(
        first,
        cells={**first.cells, **second.cells},
        rows=rows,
        columns=tuple(dict.fromkeys([*first.columns, *second.columns])),
        left_out={place: why for place, why in left_out.items() if place.removeprefix("row ") not in rows},
    )


def _parse_tables(document: dict[str, Any], version: str) -> Iterator[TableDefinition]:
    """Return the table of a document, and the one that holds some of its rows in this version, if any.

    A document whose table this version does not have yet (`absent`) gives none, and none of its rows that a
    version has dropped (`without_rows`).
    """
    own = document["table"]
    special = document.get("versions", {}).get(version, {})
    if special.get("absent"):
        return
    document = _of_version(document, special)
    elsewhere: dict[str, str] = special.get("elsewhere", {})
    sheets = tuple(
        Sheet(special.get("sheets", {}).get(member, member), sheet["name"], sheet.get("where", {}))
        for member, sheet in document.get("sheets", {}).items()
    )
    each = special.get("sheets_by", document.get("sheets_by"))
    reference = _referring(document, elsewhere)
    cells = _cells(document, (*sheets, Sheet(EACH_SHEET, "", {})) if each else sheets, reference)
    rows = tuple(dict.fromkeys([*document.get("rows", ()), *(row for row, _ in _places(document))]))
    columns = _columns(document)
    left_out = _left_out(document, special)
    moved = {elsewhere.get(row, own) for row in (*rows, *document.get("left_out", {}).get("rows", {}))}
    for table in sorted({*(moved or {own}), *elsewhere.values()}):
        yield TableDefinition(
            table=table,
            cells={cell: formula for cell, formula in cells.items() if cell.table == table},
            sheets=sheets,
            rows=tuple(row for row in rows if elsewhere.get(row, own) == table),
            columns=columns,
            left_out={
                f"{axis} {code}": why
                for (axis, code), why in left_out.items()
                if table == (elsewhere.get(code, own) if axis == "row" else own)
            },
            needs=reference(document["needs"]) if "needs" in document else None,
            keys=tuple(_keys(document)),
            source=document.get("source", ""),
            zeros=document.get("zeros", False),
            sheets_by=SheetsBy(each["column"], each["prefix"], each.get("members", {})) if each else None,
        )


def _of_version(document: dict[str, Any], special: Mapping[str, Any]) -> dict[str, Any]:
    """Return a document as one version of its table has it: its own members, without the rows that it dropped."""
    changed = {**document, "members": special.get("members", document.get("members", {}))}
    if "rows" in document:
        dropped = special.get("without_rows", ())
        changed["rows"] = {row: entry for row, entry in document["rows"].items() if row not in dropped}
    return changed


def _left_out(document: Mapping[str, Any], special: Mapping[str, Any]) -> dict[tuple[str, str], str]:
    """Return why rows and columns are left out, by axis and code."""
    reasons = document.get("left_out", {})
    return {
        (axis, code): why
        for axis in ("row", "column")
        for code, why in {**reasons.get(f"{axis}s", {}), **special.get(f"{axis}s_left_out", {})}.items()
    }


def _places(document: Mapping[str, Any]) -> list[tuple[str, str]]:
    """Return row and column of the cells that a document defines one by one."""
    return [(row, column) for row, _, column in (name.partition("/") for name in document.get("cells", {}))]


def _columns(document: Mapping[str, Any]) -> tuple[str, ...]:
    named = [document["column"]] if "column" in document else []
    placed = [column for _, column in _places(document)]
    return tuple(dict.fromkeys([*named, *document.get("columns", ()), *placed]))


def _keys(document: Mapping[str, Any]) -> Iterator[Key]:
    for header, column in sorted(document.get("keys", {}).items()):
        yield Key(header, column, document["members"].get(header, {}))


def _referring(document: Mapping[str, Any], elsewhere: Mapping[str, str]) -> Reference:
    """Return what reads a cell's name: `0040`, `C_01.00/0040` or `C_01.00/0040/0010`.

    In a table whose cells are defined one by one `0040/0010` is row and column of the table itself; in an open
    one `0210` is the column, on the same row.
    """
    table, steps = document["table"], document.get("steps", {})

    def reference(name: str) -> CellName:
        parts = name.split("/")
        if len(parts) == 3:
            return CellName(*parts)
        if name in steps:
            return CellName(table, name, document.get("column", ""))
        if "keys" in document:
            return CellName(table, "", name)
        if "cells" in document:
            return CellName(table, *parts)
        other, row = (parts[0], parts[1]) if len(parts) == 2 else ("", name)
        return CellName(other or elsewhere.get(row, table), row, document["column"])

    return reference


def _cells(
    document: Mapping[str, Any], sheets: tuple[Sheet, ...], reference: Reference
) -> dict[CellName, Formula]:
    """Return a table's cells, by the forms its document has; those named one by one come last and stand."""
    table = document["table"]
    named: dict[CellName, Mapping[str, Any]] = {}
    cells: dict[CellName, Formula] = {}
    if "keys" in document:
        for sheet in sheets or (None,):
            shown, where = (sheet.member, sheet.where) if sheet else (None, {})
            named.update(
                (CellName(table, "", code, shown), {**entry, "where": {**entry.get("where", {}), **where}})
                for code, entry in document["columns"].items()
            )
    elif "columns" in document:
        cells = _matrix_cells(document, sheets or (None,))
    else:
        named.update((reference(row), entry) for row, entry in document.get("rows", {}).items())
    named.update(_single_cells(document, sheets or (None,)))
    named.update((reference(name), entry) for name, entry in document.get("steps", {}).items())
    cells.update((cell, _formula(cell, entry, document, reference)) for cell, entry in named.items())
    return cells


def _single_cells(
    document: Mapping[str, Any], sheets: tuple[Sheet | None, ...]
) -> Iterator[tuple[CellName, Mapping[str, Any]]]:
    """Yield the cells defined one by one, in each sheet or in those that one names (`on`; `*`: those of the data)."""
    for row, column in _places(document):
        entry = document["cells"][f"{row}/{column}"]
        for sheet in sheets:
            if sheet is None:
                yield CellName(document["table"], row, column), entry
            elif (sheet.name or EACH_SHEET) in entry.get("on", [sheet.name or EACH_SHEET]):
                where = {**entry.get("where", {}), **sheet.where}
                yield CellName(document["table"], row, column, sheet.member), {**entry, "where": where}


def _matrix_cells(document: Mapping[str, Any], sheets: tuple[Sheet | None, ...]) -> dict[CellName, Formula]:
    """Return the cells of a table whose rows, columns and sheets each filter the same source."""
    cells = {}
    renamed: dict[tuple[int, int], Where] = {}
    for row, selected in document["rows"].items():
        for column, measured in document["columns"].items():
            for sheet in sheets:
                if sheet and sheet.member not in selected.get("sheets", [sheet.member]):
                    continue
                selecting = (
                    document.get("where", {}),
                    sheet.where if sheet else {},
                    selected.get("where", {}),
                    measured.get("where", {}),
                )
                if column in selected.get("without", []):
                    continue
                if sheet and sheet.member in measured.get("without_sheets", []):
                    continue
                instead = measured.get("instead", {})
                filters = tuple(_renamed(where, instead, renamed) for where in selecting)
                (shape,) = [shape for shape in _MEASURING if shape in measured]
                cells[CellName(document["table"], row, column, sheet.member if sheet else None)] = Formula(
                    shape=shape,
                    article=measured["article"],
                    source=document["source"],
                    column=measured[shape],
                    sign=measured.get("sign", 1),
                    where=tuple(where for where in filters if where),
                    weight=measured.get("by", ""),
                    places=measured.get("places", 6),
                )
    return cells


def _renamed(where: Where, instead: Mapping[str, str], known: dict[tuple[int, int], Where]) -> Where:
    """Return a filter on other columns: a measure may be of what a line was before protection moved it.

    Each is made once, so that its rows are sought once.
    """
    if not instead or not set(where) & set(instead):
        return where
    key = (id(where), id(instead))
    if key not in known:
        known[key] = {instead.get(column, column): wanted for column, wanted in where.items()}
    return known[key]


def _beside(cell: CellName, other: CellName) -> CellName:
    """Return the cell that another refers to: within a table it is the one on the same sheet."""
    return replace(other, sheet=cell.sheet) if other.table == cell.table else other


def _formula(
    cell: CellName, entry: Mapping[str, Any], document: Mapping[str, Any], reference: Reference
) -> Formula:
    (shape,) = [shape for shape in SHAPES if shape in entry]
    referred = tuple(entry[shape]) if shape in _REFERRING else ()
    reads = shape in {*_MEASURING, "mean", "rate", "choice", "text"}
    code = cell.column if "keys" in document else cell.row
    marked = shape in {"level", "surplus"}
    source = entry.get("source", "marks" if marked else document.get("source", ""))
    shared = document.get("where", {}) if source == document.get("source") else {}
    instead = entry.get("instead", {})
    filters = (_renamed(where, instead, {}) for where in (shared, entry.get("where", {})))
    return Formula(
        shape=shape,
        article=entry["article"],
        source=source,
        column=entry[shape] if reads else "",
        sign=entry.get("sign", 1),
        where=tuple(where for where in filters if where),
        cells=tuple(_beside(cell, reference(name)) for name in referred),
        ratio=entry.get("of", ""),
        marks=tuple(entry.get("marks", entry.get("level", ()))),
        members=document["members"].get(code, {}),
        prefix=entry.get("prefix", ""),
        weight=entry.get("by", ""),
        places=entry.get("places", 6),
        instead=instead,
        whole=entry.get("whole", False),
    )
