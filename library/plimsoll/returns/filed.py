"""A report as it was filed, with us or by another system: its facts by cell, to be compared and drilled."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal
from functools import cached_property
from itertools import islice
from pathlib import Path

import pandas as pd

from plimsoll.dictionary import Cell, Dictionary, Rule, open_dictionary
from plimsoll.errors import PackageError
from plimsoll.returns.definitions import CellName
from plimsoll.returns.instance import read_instance
from plimsoll.returns.reading import FactLine, Limits, ReportPackage, open_package
from plimsoll.returns.verdict.model import Finding
from plimsoll.returns.verdict.placing import Placing
from plimsoll.returns.verdict.structure import find_module
from plimsoll.returns.verdict.values import NUMERIC, check_values

__all__ = ["FiledCell", "FiledFact", "Filing", "drill", "read_package"]

_MOST = 20
"""Problems told in one error."""


@dataclass(frozen=True, slots=True)
class FiledFact:
    """One filed value.

    Attributes
    ----------
    table, row, column, sheet
        The cell. A row of an open table is named by its keys, as `CellName` has them; `sheet` is the closed
        sheet's code, the member of the open one (`key=member` of several), or None.
    keys
        The open keys by name, as filed.
    value
        A number as Decimal, anything else as text.
    decimals
        The precision it was filed with; None for text, or where none was stated.
    unit
        `iso4217:` and the currency where the row states one, else empty.
    data_type, datapoint
        As in the dictionary.
    place
        File and line.
    """

    table: str
    row: str
    column: str
    sheet: str | None
    keys: Mapping[str, str]
    value: Decimal | str
    decimals: int | None
    unit: str
    data_type: str
    datapoint: str
    place: str

    @property
    def cell(self) -> CellName:
        """Where it stands."""
        return CellName(self.table, self.row, self.column, self.sheet)


@dataclass(frozen=True)
class Filing:
    """A report package or instance, read.

    `format` is `xbrl-csv` or `xbrl-xml`; `entity` as filed (`rs:<LEI>.CON`); `indicators` says per template
    stated whether it is reported.
    """

    name: str
    sha256: str
    format: str
    module: str
    version: str
    entity: str
    reference_date: date
    currency: str
    indicators: Mapping[str, bool]
    facts: tuple[FiledFact, ...] = field(repr=False)

    @property
    def lei(self) -> str:
        """The LEI of who reports."""
        return self.entity.partition(":")[2].partition(".")[0]

    @cached_property
    def values(self) -> Mapping[CellName, FiledFact]:
        """The facts by the cell they stand in."""
        return {fact.cell: fact for fact in self.facts}

    def fact(self, table: str, row: str, column: str, sheet: str | None = None) -> FiledFact | None:
        """Return what was filed in a cell, or None."""
        return self.values.get(CellName(table, row, column, sheet))

    def frame(self, table: str | None = None) -> pd.DataFrame:
        """Return the facts as a table: table, row, column, sheet, value, decimals, unit, datapoint, place."""
        names = ("table", "row", "column", "sheet", "value", "decimals", "unit", "datapoint", "place")
        rows = [fact for fact in self.facts if table in (None, fact.table)]
        return pd.DataFrame(
            {name: pd.array([getattr(fact, name) for fact in rows], dtype=object) for name in names}
        )


@dataclass(frozen=True)
class FiledCell:
    """What a filing itself and the dictionary know of a filed value; the exposures stayed with who filed it.

    Attributes
    ----------
    fact
        The value and where it stands in the file.
    labels
        What `table`, `row`, `column` and, where there is one, `sheet` are called.
    concept, dimensions
        The supervisor's definition of the data point, the open keys left out.
    rules
        The EBA's active rules that name the cell's table and row.
    """

    fact: FiledFact
    labels: Mapping[str, str]
    concept: str
    dimensions: Mapping[str, str]
    rules: tuple[Rule, ...] = field(repr=False)


def drill(
    filing: Filing,
    table: str,
    *,
    row: str,
    column: str,
    sheet: str | None = None,
    dictionary: Dictionary | None = None,
) -> FiledCell:
    """Return what stands behind a cell of a filing that was read.

    Parameters
    ----------
    table, row, column, sheet
        The cell, as its fact has them.

    Raises
    ------
    PackageError
        Nothing was filed in that cell.
    NotInDictionary
        The module has no such table, row or column.
    """
    known = dictionary or open_dictionary()
    module = known.module(filing.module, on=filing.reference_date)
    fact = filing.fact(table, row, column, sheet)
    if fact is None:
        held = module.table(table)
        if not held.row_keys:
            held.cell(row, column)
        raise PackageError(f"{filing.name}: nothing was filed in {CellName(table, row, column, sheet)}")
    held = module.table(table)
    cell = held.datapoint(fact.datapoint)
    members = {member.name: member.label for key in held.open_keys for member in key.members}
    rows = {header.code: header.label for header in held.rows}
    columns = {header.code: header.label for header in held.columns}
    labels = {"table": held.label, "row": rows.get(row, row), "column": columns.get(column, column)}
    if sheet is not None:
        labels["sheet"] = members.get(sheet, sheet)
    named = re.compile(rf"\br{re.escape(row)}\b")
    rules = tuple(
        rule
        for rule in known.rules(module)
        if rule.active
        and {table, held.template} & set(rule.tables)
        and (named.search(rule.expression) or "r*" in rule.expression)
    )
    return FiledCell(fact, labels, cell.concept, cell.dimensions, rules)


def read_package(
    path: Path | str, dictionary: Dictionary | None = None, *, limits: Limits | None = None
) -> Filing:
    """Read a filed report of any module of the dictionary: an xBRL-CSV package or an xBRL-XML instance.

    Parameters
    ----------
    path
        The package (`.zip`) or the instance (`.xbrl`, `.xml`).
    dictionary
        The supervisor's dictionary; the built one when omitted.
    limits
        How much the file may ask of us.

    Raises
    ------
    PackageError
        The file is neither, its module is not in the dictionary, or a fact in it cannot stand; the message
        names file and line, of the first twenty where there are more.
    """
    source, known = Path(path), dictionary or open_dictionary()
    package, form = _opened(source, known, limits or Limits())
    module = find_module(package, known)
    if isinstance(module, Finding):
        raise PackageError(f"{source.name}: {module.sentence}")
    placing = Placing(package, module)
    _check(placing)
    return Filing(
        name=source.name,
        sha256=package.sha256,
        format=form,
        module=module.code,
        version=module.version,
        entity=package.parameters.get("entityID", ""),
        reference_date=date.fromisoformat(package.parameters["refPeriod"]),
        currency=package.parameters.get("baseCurrency", "").removeprefix("iso4217:"),
        indicators=package.indicators,
        facts=tuple(_facts(placing)),
    )


def _opened(source: Path, dictionary: Dictionary, limits: Limits) -> tuple[ReportPackage, str]:
    try:
        with source.open("rb") as stream:
            zipped = stream.read(2) == b"PK"
        if source.stat().st_size > limits.file:
            raise PackageError(f"{source.name} is larger than the limit of {limits.file} bytes")
    except OSError as error:
        raise PackageError(f"{source.name} cannot be read: {error.strerror}") from error
    if zipped:
        return open_package(source, limits=limits), "xbrl-csv"
    return read_instance(source.name, source.read_bytes(), dictionary), "xbrl-xml"


def _check(placing: Placing) -> None:
    """Raise when a file is no table of the module, or a fact cannot stand in its cell."""
    unknown = [table.file for table in placing.package.tables if table.file not in placing.tables]
    problems = [f"{file} is not a table of {placing.module.code}" for file in unknown]
    findings = list(islice(check_values(placing), _MOST + 1))
    problems += [f"{finding.place}: {finding.sentence}" for finding in findings]
    if problems:
        more = "\n… and more" if len(problems) > _MOST else ""
        raise PackageError("\n".join(problems[:_MOST]) + more)


def _facts(placing: Placing) -> Iterator[FiledFact]:
    """Yield each filed cell once; a data point may stand in several cells of its table."""
    seen: set[CellName] = set()
    standing: dict[tuple[str, str], list[Cell]] = {}
    for file, table in placing.tables.items():
        for cell in table.cells.values():
            standing.setdefault((file, cell.datapoint), []).append(cell)
    for line in placing.package.facts:
        where = placing.locate(line)
        for cell in standing[line.file, line.datapoint]:
            fact = _fact(placing, line, cell, {**where, **_codes(cell)})
            if fact.cell not in seen:
                seen.add(fact.cell)
                yield fact


def _codes(cell: Cell) -> dict[str, str]:
    """Return the row and the sheet of a cell where they have codes; open ones are named by the keys."""
    return {axis: code for axis, code in (("row", cell.row), ("sheet", cell.sheet)) if code}


def _fact(placing: Placing, line: FactLine, cell: Cell, where: Mapping[str, str]) -> FiledFact:
    stated = line.decimals or placing.package.parameters.get(cell.decimals or "", "")
    numeric = cell.data_type in NUMERIC
    return FiledFact(
        table=where["table"],
        row=where["row"],
        column=cell.column or "",
        sheet=where["sheet"] or None,
        keys={name: value for name, value in line.keys.items() if name != "unit"},
        value=Decimal(line.value) if numeric else line.value,
        decimals=_decimals(stated) if numeric else None,
        unit=line.keys.get("unit", ""),
        data_type=cell.data_type,
        datapoint=cell.datapoint,
        place=line.place,
    )


def _decimals(stated: str) -> int | None:
    """Return the precision stated; None for `INF` (exact) and where none is."""
    return int(stated) if stated.lstrip("-").isdigit() else None
