"""Report packages to judge: a small consistent bank, and ways to spoil a package as text."""

from __future__ import annotations

import zipfile
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from pathlib import Path

from plimsoll.dictionary import Dictionary, Module

LEI = "5493001KJTIIGC8Y1R12"
NAME = f"{LEI}.CON_DE_COREP040100_COREPOF_2026-06-30_20260815101500000"
REFERENCE_DATE = date(2026, 6, 30)
CORPORATES, ALL_CLASSES = "eba_qEC:qx2036", "eba_qEC:qx01"

OWN_FUNDS = {
    "0010": "1200000.00",
    "0015": "1000000.00",
    "0020": "1000000.00",
    "0030": "800000.00",
    "0040": "800000.00",
    "0130": "250000.00",
    "0140": "250000.00",
    "0300": "-50000.00",
    "0310": "-50000.00",
    "0750": "200000.00",
    "0760": "200000.00",
    "0771": "200000.00",
}
REQUIREMENTS = {
    "0010": "8000000.00",
    "0036": "8000000.00",
    "0040": "7000000.00",
    "0050": "7000000.00",
    "0060": "7000000.00",
    "0125": "7000000.00",
    "0590": "1000000.00",
}
RATIOS = {
    "0010": "0.1250",
    "0020": "640000.00",
    "0030": "0.1250",
    "0040": "520000.00",
    "0050": "0.1500",
    "0060": "560000.00",
    "0130": "0.0800",
    "0140": "0.0450",
    "0150": "0.0600",
    "0160": "0.1050",
    "0170": "0.0700",
    "0180": "0.0850",
    "0190": "0.1050",
    "0200": "0.0700",
    "0210": "0.0850",
    "0220": "440000.00",
}
CREDIT_RISK = {
    ("0010", "0010"): "7100000.00",
    ("0010", "0030"): "-100000.00",
    ("0010", "0040"): "7000000.00",
    ("0010", "0110"): "7000000.00",
    ("0010", "0150"): "7000000.00",
    ("0010", "0200"): "7000000.00",
    ("0010", "0215"): "7000000.00",
    ("0010", "0220"): "7000000.00",
    ("0070", "0010"): "7100000.00",
    ("0070", "0030"): "-100000.00",
    ("0070", "0040"): "7000000.00",
    ("0070", "0110"): "7000000.00",
    ("0070", "0150"): "7000000.00",
    ("0070", "0200"): "7000000.00",
    ("0070", "0215"): "7000000.00",
    ("0070", "0220"): "7000000.00",
    ("0230", "0010"): "7100000.00",
    ("0230", "0030"): "-100000.00",
    ("0230", "0040"): "7000000.00",
    ("0230", "0150"): "7000000.00",
    ("0230", "0200"): "7000000.00",
    ("0230", "0215"): "7000000.00",
    ("0230", "0220"): "7000000.00",
}


@dataclass
class Draft:
    """A package as its files' text, to be changed and written."""

    name: str
    files: dict[str, str]

    @classmethod
    def read(cls, path: Path) -> Draft:
        """Take an existing package apart."""
        with zipfile.ZipFile(path) as archive:
            inner = {name.partition("/")[2]: archive.read(name).decode() for name in archive.namelist()}
        return cls(path.stem, {name: text for name, text in inner.items() if name})

    def write(self, folder: Path) -> Path:
        """Write the zip and return it."""
        path = folder / f"{self.name}.zip"
        with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, text in self.files.items():
                archive.writestr(f"{self.name}/{name}", text)
        return path

    def replace(self, file: str, old: str, new: str) -> None:
        """Replace text that stands exactly once in a file."""
        path = f"reports/{file}"
        assert self.files[path].count(old) == 1, (file, old, self.files[path].count(old))
        self.files[path] = self.files[path].replace(old, new)

    def line(self, file: str, datapoint: str, keys: str = "") -> str:
        """Return the line of a fact; `keys` is its tail, such as `,eba_qEC:qx01`."""
        lines = self.files[f"reports/{file}"].splitlines()
        (found,) = [row for row in lines if row.startswith(f"{datapoint},") and row.endswith(keys)]
        return found

    def set_value(self, file: str, datapoint: str, value: str, keys: str = "") -> None:
        """Give a fact another value."""
        old = self.line(file, datapoint, keys)
        _, _, tail = old.partition(",")
        _, comma, rest = tail.partition(",")
        self.replace(file, f"{old}\n", f"{datapoint},{value}{comma}{rest}\n")

    def append(self, file: str, line: str) -> None:
        """Add a line to a file."""
        self.files[f"reports/{file}"] += f"{line}\n"


def corep_of(dictionary: Dictionary) -> Module:
    """Return the module of the small bank."""
    return dictionary.module("COREP_OF", REFERENCE_DATE)


def datapoint(dictionary: Dictionary, table: str, row: str, column: str = "0010") -> str:
    """Return the data point of a cell."""
    return corep_of(dictionary).table(table).cell(row, column).datapoint


def draft_bank(dictionary: Dictionary) -> Draft:
    """Return a consistent report of a bank with one corporate portfolio at 100 %."""
    module = corep_of(dictionary)
    facts: dict[str, list[str]] = {}

    def add(table: str, row: str, column: str, value: str, keys: Iterable[str] = ()) -> None:
        held = module.table(table)
        header = ",".join(["datapoint", "factValue", *(key.code for key in held.open_keys)])
        lines = facts.setdefault(held.file, [header])
        lines.append(",".join([held.cell(row, column).datapoint, value, *keys]))

    for table, rows in (("C_01.00", OWN_FUNDS), ("C_02.00.a", REQUIREMENTS), ("C_03.00", RATIOS)):
        for row, value in rows.items():
            add(table, row, "0010", value)
    for sheet in (ALL_CLASSES, CORPORATES):
        for (row, column), value in CREDIT_RISK.items():
            add("C_07.00.a", row, column, value, [sheet])
    reported = {"C_01.00", "C_02.00", "C_03.00", "C_07.00"}
    indicators = [f"{t.code},{str(t.code in reported).lower()}" for t in module.templates]
    parameters = {
        "entityID": f"rs:{LEI}.CON",
        "refPeriod": REFERENCE_DATE.isoformat(),
        "baseCurrency": "iso4217:EUR",
        "decimalsMonetary": "2",
        "decimalsPercentage": "4",
    }
    files = {
        "META-INF/reportPackage.json": (
            '{"documentInfo":{"documentType":"https://xbrl.org/report-package/2023"}}'
        ),
        "reports/report.json": (
            '{"documentInfo":{"documentType":"https://xbrl.org/2021/xbrl-csv",'
            f'"extends":["{module.entry_point}"]}}}}'
        ),
        "reports/parameters.csv": _lines("name,value", (f"{k},{v}" for k, v in parameters.items())),
        "reports/FilingIndicators.csv": _lines("templateID,reported", indicators),
    }
    files |= {f"reports/{file}": "\n".join(lines) + "\n" for file, lines in facts.items()}
    return Draft(NAME, files)


def _lines(header: str, rows: Iterable[str]) -> str:
    return "\n".join([header, *rows]) + "\n"
