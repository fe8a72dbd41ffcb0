"""What a filled return says, held against the simulation by sums made another way."""

from __future__ import annotations

import dataclasses
from decimal import Decimal

import pandas as pd
import pytest

from plimsoll.data import sample_book
from plimsoll.dictionary import Dictionary
from plimsoll.errors import ReturnError
from plimsoll.returns import CellName, Return, fill
from plimsoll.returns.evaluation import RATIO_PLACES
from plimsoll.returns.filing import monetary_decimals
from plimsoll.simulation import Result, simulate
from plimsoll.units import cents

GROUP = {"C_06.01", "C_06.02"}
STANDARDISED = ("C_07.00", "C_09.01", "C_16.01", "C_16.02", "C_16.03", "C_35.01", "C_35.02")
"""What a bank under standardised approaches reports of its risks."""
TOTAL, RETAIL, PROPERTY = "eba_qEC:qx01", "eba_qEC:qx26", "eba_qEC:qx2038"


def value(filled: Return, table: str, row: str, column: str, sheet: str | None = None) -> Decimal:
    fact = filled.fact(table, row, column, sheet)
    assert fact is not None, (table, row, column, sheet)
    assert isinstance(fact.value, Decimal)
    return fact.value


def exact(amounts: pd.Series) -> Decimal:
    return Decimal(int(cents(amounts).sum())) / 100


def test_totals_are_the_simulations(filled: Return, result: Result) -> None:
    assert value(filled, "C_02.00.a", "0010", "0010") == Decimal(str(result.ratios["rwa"]))
    assert value(filled, "C_01.00", "0020", "0010") == Decimal(str(result.ratios["cet1"]))
    assert value(filled, "C_01.00", "0010", "0010") == Decimal(str(result.ratios["own_funds"]))
    assert float(value(filled, "C_03.00", "0010", "0010")) == pytest.approx(
        result.ratios["cet1_ratio"], abs=5e-7
    )


def test_a_class_sheet_sums_its_lines(filled: Return, result: Result) -> None:
    lines = result.lines[(result.lines["sa_class"] == "retail") & result.lines["on_balance"]]
    assert value(filled, "C_07.00.a", "0070", "0010", RETAIL) == exact(lines["original_exposure"])
    assert value(filled, "C_07.00.a", "0070", "0030", RETAIL) == -exact(lines["provision"])
    assert value(filled, "C_07.00.a", "0070", "0200", RETAIL) == exact(lines["ead"])
    assert value(filled, "C_07.00.a", "0070", "0220", RETAIL) == exact(lines["rwa"])
    assert value(filled, "C_07.00.a", "0070", "0216", RETAIL) == -exact(lines["sme_factor_reduction"])


def test_class_sheets_add_up_to_the_total_sheet(filled: Return) -> None:
    whole = {
        (fact.row, fact.column): fact.value
        for fact in filled.facts
        if fact.table == "C_07.00.a" and fact.sheet == TOTAL and fact.row not in {"0061"}
    }
    parts: dict[tuple[str, str], Decimal] = {}
    for fact in filled.facts:
        if (
            fact.table == "C_07.00.a"
            and fact.sheet not in {TOTAL, PROPERTY}
            and isinstance(fact.value, Decimal)
        ):
            key = (fact.row, fact.column)
            parts[key] = parts.get(key, Decimal(0)) + fact.value
    assert len(whole) > 100
    assert {key: parts.get(key) for key in whole} == whole


def test_risk_weight_rows_hold_the_weight_before_a_currency_mismatch(filled: Return, result: Result) -> None:
    lines = result.lines[~result.lines["deducted"]]
    raised = lines[lines["currency_mismatch_addition"] > 0]
    assert len(raised) > 0, "the sample has no currency mismatch: this test says nothing"
    at_75 = lines[lines["base_weight"].round(6) == 0.75]
    assert value(filled, "C_07.00.a", "0220", "0200", TOTAL) == exact(at_75["ead"])
    before = exact(at_75["rwa_before_factors"]) - exact(at_75["currency_mismatch_addition"])
    assert value(filled, "C_07.00.a", "0220", "0215", TOTAL) == before


def test_every_line_stands_on_one_risk_weight_row(filled: Return) -> None:
    weights = [fact for fact in filled.facts if fact.table == "C_07.00.a" and "0140" <= fact.row <= "0280"]
    total = sum(fact.value for fact in weights if fact.column == "0200" and fact.sheet == TOTAL)
    assert total == value(filled, "C_07.00.a", "0010", "0200", TOTAL)


def test_every_off_balance_line_stands_on_one_conversion_column(filled: Return) -> None:
    columns = ("0160", "0165", "0170", "0175", "0180", "0190", "0195")
    found = [filled.fact("C_07.00.a", "0080", column, TOTAL) for column in columns]
    total = sum(fact.value for fact in found if fact is not None)
    assert total == value(filled, "C_07.00.a", "0080", "0150", TOTAL)


def test_defaulted_and_secured_exposures_are_noted_in_the_obligors_class(
    filled: Return, result: Result
) -> None:
    lines = result.lines[
        (result.lines["sa_class"] == "default") & (result.lines["obligor_class"] == "retail")
    ]
    found = [filled.fact("C_07.00.d", row, "0200", RETAIL) for row in ("0300", "0320")]
    assert sum(fact.value for fact in found if fact is not None) == exact(lines["ead"]) > 0
    pledged = result.book.tables["collateral"]
    homes = set(pledged.loc[pledged["property_type"] == "residential", "exposure_id"])
    held = result.lines[result.lines["exposure_id"].isin(homes)]
    assert value(filled, "C_07.00.c", "0310", "0010", TOTAL) == exact(held["original_exposure"])


def test_levels_are_the_marks(filled: Return, result: Result) -> None:
    marks = result.marks.set_index(["ratio", "mark"])["level"]
    for row, ratio, mark in (
        ("0130", "total_ratio", "pillar_2_requirement"),
        ("0170", "cet1_ratio", "combined_buffer"),
        ("0200", "cet1_ratio", "pillar_2_guidance"),
    ):
        assert value(filled, "C_03.00", row, "0010") == Decimal(str(marks[ratio, mark])).quantize(
            RATIO_PLACES
        )


def test_the_surplus_over_pillar_2_is_the_scarcest(filled: Return, result: Result) -> None:
    rwa, marks = Decimal(str(result.ratios["rwa"])), result.marks.set_index(["ratio", "mark"])["level"]
    surplus = [
        Decimal(str(result.ratios[amount])) - Decimal(str(marks[ratio, "pillar_2_requirement"])) * rwa
        for amount, ratio in (("cet1", "cet1_ratio"), ("tier1", "tier1_ratio"), ("own_funds", "total_ratio"))
    ]
    assert value(filled, "C_03.00", "0220", "0010") == min(surplus).quantize(Decimal("0.01"))


def test_signs_are_those_of_the_dictionary(filled: Return, dictionary: Dictionary) -> None:
    module = dictionary.module(filled.module, on=filled.reference_date)
    for fact in filled.facts:
        table = module.table(fact.table)
        sign = table.cell(None if table.row_keys else fact.row, fact.column).sign
        if isinstance(fact.value, str):
            assert sign is None, fact
            continue
        assert not (sign == "positive" and fact.value < 0), fact
        assert not (sign == "negative" and fact.value > 0), fact


def test_indicators_cover_the_module(filled: Return, dictionary: Dictionary) -> None:
    module = dictionary.module(filled.module, on=filled.reference_date)
    assert set(filled.indicators) == {template.code for template in module.templates}
    reported = {code for code, told in filled.indicators.items() if told}
    assert reported == {
        "C_00.01",
        "C_01.00",
        "C_02.00",
        "C_03.00",
        "C_04.00",
        *GROUP,
        "C_09.04",
        *STANDARDISED,
    }


def test_an_impossible_cell_is_empty_not_zero(filled: Return) -> None:
    assert filled.fact("C_07.00.a", "0190", "0200", "eba_qEC:qx16") is None
    zero = filled.fact("C_07.00.a", "0010", "0217", TOTAL)
    assert zero is not None
    assert zero.value == 0


def test_a_scenario_changes_the_figures_not_the_form(dictionary: Dictionary, filled: Return) -> None:
    book = sample_book("savings_bank", seed=11, exposures=600)
    shocked = fill(simulate(book, scenario="house_prices_down_20"), "corep_of", dictionary)
    assert shocked.scenario == "house_prices_down_20"
    assert value(shocked, "C_02.00.a", "0010", "0010") > value(filled, "C_02.00.a", "0010", "0010")
    assert value(shocked, "C_03.00", "0010", "0010") < value(filled, "C_03.00", "0010", "0010")


def test_an_amount_without_a_row_is_refused(result: Result, dictionary: Dictionary) -> None:
    book = result.book
    amounts = book.tables["reported_amounts"]
    more = amounts.iloc[[0]].assign(risk="counterparty_credit", amount=5.0, source="test", approach=pd.NA)
    spoiled = book.replace(reported_amounts=pd.concat([amounts, more], ignore_index=True))
    with pytest.raises(ReturnError, match=r"no row of C 02\.00 takes counterparty_credit \(5\.00\)"):
        fill(simulate(spoiled), "corep_of", dictionary)


def test_a_total_that_is_not_the_simulations_is_refused(result: Result, dictionary: Dictionary) -> None:
    spoiled = dataclasses.replace(result, ratios={**result.ratios, "rwa": result.ratios["rwa"] + 0.01})
    with pytest.raises(ReturnError, match="the simulation says rwa is"):
        fill(spoiled, "corep_of", dictionary)


def test_a_class_without_a_row_is_refused(result: Result, dictionary: Dictionary) -> None:
    lines = result.lines.assign(sa_class=result.lines["sa_class"].replace("retail", "unheard_of"))
    with pytest.raises(ReturnError, match="the simulation says rwa is"):
        fill(dataclasses.replace(result, lines=lines), "corep_of", dictionary)


def test_a_bank_without_own_funds_files_no_ratios(result: Result, dictionary: Dictionary) -> None:
    book = result.book.replace(own_funds_items=result.book.tables["own_funds_items"].iloc[:0])
    bare = fill(simulate(book), "corep_of", dictionary)
    assert {code for code, told in bare.indicators.items() if told} == {
        "C_00.01",
        "C_02.00",
        "C_04.00",
        "C_09.04",
        *STANDARDISED,
    }


def test_own_funds_without_exposures_file_no_ratios(result: Result, dictionary: Dictionary) -> None:
    tables = result.book.tables
    emptied = {
        name: tables[name].iloc[:0] for name in ("exposures", "collateral", "securities", "reported_amounts")
    }
    for name in ("business_indicator", "unsettled_transactions"):
        emptied[name] = tables[name].iloc[:0]
    alone = fill(simulate(result.book.replace(**emptied)), "corep_of", dictionary)
    assert {code for code, told in alone.indicators.items() if told} == {"C_00.01", "C_01.00", "C_02.00"}
    assert {fact.value for fact in alone.facts if fact.table == "C_02.00.a"} == {Decimal(0)}


def test_an_unknown_module_is_named(result: Result, dictionary: Dictionary) -> None:
    with pytest.raises(ReturnError, match="no templates are defined for module IRRBB"):
        fill(result, "irrbb", dictionary)


@pytest.mark.parametrize(
    ("lines", "decimals"),
    [(0, 0), (1, 0), (1_700, 0), (1_800, -1), (170_000, -1), (180_000, -2), (10_000_000, -2)],
)
def test_stated_precision_is_what_rounded_lines_allow(lines: int, decimals: int) -> None:
    assert monetary_decimals(lines) == decimals


def test_cells_are_named_as_people_write_them() -> None:
    assert (
        str(CellName("C_07.00.a", "0070", "0200", RETAIL))
        == "C_07.00.a, row 0070, column 0200, sheet eba_qEC:qx26"
    )
