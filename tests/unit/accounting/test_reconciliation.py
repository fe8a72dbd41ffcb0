"""The ledger against everything else: every difference is shown, on its line, to the cent."""

from __future__ import annotations

from decimal import Decimal

import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from plimsoll import reconcile
from plimsoll.data import Book, sample_book
from plimsoll.data.ledger import BALANCE_SIDES


@pytest.fixture(scope="module")
def book() -> Book:
    return sample_book(exposures=300, seed=5)


def differences(book: Book) -> dict[tuple[str, str], Decimal]:
    found = reconcile(book).differences
    return {
        (line, measure): amount
        for line, measure, amount in zip(found["line"], found["measure"], found["difference"], strict=True)
    }


def moved(ledger: pd.DataFrame, source: str, target: str, amount: float) -> pd.DataFrame:
    """Return the ledger with an amount booked from one item to another."""
    ledger = ledger.copy()
    for item, sign in ((source, -1), (target, 1)):
        place = ledger.index[(ledger["item"] == item) & ~ledger["allowance"]][0]
        ledger.loc[place, "amount"] = round(ledger.loc[place, "amount"] + sign * amount, 2)
    return ledger


@pytest.mark.parametrize("kind", ["savings_bank", "universal_bank", "corporate_lender"])
@pytest.mark.parametrize(("exposures", "seed"), [(100, 1), (700, 9)])
def test_the_sample_banks_agree_to_the_cent(kind: str, exposures: int, seed: int) -> None:
    found = reconcile(sample_book(kind, seed=seed, exposures=exposures))
    assert found.agrees, found.differences
    assert {"amortised_cost_loans", "deposits", "profit_in_the_income_statement"} <= set(
        found.statement["line"]
    )


def test_a_cent_in_one_account_is_found_on_its_line_and_nowhere_else(book: Book) -> None:
    spoiled = book.replace(ledger=moved(book.ledger, "amortised_cost_loans", "other_assets", 0.01))
    assert differences(spoiled) == {
        ("amortised_cost_loans", "gross"): Decimal("-0.01"),
        ("other_assets", "gross"): Decimal("0.01"),
    }
    note = reconcile(spoiled).differences.set_index("line")["note"]
    assert "current tax" in note["other_assets"]


def test_provisions_are_held_against_the_allowances(book: Book) -> None:
    exposures = book.exposures
    place = exposures.index[(exposures["product"] == "mortgage") & (exposures["amount"] > 500)][0]
    exposures.loc[place, "specific_provision"] = round(exposures.loc[place, "specific_provision"] + 1.25, 2)
    assert differences(book.replace(exposures=exposures)) == {
        ("amortised_cost_loans", "allowance"): Decimal("1.25")
    }


def test_an_account_without_an_item_has_a_line(book: Book) -> None:
    ledger = book.ledger
    place = ledger.index[ledger["item"] == "goodwill"][0]
    amount = Decimal(str(ledger.loc[place, "amount"]))
    ledger.loc[place, "item"] = None
    assert differences(book.replace(ledger=ledger)) == {
        ("goodwill", "gross"): -amount,
        ("asset: no item", "amount"): amount,
    }


def test_an_asset_that_belongs_to_no_item_has_a_line(book: Book) -> None:
    exposures = book.exposures
    place = exposures.index[exposures["product"] == "covered_bond"][0]
    exposures.loc[place, "accounting_portfolio"] = None
    found = differences(book.replace(exposures=exposures))
    assert found["asset: no item", "amount"] < 0


def test_the_profit_is_held_against_own_funds_and_the_income_statement(book: Book) -> None:
    ledger = book.ledger
    place = ledger.index[ledger["item"] == "fee_income"][0]
    ledger.loc[place, "amount"] += 5.0
    assert differences(book.replace(ledger=ledger)) == {
        ("profit_in_the_income_statement", "amount"): Decimal("-5.00")
    }
    items = book.own_funds_items
    items.loc[items["item"] == "profit_attributable", "amount"] -= 7.0
    assert differences(book.replace(own_funds_items=items)) == {
        ("profit_in_own_funds", "amount"): Decimal("7.00")
    }


def test_a_book_without_a_ledger_shows_everything_as_different(book: Book) -> None:
    found = reconcile(book.replace(ledger=book.ledger.iloc[:0]))
    assert not found.agrees
    assert (found.statement["ledger"] == 0).all()


def test_an_empty_book_has_shown_nothing(book: Book) -> None:
    empty = Book(book.entity, book.reference_date, "empty", {})
    assert reconcile(empty).statement.empty
    assert not reconcile(empty).agrees


@settings(max_examples=8, deadline=None)
@given(st.integers(1, 10**9), st.integers(0, 10**6))
def test_what_is_booked_elsewhere_comes_back_whole(cents: int, seed: int) -> None:
    book = _BOOK
    items = sorted(set(book.ledger.loc[book.ledger["side"] == "asset", "item"]))
    source, target = items[seed % len(items)], items[(seed // 7) % len(items)]
    spoiled = book.replace(ledger=moved(book.ledger, source, target, cents / 100))
    found = reconcile(spoiled).differences
    expected = 0 if source == target else Decimal(cents) / 100
    assert sum(amount for amount in found["difference"] if amount > 0) == expected
    assert sum(found["difference"], Decimal(0)) == 0


_BOOK = sample_book(exposures=150, seed=2)


def test_the_sides_that_balance_are_all_reconciled_or_of_no_contract() -> None:
    """Sums of the ledger's side of the statement, with what no table says twice, are the balance sheet."""
    found = reconcile(_BOOK).statement
    held = found[~found["line"].isin(["profit_in_the_income_statement"])]
    ledger = _BOOK.ledger[_BOOK.ledger["side"].isin(BALANCE_SIDES)]
    assets = ledger.loc[ledger["side"] == "asset", "amount"].sum()
    assert float(sum(held.loc[held["against"] == "assets", "ledger"])) == pytest.approx(assets, abs=0.005)
