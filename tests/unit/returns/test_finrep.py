"""FINREP under IFRS: statements that tie, cells that lead back, gaps that are named."""

from __future__ import annotations

import datetime
import random
from collections.abc import Callable
from decimal import Decimal
from pathlib import Path

import pandas as pd
import pytest

import plimsoll
from plimsoll.data import SAMPLE_ENTITIES, Book, sample_book
from plimsoll.data.ledger import read_items
from plimsoll.dictionary import Dictionary
from plimsoll.errors import MissingInputs, ReturnError
from plimsoll.returns import Formula, Return, explain, fill, find_gaps, open_return
from plimsoll.returns.conformity import check_definitions
from plimsoll.returns.parsing import read_definitions
from plimsoll.simulation import Result, simulate

STATEMENTS = {
    "asset": "F_01.01",
    "liability": "F_01.02",
    "equity": "F_01.03",
    "income": "F_02.00",
    "expense": "F_02.00",
    "comprehensive_income": "F_03.00",
}
Spoil = Callable[[Book], Book]


@pytest.fixture(scope="module")
def bank() -> Result:
    return simulate(sample_book("corporate_lender", seed=4, exposures=1_200))


@pytest.fixture(scope="module")
def finrep(bank: Result, dictionary: Dictionary) -> Return:
    return fill(bank, "finrep9", dictionary)


def amount(filled: Return, table: str, row: str, column: str = "0010") -> Decimal:
    fact = filled.fact(table, row, column)
    assert fact is not None
    assert isinstance(fact.value, Decimal)
    return fact.value


def test_the_statements_tie_to_each_other_and_to_the_books(bank: Result, finrep: Return) -> None:
    ledger = bank.book.ledger
    assets = sum((Decimal(str(x)) for x in ledger.loc[ledger["side"] == "asset", "amount"]), Decimal(0))
    assert amount(finrep, "F_01.01", "0380") == assets.quantize(Decimal("0.01"))
    assert amount(finrep, "F_01.03", "0310") == assets.quantize(Decimal("0.01"))
    assert amount(finrep, "F_01.02", "0300") + amount(finrep, "F_01.03", "0300") == assets
    items = bank.book.own_funds_items.set_index("item")["amount"]
    profit = amount(finrep, "F_02.00", "0670")
    assert profit == Decimal(str(items["profit_attributable"])) == amount(finrep, "F_01.03", "0250")
    assert amount(finrep, "F_03.00", "0340") == profit + amount(finrep, "F_03.00", "0020")
    assert amount(finrep, "F_04.04.1", "0070") == amount(finrep, "F_01.01", "0183")
    stages = sum(amount(finrep, "F_04.04.1", "0070", column) for column in ("0015", "0030", "0040", "0041"))
    lost = sum(amount(finrep, "F_04.04.1", "0070", column) for column in ("0050", "0060", "0070", "0071"))
    assert stages + lost == amount(finrep, "F_04.04.1", "0070")
    assert lost < 0


def test_two_hundred_cells_are_the_exact_sum_of_what_stands_behind_them(finrep: Return) -> None:
    numbers = [fact for fact in finrep.facts if isinstance(fact.value, Decimal) and fact.value != 0]
    assert len(numbers) > 220
    for fact in random.Random(20260630).sample(numbers, 220):
        found = explain(finrep, fact.table, row=fact.row, column=fact.column)
        assert found.value == fact.value
        assert found.total == fact.value, fact.cell
        assert len(found.lines), fact.cell
        names = {"account", "exposure_id", "deposit_id"} & set(found.lines.columns)
        assert names, "a line is an account, an exposure or a deposit"


def test_every_cell_has_its_definition_and_article(finrep: Return) -> None:
    for fact in finrep.facts:
        formula = finrep.evaluation.formula(fact.cell)
        assert formula.article
        assert formula.source in {"ledger", "assets", "liabilities", "entity"}


def test_every_item_of_the_ledger_is_taken_by_one_line_of_its_statement(
    finrep: Return, dictionary: Dictionary
) -> None:
    module = dictionary.module("FINREP9", on=finrep.reference_date)
    parents = {
        table: {row.code: row.parent for row in module.table(table).rows} for table in STATEMENTS.values()
    }
    for side, table in STATEMENTS.items():
        held: dict[str, set[str]] = {
            cell.row: _items(formula) for cell, formula in finrep.definitions.tables[table].cells.items()
        }
        for item in read_items()[side]:
            lines = [row for row, items in held.items() if item in items]
            narrowest = min((len(held[row]) for row in lines), default=0)
            lines = [row for row in lines if len(held[row]) == narrowest]
            above = {parents[table][row] for row in lines}
            assert len([row for row in lines if row not in above]) == 1, (item, lines)


def _items(formula: Formula) -> set[str]:
    (where,) = formula.where
    items = where.get("item", [])
    return {items} if isinstance(items, str) else set(items)


def test_what_a_whole_ledger_does_not_hold_is_a_true_zero(finrep: Return) -> None:
    assert amount(finrep, "F_01.01", "0050") == 0  # nothing is held for trading
    assert explain(finrep, "F_01.01", row="0050", column="0010").lines.empty
    assert finrep.fact("F_01.01", "0091", "0010") is None  # a line of national GAAP
    assert finrep.indicators["F_04.01"] is False
    assert finrep.indicators["F_04.04.1"] is True
    assert finrep.indicators["F_18.00"] is False


@pytest.mark.parametrize("day", [datetime.date(2025, 12, 31), datetime.date(2026, 9, 30)])
def test_definitions_fit_the_release_in_force(day: datetime.date, dictionary: Dictionary) -> None:
    module = dictionary.module("FINREP9", on=day)
    check_definitions(read_definitions("FINREP9", module.version), module)


def test_the_release_of_2025_has_its_own_members(dictionary: Dictionary) -> None:
    book = sample_book(exposures=200, reference_date=datetime.date(2025, 12, 31))
    filled = fill(simulate(book), "finrep9", dictionary)
    fact = filled.fact("F_00.01", "0010", "0010")
    assert fact is not None
    assert fact.value == "eba_AS:x2"


def _without(table: str, column: str, chosen: Callable[[pd.DataFrame], pd.Series]) -> Spoil:
    def spoil(book: Book) -> Book:
        frame = book.table(table)
        frame.loc[chosen(frame), column] = None
        return book.replace(**{table: frame})

    return spoil


def _no_result(book: Book) -> Book:
    return book.replace(ledger=book.ledger[~book.ledger["side"].isin(["income", "expense"])])


def _national(book: Book) -> Book:
    tables = {name: book.tables[name] for name in book.tables}
    return Book(SAMPLE_ENTITIES["nordhaven"], book.reference_date, "test", tables)


GAPS: list[tuple[Spoil, str, str]] = [
    (_without("ledger", "item", lambda t: t["item"] == "goodwill"), "ledger.item", "F 01.01"),
    (
        _without("exposures", "accounting_portfolio", lambda t: t["product"] == "covered_bond"),
        "exposures.accounting_portfolio",
        "F 04",
    ),
    (_without("exposures", "stage", lambda t: t["product"] == "mortgage"), "exposures.stage", "F 04.04.1"),
    (
        _without("exposures", "sector", lambda t: t["product"] == "cash_in_collection"),
        "exposures.sector",
        "F 05.01",
    ),
    (_without("counterparties", "nace_code", lambda t: t["nace_code"] == "G"), "nace_code", "F 06.01"),
    (_without("counterparties", "turnover", lambda t: t["turnover"] > 1e8), "turnover", "F 04.04.1"),
    (_without("deposits", "sector", lambda t: t["sector"] == "household"), "deposits.sector", "F 08.01"),
    (
        _without("deposits", "debt_type", lambda t: t["product"] == "subordinated_debt"),
        "deposits.debt_type",
        "F 08.01",
    ),
    (_no_result, "ledger (accounts of side income and expense)", "F 02.00"),
    (_national, "entity.accounting", "all tables"),
]


@pytest.mark.parametrize(("spoil", "column", "cells"), GAPS, ids=[column for _, column, _ in GAPS])
def test_what_a_book_lacks_is_named_and_never_filled_over(
    spoil: Spoil, column: str, cells: str, bank: Result, dictionary: Dictionary
) -> None:
    spoiled = simulate(spoil(bank.book))
    (gap,) = [gap for gap in find_gaps(spoiled, "finrep9", dictionary) if gap.stops]
    assert column in gap.column
    assert cells in gap.cells
    assert gap.consequence
    assert len(gap.examples) == min(gap.rows, 5) or column == "entity.accounting"
    with pytest.raises(MissingInputs, match="FINREP9 cannot be filled") as refused:
        fill(spoiled, "finrep9", dictionary)
    assert refused.value.gaps == (gap,)
    assert str(gap) in str(refused.value)


def test_a_section_that_the_template_does_not_have_is_a_gap(bank: Result, dictionary: Dictionary) -> None:
    parties = bank.book.counterparties
    parties.loc[parties["nace_code"] == "S", "nace_code"] = "T97"
    spoiled = simulate(bank.book.replace(counterparties=parties))
    (gap,) = [gap for gap in find_gaps(spoiled, "finrep9", dictionary) if gap.stops]
    assert "nace_code" in gap.column


def test_what_a_sound_book_is_silent_about_is_told_too(bank: Result, dictionary: Dictionary) -> None:
    gaps = find_gaps(bank, "finrep9", dictionary)
    assert not any(gap.stops for gap in gaps)
    told = {gap.column: str(gap) for gap in gaps}
    assert {
        "pledges",
        "exposures.subordinated",
        "exposures.written_off (where amount is zero)",
    } <= told.keys()
    assert "exposures.low_credit_risk" not in told  # bonds of governments are
    assert told["pledges"].endswith(
        "pledges says nothing; no loan is said to be collateralised by anything but immovable property: "
        "reported as zero"
    )
    of_capital = find_gaps(bank, "corep_of", dictionary)
    assert [(gap.cells, gap.stops) for gap in of_capital] == [
        ("C 18.00 to C 24.00", False),  # what another system computes is owed, and not in the book
        ("C 25.01 and C 25.02", False),
    ]


def test_a_scenario_moves_no_account(bank: Result, dictionary: Dictionary) -> None:
    shocked = simulate(bank.book, scenario="house_prices_down_20")
    with pytest.raises(ReturnError, match="fill it from the baseline"):
        fill(shocked, "finrep9", dictionary)


def test_one_fact_with_two_values_is_refused_with_the_way_to_the_difference(
    bank: Result, dictionary: Dictionary
) -> None:
    ledger = bank.book.ledger
    for item, sign in (("amortised_cost_loans", -1), ("other_assets", 1)):
        place = ledger.index[ledger["item"] == item][0]
        ledger.loc[place, "amount"] += sign * 1000.0
    with pytest.raises(ReturnError, match=r"F_01\.01, row 0183.*are one fact.*reconcile"):
        fill(simulate(bank.book.replace(ledger=ledger)), "finrep9", dictionary)


def test_a_saved_return_explains_itself(finrep: Return, tmp_path: Path) -> None:
    again = open_return(finrep.save(tmp_path / "finrep9.return"))
    assert again.facts == finrep.facts
    found = explain(again, "F_06.01", row="0070", column="0010")
    assert found.total == amount(finrep, "F_06.01", "0070")
    assert set(found.lines["nace"]) == {"G"}


def test_minorities_have_their_part(bank: Result, dictionary: Dictionary) -> None:
    ledger = bank.book.ledger
    rows = [
        {"account": "7100", "name": "To minorities", "side": "attribution", "item": "minority_profit"},
        {
            "account": "7200",
            "name": "To minorities",
            "side": "attribution",
            "item": "minority_comprehensive_income",
        },
    ]
    extra = pd.DataFrame(rows).assign(amount=[100.0, 60.0], allowance=False)
    filled = fill(
        simulate(bank.book.replace(ledger=pd.concat([ledger, extra], ignore_index=True))),
        "finrep9",
        dictionary,
    )
    profit, whole = amount(filled, "F_02.00", "0670"), amount(filled, "F_03.00", "0340")
    assert amount(filled, "F_02.00", "0680") == 100
    assert amount(filled, "F_02.00", "0690") == profit - 100
    assert amount(filled, "F_03.00", "0350") == 60
    assert amount(filled, "F_03.00", "0360") == whole - 60


def test_an_exposure_leads_to_the_cells_it_is_in(finrep: Return) -> None:
    assets = finrep.position.table("assets")
    late = assets[(assets["past_due"] == "over_90") & (assets["stage"] == "3")].iloc[0]
    cells = plimsoll.cells_of(finrep, late["exposure_id"])
    assert {"F_04.04.1", "F_05.01", "F_06.01", "F_07.01"} <= set(cells["table"])
    own = cells[(cells["table"] == "F_07.01") & (cells["row"] == "0190") & (cells["column"] == "0090")]
    assert own["contribution"].tolist() == [Decimal(str(late["carrying_amount"]))]
