"""Operational risk: the business indicator component (Articles 312 to 314 CRR)."""

from __future__ import annotations

import datetime
from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from plimsoll.errors import SimulationError
from plimsoll.rules import RuleSet

__all__ = [
    "OPERATIONAL_RULES",
    "PERIODS",
    "OperationalRisk",
    "business_indicator_component",
    "operational_risk",
]

OPERATIONAL_RULES = (
    "capital.operational.buckets",
    "capital.operational.interest_margin_limit",
    "capital.operational.years",
    "capital.risk_exposure_multiple",
)
PERIODS = ("year_3", "year_2", "last_year")
"""The three financial years, the oldest first, as template C 16.02 names them."""

_INTEREST = ("interest_income", "lease_income", "lease_profit")
_INTEREST_COST = ("interest_expense", "lease_expense", "lease_loss")
_ASSETS = (
    "cash_balances",
    "debt_securities",
    "loans",
    "trading_derivatives",
    "hedging_derivatives",
    "leased_assets",
)
_INCOME = ("other_operating_income_scheme", "held_for_sale_profit", "other_operating_income")
_COST = (
    "other_operating_expense_scheme",
    "operational_risk_loss",
    "held_for_sale_loss",
    "other_operating_expense",
)
_TRADING = ("trading_result", "trading_hedge_result", "trading_exchange_result")
_BANKING = (
    "derecognition_result",
    "mandatory_fair_value_result",
    "designated_fair_value_result",
    "banking_hedge_result",
    "banking_exchange_result",
)


@dataclass(frozen=True)
class OperationalRisk:
    """The requirement for operational risk.

    Attributes
    ----------
    items
        Columns entry_id, item, period (one of `PERIODS`), amount, prudential_amount, within_scheme, booked_in:
        the book's rows, with the net interest of each year beside them.
    components
        Averages over three years, in currency units: interest_component, asset_component, dividend_component,
        other_income, other_expense, fee_income, fee_expense, trading_component, banking_component, and what
        they make: ildc, services, financial, business_indicator, component (the requirement), amount (the risk
        exposure amount).
    by_prudential_boundary
        Whether the financial component divides trading and banking book by the prudential boundary.
    """

    items: pd.DataFrame
    components: Mapping[str, float]
    by_prudential_boundary: bool


def business_indicator_component(indicator: float, rules: RuleSet) -> float:
    """Return the own funds requirement for a business indicator, both in euro (Article 313)."""
    pairs = rules["capital.operational.buckets"].pairs
    ends = [start for start, _ in pairs[1:]] + [np.inf]
    return float(
        sum(
            max(min(indicator, end) - start, 0.0) * share
            for (start, share), end in zip(pairs, ends, strict=True)
        )
    )


def operational_risk(
    entries: pd.DataFrame, day: datetime.date, rules: RuleSet, *, in_euro: bool = True
) -> OperationalRisk:
    """Return the requirement for operational risk from the business indicator's items.

    Parameters
    ----------
    entries
        The book's `business_indicator`: at least the last three financial years before `day`.
    day
        The reference date.
    rules
        Those in force on it.
    in_euro
        Whether amounts are in euro: the coefficients of Article 313 step at amounts in euro.

    Raises
    ------
    SimulationError
        There are fewer than three financial years, amounts are not in euro, or only some results are given by
        the prudential boundary.
    """
    if not in_euro:
        raise SimulationError(
            "the steps of Article 313 CRR are in euro and the book is not: give the operational risk exposure "
            "amount in `reported_amounts` instead of `business_indicator`"
        )
    chosen = _last_years(entries, day, int(rules["capital.operational.years"].number))
    prudential = _divides_by_boundary(chosen)
    by_year = [_year(chosen[chosen["period"] == period], prudential) for period in PERIODS]
    average = {
        name: round(float(np.mean([year[name] for year in by_year])), 2)
        for name in by_year[0]
        if name != "net"
    }
    net = [
        {
            "entry_id": f"net interest, {period}",
            "item": "net_interest",
            "period": period,
            "amount": year["net"],
        }
        for period, year in zip(PERIODS, by_year, strict=True)
    ]
    items = pd.concat([chosen, pd.DataFrame(net)], ignore_index=True)
    return OperationalRisk(items, MappingProxyType({**average, **_made(average, rules)}), prudential)


def _last_years(entries: pd.DataFrame, day: datetime.date, years: int) -> pd.DataFrame:
    ends = pd.to_datetime(entries["year_end"])
    last = sorted({end for end in ends if end <= pd.Timestamp(day)})[-years:]
    if len(last) < years:
        raise SimulationError(
            f"`business_indicator` has {len(last)} financial year(s) ended by {day} and Article 314 CRR averages "
            f"{years}: add the missing ones, or forward-looking estimates (paragraph 8)"
        )
    periods = dict(zip(last, PERIODS, strict=True))
    chosen = entries[ends.isin(last)].copy()
    chosen["period"] = ends[ends.isin(last)].map(periods).to_numpy()
    return chosen.sort_values("entry_id").reset_index(drop=True)


def _divides_by_boundary(entries: pd.DataFrame) -> bool:
    results = entries[entries["item"].isin([*_TRADING, *_BANKING])]
    given = results["prudential_amount"].notna()
    if given.any() and not given.all():
        missing = ", ".join(results.loc[~given, "entry_id"].astype("str").head(5))
        raise SimulationError(
            f"some results of `business_indicator` have a `prudential_amount` and {missing} has none: give all "
            "of them, or none (Article 314(6) CRR)"
        )
    return bool(given.any())


def _year(entries: pd.DataFrame, prudential: bool) -> dict[str, float]:
    """Return the components of one financial year, in currency units."""

    def total(*names: str, column: str = "amount") -> float:
        return float(entries.loc[entries["item"].isin(names), column].sum())

    result = "prudential_amount" if prudential else "amount"
    net = abs(total(*_INTEREST) - total(*_INTEREST_COST))
    return {
        "net": round(net, 2),
        "interest_component": net,
        "asset_component": total(*_ASSETS),
        "dividend_component": total("dividend_income"),
        "other_income": total(*_INCOME),
        "other_expense": total(*_COST),
        "fee_income": total("fee_income"),
        "fee_expense": total("fee_expense"),
        "trading_component": abs(total(*_TRADING, column=result)),
        "banking_component": abs(total(*_BANKING, column=result)),
    }


def _made(average: Mapping[str, float], rules: RuleSet) -> dict[str, float]:
    limit = rules["capital.operational.interest_margin_limit"].number * average["asset_component"]
    ildc = min(average["interest_component"], limit) + average["dividend_component"]
    services = max(average["other_income"], average["other_expense"])
    services += max(average["fee_income"], average["fee_expense"])
    financial = average["trading_component"] + average["banking_component"]
    rounded = {name: round(value, 2) for name, value in
               {"ildc": ildc, "services": services, "financial": financial}.items()}  # fmt: skip
    indicator = round(sum(rounded.values()), 2)
    component = round(business_indicator_component(indicator, rules), 2)
    amount = round(component * rules["capital.risk_exposure_multiple"].number, 2)
    return {**rounded, "business_indicator": indicator, "component": component, "amount": amount}
