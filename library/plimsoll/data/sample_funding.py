"""The other side of a sample bank's balance sheet: deposits, debt and capital that fund it exactly."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plimsoll.data.sample_contracts import Draw, numbered
from plimsoll.units import cents

__all__ = ["Funding", "fund"]

_INSURED = 100_000.0  # Directive 2014/49/EU Article 6
_DAY = np.timedelta64(1, "D")
_CURRENT, _SAVINGS = 0.38, 0.42  # of customers' deposits; the rest are time deposits


@dataclass(frozen=True)
class Funding:
    """Deposits, and the ledger lines that no other table shows."""

    deposits: pd.DataFrame
    other_liabilities: dict[str, float]
    equity: dict[str, float]  # ledger lines of equity; each is an own-funds item too
    own_funds_only: dict[str, float]  # deductions and Tier 2


def fund(rng: np.random.Generator, draw: Draw, day: datetime.date) -> Funding:
    """Return the funding whose total equals the assets net of loss allowances, to the cent."""
    bank, base = draw.assumptions["bank"], draw.base
    tier_2 = round(draw.estimated_rwa * bank["t2_part"], 2)
    equity, deductions = _equity(draw)
    held = draw.exposures["on_balance"].to_numpy()
    gross = cents(draw.exposures["amount"].to_numpy())
    allowance = cents(draw.exposures["specific_provision"].to_numpy())
    assets = int(gross[held].sum()) - int(allowance[held].sum())
    other = {
        "commitment_provision": int(allowance[~held].sum()) / 100,
        "other_liability": round(base * bank["other_liability_part"], 2),
    }
    wholesale = {
        "interbank": round(base * bank["interbank_part"], 2),
        "central_bank_funding": round(base * bank["central_bank_funding_part"], 2),
        "debt_issued": round(base * bank["debt_part"], 2),
        "subordinated_debt": tier_2,
    }
    spent = sum(int(cents(v)) for v in (*equity.values(), *other.values(), *wholesale.values()))
    customers = _customer_deposits(rng, draw, assets - spent, np.datetime64(day, "D"))
    deposits = pd.concat(
        [customers, _wholesale(rng, draw, wholesale, np.datetime64(day, "D"))], ignore_index=True
    )
    deposits.insert(0, "deposit_id", numbered("D", len(deposits)))
    return Funding(deposits, other, equity, {**deductions, "t2_paid_up": tier_2})


def _equity(draw: Draw) -> tuple[dict[str, float], dict[str, float]]:
    """Return equity by ledger line and the deductions; CET1 meets the target on the rough estimate."""
    bank, base, rwa = draw.assumptions["bank"], draw.base, draw.estimated_rwa
    deductions = {
        "goodwill": round(base * bank["goodwill_part"], 2),
        "other_intangibles": round(base * bank["intangibles_part"], 2),
        "dta_future_profitability": round(base * bank["dta_part"], 2),
        "prudent_valuation": round(base * bank["prudent_valuation_part"], 2),
    }
    needed = rwa * bank["cet1_target"] + sum(deductions.values())
    profit = round(needed * 0.032, 2)
    deductions["profit_not_eligible"] = round(profit * 0.4, 2)
    gross = needed + deductions["profit_not_eligible"]
    parts = {
        "cet1_paid_up_capital": 0.22,
        "cet1_share_premium": 0.08,
        "other_reserves": 0.15,
        "accumulated_oci": -0.006,
    }
    equity = {line: round(gross * part, 2) for line, part in parts.items()}
    equity["profit_attributable"] = profit
    equity["retained_earnings_previous_years"] = round(gross - sum(equity.values()), 2)
    equity["at1_paid_up"] = round(rwa * bank["at1_part"], 2)
    return equity, deductions


def _customer_deposits(rng: np.random.Generator, draw: Draw, total: int, day: np.datetime64) -> pd.DataFrame:
    """Return an account of each borrower beside pooled accounts of branches, `total` cents in all."""
    borrowers = draw.counterparties[
        draw.counterparties["counterparty_type"].isin(["natural_person", "corporate"])
    ]
    known = len(borrowers)
    pooled = max(12, len(draw.exposures) // 25)
    turnover = borrowers["turnover"].fillna(0.0).to_numpy()
    own = np.where(turnover > 0, turnover * 0.02, 7_500.0) * rng.lognormal(-0.5, 1.0, known)
    branch = 4.0e6 * rng.lognormal(-0.1, 0.4, pooled)
    own *= min(1.0, 0.2 * total / 100 / own.sum())
    branch *= (total / 100 - own.sum()) / branch.sum()
    amount = _exactly(np.concatenate([own, branch]), total)
    kinds = np.array(["current", "savings", "time_deposit"])
    mix = np.array([_CURRENT, _SAVINGS, 1.0 - _CURRENT - _SAVINGS])
    product = np.concatenate([np.full(known, "current"), rng.choice(kinds, pooled, p=mix)])
    rows = known + pooled
    term = rng.integers(20, 720, rows) * _DAY
    insured = np.concatenate([np.minimum(amount[:known], _INSURED), np.round(amount[known:] * 0.88, 2)])
    return pd.DataFrame(
        {
            "counterparty_id": np.concatenate(
                [borrowers["counterparty_id"].to_numpy(dtype=object), np.full(pooled, None)]
            ),
            "product": product,
            "amount": amount,
            "currency": draw.currency,
            "insured_amount": np.minimum(insured, amount),
            "maturity_date": np.where(product == "time_deposit", day + term, np.datetime64("NaT", "D")),
            "rate": np.select([product == "current", product == "savings"], [0.001, 0.012], 0.021),
        }
    )


def _wholesale(
    rng: np.random.Generator, draw: Draw, totals: dict[str, float], day: np.datetime64
) -> pd.DataFrame:
    """Return funding from banks, the central bank and investors; Tier 2 runs for more than five years."""
    kinds = draw.counterparties["counterparty_type"]
    banks = draw.counterparties.loc[kinds == "credit_institution", "counterparty_id"].to_numpy(dtype=object)
    central = draw.counterparties.loc[kinds == "central_bank", "counterparty_id"].to_numpy(dtype=object)
    years = {
        "interbank": (0.02, 0.5),
        "central_bank_funding": (0.1, 0.7),
        "debt_issued": (0.5, 9.0),
        "subordinated_debt": (5.5, 9.5),
    }
    rates = {
        "interbank": 0.022,
        "central_bank_funding": 0.0215,
        "debt_issued": 0.029,
        "subordinated_debt": 0.048,
    }
    parts = []
    for product, total in totals.items():
        rows = 8 if product == "debt_issued" else 4
        creditor = {
            "interbank": rng.choice(banks, rows),
            "central_bank_funding": np.resize(central, rows),
        }.get(product)
        days = (rng.uniform(*years[product], rows) * 365).astype(np.int64)
        parts.append(
            pd.DataFrame(
                {
                    "counterparty_id": creditor if creditor is not None else np.full(rows, None),
                    "product": product,
                    "amount": _exactly(rng.uniform(0.5, 1.5, rows) * total / rows, int(cents(total))),
                    "currency": draw.currency,
                    "insured_amount": 0.0,
                    "maturity_date": day + days * _DAY,
                    "rate": rates[product],
                }
            )
        )
    return pd.concat(parts, ignore_index=True)


def _exactly(amounts: NDArray[np.float64], total: int) -> NDArray[np.float64]:
    """Return the amounts scaled to `total` cents; the largest takes what rounding leaves."""
    whole = np.floor(amounts * (total / amounts.sum())).astype(np.int64)
    whole[np.argmax(whole)] += total - int(whole.sum())
    return np.asarray(whole / 100, dtype=np.float64)
