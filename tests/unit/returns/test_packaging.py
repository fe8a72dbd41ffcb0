"""The report package: the filing rules it must keep, and the same bytes wherever it is written."""

from __future__ import annotations

import csv
import dataclasses
import datetime
import io
import json
import os
import subprocess
import sys
from decimal import Decimal
from pathlib import Path
from zipfile import ZipFile

import pytest

from plimsoll.dictionary import Dictionary
from plimsoll.errors import ReturnError
from plimsoll.returns import Return, package, packaging

NAME = "969500DEMOPORT000140.CON_FR_COREP040100_COREPOF_2026-06-30_20260630000000000"


@pytest.fixture(scope="module")
def written(filled: Return, dictionary: Dictionary, tmp_path_factory: pytest.TempPathFactory) -> Path:
    return package(filled, tmp_path_factory.mktemp("out"), dictionary=dictionary).path


def read(path: Path) -> dict[str, str]:
    with ZipFile(path) as archive:
        return {name: archive.read(name).decode("utf-8") for name in archive.namelist()}


def rows(text: str) -> list[list[str]]:
    return list(csv.reader(io.StringIO(text)))


def test_the_name_and_root_folder_follow_the_filing_rules(written: Path) -> None:
    assert written.name == f"{NAME}.zip"
    assert {name.split("/")[0] for name in read(written)} == {NAME}


def test_a_filing_carries_its_own_time(filled: Return, dictionary: Dictionary, tmp_path: Path) -> None:
    created = datetime.datetime(2026, 8, 15, 10, 15, 0, 7_000, tzinfo=datetime.UTC)
    named = package(filled, tmp_path, created=created, dictionary=dictionary)
    assert named.name.endswith("_COREPOF_2026-06-30_20260815101500007.zip")
    assert named.path.is_file()


def test_it_holds_these_files_and_no_other(written: Path, filled: Return) -> None:
    held = {name.removeprefix(f"{NAME}/") for name in read(written)}
    tables = {f"reports/{fact.table.lower()}.csv" for fact in filled.facts}
    assert held == tables | {
        "META-INF/reportPackage.json",
        "reports/report.json",
        "reports/parameters.csv",
        "reports/FilingIndicators.csv",
    }


def test_report_json_extends_the_one_entry_point(written: Path) -> None:
    document = json.loads(read(written)[f"{NAME}/reports/report.json"])
    assert document == {
        "documentInfo": {
            "documentType": "https://xbrl.org/2021/xbrl-csv",
            "extends": ["http://www.eba.europa.eu/eu/fr/xbrl/crr/fws/corep/4.2/mod/corep_of.json"],
        }
    }


def test_parameters_are_those_in_use(written: Path) -> None:
    assert rows(read(written)[f"{NAME}/reports/parameters.csv"]) == [
        ["name", "value"],
        ["entityID", "rs:969500DEMOPORT000140.CON"],
        ["refPeriod", "2026-06-30"],
        ["baseCurrency", "iso4217:EUR"],
        ["decimalsMonetary", "0"],
        ["decimalsPercentage", "6"],
    ]


def test_unused_decimals_are_left_out(filled: Return, dictionary: Dictionary, tmp_path: Path) -> None:
    money = tuple(fact for fact in filled.facts if fact.data_type == "m")
    path = package(dataclasses.replace(filled, facts=money), tmp_path, dictionary=dictionary).path
    names = [row[0] for row in rows(read(path)[f"{NAME}/reports/parameters.csv"])]
    assert "decimalsMonetary" in names
    assert "decimalsPercentage" not in names


def test_indicators_and_table_files_agree(written: Path, dictionary: Dictionary) -> None:
    files = read(written)
    told = dict(rows(files[f"{NAME}/reports/FilingIndicators.csv"])[1:])
    module = dictionary.module("COREP_OF", on=datetime.date(2026, 6, 30))
    assert list(told) == sorted(template.code for template in module.templates)
    for template in module.templates:
        held = any(f"{NAME}/reports/{module.table(table).file}" in files for table in template.tables)
        assert told[template.code] == ("true" if held else "false"), template.code


def test_facts_are_written_once_sorted_and_plain(written: Path, filled: Return) -> None:
    files = read(written)
    count = 0
    words = {fact.value for fact in filled.facts if isinstance(fact.value, str)} | {"true", "false"}
    for name, text in files.items():
        if not name.rsplit("/", 1)[1].startswith("c_"):
            continue
        header, *facts = rows(text)
        assert header[:2] == ["datapoint", "factValue"]
        assert facts == sorted(facts)
        assert len({(fact[0], *fact[2:]) for fact in facts}) == len(facts)
        numbers = [value for _, value, *_ in facts if value not in words]
        assert all("E" not in value and value == str(Decimal(value)) for value in numbers)
        count += len(facts)
    assert count == len(filled.facts)


def test_sheets_stand_in_their_key_column(written: Path) -> None:
    header, *facts = rows(read(written)[f"{NAME}/reports/c_07.00.a.csv"])
    assert header == ["datapoint", "factValue", "qEBB"]
    assert {fact[2] for fact in facts} >= {"eba_qEC:qx01", "eba_qEC:qx26"}


def test_the_same_return_gives_the_same_bytes(filled: Return, dictionary: Dictionary, tmp_path: Path) -> None:
    first = package(filled, tmp_path / "a", dictionary=dictionary)
    second = package(filled, tmp_path / "b", dictionary=dictionary)
    assert first.sha256 == second.sha256
    assert first.path.read_bytes() == second.path.read_bytes()


SCRIPT = """
import sys
from plimsoll.data import sample_book
from plimsoll.returns import fill, package
from plimsoll.simulation import simulate
filled = fill(simulate(sample_book("savings_bank", seed=3, exposures=300)), "corep_of")
saved = filled.save(sys.argv[1] + "/saved")
import hashlib
print(package(filled, sys.argv[1]).sha256, hashlib.sha256(saved.read_bytes()).hexdigest())
"""


def test_bytes_do_not_depend_on_hash_seed_zone_or_locale(dictionary_path: Path, tmp_path: Path) -> None:
    said = set()
    for number, (seed, zone, locale) in enumerate(
        [("0", "UTC", "C"), ("1", "Pacific/Kiritimati", "C.UTF-8"), ("2", "America/St_Johns", "tr_TR.UTF-8")]
    ):
        folder = tmp_path / str(number)
        folder.mkdir()
        environment = {**os.environ, "PYTHONHASHSEED": seed, "TZ": zone, "LC_ALL": locale}
        environment["PLIMSOLL_DICTIONARY"] = str(dictionary_path)
        done = subprocess.run(
            [sys.executable, "-c", SCRIPT, str(folder)],
            env=environment,
            capture_output=True,
            text=True,
            check=True,
        )
        said.add(done.stdout.strip())
    assert len(said) == 1


def test_another_version_of_the_module_is_refused(
    filled: Return, dictionary: Dictionary, tmp_path: Path
) -> None:
    with pytest.raises(
        ReturnError, match=r"was filled with COREP_OF 9\.9\.9, but the dictionary has 4\.1\.0"
    ):
        package(dataclasses.replace(filled, version="9.9.9"), tmp_path, dictionary=dictionary)


def test_lines_made_at_once_are_those_made_one_by_one(filled: Return, dictionary: Dictionary) -> None:
    module = dictionary.module(filled.module, on=filled.reference_date)
    for code in {fact.table for fact in filled.facts}:
        table, facts = module.table(code), [fact for fact in filled.facts if fact.table == code]
        rows = sorted({packaging._row(fact, table) for fact in facts})
        slowly = packaging._csv(packaging._header(table), rows)
        assert packaging._table(table, list(reversed(facts))) == slowly
        used = set[str]()
        packaging._note_decimals(table, facts, used)
        cells = [table.cell(None if table.row_keys else fact.row, fact.column) for fact in facts]
        assert used == {cell.decimals for cell in cells if cell.decimals}


@pytest.mark.parametrize(("amount", "written"), [("1E+9", "1000000000"), ("1E-9", "0.000000001")])
def test_an_amount_is_written_without_an_exponent(
    filled: Return, dictionary: Dictionary, amount: str, written: str
) -> None:
    table = dictionary.module(filled.module, on=filled.reference_date).table("C_01.00")
    fact = next(fact for fact in filled.facts if fact.table == "C_01.00")
    moved = dataclasses.replace(fact, value=Decimal(amount))
    assert packaging._table(table, [moved]).splitlines()[1] == f"{fact.datapoint},{written}".encode()
