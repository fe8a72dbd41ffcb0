"""Every word of the book has its place in the financial statements."""

from __future__ import annotations

from itertools import product

import pandas as pd

from plimsoll.accounting.classification import classified, read_classification
from plimsoll.data.ledger import read_items
from plimsoll.data.schema import read_schema

SCHEMA = read_schema()
WORDS = read_classification()
OFF_BALANCE = {"commitment", "guarantee_issued"}


def values(table: str, column: str) -> set[str]:
    return set(SCHEMA[table].columns[column].values)


def test_every_product_of_an_asset_is_an_instrument_or_an_item() -> None:
    placed = WORDS.instruments.keys() | WORDS.items.keys()
    assert placed == values("exposures", "product") - OFF_BALANCE
    assert not WORDS.instruments.keys() & WORDS.items.keys()


def test_every_loan_has_a_product_of_template_f_05_01() -> None:
    loans = {name for name, instrument in WORDS.instruments.items() if instrument == "loans"}
    assert WORDS.loan_products.keys() == loans | {"central_bank_balance"}


def test_every_counterparty_but_one_that_must_say_so_has_a_sector() -> None:
    assert WORDS.sectors.keys() == values("counterparties", "counterparty_type") - {"other"}
    assert set(WORDS.sectors.values()) == values("counterparties", "sector")


def test_every_kind_of_funding_has_a_place() -> None:
    assert WORDS.funding.keys() == values("deposits", "product")


def test_items_named_anywhere_are_items_of_the_ledger() -> None:
    assets, liabilities = read_items()["asset"], read_items()["liability"]
    assert set(WORDS.items.values()) | set(WORDS.deducted_items.values()) <= assets.keys()
    assert WORDS.ledger_liabilities.keys() <= liabilities.keys()
    portfolios = ("amortised_cost", "fair_value_oci", "mandatory_fair_value", "trading")
    for portfolio, instrument in product(portfolios, ("loans", "debt_securities")):
        assert f"{portfolio}_{instrument}" in assets


def test_no_item_is_named_twice() -> None:
    names = [item for items in read_items().values() for item in items]
    assert len(names) == len(set(names))


def test_a_word_without_a_place_is_empty_and_never_guessed() -> None:
    found = classified(pd.Series(["loan", "raffle", None]), WORDS.instruments)
    assert found.tolist() == ["loans", "", ""]
