"""Template cells as data: what a row selects, what a column measures, what a sheet filters."""

from __future__ import annotations

import hashlib
import tomllib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any

from plimsoll.dictionary import Module, Table
from plimsoll.errors import NotInDictionary, ReturnError

__all__ = [
    "CellName",
    "Definitions",
    "Formula",
    "Sheet",
    "TableDefinition",
    "check_definitions",
    "parse_definitions",
    "read_definitions",
]

Where = Mapping[str, Any]

_MODULES = {"COREP_OF": "corep_of"}
_SHAPES = ("sum", "add", "ratio", "surplus", "lowest", "level", "choice")


@dataclass(frozen=True)
class CellName:
    """Where a cell stands: table, row, column and, where the table has sheets, the sheet's member name."""

    table: str
    row: str
    column: str
    sheet: str | None = None

    def __str__(self) -> str:
        """Return the name as people write it."""
        sheet = f", sheet {self.sheet}" if self.sheet else ""
        return f"{self.table}, row {self.row}, column {self.column}{sheet}"


@dataclass(frozen=True)
class Formula:
    """How a cell gets its value; one of seven shapes.

    - `sum`: of `column` over the rows of `source` that match `where`, times `sign`
    - `add`: other cells, one after the other
    - `ratio`: the first cell over the second
    - `surplus`: the first cell less `level` times the second
    - `lowest`: the smallest of other cells
    - `level`: the first of the named marks that the simulation set for a ratio
    - `choice`: the member that stands for the word in `column` of the only row of `source`
    """

    shape: str
    article: str
    source: str = ""
    column: str = ""
    sign: int = 1
    where: tuple[Where, ...] = ()
    cells: tuple[CellName, ...] = ()
    ratio: str = ""
    marks: tuple[str, ...] = ()
    members: Mapping[str, str] = field(default_factory=dict)

    def __str__(self) -> str:
        """Return the formula as a sentence a reviewer reads."""
        if self.shape == "sum":
            filters = " and ".join(
                _spoken(key, value) for where in self.where for key, value in where.items()
            )
            minus = "minus " if self.sign < 0 else ""
            return f"{minus}sum of {self.column} over {self.source}" + (
                f" where {filters}" if filters else ""
            )
        mark = f"the first of {', '.join(self.marks)} for {self.ratio}"
        named = [_named(cell) for cell in self.cells]
        return {
            "add": " + ".join(named),
            "ratio": " / ".join(named),
            "surplus": f"{named[0]} − ({mark}) × {named[-1]}" if named else "",
            "lowest": f"the lowest of {', '.join(named)}",
            "level": mark,
            "choice": f"the {self.source}'s {self.column}",
        }[self.shape]


def _named(cell: CellName) -> str:
    """Return a cell as the EBA's rules write it; a step that is no cell goes by its name."""
    if not cell.row.isdigit():
        return cell.row.replace("_", " ")
    return f"{{{cell.table}, r{cell.row}, c{cell.column}}}"


def _spoken(column: str, wanted: object) -> str:
    if isinstance(wanted, dict):
        return f"{column} is none of {', '.join(str(value) for value in wanted['not'])}"
    if isinstance(wanted, list):
        return f"{column} is one of {', '.join(str(value) for value in wanted)}"
    return f"{column} is {wanted}"


@dataclass(frozen=True)
class Sheet:
    """A sheet of an open sheet axis: the member that stands in the file, and the name used in speech."""

    member: str
    name: str
    where: Where


@dataclass(frozen=True)
class TableDefinition:
    """A table's cells by name, its sheets, and the rows and columns left out with the reason.

    `needs` is a cell without which the table says nothing: then none of it is reported.
    """

    table: str
    cells: Mapping[CellName, Formula]
    sheets: tuple[Sheet, ...]
    rows: tuple[str, ...]
    columns: tuple[str, ...]
    left_out: Mapping[str, str]
    needs: CellName | None


@dataclass(frozen=True)
class Definitions:
    """All definitions of a module, with the text they were read from (kept with every return)."""

    module: str
    version: str
    texts: Mapping[str, str]
    tables: Mapping[str, TableDefinition]

    @property
    def digest(self) -> str:
        """SHA-256 over the definition texts."""
        whole = hashlib.sha256()
        for name in sorted(self.texts):
            whole.update(f"{name}\0{self.texts[name]}\0".encode())
        return whole.hexdigest()


def read_definitions(module: str, version: str) -> Definitions:
    """Return the definitions shipped for a version of a module, such as `COREP_OF` 4.1.0.

    Raises
    ------
    ReturnError
        There are none.
    """
    code = module.upper()
    if code not in _MODULES:
        known = ", ".join(sorted(_MODULES))
        raise ReturnError(f"no templates are defined for module {module}; there are some for {known}")
    folder = files("plimsoll.returns").joinpath("templates", _MODULES[code])
    texts = {
        entry.name: entry.read_text("utf-8") for entry in folder.iterdir() if entry.name.endswith(".toml")
    }
    return parse_definitions(code, version, texts)


def parse_definitions(module: str, version: str, texts: Mapping[str, str]) -> Definitions:
    """Return definitions from their texts: the shipped ones, or those a return was filled with."""
    tables: dict[str, TableDefinition] = {}
    for name in sorted(texts):
        document = tomllib.loads(texts[name])
        tables.update((table.table, table) for table in _parse_tables(document, version))
    return Definitions(module, version, dict(texts), tables)


def _parse_tables(document: dict[str, Any], version: str) -> Iterator[TableDefinition]:
    """Return the table of a document, and the one that holds some of its rows in this version, if any."""
    own = document["table"]
    special = document.get("versions", {}).get(version, {})
    elsewhere: dict[str, str] = special.get("elsewhere", {})
    sheets = tuple(
        Sheet(member, sheet["name"], sheet.get("where", {}))
        for member, sheet in document.get("sheets", {}).items()
    )
    matrix = "columns" in document
    document = {**document, "members": special.get("members", document.get("members", {}))}
    cells = _matrix_cells(document, sheets) if matrix else _list_cells(document, elsewhere)
    columns = tuple(document["columns"]) if matrix else (document["column"],)
    reasons = document.get("left_out", {})
    unfilled = {**reasons.get("columns", {}), **special.get("columns_left_out", {})}
    for table in sorted({own, *elsewhere.values()}):
        left_out = {
            f"row {row}": reason
            for row, reason in reasons.get("rows", {}).items()
            if elsewhere.get(row, own) == table
        }
        if table == own:
            left_out.update((f"column {column}", reason) for column, reason in unfilled.items())
        yield TableDefinition(
            table=table,
            cells={cell: formula for cell, formula in cells.items() if cell.table == table},
            sheets=sheets,
            rows=tuple(row for row in document["rows"] if elsewhere.get(row, own) == table),
            columns=columns,
            left_out=left_out,
            needs=_cell(document["needs"], document["column"]) if "needs" in document else None,
        )


def _cell(name: str, column: str) -> CellName:
    """Return the cell of `C_02.00.a/0010`."""
    table, _, row = name.rpartition("/")
    return CellName(table, row, column)


def _matrix_cells(document: dict[str, Any], sheets: tuple[Sheet, ...]) -> dict[CellName, Formula]:
    """Return the cells of a table whose rows, columns and sheets each filter the same source."""
    cells = {}
    for row, selected in document["rows"].items():
        for column, measured in document["columns"].items():
            for sheet in sheets:
                if sheet.member not in selected.get("sheets", [sheet.member]):
                    continue
                filters = (
                    document.get("where", {}),
                    sheet.where,
                    selected.get("where", {}),
                    measured.get("where", {}),
                )
                cells[CellName(document["table"], row, column, sheet.member)] = Formula(
                    shape="sum",
                    article=measured["article"],
                    source=document["source"],
                    column=measured["sum"],
                    sign=measured.get("sign", 1),
                    where=tuple(where for where in filters if where),
                )
    return cells


def _list_cells(document: dict[str, Any], elsewhere: Mapping[str, str]) -> dict[CellName, Formula]:
    """Return the cells of a table with one column: a formula a row, and steps as named cells."""
    table, column = document["table"], document["column"]

    def reference(name: str) -> CellName:
        """Return the cell of `0040` (this table) or `C_02.00.a/0010` (another)."""
        other, _, row = name.rpartition("/")
        return CellName(other or elsewhere.get(row, table), row, column)

    cells = {}
    for row, entry in {**document["rows"], **document.get("steps", {})}.items():
        (shape,) = [shape for shape in _SHAPES if shape in entry]
        named = () if shape in {"sum", "level", "choice"} else tuple(entry[shape])
        cells[reference(row)] = Formula(
            shape=shape,
            article=entry["article"],
            source=entry.get("source", document.get("source", "")),
            column=entry.get("sum", entry.get("choice", "")),
            sign=entry.get("sign", 1),
            where=(entry["where"],) if "where" in entry else (),
            cells=tuple(reference(name) for name in named),
            ratio=entry.get("of", ""),
            marks=tuple(entry.get("marks", entry.get("level", ()))),
            members=document["members"].get(row, {}),
        )
    return cells


def check_definitions(definitions: Definitions, module: Module) -> None:
    """Raise unless definitions and dictionary name the same tables, rows, columns and sheets.

    Raises
    ------
    ReturnError
        A definition names what the dictionary lacks, or a reportable row or column is neither defined nor
        left out with a reason.
    """
    for definition in definitions.tables.values():
        try:
            table = module.table(definition.table)
        except NotInDictionary as error:
            raise ReturnError(f"a definition names a table the dictionary lacks: {error}") from error
        reportable = {f"row {cell.row}" for cell in table.cells.values()}
        reportable |= {f"column {cell.column}" for cell in table.cells.values()}
        defined = {f"row {row}" for row in definition.rows}
        defined |= {f"column {column}" for column in definition.columns}
        named = defined | set(definition.left_out)
        if unknown := sorted(named - reportable):
            raise ReturnError(f"{definition.table}: the dictionary has no reportable {', '.join(unknown)}")
        if silent := sorted(reportable - named):
            raise ReturnError(f"{definition.table}: {', '.join(silent)} is neither defined nor left out")
        if both := sorted(defined & set(definition.left_out)):
            raise ReturnError(f"{definition.table}: {', '.join(both)} is both defined and left out")
        _check_sheets(definition, module)
        _check_choices(definition, table)


def _check_sheets(definition: TableDefinition, module: Module) -> None:
    key = module.table(definition.table).open_key("sheet")
    members = {member.name for member in key.members} if key else set()
    unknown = [sheet.member for sheet in definition.sheets if sheet.member not in members]
    if unknown:
        raise ReturnError(f"{definition.table}: the dictionary has no sheet {', '.join(unknown)}")


def _check_choices(definition: TableDefinition, table: Table) -> None:
    for cell, formula in definition.cells.items():
        if formula.shape == "choice":
            allowed = table.cell(cell.row, cell.column).allowed_values
            unknown = sorted(set(formula.members.values()).difference(allowed))
            if unknown or not formula.members:
                raise ReturnError(f"{cell} may not hold {', '.join(unknown) or 'nothing'}")
