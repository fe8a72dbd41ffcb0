"""What FINREP is filled from: the ledger and the contracts, as the financial statements see them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from plimsoll.accounting import financial_assets, financial_liabilities
from plimsoll.errors import ReturnError
from plimsoll.units import cents

if TYPE_CHECKING:
    from plimsoll.simulation import Result

__all__ = ["assets", "ledger", "liabilities"]

_SME_RULE = "credit.sme.turnover"


def ledger(result: Result) -> pd.DataFrame:
    """Return the ledger with what each account adds to the result and to comprehensive income.

    Returns
    -------
    Columns account, name, side, item (empty where the book has none), allowance, amount; result (income less
    expense), owners_result (less the part of minorities), comprehensive_income and
    owners_comprehensive_income: zero for an account that is no part of it.

    Raises
    ------
    ReturnError
        The result is of a scenario: a scenario moves risk, not accounts.
    """
    _check_baseline(result)
    held = _sorted(result.book.tables["ledger"], "account")
    side, item = held["side"], held["item"].fillna("").astype("str")
    amount = cents(held["amount"].to_numpy())
    signed = np.select([side == "income", side == "expense"], [amount, -amount], 0)
    comprehensive = signed + np.where(side == "comprehensive_income", amount, 0)
    profit_of_others = np.where(item == "minority_profit", amount, 0)
    income_of_others = np.where(item == "minority_comprehensive_income", amount, 0)
    return held[["account", "name", "side", "allowance", "amount"]].assign(
        item=item,
        result=signed / 100,
        owners_result=(signed - profit_of_others) / 100,
        comprehensive_income=comprehensive / 100,
        owners_comprehensive_income=(comprehensive - income_of_others) / 100,
    )


def assets(result: Result) -> pd.DataFrame:
    """Return the assets on the balance sheet, as `plimsoll.accounting.financial_assets` describes them."""
    _check_baseline(result)
    in_euro = result.book.entity.currency == "EUR"
    found = financial_assets(result.book.tables, result.rules[_SME_RULE].number if in_euro else None)
    return _sorted(found, "exposure_id")


def liabilities(result: Result) -> pd.DataFrame:
    """Return the financial liabilities, as `plimsoll.accounting.financial_liabilities` describes them."""
    _check_baseline(result)
    return _sorted(_sorted(financial_liabilities(result.book.tables), "account"), "deposit_id")


def _sorted(table: pd.DataFrame, key: str) -> pd.DataFrame:
    """Return the rows in the byte order of a key, those of the same key as they stand: whatever the book's order."""
    order = pc.sort_indices(pa.array(table[key], pa.string(), from_pandas=True))
    return table.take(np.asarray(order)).reset_index(drop=True)


def _check_baseline(result: Result) -> None:
    if result.scenario.shocks:
        raise ReturnError(
            f"FINREP states the accounts as they are, and the scenario {result.scenario.name} moves none of "
            "them: fill it from the baseline"
        )
