"""What a financial liability is in the financial statements."""

from __future__ import annotations

import pandas as pd
import pytest

from plimsoll.accounting import financial_liabilities
from plimsoll.data import Book, sample_book


@pytest.fixture(scope="module")
def book() -> Book:
    return sample_book(exposures=400, seed=3)


@pytest.fixture(scope="module")
def owed(book: Book) -> pd.DataFrame:
    return financial_liabilities(book.tables)


def test_every_deposit_and_every_other_financial_account_is_there_once(
    book: Book, owed: pd.DataFrame
) -> None:
    contracts = owed[owed["deposit_id"] != ""]
    assert contracts["deposit_id"].tolist() == book.deposits["deposit_id"].tolist()
    assert contracts["carrying_amount"].tolist() == book.deposits["amount"].tolist()
    assert owed.loc[owed["deposit_id"] == "", "item"].tolist() == [
        "lease_liabilities",
        "other_financial_liabilities",
    ]


def test_words_of_a_deposit(book: Book, owed: pd.DataFrame) -> None:
    products = book.deposits["product"].reset_index(drop=True)
    kinds = owed["deposit_type"].iloc[: len(products)].groupby(products).unique()
    assert {name: list(found) for name, found in kinds.items()} == {
        "central_bank_funding": ["agreed_maturity"],
        "current": ["current_account"],
        "debt_issued": [""],
        "interbank": ["agreed_maturity"],
        "savings": ["redeemable_at_notice"],
        "subordinated_debt": [""],
        "time_deposit": ["agreed_maturity"],
    }
    deposits = owed[owed["instrument"] == "deposits"]
    assert (deposits["sector"] != "").all()
    debt = owed[owed["instrument"] == "debt_issued"]
    assert (debt["sector"] == "").all()
    assert (debt["debt_type"] != "").all()
    assert owed["subordinated"].sum() == (products == "subordinated_debt").sum()


def test_a_deposit_of_a_bank_without_an_end_is_a_current_account(book: Book) -> None:
    deposits = book.deposits
    banks = deposits["product"] == "interbank"
    deposits.loc[banks, "maturity_date"] = pd.NaT
    owed = financial_liabilities({**{name: book.tables[name] for name in book.tables}, "deposits": deposits})
    kinds = owed.loc[: len(deposits) - 1].loc[banks.to_numpy(), "deposit_type"]
    assert set(kinds) == {"current_account"}


def test_a_designated_deposit_has_its_own_item(book: Book) -> None:
    deposits = book.deposits.assign(accounting_portfolio="designated_fair_value")
    owed = financial_liabilities(book.replace(deposits=deposits).tables)
    contracts = owed[owed["deposit_id"] != ""]
    assert set(contracts["item"]) == {"designated_deposits", "designated_debt_issued"}
