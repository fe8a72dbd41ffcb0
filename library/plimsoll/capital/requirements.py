"""Risk exposure amounts by risk, and the ratios of own funds to their total (Article 92 CRR)."""

from __future__ import annotations

import math
from collections.abc import Mapping
from types import MappingProxyType

import numpy as np
import pandas as pd

from plimsoll.capital.output_floor import OutputFloor
from plimsoll.errors import SimulationError
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
CALCULATED = "calculated from the book"
_CENTS = 100


def risk_exposure_amounts(
    credit_amount: float,
    reported: pd.DataFrame,
    internal_amount: float | None = None,
    calculated: Mapping[str, float] | None = None,
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
    calculated
        Amounts of other risks that are calculated from the book.

    Returns
    -------
    Columns risk, amount, source, one row for each of `RISKS`; a risk that the book neither reports nor lets be
    calculated is zero, and its source says so.

    Raises
    ------
    SimulationError
        A risk is both reported and calculated.
    """
    given = zip(reported["amount"].to_numpy(np.float64).tolist(), reported["source"], strict=True)
    by_risk = dict(zip(reported["risk"], given, strict=True))
    for risk, amount in (calculated or {}).items():
        if risk in by_risk:
            raise SimulationError(
                f"the {risk} risk exposure amount is in `reported_amounts` and calculated from the book as well: "
                "leave one out"
            )
        by_risk[risk] = (amount, CALCULATED)
    by_risk["credit_sa"] = (credit_amount, "standardised approach, from the exposures of the book")
    if internal_amount is not None:
        by_risk["credit_irb"] = (internal_amount, "internal ratings, from the exposures of the book")
    risks = [risk for risk in RISKS if risk != "credit_irb" or internal_amount is not None]
    rows = [(risk, *by_risk.get(risk, (0.0, NOT_REPORTED))) for risk in risks]
    return pd.DataFrame(rows, columns=["risk", "amount", "source"]).astype({"risk": "str", "source": "str"})


def capital_ratios(
    own_funds: pd.DataFrame, requirements: pd.DataFrame, floor: OutputFloor | None = None
) -> Mapping[str, float]:
    """Return the capital ratios and the amounts they are made of.

    Parameters
    ----------
    own_funds
        Lines as `plimsoll.capital.own_funds` gives them; empty where they are unknown.
    requirements
        Amounts as `risk_exposure_amounts` gives them.
    floor
        The output floor, where internal models bring it into play: ratios are then of the floored total.

    Returns
    -------
    cet1_ratio, tier1_ratio, total_ratio (fractions; NaN where own funds are unknown or nothing is at risk),
    and cet1, tier1, own_funds, rwa, rwa_credit, rwa_credit_sa, rwa_credit_irb (amounts to the cent). With a floor
    also the same ratios ending in _unfloored and _fully_loaded, and rwa_unfloored, rwa_standardised and
    rwa_fully_loaded.
    """
    amounts = dict(zip(own_funds["line"], own_funds["amount"], strict=True))
    unfloored = int(cents(requirements["amount"].to_numpy(np.float64)).sum())
    total = (unfloored if floor is None else floor.floored) / _CENTS
    by_risk = dict(zip(requirements["risk"], requirements["amount"], strict=True))
    credit = {name: float(by_risk.get(name, 0.0)) for name in ("credit_sa", "credit_irb")}
    result = {ratio: _ratio(amounts.get(line), total) for ratio, line in RATIOS.items()}
    result |= {line: float(amounts.get(line, math.nan)) for line in RATIOS.values()}
    result |= {f"rwa_{name}": amount for name, amount in credit.items()}
    both = int(cents(list(credit.values())).sum()) / _CENTS
    beside = {} if floor is None else _beside(amounts, floor)
    return MappingProxyType({**result, **beside, "rwa": total, "rwa_credit": both})


def _beside(own_funds: Mapping[str, float], floor: OutputFloor) -> dict[str, float]:
    """Return totals and ratios without the floor and without its transition."""
    totals = {"unfloored": floor.unfloored / _CENTS, "fully_loaded": floor.fully_loaded / _CENTS}
    ratios = {
        f"{ratio}_{name}": _ratio(own_funds.get(line), total)
        for ratio, line in RATIOS.items()
        for name, total in totals.items()
    }
    return {
        **ratios,
        **{f"rwa_{name}": total for name, total in totals.items()},
        "rwa_standardised": floor.standardised / _CENTS,
    }


def _ratio(amount: float | None, total: float) -> float:
    return math.nan if amount is None or total <= 0 else float(amount) / total
