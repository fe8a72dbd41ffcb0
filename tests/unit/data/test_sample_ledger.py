"""The accounts of the sample banks: believable, complete, and ending in the profit of own funds."""

from __future__ import annotations

import datetime

import pandas as pd
import pytest

from plimsoll.data import SAMPLE_ENTITIES, Book, sample_book
from plimsoll.units import cents

KINDS = ("savings_bank", "universal_bank", "corporate_lender")


@pytest.fixture(scope="module", params=KINDS)
def book(request: pytest.FixtureRequest) -> Book:
    return sample_book(request.param, exposures=3_000)


def by_item(book: Book) -> pd.Series:
    ledger = book.ledger
    return ledger.assign(whole=cents(ledger["amount"].to_numpy())).groupby("item")["whole"].sum()


def test_every_account_has_an_item_and_a_code_of_its_own(book: Book) -> None:
    assert book.ledger["item"].notna().all()
    assert book.ledger["account"].is_unique


def test_income_less_expense_is_the_profit(book: Book) -> None:
    sides = book.ledger.assign(whole=cents(book.ledger["amount"].to_numpy())).groupby("side")["whole"].sum()
    profit = book.own_funds_items.set_index("item").loc["profit_attributable", "amount"]
    assert sides["income"] - sides["expense"] == int(cents(profit))
    assert by_item(book)["profit_of_the_period"] == int(cents(profit))


def test_an_analyst_would_believe_the_income_statement(book: Book) -> None:
    items = by_item(book)
    interest = items.filter(like="interest_").drop(items.filter(like="interest_expense").index).sum()
    net = interest - items["interest_expense_amortised_cost"]
    operating = net + items["fee_income"] - items["fee_expense"]
    costs = items["staff_expense"] + items["other_administrative_expense"]
    assert 0.35 < costs / operating < 0.85
    assert 0.2 < items["fee_income"] / net < 0.8
    assert (book.ledger.loc[book.ledger["side"] == "expense", "amount"] > 0).all()
    assert 0.2 < items["tax_expense"] / (items["tax_expense"] + items["profit_of_the_period"]) < 0.3


def test_the_fair_value_reserve_is_what_the_securities_say(book: Book) -> None:
    held = book.exposures[book.exposures["gross_carrying_amount"].notna()]
    assert set(held["accounting_portfolio"]) == {"fair_value_oci"}
    fair, cost = (
        cents(held["amount"]) - cents(held["specific_provision"]),
        cents(held["gross_carrying_amount"]),
    )
    before_tax = int(fair.sum() - cost.sum() + cents(held["specific_provision"]).sum())
    assert by_item(book)["oci_debt_instruments"] == round(before_tax * 0.75)


def test_the_year_to_date_grows_with_the_year() -> None:
    march, december = (
        by_item(sample_book(exposures=300, reference_date=datetime.date(2026, month, day)))
        for month, day in ((3, 31), (12, 31))
    )
    ratio = december["interest_amortised_cost"] / march["interest_amortised_cost"]
    assert ratio == pytest.approx(365 / 90, rel=0.01)


def test_the_corporate_lender_reports_consolidated_and_alone() -> None:
    together, alone = SAMPLE_ENTITIES["elbe_handelskredit"], SAMPLE_ENTITIES["elbe_handelskredit_alone"]
    assert (together.scope, alone.scope) == ("CON", "IND")
    assert together.lei == alone.lei
    book = sample_book("corporate_lender", exposures=600, entity=alone)
    assert book.entity == alone
    kinds = set(book.exposures["specialised_lending"].dropna())
    assert kinds == {"project_pre_operational", "project_operational", "object_finance"}
    at_profit = book.exposures[book.exposures["accounting_portfolio"] == "mandatory_fair_value"]
    assert (at_profit["specific_provision"] == 0).all()
    assert not set(book.counterparties["counterparty_type"]) & {"natural_person"}


def test_only_the_universal_bank_leases() -> None:
    leases = {kind: sample_book(kind, exposures=400).exposures["finance_lease"].sum() for kind in KINDS}
    assert leases["universal_bank"] > 0
    assert leases["savings_bank"] == leases["corporate_lender"] == 0
