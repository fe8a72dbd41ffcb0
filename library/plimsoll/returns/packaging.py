"""Writes a filled return as the supervisor's report package: xBRL-CSV, the same bytes every time."""

from __future__ import annotations

import csv
import datetime
import hashlib
import io
import json
from collections.abc import Iterable, Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from itertools import groupby
from operator import attrgetter
from pathlib import Path
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

import pyarrow as pa
import pyarrow.compute as pc

from plimsoll.dictionary import Cell, Dictionary, Module, Table, open_dictionary
from plimsoll.errors import ReturnError
from plimsoll.returns.definitions import KEY_SEPARATOR
from plimsoll.returns.return_ import Fact, Return

__all__ = ["Package", "package", "package_name"]

_EPOCH = (1980, 1, 1, 0, 0, 0)
_REPORT_PACKAGE = {"documentInfo": {"documentType": "https://xbrl.org/report-package/2023"}}
_XBRL_CSV = "https://xbrl.org/2021/xbrl-csv"
_EXACT = {"decimalsInteger": 0}
_TABLE, _DATAPOINT = attrgetter("table"), attrgetter("datapoint")
_VALUE, _SHEET = attrgetter("value"), attrgetter("sheet")


@dataclass(frozen=True)
class Package:
    """A written report package: where it is, and the SHA-256 of its bytes."""

    path: Path
    sha256: str

    @property
    def name(self) -> str:
        """The file's name."""
        return self.path.name


def package(
    filled: Return,
    out_dir: Path | str,
    *,
    created: datetime.datetime | None = None,
    dictionary: Dictionary | None = None,
) -> Package:
    """Write the report package of a return into a folder.

    The bytes depend on the return and on `created` alone: rows are sorted, the zip's own times are fixed, and
    no clock, locale or time zone is read.

    Parameters
    ----------
    filled
        The return.
    out_dir
        The folder, made if absent.
    created
        The time that stands in the file's name, to the millisecond. When omitted it is the reference date at
        midnight, so that a run can be reproduced; give the real time for a filing.
    dictionary
        The supervisor's dictionary; the built one when omitted.

    Raises
    ------
    ReturnError
        The return was filled with another version of the module than the dictionary has.
    """
    module = (dictionary or open_dictionary()).module(filled.module, on=filled.reference_date)
    if module.version != filled.version:
        raise ReturnError(
            f"the return was filled with {filled.module} {filled.version}, "
            f"but the dictionary has {module.version}: fill it again"
        )
    name = package_name(filled, module, created)
    content = _zipped(name, _files(filled, module))
    path = Path(out_dir) / f"{name}.zip"
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_bytes(content)
    return Package(path, hashlib.sha256(content).hexdigest())


def package_name(filled: Return, module: Module, created: datetime.datetime | None = None) -> str:
    """Return the package's name without its ending (EBA filing rules 5.8, file naming).

    `<LEI>.<scope>_<country>_<framework><version>_<module>_<reference date>_<time to the millisecond>`
    """
    entity = filled.entity
    version = "".join(f"{int(part):02d}" for part in module.version.split("."))
    moment = created or datetime.datetime.combine(filled.reference_date, datetime.time.min)
    stamp = f"{moment:%Y%m%d%H%M%S}{moment.microsecond // 1000:03d}"
    return "_".join(
        (
            f"{entity.lei}.{entity.scope}",
            entity.country,
            f"{module.framework}{version}",
            module.code.replace("_", ""),
            filled.reference_date.isoformat(),
            stamp,
        )
    )


def _files(filled: Return, module: Module) -> Iterator[tuple[str, bytes]]:
    """Yield the package's files by their path under the root folder, in the order of their paths.

    Each is made when it is asked for, so that the one before can be compressed meanwhile.
    """
    by_table: dict[str, list[Fact]] = {}
    for code, facts in groupby(filled.facts, key=_TABLE):
        by_table.setdefault(code, []).extend(facts)
    used: set[str] = set()
    for code, held in by_table.items():
        _note_decimals(module.table(code), held, used)
    tables = {f"reports/{module.table(code).file}": code for code in by_table}
    few = {
        "META-INF/reportPackage.json": _json(_REPORT_PACKAGE),
        "reports/report.json": _json(
            {"documentInfo": {"documentType": _XBRL_CSV, "extends": [module.entry_point]}}
        ),
        "reports/FilingIndicators.csv": _csv(
            ("templateID", "reported"),
            ((code, "true" if filled.indicators[code] else "false") for code in sorted(filled.indicators)),
        ),
        "reports/parameters.csv": _csv(("name", "value"), _parameters(filled, used)),
    }
    for name in sorted({*few, *tables}):
        yield name, few[name] if name in few else _table(module.table(tables[name]), by_table[tables[name]])


def _note_decimals(table: Table, facts: list[Fact], used: set[str]) -> None:
    """Note which decimals parameters a table's facts make use of."""
    decimals = {cell.datapoint: cell.decimals for cell in table.cells.values()}
    used.update(filter(None, {decimals[datapoint] for datapoint in set(map(_DATAPOINT, facts))}))


def _table(table: Table, facts: list[Fact]) -> bytes:
    """Return a table's file.

    Amounts of tables without open rows, by far the most facts, need neither quotes nor keys looked up: their
    lines are made at once, in the order that `_row` and `sorted` give. A data point that stands in two cells of
    the table is one line.
    """
    values = list(map(_VALUE, facts))
    if table.row_keys or table.states_unit or str in set(map(type, values)):
        return _csv(_header(table), sorted({_row(fact, table) for fact in facts}))
    texts = list(map(str, values))
    if "E" in "".join(texts):  # an amount far from one, which a Decimal writes with an exponent
        texts = [format(value, "f") for value in values]
    columns = [list(map(_DATAPOINT, facts)), texts]
    twice = len({cell.datapoint for cell in table.cells.values()}) < len(table.cells)
    if table.open_keys:
        columns.append([sheet or "" for sheet in map(_SHEET, facts)])
    return ",".join(_header(table)).encode() + b"\n" + _sorted_lines(columns, twice=twice)


def _sorted_lines(columns: list[list[str]], *, twice: bool) -> bytes:
    """Return the lines of columns of texts, sorted by their code points, each ended; once if some stand twice."""
    lines = pc.binary_join_element_wise(*(pa.array(column, pa.binary()) for column in columns), b",")
    lines = pc.unique(lines) if twice else lines
    ordered = lines.take(pc.array_sort_indices(lines))
    whole: bytes = pc.binary_join(pa.ListArray.from_arrays([0, len(ordered)], ordered), b"\n")[0].as_py()
    return whole + b"\n"


def _header(table: Table) -> tuple[str, ...]:
    unit = ("unit",) if table.states_unit else ()
    return ("datapoint", "factValue", *unit, *(key.code for key in table.open_keys))


def _row(fact: Fact, table: Table) -> tuple[str, ...]:
    named = dict(zip([key.code for key in table.row_keys], fact.row.split(KEY_SEPARATOR), strict=False))
    cell = table.cell(None if named else fact.row, fact.column)
    unit = (_unit(cell),) if table.states_unit else ()
    keys = [named.get(key.code, fact.sheet or "") for key in table.open_keys]
    value = fact.value if isinstance(fact.value, str) else format(fact.value, "f")
    return (fact.datapoint, value, *unit, *keys)


def _unit(cell: Cell) -> str:
    """Return the unit a row states: none, unless the data point leaves it to the row."""
    if cell.unit == "$unit":
        raise ReturnError(f"{cell.datapoint} states its own currency, which no definition gives yet")
    return ""


def _parameters(filled: Return, used: set[str]) -> list[tuple[str, str]]:
    """Return the report's parameters: of the decimals only those that some fact makes use of."""
    entity = filled.entity
    stated: Mapping[str, int] = {**_EXACT, **filled.decimals}
    return [
        ("entityID", f"rs:{entity.lei}.{entity.scope}"),
        ("refPeriod", filled.reference_date.isoformat()),
        ("baseCurrency", f"iso4217:{entity.currency}"),
        *((name, str(stated[name])) for name in sorted(used)),
    ]


def _json(document: object) -> bytes:
    return f"{json.dumps(document, indent=2)}\n".encode()


def _csv(header: tuple[str, ...], rows: Iterable[tuple[str, ...]]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\n")
    writer.writerow(header)
    writer.writerows(rows)
    return out.getvalue().encode()


def _zipped(root: str, files: Iterable[tuple[str, bytes]]) -> bytes:
    """Return the zip; a thread compresses a file (outside the interpreter's lock) while the next one is made."""
    out = io.BytesIO()
    with ThreadPoolExecutor(1) as compressor, ZipFile(out, "w", ZIP_DEFLATED) as archive:
        under_way = [compressor.submit(_add, archive, f"{root}/{name}", content) for name, content in files]
        for task in under_way:
            task.result()
    return out.getvalue()


def _add(archive: ZipFile, name: str, content: bytes) -> None:
    entry = ZipInfo(name, _EPOCH)
    entry.compress_type = ZIP_DEFLATED
    entry.external_attr = 0o644 << 16
    entry.create_system = 3  # the same on every platform
    archive.writestr(entry, content)
