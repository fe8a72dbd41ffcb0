"""Fill, package, judge and explain the COREP own-funds return: python -m bench.returns [exposures].

The package is compared with deflating the same bytes alone, with the plainest writer (`csv` into a zip) and with the
fastest one (Arrow's, of columns that are ready); our
pre-check with Arelle's load of the same package; the verdict with a process that imports Arelle.
"""

from __future__ import annotations

import csv
import io
import random
import sys
import tempfile
import zipfile
from collections.abc import Iterator
from dataclasses import replace
from decimal import Decimal
from itertools import islice
from pathlib import Path

import pandas as pd
import pyarrow as pa
from pyarrow.csv import write_csv

import plimsoll
from bench.harness import measure, report
from plimsoll.dictionary import open_dictionary
from plimsoll.returns import Fact, Return

FACTS = (26_000, 100_000)


def many_facts(filled: Return, number: int) -> Return:
    """Return a return of so many amounts: every cell of the tables without open rows, on every sheet.

    The amounts have digits as random as a bank's: what is regular deflates in no time and measures nothing.
    """
    drawn = random.Random(1)  # noqa: S311  # a benchmark, not a secret
    module = open_dictionary().module(filled.module, on=filled.reference_date)

    def made() -> Iterator[Fact]:
        for code in module.tables:
            table = module.table(code)
            key = table.open_key("sheet")
            if table.row_keys or table.states_unit or table.sheets or len(table.open_keys) > 1:
                continue
            for sheet in [member.name for member in key.members] if key else [None]:
                for cell in table.cells.values():
                    if cell.data_type == "m":
                        value = Decimal(round(100 * drawn.lognormvariate(10, 3))) / 100
                        yield Fact(code, cell.row, cell.column, sheet, value, "m", cell.datapoint)

    return replace(filled, facts=tuple(islice(made(), number)))


def deflate(files: dict[str, bytes], target: Path) -> None:
    """Compress bytes that are ready."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files.items():
            archive.writestr(name, content)


def write_plainly(filled: Return, target: Path) -> None:
    """Write facts with the csv module into a zip: no sorting, no units, no keys but the sheet."""
    tables: dict[str, list[Fact]] = {}
    for fact in filled.facts:
        tables.setdefault(fact.table, []).append(fact)
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for code, facts in tables.items():
            text = io.StringIO()
            csv.writer(text).writerows((fact.datapoint, fact.value, fact.sheet) for fact in facts)
            archive.writestr(f"{code}.csv", text.getvalue())


def write_columns(columns: dict[str, pa.Table], target: Path) -> None:
    """Write what lies in Arrow columns already with Arrow's own writer into a zip: no return, no facts, no order."""
    with zipfile.ZipFile(target, "w", zipfile.ZIP_DEFLATED) as archive:
        for code, table in columns.items():
            content = pa.BufferOutputStream()
            write_csv(table, content)
            archive.writestr(f"{code}.csv", content.getvalue().to_pybytes())


def columns_of(filled: Return) -> dict[str, pa.Table]:
    """Return the facts as the fastest writers want them: numbers in columns."""
    frame = pd.DataFrame([(f.table, f.datapoint, float(f.value), f.sheet) for f in filled.facts])
    return {
        code: pa.Table.from_pandas(held[[1, 2, 3]], preserve_index=False) for code, held in frame.groupby(0)
    }


def packages(filled: Return, folder: Path) -> None:
    """Time the package of large returns against deflate alone and the plainest writer."""
    for number in FACTS:
        large = many_facts(filled, number)
        path = plimsoll.package(large, folder).path
        with zipfile.ZipFile(path) as archive:
            files = {name: archive.read(name) for name in archive.namelist()}
        alone = measure(lambda files=files: deflate(files, folder / "again.zip"))
        plain = measure(lambda large=large: write_plainly(large, folder / "plain.zip"))
        written = measure(lambda large=large: plimsoll.package(large, folder))
        n = len(large.facts)
        report("package", n, written, against="deflate alone", baseline=alone)
        report("package", n, written, against="csv module into a zip", baseline=plain)
        columns = columns_of(large)
        arrow = measure(lambda columns=columns: write_columns(columns, folder / "columns.zip"))
        report("package", n, written, against="Arrow's writer of ready columns into a zip", baseline=arrow)


def main(exposures: int) -> None:
    """Time the steps one after the other."""
    result = plimsoll.simulate(plimsoll.sample_book("savings_bank", seed=7, exposures=exposures))
    filled = plimsoll.fill(result, "corep_of")
    with tempfile.TemporaryDirectory() as name:
        folder = Path(name)
        report("fill", exposures, measure(lambda: plimsoll.fill(result, "corep_of")))
        packages(filled, folder)
        path, n = plimsoll.package(filled, folder).path, len(filled.facts)
        checked = measure(lambda: plimsoll.validate(path, layers=()))
        loaded = measure(lambda: plimsoll.validate(path, layers=("arelle",)), runs=3)
        report("pre-check", n, checked, against="the same and Arelle", baseline=loaded)
        report("EBA rules", n, measure(lambda: plimsoll.validate(path, layers=("eba_rules",)), runs=3))
        report("verdict", n, measure(lambda: plimsoll.validate(path), runs=3))
        cell = {"row": "0010", "column": "0200", "sheet": "retail"}
        told = measure(lambda: plimsoll.explain(filled, "C_07.00.a", **cell))
        report("drill-down", exposures, told, rows=len(plimsoll.explain(filled, "C_07.00.a", **cell).lines))


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 10_000)
