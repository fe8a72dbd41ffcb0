"""Our own answers to the grids: whole books simulated where a class is meant, public functions where a formula is."""

from __future__ import annotations

import datetime
from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
import pandas as pd

from plimsoll import rules as law
from plimsoll.capital.operational_risk import business_indicator_component
from plimsoll.capital.settlement_risk import settlement_risk
from plimsoll.credit import irb
from plimsoll.credit.factors import sme_factor
from plimsoll.credit.haircuts import maturity_factor
from plimsoll.data import Book, Entity
from plimsoll.simulation import simulate

__all__ = ["OURS"]

DAY = datetime.date(2026, 6, 30)
RULES = law.on(DAY)
BANK = Entity("Testbank", "529900T8BM49AURSDO55", "IND", "DE")
Answers = np.ndarray


def _internal(name: str) -> Callable[[pd.DataFrame], Answers]:
    """Return the weights of an internal-ratings class, after the input floor of the PD and the bounds of M."""

    def weights(grid: pd.DataFrame) -> Answers:
        floored = irb.floored_pd(grid["pd"].to_numpy(), exposure_class=name, rules=RULES)
        wholesale = name == "corporate"
        maturity = irb.effective_maturity(grid["maturity"].to_numpy(), rules=RULES) if wholesale else None
        turnover = pd.to_numeric(grid["turnover_meur"]).to_numpy(float) if wholesale else None
        return irb.risk_weight(
            floored,
            grid["lgd"].to_numpy(),
            maturity,
            exposure_class=name,
            turnover_meur=turnover,
            rules=RULES,
        )

    return weights


def _weights(
    exposures: Mapping[str, Any],
    counterparties: Mapping[str, Any],
    collateral: Mapping[str, Any] | None = None,
    *,
    size: int,
) -> Answers:
    """Return risk-weighted amount over exposure value of each exposure of a book, before supporting factors."""
    ids = [f"E{place:06}" for place in range(size)]
    owners = [f"C{place:06}" for place in range(size)]
    given: dict[str, Any] = {
        "exposure_id": ids, "counterparty_id": owners, "product": "loan", "on_balance": True, "amount": 1e6,
        "currency": "EUR", "defaulted": False, **exposures,
    }  # fmt: skip
    tables = {
        "exposures": pd.DataFrame(given),
        "counterparties": pd.DataFrame({"counterparty_id": owners, "country": "DE", **counterparties}),
    }
    if collateral is not None:
        tables["collateral"] = pd.DataFrame({"collateral_id": ids, "exposure_id": ids, **collateral})
    lines = simulate(Book(BANK, DAY, "grid", tables)).lines
    sums = lines.groupby("exposure_id")[["rwa_before_factors", "ead"]].sum().loc[ids]
    return (sums["rwa_before_factors"] / sums["ead"]).to_numpy()


def _amounts(grid: pd.DataFrame) -> pd.Series:
    """Return amounts so large that rounding to the cent does not show in a weight."""
    return np.round(grid["amount"] * 10_000, 2)


def _steps(grid: pd.DataFrame) -> pd.Series:
    return grid["step"].astype("Int64").mask(grid["step"] == 0)


def _government(grid: pd.DataFrame) -> Answers:
    domestic = grid["domestic"] == 1
    return _weights(
        {"amount": _amounts(grid), "product": "bond", "currency": np.where(domestic, "EUR", "USD")},
        {
            "counterparty_type": "central_government",
            "country": np.where(domestic, "DE", "US"),
            "credit_quality_step": _steps(grid),
        },
        size=len(grid),
    )


def _institution(grid: pd.DataFrame) -> Answers:
    grade = grid["grade"].str.lower().replace("", None)
    short = {"original_maturity_days": np.where(grid["short_term"] == 1, 60, 400), "product": "interbank"}
    obligor = {
        "counterparty_type": "credit_institution",
        "credit_quality_step": _steps(grid),
        "scra_grade": grade.to_numpy(dtype=object),
    }
    return _weights({"amount": _amounts(grid), **short}, obligor, size=len(grid))


def _corporate(grid: pd.DataFrame) -> Answers:
    obligor = {"counterparty_type": "corporate", "credit_quality_step": _steps(grid)}
    return _weights({"amount": _amounts(grid)}, obligor, size=len(grid))


def _retail(grid: pd.DataFrame) -> Answers:
    exposure = {
        "amount": _amounts(grid),
        "retail_eligible": grid["eligible"] == 1,
        "income_currency_mismatch": grid["mismatch"] == 1,
        "currency": "CHF",
    }
    return _weights(exposure, {"counterparty_type": "natural_person"}, size=len(grid))


def _property(
    kind: str, obligor: Mapping[str, Any], exposure: Mapping[str, Any]
) -> Callable[[pd.DataFrame], Answers]:
    def weights(grid: pd.DataFrame) -> Answers:
        amount = np.round(grid["ltv"].to_numpy() * 1e9, 2)
        lien = {
            "property_type": kind, "property_value": 1e9, "income_producing": grid["income_producing"] == 1
        }  # fmt: skip
        found = {"amount": amount, "product": "mortgage", **exposure}
        return _weights(found, obligor, lien, size=len(grid))

    return weights


def _default(grid: pd.DataFrame) -> Answers:
    amount = _amounts(grid)
    exposure = {
        "amount": amount,
        "specific_provision": np.round(amount * grid["coverage"], 2),
        "defaulted": True,
    }
    return _weights(exposure, {"counterparty_type": "corporate"}, size=len(grid))


def _covered_bond(grid: pd.DataFrame) -> Answers:
    exposure = {
        "amount": _amounts(grid),
        "product": "covered_bond",
        "issue_credit_quality_step": _steps(grid),
    }
    return _weights(exposure, {"counterparty_type": "credit_institution"}, size=len(grid))


def _settlement(grid: pd.DataFrame) -> Answers:
    transactions = pd.DataFrame(
        {
            "transaction_id": [f"T{place}" for place in range(len(grid))],
            "trading_book": False,
            "settlement_price": 1e6,
            "price_difference": 1e6,
            "working_days_late": grid["days"].to_numpy(),
        }
    )
    return settlement_risk(transactions, RULES)["factor"].to_numpy()


def _mismatch(grid: pd.DataFrame) -> Answers:
    endless = np.full(len(grid), np.nan)
    return maturity_factor(grid["t"].to_numpy(), grid["T"].to_numpy(), endless, RULES)


def _floor(grid: pd.DataFrame) -> Answers:
    days = grid["date"].unique()
    held = {day: law.on(datetime.date.fromisoformat(day))["capital.floor.factor"].number for day in days}
    return grid["date"].map(held).to_numpy(float)


def _uncovered(grid: pd.DataFrame) -> Answers:
    """Return the factor of Article 47c(2) for the nth year after classification, read from the dated rule."""
    factors = RULES["capital.coverage.unsecured"].numbers
    place = np.minimum(grid["year"].to_numpy() - 1, len(factors) - 1)
    return np.asarray(factors)[place]


OURS: dict[str, Callable[[pd.DataFrame], Answers]] = {
    "irb_corporate": _internal("corporate"),
    "irb_mortgage": _internal("retail_mortgage"),
    "irb_qrre": _internal("retail_qrre"),
    "irb_other_retail": _internal("retail_other"),
    "sa_government": _government,
    "sa_institution": _institution,
    "sa_corporate": _corporate,
    "sa_retail": _retail,
    "sa_residential": _property(
        "residential", {"counterparty_type": "natural_person"}, {"retail_eligible": True}
    ),
    "sa_commercial": _property("commercial", {"counterparty_type": "corporate"}, {}),
    "sa_default": _default,
    "sa_covered_bond": _covered_bond,
    "sme_factor": lambda grid: sme_factor(grid["owed"].to_numpy(), RULES),
    "business_indicator": lambda grid: np.array(
        [business_indicator_component(indicator, RULES) for indicator in grid["indicator"]]
    ),
    "settlement": _settlement,
    "maturity_mismatch": _mismatch,
    "output_floor": _floor,
    "npe_unsecured": _uncovered,
}
"""By topic."""
