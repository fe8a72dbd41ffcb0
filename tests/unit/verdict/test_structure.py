"""The pre-check names the cell, the file and the line of everything that cannot stand."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.verdict.drafting import CORPORATES, NAME, Draft, datapoint

from plimsoll.dictionary import Dictionary
from plimsoll.returns.reading import open_package
from plimsoll.returns.verdict import Finding
from plimsoll.returns.verdict.placing import Placing
from plimsoll.returns.verdict.structure import check_structure, find_module

Place = Callable[[Draft], Placing]


def _only(place: Place, draft: Draft) -> Finding:
    layer, findings = check_structure(place(draft))
    assert layer.outcome == "fail"
    assert layer.failed == 1
    assert layer.passed == layer.evaluated - 1
    (finding,) = findings
    return finding


def test_a_sound_package_has_no_finding(bank: Draft, placed: Place) -> None:
    layer, findings = check_structure(placed(bank))
    assert (layer.outcome, findings) == ("pass", [])
    assert layer.evaluated == layer.passed == 12


@pytest.mark.parametrize(
    ("value", "said"),
    [
        ("", "is empty"),
        ("#nil", "special value"),
        ("1.000.000", "is not an amount"),
        ("1e6", "is not an amount"),
        ("1,5", "is not an amount"),
        ("٣", "is not an amount"),
        ("NaN", "is not an amount"),
        (" 1", "is not an amount"),
        ("78920030d-4", "decimals suffix"),
    ],
)
def test_a_bad_amount_names_its_cell(
    bank: Draft, placed: Place, dictionary: Dictionary, value: str, said: str
) -> None:
    point = datapoint(dictionary, "C_01.00", "0040")
    bank.set_value("c_01.00.csv", point, f'"{value}"')
    found = _only(placed, bank)
    assert (found.rule, found.table, found.row, found.column) == (
        "structure.value",
        "C_01.00",
        "0040",
        "0010",
    )
    assert said in found.sentence
    assert found.place == "c_01.00.csv, line 6"


def test_an_unknown_data_point_and_one_of_another_table(
    bank: Draft, placed: Place, dictionary: Dictionary
) -> None:
    foreign = datapoint(dictionary, "C_03.00", "0010")
    bank.append("c_01.00.csv", "dp1,1.00")
    bank.append("c_01.00.csv", f"{foreign},0.1250")
    _, findings = check_structure(placed(bank))
    assert [(f.rule, f.table, f.place) for f in findings] == [
        ("structure.datapoint", "C_01.00", "c_01.00.csv, line 14"),
        ("structure.datapoint", "C_01.00", "c_01.00.csv, line 15"),
    ]


@pytest.mark.parametrize("member", ["eba_qEC:qx7", "qx2036", "", "#none"])
def test_a_sheet_that_is_not_allowed_names_row_column_and_sheet(
    bank: Draft, placed: Place, dictionary: Dictionary, member: str
) -> None:
    point = datapoint(dictionary, "C_07.00.a", "0010", "0220")
    bank.replace(
        "c_07.00.a.csv", bank.line("c_07.00.a.csv", point, CORPORATES), f"{point},7000000.00,{member}"
    )
    found = _only(placed, bank)
    assert (found.rule, found.table, found.row, found.column, found.sheet) == (
        "structure.key",
        "C_07.00.a",
        "0010",
        "0220",
        member,
    )


def test_a_contradiction_names_both_facts(bank: Draft, placed: Place, dictionary: Dictionary) -> None:
    point = datapoint(dictionary, "C_01.00", "0020")
    bank.append("c_01.00.csv", f"{point},999999.00")
    found = _only(placed, bank)
    assert (found.rule, found.row) == ("structure.contradiction", "0020")
    assert "999999.00 (c_01.00.csv, line 14) contradicts" in found.sentence
    assert "1000000.00 (c_01.00.csv, line 4)" in found.sentence


def test_the_same_value_twice_is_no_contradiction(bank: Draft, placed: Place, dictionary: Dictionary) -> None:
    point = datapoint(dictionary, "C_01.00", "0020")
    bank.append("c_01.00.csv", f"{point},1000000.0")
    assert check_structure(placed(bank))[1] == []


@pytest.mark.parametrize(
    ("change", "rule", "said"),
    [
        (("parameters.csv", "decimalsMonetary,2", "decimalsMonetary,-6"), "decimals", "-4 or more"),
        (("parameters.csv", "decimalsMonetary,2", "decimalsMonetary,two"), "decimals", "whole number"),
        (("parameters.csv", "decimalsPercentage,4", "decimalsPercentage,2"), "decimals", "4 or more"),
        (("parameters.csv", "decimalsPercentage,4\n", ""), "decimals", "decimalsPercentage is missing"),
        (("parameters.csv", "ge,4\n", "ge,4\ndecimalsInteger,0\n"), "decimals", "no fact that uses"),
        (("parameters.csv", "rs:5493001KJTIIGC8Y1R12", "lei:5493001KJTIIGC8Y1R12"), "entity", "must be rs:"),
        (("parameters.csv", "iso4217:EUR", "EUR"), "parameters", "three letters"),
        (("parameters.csv", "baseCurrency,iso4217:EUR\n", ""), "parameters", "baseCurrency is missing"),
        (("parameters.csv", "06-30\n", "06-30\nhelp,1\n"), "parameters", "'help'"),
        (("FilingIndicators.csv", "C_04.00,false\n", ""), "indicators", "C_04.00 is missing"),
        (("FilingIndicators.csv", "C_04.00,false", "C_04.00,no"), "indicators", "true or false"),
        (("FilingIndicators.csv", "C_04.00,false", "C_04.00,false\nC_04.00,true"), "indicators", "2 times"),
        (("FilingIndicators.csv", "C_04.00,false", "C_04.00,false\nC_99.00,true"), "indicators", "C_99.00"),
        (("FilingIndicators.csv", "C_03.00,true", "C_03.00,false"), "tables", "indicated as not reported"),
        (("c_07.00.a.csv", "factValue,qEBB\n", "factValue,qXXX\n"), "tables", "beside the facts, qEBB"),
    ],
)
def test_what_is_wrong_with_the_package_is_said(
    bank: Draft, placed: Place, change: tuple[str, str, str], rule: str, said: str
) -> None:
    bank.replace(*change)
    findings = check_structure(placed(bank))[1]
    assert any(found.rule == f"structure.{rule}" and said in found.sentence for found in findings), findings


def test_the_check_digits_of_the_lei_are_checked(bank: Draft, placed: Place) -> None:
    bank.replace("parameters.csv", "5493001KJTIIGC8Y1R12", "5493001KJTIIGC8Y1R21")
    rules = {found.rule for found in check_structure(placed(bank))[1]}
    assert rules == {"structure.entity", "structure.file_name"}


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        (".CON_", ".IND_", "the entity"),
        ("2026-06-30", "2026-03-31", "the reference date"),
        ("COREPOF", "COREPLR", "the module"),
        ("_DE_COREP0", "_DE_FINREP0", "the framework"),
        ("_DE_", "_Germany_", "must be LEI"),
    ],
)
def test_a_file_name_that_says_something_else_is_refused(
    bank: Draft, placed: Place, old: str, new: str, said: str
) -> None:
    bank.name = NAME.replace(old, new)
    found = _only(placed, bank)
    assert (found.rule, said in found.sentence) == ("structure.file_name", True)


def test_files_that_have_no_place_are_named(bank: Draft, placed: Place) -> None:
    bank.files["reports/notes.txt"] = "hello"
    assert "reports/notes.txt" in _only(placed, bank).sentence


def test_a_table_of_another_module_is_named(bank: Draft, placed: Place) -> None:
    bank.files["reports/f_01.01.csv"] = "datapoint,factValue\n"
    found = _only(placed, bank)
    assert (found.rule, found.place) == ("structure.tables", "f_01.01.csv")


@pytest.mark.parametrize(
    ("old", "new"),
    [
        ("2026-06-30", "2025-12-31"),
        ("2026-06-30", "30 June 2026"),
        ("2026-06-30", "2031-12-31"),
    ],
)
def test_a_date_reported_with_another_module_version_is_refused(
    bank: Draft, dictionary: Dictionary, tmp_path: Path, old: str, new: str
) -> None:
    bank.replace("parameters.csv", old, new)
    found = find_module(open_package(bank.write(tmp_path)), dictionary)
    assert isinstance(found, Finding)
    assert found.rule == "structure.entry_point"
