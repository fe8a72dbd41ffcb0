"""Read a report package as a supervisor receives it: a zip from a stranger, judged as found.

Nothing is extracted to disk, nothing is guessed, and every size is bounded while reading, whatever the
archive declares about itself.

References
----------
XBRL International, *Report Package 1.0* and *xBRL-CSV 1.0*; EBA Filing Rules 5.8.
"""

from __future__ import annotations

import csv
import hashlib
import io
import json
import stat
import zipfile
import zlib
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from types import MappingProxyType
from typing import Any

from plimsoll.errors import PackageError

__all__ = ["FACT_COLUMNS", "FactLine", "Limits", "ReportPackage", "TableFile", "open_package"]

REPORT_PACKAGE_TYPE = "https://xbrl.org/report-package/2023"
XBRL_CSV_TYPE = "https://xbrl.org/2021/xbrl-csv"
FACT_COLUMNS = ("datapoint", "factValue")
_FIXED_FILES = ("report.json", "parameters.csv", "FilingIndicators.csv")


@dataclass(frozen=True)
class Limits:
    """How much an archive may ask of us; sizes in bytes, uncompressed."""

    archive: int = 512 * 1024**2
    entries: int = 2_000
    file: int = 512 * 1024**2
    total: int = 1024**3
    ratio: int = 200
    facts: int = 2_000_000


@dataclass(frozen=True, slots=True)
class FactLine:
    """One line of a table file: `line` counts from 1, the header being line 1.

    A fact of an XBRL instance stands in the table file it would have; `source` then names the instance, where
    the line counts, and `decimals` what the fact itself states.
    """

    file: str
    line: int
    datapoint: str
    value: str
    keys: Mapping[str, str]
    decimals: str = ""
    source: str = ""

    @property
    def place(self) -> str:
        """Return where it stands, as `c_01.00.csv, line 3`."""
        return f"{self.source or self.file}, line {self.line}"


@dataclass(frozen=True)
class TableFile:
    """A table file: its name, header and facts in file order."""

    file: str
    header: tuple[str, ...]
    facts: tuple[FactLine, ...]


@dataclass(frozen=True)
class ReportPackage:
    """What a package says, before any judgement.

    `parameter_rows` and `indicator_rows` keep every row in order, so that a duplicate is still seen;
    the properties give them by name.
    """

    name: str
    sha256: str
    root: str
    files: tuple[str, ...]
    entry_point: str
    parameter_rows: tuple[tuple[str, str], ...]
    indicator_rows: tuple[tuple[str, str], ...]
    tables: tuple[TableFile, ...]

    @property
    def parameters(self) -> Mapping[str, str]:
        """Return the parameters by name."""
        return MappingProxyType(dict(self.parameter_rows))

    @property
    def indicators(self) -> Mapping[str, bool]:
        """Return the filing indicators: template code to whether it is reported."""
        return MappingProxyType({code: value in ("true", "1") for code, value in self.indicator_rows})

    @property
    def facts(self) -> Iterator[FactLine]:
        """Iterate over every fact, table by table, in file order."""
        return (fact for table in self.tables for fact in table.facts)


def open_package(path: Path | str, *, limits: Limits | None = None) -> ReportPackage:
    """Read a report package from a zip file.

    Raises
    ------
    PackageError
        It is not a zip, is hostile (too large, encrypted, duplicated or escaping names, links), is not one
        report package, or a file in it cannot be read; the message names the file and, in a table, the line.
    """
    path, limits = Path(path), limits or Limits()
    try:
        size = path.stat().st_size
        if size > limits.archive:
            raise PackageError(f"{path.name} is {size} bytes; the limit is {limits.archive}")
        data = path.read_bytes()
    except OSError as error:
        raise PackageError(f"{path.name} cannot be read: {error.strerror}") from error
    files = _unzip(path.name, data, limits)
    root, inner = _one_root(path.name, files)
    entry_point = _entry_point(inner)
    return ReportPackage(
        name=path.name,
        sha256=hashlib.sha256(data).hexdigest(),
        root=root,
        files=tuple(sorted(inner)),
        entry_point=entry_point,
        parameter_rows=_pairs(inner, "reports/parameters.csv", ("name", "value")),
        indicator_rows=_pairs(inner, "reports/FilingIndicators.csv", ("templateID", "reported")),
        tables=_tables(inner, limits),
    )


def _unzip(name: str, data: bytes, limits: Limits) -> dict[str, bytes]:
    try:
        archive = zipfile.ZipFile(io.BytesIO(data))
    except (zipfile.BadZipFile, OSError, ValueError, NotImplementedError) as error:
        raise PackageError(f"{name} is not a zip file: {error}") from error
    with archive:
        entries = archive.infolist()
        if len(entries) > limits.entries:
            raise PackageError(f"{name} has {len(entries)} entries; the limit is {limits.entries}")
        files: dict[str, bytes] = {}
        seen: set[str] = set()
        left = limits.total
        for entry in entries:
            _check_entry(entry, seen, limits)
            if not entry.is_dir():
                files[entry.filename] = content = _inflate(archive, entry, min(left, limits.file))
                left -= len(content)
    return files


def _check_entry(entry: zipfile.ZipInfo, seen: set[str], limits: Limits) -> None:
    """Refuse an entry that could harm: by its name, kind, encryption or declared size."""
    name = entry.orig_filename
    parts = name.removesuffix("/").split("/")
    if name.startswith("/") or "\\" in name or ":" in name or any(part in ("", ".", "..") for part in parts):
        raise PackageError(f"{name!r}: an entry's name must be a plain relative path")
    if any(ord(character) < 32 for character in name):
        raise PackageError(f"{name!r}: an entry's name must not hold control characters")
    if name.casefold() in seen:
        raise PackageError(f"{name!r} stands in the archive twice")
    seen.add(name.casefold())
    mode = entry.external_attr >> 16
    if stat.S_IFMT(mode) not in (0, stat.S_IFREG, stat.S_IFDIR):
        raise PackageError(f"{name!r} is a link or a device, not a file")
    if entry.flag_bits & 0x1:
        raise PackageError(f"{name!r} is encrypted; send the package unencrypted")
    if entry.file_size > limits.file:
        raise PackageError(f"{name!r} unpacks to {entry.file_size} bytes; the limit is {limits.file}")
    if entry.file_size > 1024**2 and entry.file_size > limits.ratio * max(entry.compress_size, 1):
        raise PackageError(f"{name!r} unpacks to more than {limits.ratio} times its size")


def _inflate(archive: zipfile.ZipFile, entry: zipfile.ZipInfo, limit: int) -> bytes:
    try:
        with archive.open(entry) as stream:
            content = stream.read(limit + 1)
    except (zipfile.BadZipFile, zlib.error, RuntimeError, NotImplementedError, OSError, EOFError) as error:
        raise PackageError(f"{entry.filename!r} cannot be unpacked: {error}") from error
    if len(content) > limit:
        raise PackageError(f"{entry.filename!r} unpacks to more than the limit of {limit} bytes")
    return content


def _one_root(name: str, files: Mapping[str, bytes]) -> tuple[str, dict[str, bytes]]:
    roots = {file.partition("/")[0] if "/" in file else "" for file in files}
    if len(roots) != 1 or roots == {""}:
        raise PackageError(f"{name} must hold exactly one folder, with everything in it")
    (root,) = roots
    inner = {file.removeprefix(f"{root}/"): content for file, content in files.items()}
    document = _json(inner, "META-INF/reportPackage.json")
    if _info(document).get("documentType") != REPORT_PACKAGE_TYPE:
        raise PackageError(f"META-INF/reportPackage.json must have the documentType {REPORT_PACKAGE_TYPE}")
    return root, inner


def _entry_point(files: Mapping[str, bytes]) -> str:
    document = _json(files, "reports/report.json")
    about = _info(document)
    if about.get("documentType") != XBRL_CSV_TYPE:
        raise PackageError(f"reports/report.json must have the documentType {XBRL_CSV_TYPE}")
    if set(document) != {"documentInfo"} or not set(about) <= {"documentType", "extends"}:
        raise PackageError(
            "reports/report.json must hold documentInfo with documentType and extends, nothing else"
        )
    extends = about.get("extends")
    if not isinstance(extends, list) or len(extends) != 1 or not isinstance(extends[0], str):
        raise PackageError("reports/report.json must extend exactly one entry point")
    return extends[0]


def _info(document: Mapping[str, Any]) -> Mapping[str, Any]:
    about = document.get("documentInfo")
    return about if isinstance(about, dict) else {}


def _json(files: Mapping[str, bytes], name: str) -> dict[str, Any]:
    def unique(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
        if len(dict(pairs)) != len(pairs):
            raise PackageError(f"{name} has a name twice in one object")
        return dict(pairs)

    try:
        document = json.loads(_text(files, name), object_pairs_hook=unique)
    except (json.JSONDecodeError, RecursionError) as error:
        raise PackageError(f"{name} is not JSON: {error}") from error
    if not isinstance(document, dict):
        raise PackageError(f"{name} must hold one JSON object")
    return document


def _text(files: Mapping[str, bytes], name: str) -> str:
    if name not in files:
        raise PackageError(f"the package has no {name}")
    try:
        return files[name].decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = files[name][: error.start].count(b"\n") + 1
        raise PackageError(f"{name}, line {line}: not UTF-8") from error


def _rows(text: str, name: str) -> Iterator[tuple[int, list[str]]]:
    """Yield (line, cells): `line` is the physical line the row starts on."""
    reader = csv.reader(io.StringIO(text, newline=""), strict=True)
    line = 1
    while True:
        try:
            row = next(reader)
        except StopIteration:
            return
        except csv.Error as error:
            raise PackageError(f"{name}, line {line}: {error}") from error
        yield line, row
        line = reader.line_num + 1


def _pairs(files: Mapping[str, bytes], name: str, header: tuple[str, str]) -> tuple[tuple[str, str], ...]:
    rows = _rows(_text(files, name), name)
    _, first = next(rows, (1, []))
    if tuple(first) != header:
        raise PackageError(f"{name}, line 1: the header must be {','.join(header)}")
    found = []
    for line, row in rows:
        if len(row) != len(header):
            raise PackageError(f"{name}, line {line}: {len(row)} cells where the header has {len(header)}")
        found.append((row[0], row[1]))
    return tuple(found)


def _tables(files: Mapping[str, bytes], limits: Limits) -> tuple[TableFile, ...]:
    tables, left = [], limits.facts
    for path in sorted(files):
        name = path.removeprefix("reports/")
        if path.startswith("reports/") and name.endswith(".csv") and name not in _FIXED_FILES:
            table = _table(files, path, name, left)
            left -= len(table.facts)
            tables.append(table)
    return tuple(tables)


def _table(files: Mapping[str, bytes], path: str, name: str, limit: int) -> TableFile:
    rows = _rows(_text(files, path), name)
    _, header = next(rows, (1, []))
    if not set(FACT_COLUMNS) <= set(header):
        raise PackageError(f"{name}, line 1: the header must have the columns {','.join(FACT_COLUMNS)}")
    if len(set(header)) != len(header):
        raise PackageError(f"{name}, line 1: a column stands twice")
    point, value = (header.index(column) for column in FACT_COLUMNS)
    others = [at for at in range(len(header)) if at not in (point, value)]
    keys = [header[at] for at in others]
    facts: list[FactLine] = []
    shared: dict[tuple[str, ...], Mapping[str, str]] = {}  # rows of one sheet hold the same keys
    for line, row in rows:
        if len(row) != len(header):
            raise PackageError(f"{name}, line {line}: {len(row)} cells where the header has {len(header)}")
        if len(facts) >= limit:
            raise PackageError(f"{name}, line {line}: more facts than the limit")
        held = tuple([row[at] for at in others])
        if held not in shared:
            shared[held] = MappingProxyType(dict(zip(keys, held, strict=True)))
        facts.append(FactLine(name, line, row[point], row[value], shared[held]))
    return TableFile(name, tuple(header), tuple(facts))
