"""The ledger's own words: items that exist, on their side, and a balance that the result does not disturb."""

from __future__ import annotations

import pandas as pd

from plimsoll.data import Book, sample_book
from plimsoll.data.ledger import BALANCE_SIDES, check_ledger, read_items

BOOK = sample_book(exposures=120)


def ledger(*rows: tuple[str, str, float, str | None]) -> pd.DataFrame:
    frame = pd.DataFrame(rows, columns=["account", "side", "amount", "item"])
    return frame.assign(name=frame["account"], allowance=False)


def test_an_item_that_does_not_exist_is_named_with_the_nearest() -> None:
    (found,) = check_ledger(
        ledger(("1", "asset", 5.0, "cash_on_hnd"), ("2", "equity", 5.0, "retained_earnings"))
    )
    assert (found.row, found.column, found.value) == ("1 (1)", "item", "cash_on_hnd")
    assert "did you mean 'cash_on_hand'?" in found.reason


def test_an_item_on_another_side_is_refused() -> None:
    (found,) = check_ledger(ledger(("1", "asset", 5.0, "deposits"), ("2", "equity", 5.0, None)))
    assert found.reason == "is an item of side liability, not of asset"


def test_income_and_expense_stand_beside_the_balance() -> None:
    whole = ledger(
        ("1", "asset", 5.0, None),
        ("2", "equity", 5.0, None),
        ("3", "income", 9.0, None),
        ("4", "expense", 2.0, None),
    )
    assert check_ledger(whole) == []
    (found,) = check_ledger(whole.assign(amount=[5.0, 4.99, 9.0, 2.0]))
    assert "is 0.01: the balance sheet does not balance" in found.reason


def test_a_book_from_before_there_were_items_still_loads() -> None:
    old = BOOK.ledger[BOOK.ledger["side"].isin(BALANCE_SIDES)].drop(columns=["item", "allowance"])
    tables = {**{name: BOOK.tables[name] for name in BOOK.tables}, "ledger": old}
    book = Book(BOOK.entity, BOOK.reference_date, "old", tables)
    assert book.ledger["item"].isna().all()
    assert not book.ledger["allowance"].any()


def test_every_item_says_which_line_takes_it() -> None:
    assert set(read_items()) == {*BALANCE_SIDES, "income", "expense", "comprehensive_income", "attribution"}
    assert all(label and label[0] != "(" for items in read_items().values() for label in items.values())
