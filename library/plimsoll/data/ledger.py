"""The ledger's own words: which items the accounts may stand for, and what must hold among them."""

from __future__ import annotations

import tomllib
from collections.abc import Iterator, Mapping
from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from types import MappingProxyType

import numpy as np
import pandas as pd

from plimsoll.errors import Problem
from plimsoll.units import cents

__all__ = ["BALANCE_SIDES", "check_ledger", "read_items"]

BALANCE_SIDES = ("asset", "liability", "equity")
"""The sides that balance; the others are accounts of statements whose result is in equity already."""


@cache
def read_items() -> Mapping[str, Mapping[str, str]]:
    """Return the items of each side, with the line of the financial statements that takes them."""
    text = files("plimsoll.data").joinpath("ledger_items.toml").read_text(encoding="utf-8")
    return MappingProxyType({side: MappingProxyType(items) for side, items in tomllib.loads(text).items()})


def check_ledger(ledger: pd.DataFrame) -> list[Problem]:
    """Return everything wrong between the accounts of a ledger whose columns are sound."""
    if ledger.empty:
        return []
    return [*_unknown_items(ledger), *_imbalance(ledger)]


def _unknown_items(ledger: pd.DataFrame) -> Iterator[Problem]:
    sides = {item: side for side, items in read_items().items() for item in items}
    given = ledger["item"].notna().to_numpy()
    for position in np.flatnonzero(given):
        row = ledger.iloc[int(position)]
        item, side = str(row["item"]), str(row["side"])
        if sides.get(item) == side:
            continue
        reason = (
            f"is an item of side {sides[item]}, not of {side}"
            if item in sides
            else f"is no item of a bank's accounts{_nearest(item, side)}"
        )
        yield Problem("ledger", f"{position + 1} ({row['account']})", "item", item, reason)


def _nearest(item: str, side: str) -> str:
    close = get_close_matches(item, read_items()[side], n=1, cutoff=0.5)
    return f"; did you mean {close[0]!r}?" if close else "; the page on the ledger lists them"


def _imbalance(ledger: pd.DataFrame) -> Iterator[Problem]:
    balance = ledger[ledger["side"].isin(BALANCE_SIDES).to_numpy()]
    whole = cents(balance["amount"].to_numpy())
    assets = int(whole[(balance["side"] == "asset").to_numpy()].sum())
    difference = 2 * assets - int(whole.sum())
    if difference:
        reason = (
            f"assets minus liabilities and equity is {difference / 100:.2f}: the balance sheet does not "
            "balance"
        )
        yield Problem("ledger", "-", "amount", f"{assets / 100:.2f}", reason)
