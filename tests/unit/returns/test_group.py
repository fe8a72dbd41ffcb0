"""The entities of a group (C 06.01, C 06.02): their parts come to the group's own totals, whatever the scenario."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

from plimsoll.data import SAMPLE_ENTITIES, Book, sample_book
from plimsoll.dictionary import Dictionary
from plimsoll.errors import ReturnError
from plimsoll.returns import Return, explain, fill, find_gaps, package
from plimsoll.returns.verdict import validate
from plimsoll.simulation import simulate

LEASING = "DEMO-GE-2|eba_qCO:qx2001"
PARTS = ("0260", "0270", "0280", "0290")
SUBSIDIARY = {
    "subsidiary_id": "S-1", "name": "Partly owned", "cet1_capital": 60_000.0, "tier1_capital": 60_000.0,
    "own_funds_capital": 70_000.0, "cet1_required": 40_000.0, "tier1_required": 45_000.0,
    "own_funds_required": 55_000.0, "cet1_owned_by_others": 12_000.0, "tier1_owned_by_others": 12_000.0,
    "own_funds_owned_by_others": 14_000.0, "cet1_items": 60_000.0, "tier1_items": 60_000.0, "own_funds_items": 70_000.0,
}  # fmt: skip


@pytest.fixture(scope="module")
def book() -> Book:
    return sample_book("savings_bank", seed=11, exposures=300)


@pytest.fixture(scope="module")
def held(book: Book, dictionary: Dictionary) -> Return:
    return fill(simulate(book), "corep_of", dictionary)


def value(filled: Return, table: str, row: str, column: str) -> Decimal:
    fact = filled.fact(table, row, column)
    assert fact is not None, (table, row, column)
    assert isinstance(fact.value, Decimal)
    return fact.value


def test_the_parts_come_to_the_totals(held: Return) -> None:
    assert value(held, "C_06.01", "0010", "0250") == value(held, "C_02.00.a", "0010", "0010")
    assert value(held, "C_06.01", "0010", "0360") == value(held, "C_01.00", "0010", "0010")
    assert value(held, "C_06.01", "0010", "0370") == value(held, "C_01.00", "0020", "0010")
    assert value(held, "C_06.01", "0010", "0430") == value(held, "C_04.00", "0770", "0010")
    entities = {fact.row for fact in held.facts if fact.table == "C_06.02"}
    assert len(entities) == 3
    for column in (*PARTS, "0370", "0420", "0480"):
        parts = sum((value(held, "C_06.02", row, column) for row in entities), Decimal(0))
        assert parts == value(held, "C_06.01", "0010", column), column


def test_an_entity_stands_as_the_book_has_it(book: Book, held: Return) -> None:
    entity = book.table("group_entities").set_index("entity_id").loc["GE-2"]
    assert float(value(held, "C_06.02", LEASING, "0080")) == entity["credit_amount"]
    assert float(value(held, "C_06.02", LEASING, "0260")) == entity["credit_contribution"]
    told = explain(held, "C_06.02", row=LEASING, column="0250")
    assert told.total == told.value


def test_the_parts_follow_a_scenario(book: Book, dictionary: Dictionary) -> None:
    shocked = fill(simulate(book, scenario="house_prices_down_20"), "corep_of", dictionary)
    assert value(shocked, "C_06.01", "0010", "0250") == value(shocked, "C_02.00.a", "0010", "0010")


def test_what_others_own_stands_as_it_is_calculated(book: Book, dictionary: Dictionary) -> None:
    entities = book.table("group_entities")
    entities["subsidiary_id"] = entities["entity_id"].map({"GE-3": "S-1"})
    entities.loc[entities["entity_id"] == "GE-3", "share"] = 0.8
    given = book.replace(group_entities=entities, subsidiaries=pd.DataFrame([SUBSIDIARY]))
    filled = fill(simulate(given), "corep_of", dictionary)
    row = "DEMO-GE-3|eba_qCO:qx2001"
    included = value(filled, "C_01.00", "0230", "0010")
    assert value(filled, "C_06.02", row, "0320") == value(filled, "C_06.01", "0010", "0320") == included > 0
    assert value(filled, "C_06.02", row, "0190") == Decimal(12_000)
    assert value(filled, "C_06.02", row, "0140") == Decimal(70_000)
    assert filled.fact("C_06.02", LEASING, "0320") is None  # wholly owned


def test_a_bank_that_reports_by_itself_has_no_group(dictionary: Dictionary) -> None:
    alone = sample_book(
        "savings_bank", seed=11, exposures=300, entity=replace(SAMPLE_ENTITIES["banque_du_port"], scope="IND")
    )
    filled = fill(simulate(alone), "corep_of", dictionary)
    assert filled.indicators["C_06.02"] is False


def test_a_consolidated_book_without_entities_is_told(book: Book, dictionary: Dictionary) -> None:
    result = simulate(book.replace(group_entities=book.table("group_entities").iloc[:0]))
    (gap,) = [gap for gap in find_gaps(result, "corep_of", dictionary) if "C 06.02" in gap.cells]
    assert gap.column == "group_entities"
    assert fill(result, "corep_of", dictionary).indicators["C_06.01"] is False


def test_two_parents_are_refused(book: Book, dictionary: Dictionary) -> None:
    entities = book.table("group_entities").assign(parent=True)
    with pytest.raises(ReturnError, match="3 parents"):
        fill(simulate(book.replace(group_entities=entities)), "corep_of", dictionary)


def test_a_misstated_entity_fails_a_rule(book: Book, dictionary: Dictionary, tmp_path: Path) -> None:
    entities = book.table("group_entities")
    entities["subsidiary_id"] = entities["entity_id"].map({"GE-3": "S-1"})
    entities.loc[entities["entity_id"] == "GE-3", "institution"] = False  # though it has minority interests
    given = book.replace(group_entities=entities, subsidiaries=pd.DataFrame([SUBSIDIARY]))
    path = package(fill(simulate(given), "corep_of", dictionary), tmp_path, dictionary=dictionary).path
    verdict = validate(path, dictionary=dictionary, layers=("eba_rules",))
    told = " ".join(str(finding) for finding in verdict.findings)
    assert "v8713_m" in told
