"""COREP_LR and COREP_LE as filled: held against the engine, explained, filed and read back."""

from __future__ import annotations

import datetime
from decimal import Decimal
from pathlib import Path

import pytest

from plimsoll import read_package
from plimsoll.data import sample_book
from plimsoll.dictionary import Dictionary
from plimsoll.errors import ReturnError
from plimsoll.returns import Return, cells_of, explain, fill, open_return, package
from plimsoll.simulation import Result, simulate
from plimsoll.units import cents

NEW, OLD = datetime.date(2026, 6, 30), datetime.date(2025, 12, 31)
MODULES = ("corep_lr", "corep_le")


@pytest.fixture(scope="module")
def bank() -> Result:
    return simulate(sample_book("universal_bank", exposures=1_500))


@pytest.fixture(scope="module")
def leverage(bank: Result, dictionary: Dictionary) -> Return:
    return fill(bank, "corep_lr", dictionary)


@pytest.fixture(scope="module")
def large(bank: Result, dictionary: Dictionary) -> Return:
    return fill(bank, "corep_le", dictionary)


def value(filled: Return, table: str, row: str, column: str) -> Decimal:
    fact = filled.fact(table, row, column)
    assert fact is not None, (table, row, column)
    assert isinstance(fact.value, Decimal)
    return fact.value


def test_the_ratio_and_its_parts_are_the_engines(bank: Result, leverage: Return) -> None:
    found = bank.leverage
    assert float(value(leverage, "C_47.00", "0340", "0010")) == pytest.approx(found.ratio, abs=5e-7)
    assert value(leverage, "C_47.00", "0300", "0010") == Decimal(str(found.measure))
    assert value(leverage, "C_47.00", "0320", "0010") == Decimal(str(found.tier1))
    assert value(leverage, "C_47.00", "0410", "0010") == Decimal("0.03")
    assert value(leverage, "C_47.00", "0420", "0010") == Decimal("0.031")
    required = float(value(leverage, "C_47.00", "0350", "0010"))
    assert required == pytest.approx(found.measure * 0.001, abs=0.01)


def test_the_breakdown_by_class_is_the_measure_before_deductions(leverage: Return) -> None:
    whole = value(leverage, "C_47.00", "0300", "0010") - value(leverage, "C_47.00", "0280", "0010")
    kinds = ("0010", "0040", "0050", "0060", "0065", "0070")
    parts = [leverage.fact("C_43.00.a", row, "0010") for row in kinds]
    rows = ("0080", "0090", "0140", "0180", "0190", "0210", "0230", "0280", "0290")
    parts += [leverage.fact("C_43.00.b", row, "0010") for row in rows]
    parts += [leverage.fact("C_43.00.c", row, "0020") for row in rows]
    assert sum(fact.value for fact in parts if fact is not None) == whole


def test_risk_weighted_amounts_of_the_breakdown_are_those_of_credit_risk(
    bank: Result, leverage: Return
) -> None:
    rows = ("0080", "0090", "0140", "0180", "0190", "0210", "0230", "0280", "0290")
    cells = [leverage.fact("C_43.00.b", row, "0030") for row in rows]
    cells += [leverage.fact("C_43.00.c", row, "0040") for row in rows]
    cells.append(leverage.fact("C_43.00.a", "0010", "0020"))
    total = sum(fact.value for fact in cells if fact is not None)
    assert total == Decimal(int(cents(bank.lines["rwa"]).sum())) / 100


def test_days_have_a_row_each_and_their_mean(leverage: Return) -> None:
    days = [fact for fact in leverage.facts if fact.table == "C_48.02" and fact.column == "0020"]
    assert len(days) > 60
    assert days[-1].row == "2026-06-30"
    mean = sum(fact.value for fact in days) / len(days)
    assert value(leverage, "C_48.01", "0010", "0010") == mean.quantize(Decimal("0.01"))


def test_a_group_is_the_sum_of_its_members(bank: Result, large: Return) -> None:
    groups = [fact.row for fact in large.facts if fact.table == "C_28.00" and fact.value == "eba_qRP:qx2085"]
    assert groups
    for code in groups:
        members = [
            fact.value
            for fact in large.facts
            if fact.table == "C_29.00" and fact.column == "220" and fact.row.endswith(f"|{code}")
        ]
        assert sum(members) == value(large, "C_28.00", code, "210"), code


def test_every_client_named_is_identified(large: Return) -> None:
    known = {fact.row.split("|")[0] for fact in large.facts if fact.table == "C_27.00"}
    members = {fact.row.split("|")[0] for fact in large.facts if fact.table == "C_29.00"}
    singles = {fact.row for fact in large.facts if fact.table == "C_28.00" and fact.value == "eba_qRP:qx2097"}
    assert singles
    assert members | singles <= known


def test_shares_and_limits_are_of_tier_1(bank: Result, large: Return) -> None:
    tier1 = Decimal(str(bank.leverage.tier1))
    assert value(large, "C_26.00", "010", "010") == pytest.approx(tier1 / 4, abs=Decimal("0.01"))
    for fact in large.facts:
        if fact.table == "C_28.00" and fact.column == "350":
            after = value(large, "C_28.00", fact.row, "330")
            assert fact.value == pytest.approx(after / tier1, abs=Decimal("0.000001"))


@pytest.mark.parametrize("module", MODULES)
def test_every_cell_is_explained_exactly(
    module: str, leverage: Return, large: Return, request: pytest.FixtureRequest
) -> None:
    filled = leverage if module == "corep_lr" else large
    sums = 0
    for fact in filled.facts[::3]:
        told = explain(filled, fact.table, row=fact.row, column=fact.column)
        assert told.value == fact.value, fact
        if told.is_sum:
            assert told.total == fact.value, fact
            sums += 1
    assert sums > 60


def test_a_client_without_exposures_is_no_row(large: Return) -> None:
    with pytest.raises(ReturnError, match=r"C_28\.00 has no row NOBODY"):
        explain(large, "C_28.00", row="NOBODY", column="210")


def test_a_formula_names_the_columns_of_its_row(large: Return) -> None:
    code = next(fact.row for fact in large.facts if fact.table == "C_28.00")
    told = explain(large, "C_28.00", row=code, column="210")
    assert told.formula == "{C_28.00, c040} + {C_28.00, c190} + {C_28.00, c200}"
    assert explain(large, "C_28.00", row=code, column="230").formula == "{C_28.00, c210} / tier1"


def test_an_exposure_leads_to_its_cells(bank: Result, large: Return, leverage: Return) -> None:
    exposure = large.position.table("large_exposures")["exposure_id"].iloc[0]
    touched = cells_of(large, exposure)
    assert {"C_28.00"} <= set(touched["table"]) <= {"C_28.00", "C_29.00"}
    assert {"C_43.00.b", "C_43.00.c"} & set(cells_of(leverage, exposure)["table"])


@pytest.mark.parametrize("module", MODULES)
@pytest.mark.parametrize("day", [OLD, NEW])
def test_a_filed_package_reads_back_cell_by_cell(
    module: str, day: datetime.date, dictionary: Dictionary, tmp_path: Path
) -> None:
    filled = fill(simulate(sample_book(exposures=400, reference_date=day)), module, dictionary)
    written = package(filled, tmp_path, dictionary=dictionary)
    read = read_package(written.path, dictionary=dictionary)
    assert {fact.cell: fact.value for fact in read.facts} == {fact.cell: fact.value for fact in filled.facts}
    kept = open_return(filled.save(tmp_path / "kept.return"))
    assert package(kept, tmp_path / "again", dictionary=dictionary).sha256 == written.sha256


def test_without_own_funds_nothing_but_the_nature_is_filed(dictionary: Dictionary) -> None:
    book = sample_book(exposures=200)
    bare = simulate(book.replace(own_funds_items=book.tables["own_funds_items"].iloc[:0]))
    for module in MODULES:
        filled = fill(bare, module, dictionary)
        assert [code for code, told in filled.indicators.items() if told and code != "C_44.00"] == [
            "C_00.01"
        ], module
