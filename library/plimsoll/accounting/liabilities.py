"""What each financial liability of a book is in the financial statements."""

from __future__ import annotations

from collections.abc import Mapping

import pandas as pd

from plimsoll.accounting.classification import classified, read_classification, sector_of

__all__ = ["financial_liabilities"]

_COLUMNS = (
    "deposit_id",
    "account",
    "item",
    "portfolio",
    "instrument",
    "sector",
    "deposit_type",
    "debt_type",
    "subordinated",
    "lease",
    "carrying_amount",
)
_DEBT = "debt_issued"


def financial_liabilities(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    """Return the financial liabilities as the financial statements see them.

    Parameters
    ----------
    tables
        A book's tables.

    Returns
    -------
    One row a deposit or debt, then one a ledger account of liabilities that no other table shows. Words:
    deposit_id or account (the other is empty), item, portfolio, instrument (deposits, debt_issued,
    derivatives, short_positions, other), sector, deposit_type (current_account, agreed_maturity,
    redeemable_at_notice), debt_type; truths: subordinated, lease; carrying_amount in currency units.
    """
    return pd.concat([_deposits(tables), _accounts(tables["ledger"])], ignore_index=True)


def _deposits(tables: Mapping[str, pd.DataFrame]) -> pd.DataFrame:
    words = read_classification()
    deposits = tables["deposits"].reset_index(drop=True)
    creditors = tables["counterparties"].set_index("counterparty_id").reindex(deposits["counterparty_id"])
    creditors = creditors.reset_index(drop=True)
    kind = classified(deposits["product"], words.funding)
    at_sight = (deposits["product"] == "interbank") & deposits["maturity_date"].isna()
    debt = kind == _DEBT
    sector = sector_of(creditors, deposits["sector"])
    prefix = deposits["accounting_portfolio"].map(
        {"amortised_cost": "", "designated_fair_value": "designated_", "trading": "trading_"}
    )
    instrument = pd.Series("deposits", index=deposits.index, dtype="str").mask(debt, _DEBT)
    return pd.DataFrame(
        {
            "deposit_id": deposits["deposit_id"],
            "account": "",
            "item": prefix + instrument,
            "portfolio": deposits["accounting_portfolio"],
            "instrument": instrument,
            "sector": sector.mask(debt, ""),
            "deposit_type": kind.mask(debt, "").mask(at_sight, "current_account"),
            "debt_type": deposits["debt_type"].fillna("").astype("str").where(debt, ""),
            "subordinated": deposits["product"] == "subordinated_debt",
            "lease": False,
            "carrying_amount": deposits["amount"],
        },
        columns=list(_COLUMNS),
    )


def _accounts(ledger: pd.DataFrame) -> pd.DataFrame:
    known = read_classification().ledger_liabilities
    kept = ledger[ledger["item"].isin(list(known)).to_numpy()].reset_index(drop=True)
    facts = [known[str(item)] for item in kept["item"]]
    return pd.DataFrame(
        {
            "deposit_id": "",
            "account": kept["account"],
            "item": kept["item"],
            "portfolio": [fact["portfolio"] for fact in facts],
            "instrument": [fact["instrument"] for fact in facts],
            "sector": "",
            "deposit_type": "",
            "debt_type": "",
            "subordinated": False,
            "lease": [bool(fact.get("lease", False)) for fact in facts],
            "carrying_amount": kept["amount"],
        },
        columns=list(_COLUMNS),
    )
