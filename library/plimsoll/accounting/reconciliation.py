"""Whether the ledger and the contracts say the same: every line, with its difference."""

from __future__ import annotations

import tomllib
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd

from plimsoll.accounting.assets import financial_assets
from plimsoll.accounting.liabilities import financial_liabilities
from plimsoll.data import Book
from plimsoll.data.ledger import BALANCE_SIDES, read_items
from plimsoll.units import cents, from_cents

__all__ = ["Reconciliation", "reconcile"]

_COLUMNS = ("line", "measure", "ledger", "against", "other", "difference", "note")
_AT_FAIR_VALUE = ("fair_value_oci", "mandatory_fair_value", "designated_fair_value", "trading", "hedging")
_BY_CONTRACT = ("deposits", "debt_issued")
_NO_ITEM = "accounts without an item, or contracts that belong to none"


@dataclass(frozen=True)
class _Line:
    """A line of the statement, as `reconciliation.toml` says it."""

    name: str
    items: tuple[str, ...]
    against: str
    own_funds: tuple[str, ...] = ()
    note: str = ""


@dataclass(frozen=True)
class Reconciliation:
    """The ledger beside everything that says the same amount a second time.

    Attributes
    ----------
    statement
        Columns line, measure (gross, allowance or amount), ledger, against (the other side's table), other,
        difference (ledger less other; Decimal like both amounts) and note; a row a line where either side has
        something.
    """

    statement: pd.DataFrame = field(repr=False)

    @property
    def differences(self) -> pd.DataFrame:
        """The lines that do not agree."""
        return self.statement[[amount != 0 for amount in self.statement["difference"]]].reset_index(drop=True)

    @property
    def agrees(self) -> bool:
        """Whether every line agrees, to the cent. A statement without lines has shown nothing."""
        return len(self.statement) > 0 and self.differences.empty


def reconcile(book: Book) -> Reconciliation:
    """Return the ledger held against contracts, own funds and the income statement, line by line.

    Nothing is forced to agree and nothing is left out: an account without an item, or an asset that belongs
    to none, has a line of its own.

    Returns
    -------
    `Reconciliation`, in a fixed order, exact to the cent.
    """
    books = _Books(book)
    rows = [row for line in _lines() for row in books.rows(line)]
    rows += list(books.unassigned())
    return Reconciliation(pd.DataFrame(rows, columns=list(_COLUMNS)))


@cache
def _lines() -> tuple[_Line, ...]:
    text = files("plimsoll.accounting").joinpath("reconciliation.toml").read_text(encoding="utf-8")
    stated = [
        _Line(
            entry["name"],
            tuple(entry["items"]),
            entry["against"],
            tuple(entry.get("own_funds", ())),
            entry.get("note", ""),
        )
        for entry in tomllib.loads(text)["line"]
    ]
    named = {item for line in stated for item in line.items}
    assets = [_Line(item, (item,), "assets") for item in read_items()["asset"] if item not in named]
    owed = [
        _Line(item, (item,), "liabilities")
        for item in read_items()["liability"]
        if item.endswith(_BY_CONTRACT)
    ]
    return (*assets, *owed, *stated)


class _Books:
    """A book's two sides, in whole cents."""

    def __init__(self, book: Book) -> None:
        self._tables = book.tables
        self._ledger = book.tables["ledger"].reset_index(drop=True)
        self._amounts = pd.Series(cents(self._ledger["amount"].to_numpy()), index=self._ledger.index)
        self._item = self._ledger["item"].fillna("").astype("str")
        self._allowance = self._ledger["allowance"].astype(bool)
        self._assets = _booked(financial_assets(book.tables))
        self._liabilities = financial_liabilities(book.tables)
        self._other: dict[str, Callable[[_Line], int]] = {
            "liabilities": self._owed,
            "off_balance": self._off_balance,
            "own_funds": self._own_funds,
            "result": self._result,
        }

    def rows(self, line: _Line) -> Iterator[tuple[object, ...]]:
        """Return the rows of a line: one, or gross and allowance apart; none where nothing is held."""
        mine = self._item.isin(line.items)
        if line.against != "assets":
            said = int(self._amounts[mine].sum())
            yield from _row(line, "amount", said, self._other[line.against](line))
            return
        held = self._assets[self._assets["item"].isin(line.items)]
        for measure, part in (("gross", ~self._allowance), ("allowance", self._allowance)):
            yield from _row(line, measure, int(self._amounts[mine & part].sum()), int(held[measure].sum()))

    def unassigned(self) -> Iterator[tuple[object, ...]]:
        """Return what belongs to no item, by side of the balance sheet."""
        for side in BALANCE_SIDES:
            without = (self._item == "") & (self._ledger["side"] == side)
            held = self._assets[self._assets["item"] == ""] if side == "asset" else self._assets.iloc[:0]
            other = int(held["gross"].sum() + held["allowance"].sum())
            line = _Line(f"{side}: no item", (), "assets" if side == "asset" else "-", note=_NO_ITEM)
            yield from _row(line, "amount", int(self._amounts[without].sum()), other)

    def _owed(self, line: _Line) -> int:
        held = self._liabilities[self._liabilities["item"].isin(line.items).to_numpy()]
        return int(cents(held["carrying_amount"].to_numpy(dtype=np.float64)).sum())

    def _off_balance(self, _: _Line) -> int:
        exposures = self._tables["exposures"]
        off = ~exposures["on_balance"].to_numpy(dtype=bool)
        return int(cents(exposures["specific_provision"].to_numpy())[off].sum())

    def _own_funds(self, line: _Line) -> int:
        items = self._tables["own_funds_items"]
        return int(cents(items.loc[items["item"].isin(line.own_funds), "amount"].to_numpy()).sum())

    def _result(self, _: _Line) -> int:
        side, of = self._ledger["side"], self._amounts
        minority = self._item == "minority_profit"
        return int(of[side == "income"].sum() - of[side == "expense"].sum() - of[minority].sum())


def _booked(assets: pd.DataFrame) -> pd.DataFrame:
    """Return each asset's item and the amounts its accounts hold, in cents.

    At fair value the account holds the fair value: the loss allowance of an asset at fair value through other
    comprehensive income is in equity (IFRS 9, 5.5.2).
    """
    carrying = cents(assets["carrying_amount"].to_numpy())
    contra = ~assets["portfolio"].isin(_AT_FAIR_VALUE).to_numpy()
    allowance = np.where(contra, cents(assets["impairment"].to_numpy()), 0)
    return pd.DataFrame({"item": assets["item"], "gross": carrying + allowance, "allowance": -allowance})


def _row(line: _Line, measure: str, ledger: int, other: int) -> Iterator[tuple[object, ...]]:
    if not ledger and not other:
        return
    amounts = (from_cents(ledger), line.against, from_cents(other), from_cents(ledger - other))
    note = line.note if ledger != other else ""
    yield (line.name, measure, *amounts, note)
