"""Settlement risk of transactions unsettled after their due date (Article 378 CRR)."""

from __future__ import annotations

import numpy as np
import pandas as pd

from plimsoll.rules import RuleSet
from plimsoll.units import cents

__all__ = ["SETTLEMENT_RULES", "settlement_risk"]

SETTLEMENT_RULES = ("capital.settlement.factors", "capital.risk_exposure_multiple")
_CENTS = 100


def settlement_risk(transactions: pd.DataFrame, rules: RuleSet) -> pd.DataFrame:
    """Return the requirement for each unsettled transaction.

    Parameters
    ----------
    transactions
        The book's `unsettled_transactions`.
    rules
        Those in force on the reference date.

    Returns
    -------
    Columns transaction_id, trading_book, settlement_price, price_difference, working_days_late, days_from (first
    day of its row in Table 1), factor, requirement and amount (12.5 times the requirement), in currency units.
    """
    starts, factors = np.array(rules["capital.settlement.factors"].pairs).T
    days = transactions["working_days_late"].to_numpy(np.int64)
    band = np.searchsorted(starts, days, side="right") - 1
    difference = cents(transactions["price_difference"].to_numpy(np.float64))
    requirement = np.rint(difference * factors[band]).astype(np.int64)
    multiple = rules["capital.risk_exposure_multiple"].number
    return pd.DataFrame(
        {
            "transaction_id": transactions["transaction_id"].astype("str"),
            "trading_book": transactions["trading_book"].to_numpy(np.bool_),
            "settlement_price": transactions["settlement_price"].to_numpy(np.float64),
            "price_difference": difference / _CENTS,
            "working_days_late": days,
            "days_from": starts[band].astype(np.int64),
            "factor": factors[band],
            "requirement": requirement / _CENTS,
            "amount": np.rint(requirement * multiple) / _CENTS,
        }
    )
