"""A hundred and fifty and more ways to spoil a package, each with the file or cell that must be named.

Tables of data: a way to change the text or the bytes, the check that must refuse it, and what must be said.
"""

from __future__ import annotations

import io
import warnings
import zipfile
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

from tests.unit.verdict.drafting import CORPORATES, Draft, datapoint

from plimsoll.dictionary import Dictionary

__all__ = ["BYTES", "SUMS", "TEXTS", "Case", "Sum", "write_zip"]

PARAMETERS, INDICATORS, REPORT = "parameters.csv", "FilingIndicators.csv", "report.json"
OWN, REQUIRED, RATIO, CREDIT = "c_01.00.csv", "c_02.00.a.csv", "c_03.00.csv", "c_07.00.a.csv"


@dataclass(frozen=True)
class Case:
    """A change to a draft, the rule that must refuse it, and what its finding must say or name."""

    change: Callable[[Draft, Dictionary], None]
    rule: str
    said: str


def _replace(file: str, old: str, new: str) -> Callable[[Draft, Dictionary], None]:
    def change(draft: Draft, _: Dictionary) -> None:
        path = file if file.startswith("META") else f"reports/{file}"
        assert old in draft.files[path], (file, old)
        draft.files[path] = draft.files[path].replace(old, new, 1)

    return change


def _append(file: str, line: str) -> Callable[[Draft, Dictionary], None]:
    return lambda draft, _: draft.append(file, line)


def _remove(path: str) -> Callable[[Draft, Dictionary], None]:
    def change(draft: Draft, _: Dictionary) -> None:
        del draft.files[path]

    return change


def _add(path: str, text: str) -> Callable[[Draft, Dictionary], None]:
    def change(draft: Draft, _: Dictionary) -> None:
        draft.files[path] = text

    return change


def _rename(old: str, new: str) -> Callable[[Draft, Dictionary], None]:
    def change(draft: Draft, _: Dictionary) -> None:
        assert old in draft.name
        draft.name = draft.name.replace(old, new)

    return change


def _value(
    table: str, row: str, column: str, value: str, sheet: str = ""
) -> Callable[[Draft, Dictionary], None]:
    def change(draft: Draft, dictionary: Dictionary) -> None:
        point = datapoint(dictionary, table, row, column)
        draft.set_value(f"{table.lower()}.csv", point, value, sheet)

    return change


def _repeat(
    table: str, row: str, column: str, value: str, sheet: str = ""
) -> Callable[[Draft, Dictionary], None]:
    def change(draft: Draft, dictionary: Dictionary) -> None:
        point = datapoint(dictionary, table, row, column)
        draft.append(f"{table.lower()}.csv", ",".join([point, value, *([sheet] if sheet else [])]))

    return change


def _indicators() -> Iterator[tuple[str, Case]]:
    rule = "structure.indicators"
    for code in ("C_01.00", "C_02.00", "C_03.00", "C_07.00"):
        yield (
            f"{code} indicated as not reported, with its file",
            Case(_replace(INDICATORS, f"{code},true", f"{code},false"), "structure.tables", code),
        )
    for code in ("C_04.00", "C_05.01", "C_08.01", "C_09.04", "C_16.01.a", "C_25.01.a"):
        template = code.removesuffix(".a")
        yield f"{template} has no indicator", Case(_drop_indicator(template), rule, f"{template} is missing")
    for code in ("C_01.00", "C_04.00", "C_07.00"):
        yield f"{code} indicated twice", Case(_append(INDICATORS, f"{code},true"), rule, f"{code} is given 2")
    for code in ("C_99.00", "C_07.00.a", "F_01.01", "c_01.00", ""):
        yield f"indicator of {code!r}", Case(_append(INDICATORS, f"{code},false"), rule, repr(code))
    for value in ("True", "TRUE", "1", "0", "yes", "", " true", "positive"):
        yield (
            f"indicator {value!r}",
            Case(_replace(INDICATORS, "C_01.00,true", f"C_01.00,{value}"), rule, f"C_01.00 is {value!r}"),
        )


def _drop_indicator(template: str) -> Callable[[Draft, Dictionary], None]:
    return _replace(INDICATORS, f"{template},false\n", "")


def _decimals() -> Iterator[tuple[str, Case]]:
    rule = "structure.decimals"
    for value in ("-5", "-6", "-20", "INF", "two", "2.0", "", " 2"):
        yield (
            f"decimalsMonetary {value!r}",
            Case(
                _replace(PARAMETERS, "decimalsMonetary,2", f"decimalsMonetary,{value}"),
                rule,
                "decimalsMonetary",
            ),
        )
    for value in ("3", "2", "0", "-2", "4.0"):
        yield (
            f"decimalsPercentage {value!r}",
            Case(
                _replace(PARAMETERS, "decimalsPercentage,4", f"decimalsPercentage,{value}"),
                rule,
                "decimalsPercentage",
            ),
        )
    for name in ("decimalsMonetary", "decimalsPercentage"):
        value = {"decimalsMonetary": "2", "decimalsPercentage": "4"}[name]
        yield (
            f"{name} missing",
            Case(_replace(PARAMETERS, f"{name},{value}\n", ""), rule, f"{name} is missing"),
        )
    for name in ("decimalsInteger", "decimalsDecimal"):
        yield f"{name} unused", Case(_append(PARAMETERS, f"{name},0"), rule, f"{name} is given")


def _parameters() -> Iterator[tuple[str, Case]]:
    rule = "structure.parameters"
    currency, entity = "baseCurrency,iso4217:EUR", "entityID,rs:5493001KJTIIGC8Y1R12.CON"
    yield "no currency", Case(_replace(PARAMETERS, f"{currency}\n", ""), rule, "baseCurrency is missing")
    yield "no entity", Case(_replace(PARAMETERS, f"{entity}\n", ""), rule, "entityID is missing")
    yield "entity twice", Case(_append(PARAMETERS, entity), rule, "entityID is given 2 times")
    yield "currency twice", Case(_append(PARAMETERS, currency), rule, "baseCurrency is given 2 times")
    for name in ("decimalsmonetary", "reportingLevel", "language", "EntityID"):
        yield f"parameter {name}", Case(_append(PARAMETERS, f"{name},2"), rule, repr(name))
    for value in ("EUR", "iso4217:eur", "iso4217:EURO", "ISO4217:EUR", "iso4217:E1R"):
        yield (
            f"currency {value}",
            Case(_replace(PARAMETERS, currency, f"baseCurrency,{value}"), rule, repr(value)),
        )
    for day in ("2026-06-31", "30/06/2026", "2026-06", "", "2026-06-30T00:00:00", "2031-12-31", "20260630"):
        yield (
            f"reference date {day!r}",
            Case(_replace(PARAMETERS, "2026-06-30", day), "structure.entry_point", "report.json"),
        )
    for old, new in (("corep_of", "corep_ox"), ("corep/4.2", "corep/4.0"), ("http:", "https:")):
        yield (
            f"entry point with {new}",
            Case(_replace(REPORT, old, new), "structure.entry_point", "report.json"),
        )


def _entities() -> Iterator[tuple[str, Case]]:
    right = "rs:5493001KJTIIGC8Y1R12.CON"
    for wrong in (
        "rs:5493001KJTIIGC8Y1R13.CON",
        "rs:5493001KJTIIGC8Y1R21.CON",
        "rs:5493001KJITIGC8Y1R12.CON",
        "rs:5493001KJTIIGC8Y1R1.CON",
        "rs:5493001kjtiigc8y1r12.CON",
        "rs:5493001KJTIIGC8Y1R12",
        "rs:5493001KJTIIGC8Y1R12.SOLO",
        "rs:5493001KJTIIGC8Y1R12.con",
        "lei:5493001KJTIIGC8Y1R12.CON",
        "5493001KJTIIGC8Y1R12.CON",
        "rs: 5493001KJTIIGC8Y1R12.CON",
        "rs:DUMMYLEI123456789012.CON",
    ):
        yield (
            f"entity {wrong}",
            Case(
                _replace(PARAMETERS, right, wrong),
                "structure.entity",
                "5493001KJTIIGC8Y1R12"[:3] if "DUMMY" not in wrong else "DUMMYLEI",
            ),
        )


def _names() -> Iterator[tuple[str, Case]]:
    rule = "structure.file_name"
    for old, new, said in (
        ("5493001KJTIIGC8Y1R12", "969500DEMOPORT000140", "entity 969500DEMOPORT000140"),
        (".CON_", ".IND_", "5493001KJTIIGC8Y1R12.IND"),
        ("_DE_", "_de_", "_de_"),
        ("_DE_", "_DEU_", "_DEU_"),
        ("COREP040100", "COREP0401", "COREP0401_"),
        ("COREP040100", "FINREP040100", "FINREP"),
        ("COREPOF", "COREPLR", "COREPLR"),
        ("COREPOF", "COREP_OF", "COREP_OF"),
        ("2026-06-30", "2026-03-31", "2026-03-31"),
        ("2026-06-30", "20260630", "20260630"),
        ("20260815101500000", "20260815", "20260815"),
        ("20260815101500000", "2026-08-15", "2026-08-15"),
    ):
        yield f"file name with {new}", Case(_rename(old, new), rule, said)


def _values() -> Iterator[tuple[str, Case]]:
    rule = "structure.value"
    for wrong in (
        "", " ", "#nil", "#empty", "#none", '"1,000.00"', "1e6", "1 000", "NaN", "INF", "-INF", "0x10", "12d2",
        "100.00d-3", "--5", "١٢٣", "1.2.3", "true", "€5", "5 EUR", "'5", "(5)", "−5", "=1+1",
    ):  # fmt: skip
        said = "C_02.00.a, row 0060"
        yield f"amount {wrong!r}", Case(_value("C_02.00.a", "0060", "0010", wrong), rule, said)
    for wrong in ("12.5%", '"0,125"', "12.5 %", "1/8"):
        yield f"ratio {wrong!r}", Case(_value("C_03.00", "0010", "0010", wrong), rule, "C_03.00, row 0010")


def _keys() -> Iterator[tuple[str, Case]]:
    for wrong in (
        "eba_qEC:qx7",
        "eba_qXX:qx2036",
        "qx2036",
        "",
        " ",
        "#none",
        "eba_qEC:QX2036",
        "corporates",
    ):
        yield (
            f"sheet {wrong!r}",
            Case(_replace(CREDIT, CORPORATES, wrong), "structure.key", "C_07.00.a, row 0010"),
        )
    yield "key column named wrongly", Case(_rename_key("XYZ"), "structure.tables", CREDIT)
    yield "key column in lower case", Case(_rename_key("qebb"), "structure.tables", CREDIT)


def _rename_key(new: str) -> Callable[[Draft, Dictionary], None]:
    def change(draft: Draft, _: Dictionary) -> None:
        path = f"reports/{CREDIT}"
        first, newline, rest = draft.files[path].partition("\n")
        draft.files[path] = f"datapoint,factValue,{new}{newline}{rest}"
        assert first != f"datapoint,factValue,{new}"

    return change


def _datapoints() -> Iterator[tuple[str, Case]]:
    for wrong in ("dp1", "DP109056", "109056", " dp109056", "dp0109056", "dp", ""):
        yield (
            f"data point {wrong!r}",
            Case(_append(OWN, f"{wrong},1.00"), "structure.datapoint", f"({OWN}, line 14)"),
        )


def _duplicates() -> Iterator[tuple[str, Case]]:
    rule = "structure.contradiction"
    for row in ("0010", "0040", "0771"):
        yield f"C_01.00 row {row} twice", Case(_repeat("C_01.00", row, "0010", "1.00"), rule, f"row {row}")
    yield "a requirement twice", Case(_repeat("C_02.00.a", "0590", "0010", "0"), rule, "C_02.00.a, row 0590")
    yield "a ratio twice", Case(_repeat("C_03.00", "0010", "0010", "0.1"), rule, "C_03.00, row 0010")
    yield (
        "a sheet's cell twice",
        Case(
            _repeat("C_07.00.a", "0010", "0200", "1.00", CORPORATES), rule, "C_07.00.a, row 0010, column 0200"
        ),
    )


def _files() -> Iterator[tuple[str, Case]]:
    package = "structure.package"
    for path in (
        f"reports/{PARAMETERS}",
        f"reports/{INDICATORS}",
        f"reports/{REPORT}",
        "META-INF/reportPackage.json",
    ):
        yield f"no {path}", Case(_remove(path), package, path)
        yield f"{path} empty", Case(_add(path, ""), package, path.rpartition("/")[2])
    for path in (
        "reports/readme.txt",
        "notes.txt",
        "META-INF/taxonomyPackage.xml",
        "reports/sub/c_01.00.json",
    ):
        yield f"{path} added", Case(_add(path, "words"), "structure.folder", path)
    yield (
        "the entry point of another module",
        Case(
            _replace(REPORT, "corep_of", "corep_lr"), "structure.tables", f"{OWN} is not a table of COREP_LR"
        ),
    )
    yield (
        "a table of another module",
        Case(_add("reports/f_01.01.csv", "datapoint,factValue\ndp1,1\n"), "structure.tables", "f_01.01.csv"),
    )
    yield (
        "two entry points",
        Case(_replace(REPORT, '"extends":["', '"extends":["http://x/y.json","'), package, "report.json"),
    )
    yield "no entry point", Case(_replace(REPORT, '"extends"', '"extended"'), package, "report.json")
    yield "another document type", Case(_replace(REPORT, "xbrl-csv", "xbrl-json"), package, "report.json")
    yield (
        "a taxonomy named",
        Case(
            _replace(REPORT, '{"documentInfo":{', '{"documentInfo":{"taxonomy":["a"],'),
            package,
            "report.json",
        ),
    )
    yield "JSON cut short", Case(_replace(REPORT, "}}", "}"), package, "report.json")
    yield (
        "JSON with a name twice",
        Case(
            _replace(REPORT, '{"documentInfo"', '{"documentInfo":{},"documentInfo"'), package, "report.json"
        ),
    )
    yield "JSON that is a list", Case(_add(f"reports/{REPORT}", "[]"), package, "report.json")
    yield (
        "another package type",
        Case(_replace("META-INF/reportPackage.json", "2023", "2021"), package, "reportPackage.json"),
    )


def _csvs() -> Iterator[tuple[str, Case]]:
    package = "structure.package"
    for file in (OWN, CREDIT, INDICATORS, PARAMETERS):
        yield f"{file} with semicolons", Case(_swap(file, ",", ";"), package, f"{file}, line 1")
        yield f"{file} with tabs", Case(_swap(file, ",", "\t"), package, f"{file}, line 1")
    yield (
        "header in capitals",
        Case(_replace(OWN, "datapoint,factValue", "DATAPOINT,FACTVALUE"), package, OWN),
    )
    yield "no header", Case(_replace(OWN, "datapoint,factValue\n", ""), package, f"{OWN}, line 1")
    yield (
        "a column twice",
        Case(
            _replace(CREDIT, "datapoint,factValue,", "datapoint,factValue,factValue,"),
            package,
            f"{CREDIT}, line 1",
        ),
    )
    yield "a cell too many", Case(_append(OWN, "dp1,2.00,3.00"), package, f"{OWN}, line 14")
    yield "a cell too few", Case(_append(OWN, "dp1"), package, f"{OWN}, line 14")
    yield "an empty line inside", Case(_replace(OWN, "\n", "\n\n"), package, f"{OWN}, line 2")
    yield "an open quote", Case(_append(OWN, 'dp1,"2.00'), package, OWN)
    yield "text behind a quote", Case(_append(OWN, 'dp1,"2"00'), package, f"{OWN}, line 14")
    yield "an empty table file", Case(_add(f"reports/{OWN}", ""), package, f"{OWN}, line 1")


def _swap(file: str, old: str, new: str) -> Callable[[Draft, Dictionary], None]:
    def change(draft: Draft, _: Dictionary) -> None:
        draft.files[f"reports/{file}"] = draft.files[f"reports/{file}"].replace(old, new)

    return change


TEXTS: Mapping[str, Case] = dict(
    [
        *_indicators(),
        *_decimals(),
        *_parameters(),
        *_entities(),
        *_names(),
        *_values(),
        *_keys(),
        *_datapoints(),
        *_duplicates(),
        *_files(),
        *_csvs(),
    ]
)


def write_zip(path: Path, files: Mapping[str, bytes | str], **settings: int) -> Path:
    """Write a zip of these entries; `settings` go on every entry's record (mode, flags)."""
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            entry = zipfile.ZipInfo(name)
            entry.compress_type = zipfile.ZIP_DEFLATED
            entry.external_attr = settings.get("mode", 0o100644) << 16
            archive.writestr(entry, content)
    return path


def _entry(name: str, content: bytes | str = b"x", mode: int = 0o100644) -> Callable[[Path, bytes], bytes]:
    """Return a change of the bytes that adds an entry of this name, unchanged by the zip library."""

    def change(path: Path, data: bytes) -> bytes:
        out = io.BytesIO(data)
        with (
            zipfile.ZipFile(out, "a", zipfile.ZIP_DEFLATED) as archive,
            warnings.catch_warnings(action="ignore"),  # of a name that stands there already
        ):
            added = zipfile.ZipInfo("x")
            added.filename = name.replace("{root}", path.stem)
            added.external_attr = mode << 16
            added.compress_type = zipfile.ZIP_DEFLATED
            archive.writestr(added, content)
        return out.getvalue()

    return change


def _cut(share: float) -> Callable[[Path, bytes], bytes]:
    return lambda _, data: data[: int(len(data) * share)]


def _flip(path: Path, data: bytes) -> bytes:
    """Spoil compressed bytes of the first table file, whose checksum no longer fits."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        entry = archive.getinfo(f"{path.stem}/reports/{CREDIT}")
    at = entry.header_offset + 30 + len(entry.filename) + 20
    return data[:at] + bytes([data[at] ^ 0xFF]) + data[at + 1 :]


def _encrypted(_: Path, data: bytes) -> bytes:
    """Set the flag of encryption on the first entry of the directory."""
    at = data.index(b"PK\x01\x02") + 8
    return data[:at] + bytes([data[at] | 1]) + data[at + 1 :]


def _recoded(encoding: str) -> Callable[[Path, bytes], bytes]:
    """Write the first table file in another encoding."""

    def change(path: Path, data: bytes) -> bytes:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            files: dict[str, bytes | str] = {name: archive.read(name) for name in archive.namelist()}
        name = f"{path.stem}/reports/{OWN}"
        text = bytes(files[name]).decode() if isinstance(files[name], bytes) else str(files[name])
        files[name] = f"{text}dp1,é\n".encode(encoding)
        return write_zip(path, files).read_bytes()

    return change


BYTES: Mapping[str, tuple[Callable[[Path, bytes], bytes], str]] = {
    "cut to a half": (_cut(0.5), "not a zip"),
    "cut to nine tenths": (_cut(0.9), "not a zip"),
    "cut by its last byte": (lambda _, data: data[:-1], "not a zip"),
    "empty": (lambda _, data: data[:0], "not a zip"),
    "not a zip": (lambda _, data: b"datapoint,factValue\n", "not a zip"),
    "a damaged table": (_flip, CREDIT),
    "an encrypted entry": (_encrypted, "encrypted"),
    "a path upwards": (_entry("{root}/../../etc/passwd"), "plain relative path"),
    "an absolute path": (_entry("/etc/passwd"), "/etc/passwd"),
    "a drive": (_entry("C:/windows/system.ini"), "C:/windows"),
    "a backslash": (_entry("{root}\\reports\\x.csv"), "plain relative path"),
    "a dot folder": (_entry("{root}/./x.csv"), "plain relative path"),
    "an empty folder name": (_entry("{root}//x.csv"), "plain relative path"),
    "a control character": (_entry("{root}/reports/x\n.csv"), "control characters"),
    "a name twice": (_entry("{root}/reports/parameters.csv"), "parameters.csv"),
    "a name twice but for case": (_entry("{root}/reports/PARAMETERS.CSV"), "PARAMETERS.CSV"),
    "a link": (_entry("{root}/reports/link.csv", mode=0o120777), "link.csv"),
    "a device": (_entry("{root}/reports/device.csv", mode=0o060644), "device.csv"),
    "a pipe": (_entry("{root}/reports/pipe.csv", mode=0o010644), "pipe.csv"),
    "a bomb": (_entry("{root}/reports/c_04.00.csv", b"0" * 40_000_000), "c_04.00.csv"),
    "a second folder": (_entry("other/reports/x.csv"), "exactly one folder"),
    "a file beside the folder": (_entry("x.csv"), "exactly one folder"),
    "a table in Latin-1": (_recoded("latin-1"), f"{OWN}, line 14"),
    "a table in UTF-16": (_recoded("utf-16"), f"{OWN}, line 1"),
}
"""Ways to spoil the zip itself, and what the refusal must name."""


@dataclass(frozen=True)
class Sum:
    """A value moved by an amount, and the EBA rule whose finding must name its cell."""

    table: str
    row: str
    column: str
    moved: Decimal
    rule: str
    sheet: str = ""


def _moved(text: str) -> tuple[Sum, ...]:
    return tuple(
        Sum(table, row, column, Decimal(moved), rule, CORPORATES if table == "C_07.00.a" else "")
        for table, row, column, moved, rule in (line.split() for line in text.split("\n") if line.strip())
    )


SUMS = _moved("""
C_01.00 0010 0010 50000 v0222_m
C_01.00 0015 0010 50000 v1771_h
C_01.00 0020 0010 50000 v0172_m
C_01.00 0030 0010 50000 v0173_m
C_01.00 0040 0010 50000 v0173_m
C_01.00 0130 0010 50000 v0175_m
C_01.00 0140 0010 50000 v0175_m
C_01.00 0300 0010 50000 v0178_m
C_01.00 0310 0010 50000 v0178_m
C_01.00 0310 0010 200000 v3685_s
C_01.00 0750 0010 50000 v0186_m
C_01.00 0760 0010 50000 v0187_m
C_01.00 0771 0010 50000 v0187_m
C_02.00.a 0010 0010 50000 v23734_m
C_02.00.a 0036 0010 50000 v23971_m
C_02.00.a 0040 0010 50000 v0205_m
C_02.00.a 0050 0010 50000 v0205_m
C_02.00.a 0060 0010 50000 v0207_m
C_02.00.a 0125 0010 50000 v23275_m
C_02.00.a 0590 0010 50000 v23971_m
C_03.00 0010 0010 0.05 v0218_m
C_03.00 0020 0010 50000 v0219_m
C_03.00 0030 0010 0.05 v0220_m
C_03.00 0040 0010 50000 v0221_m
C_03.00 0050 0010 0.05 v0222_m
C_03.00 0060 0010 50000 v0223_m
C_03.00 0160 0010 0.05 v6265_m
C_07.00.a 0010 0010 50000 v23267_m
C_07.00.a 0010 0110 50000 v0306_m
C_07.00.a 0010 0150 50000 v0307_m
C_07.00.a 0070 0200 50000 v0310_m
C_07.00.a 0230 0200 50000 v0325_m
C_07.00.a 0230 0220 50000 v0312_m
""")
"""Broken sums: an error refuses the package, a warning is shown; both name the cell."""
