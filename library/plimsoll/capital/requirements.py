"""Risk exposure amounts by risk, and the ratios of own funds to their total (Article 92 CRR)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from plimsoll.units import cents

__all__ = ["RATIOS", "RISKS", "capital_ratios", "risk_exposure_amounts"]

RISKS = (
    "credit_sa",
    "credit_irb",
    "settlement",
    "market",
    "operational",
    "credit_valuation_adjustment",
    "counterparty_credit",
    "securitisation",
    "large_exposures_trading",
)
RATIOS = {"cet1_ratio": "cet1", "tier1_ratio": "tier1", "total_ratio": "own_funds"}
"""Ratios with the own funds line each takes."""

NOT_REPORTED = "not reported in the book"
_CENTS = 100


def risk_exposure_amounts(
    credit_amount: float, reported: pd.DataFrame, internal_amount: float | None = None
) -> pd.DataFrame:
    """Return the risk exposure amount of each risk.

    Parameters
    ----------
    credit_amount
        Risk-weighted exposure amounts for credit risk under the standardised approach, to the cent.
    reported
        The book's `reported_amounts`.
    internal_amount
        Those by internal ratings; None where the book has none, which then has no row for them.

    Returns
    -------
    Columns risk, amount, source, one row for each of `RISKS`; a risk that the book does not report is zero,
    and its source says so.
    """
    given = zip(reported["amount"].to_numpy(np.float64).tolist(), reported["source"], strict=True)
    by_risk = dict(zip(reported["risk"], given, strict=True))
    by_risk["credit_sa"] = (credit_amount, "standardised approach, from the exposures of the book")
    if internal_amount is not None:
        by_risk["credit_irb"] = (internal_amount, "internal ratings, from the exposures of the book")
    risks = [risk for risk in RISKS if risk != "credit_irb" or internal_amount is not None]
    rows = [(risk, *by_risk.get(risk, (0.0, NOT_REPORTED))) for risk in risks]
    return pd.DataFrame(rows, columns=["risk", "amount", "source"]).astype({"risk": "str", "source": "str"})


def capital_ratios(own_funds: pd.DataFrame, requirements: pd.DataFrame) -> Mapping[str, float]:
    """Return the capital ratios and the amounts they are made of.

    Parameters
    ----------
    own_funds
        Lines as `plimsoll.capital.own_funds` gives them; empty where they are unknown.
    requirements
        Amounts as `risk_exposure_amounts` gives them.

    Returns
    -------
    cet1_ratio, tier1_ratio, total_ratio (fractions; NaN where own funds are unknown or nothing is at risk),
    and cet1, tier1, own_funds, rwa, rwa_credit, rwa_credit_sa, rwa_credit_irb (amounts to the cent).
    """
    amounts = dict(zip(own_funds["line"], own_funds["amount"], strict=True))
    total = int(cents(requirements["amount"].to_numpy(np.float64)).sum()) / _CENTS
    by_risk = dict(zip(requirements["risk"], requirements["amount"], strict=True))
    credit = {name: float(by_risk.get(name, 0.0)) for name in ("credit_sa", "credit_irb")}
    result = {ratio: _ratio(amounts.get(line), total) for ratio, line in RATIOS.items()}
    result |= {line: float(amounts.get(line, math.nan)) for line in RATIOS.values()}
    result |= {f"rwa_{name}": amount for name, amount in credit.items()}
    both = int(cents(list(credit.values())).sum()) / _CENTS
    return MappingProxyType({**result, "rwa": total, "rwa_credit": both})


def _ratio(amount: float | None, total: float) -> float:
    return math.nan if amount is None or total <= 0 else float(amount) / total
