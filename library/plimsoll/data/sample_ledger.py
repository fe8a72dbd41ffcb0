"""The ledger of a sample bank: the balance its contracts add up to, and income that ends in its profit."""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import pandas as pd

from plimsoll.data.sample_accounts import Accounted, read_assumptions
from plimsoll.units import cents

__all__ = ["draw_up"]

_COLUMNS = ("account", "name", "side", "amount", "item", "allowance")
_FAIR_VALUE = ("fair_value_oci", "mandatory_fair_value", "designated_fair_value", "trading")
_INSTRUMENTS = {
    "loans": (
        "loan",
        "mortgage",
        "current_account",
        "credit_card",
        "interbank",
        "trade_finance",
        "sft",
        "cash_in_collection",
    ),
    "debt_securities": ("bond", "covered_bond", "securitisation"),
    "equity": ("equity", "fund"),
    "derivatives": ("derivative",),
}
_DEDUCTED = {"goodwill": "goodwill", "other_intangibles": "other_intangible_assets"}
_PLAIN = {
    "cash": "cash_on_hand",
    "central_bank_balance": "central_bank_balances",
    "tangible_asset": "property_and_equipment",
    "intangible_software": "other_intangible_assets",
    "deferred_tax_asset": "deferred_tax_assets",
}
_DAYS = 365.0

Row = tuple[str, str, str, float, str, bool]


@dataclass(frozen=True)
class _Bank:
    """What the ledger is drawn up from."""

    accounted: Accounted
    other_liabilities: Mapping[str, float]
    equity: Mapping[str, float]
    fraction: float  # of the year so far
    facts: Mapping[str, Any]


def draw_up(
    accounted: Accounted,
    other_liabilities: Mapping[str, float],
    equity: Mapping[str, float],
    day: datetime.date,
) -> pd.DataFrame:
    """Return the ledger: assets equal liabilities and equity, and the income statement ends in the profit.

    Parameters
    ----------
    accounted
        The contracts.
    other_liabilities, equity
        The lines no contract shows; equity by own-funds item.
    day
        The reference date; the financial year is the calendar year.
    """
    start = datetime.date(day.year - 1, 12, 31)
    bank = _Bank(accounted, other_liabilities, equity, (day - start).days / _DAYS, read_assumptions())
    balance = [*_assets(bank), *_funding(bank), *_liabilities(bank), *_equity(bank)]
    statements = [row for row in (*_result(bank), *_oci(bank)) if row[3]]  # an account that moved
    return pd.DataFrame([*balance, *statements], columns=list(_COLUMNS))


def _total(amounts: pd.Series) -> float:
    return float(cents(amounts.to_numpy()).sum()) / 100


def _assets(bank: _Bank) -> Iterator[Row]:
    exposures = bank.accounted.exposures
    held = exposures[exposures["on_balance"].to_numpy(dtype=bool)]
    kinds = pd.DataFrame(
        {
            "product": held["product"].astype(object),
            "deducted": held["cet1_item"].astype(object).fillna(""),
            "portfolio": held["accounting_portfolio"].astype(object).fillna(""),
            "on_demand": (held["product"] == "interbank") & held["maturity_date"].isna(),
            "amount": cents(held["amount"].to_numpy()),
            "allowance": cents(held["specific_provision"].to_numpy()),
        }
    )
    sums = kinds.groupby(["product", "deducted", "portfolio", "on_demand"], sort=True).sum()
    for (product, deducted, portfolio, on_demand), (amount, allowance) in zip(
        sums.index, sums.to_numpy(), strict=True
    ):
        code, name, item = _account(bank, product, deducted, "" if on_demand else portfolio)
        if portfolio in _FAIR_VALUE:
            yield (code, name, "asset", int(amount - allowance) / 100, item, False)
            continue
        yield (code, name, "asset", int(amount) / 100, item, False)
        if allowance:
            contra = code[:3] + bank.facts["account_digits"]["allowance"]
            yield (contra, f"{name}: loss allowance", "asset", -int(allowance) / 100, item, True)


def _account(bank: _Bank, product: str, deducted: str, portfolio: str) -> tuple[str, str, str]:
    """Return code, name and item of the account that an asset stands on."""
    accounts = bank.facts["accounts"]
    if product == "other_asset":
        item = _DEDUCTED.get(deducted, "other_assets")
        return (*accounts[item], item)
    if product in _PLAIN:
        return (*accounts[product], _PLAIN[product])
    if not portfolio:
        return (*accounts["other_demand_deposits"], "other_demand_deposits")
    code, name = accounts[product]
    instrument = next(kind for kind, products in _INSTRUMENTS.items() if product in products)
    if portfolio != "amortised_cost":
        code = code[:3] + bank.facts["account_digits"][portfolio]
        name = f"{name}: {portfolio.replace('_', ' ').replace('oci', 'OCI')}"
    return code, name, f"{portfolio}_{instrument}"


def _funding(bank: _Bank) -> Iterator[Row]:
    for product, part in bank.accounted.deposits.groupby("product", sort=True):
        code, name, item = bank.facts["funding"][str(product)]
        yield (code, name, "liability", _total(part["amount"]), item, False)


def _liabilities(bank: _Bank) -> Iterator[Row]:
    accounts = bank.facts["liabilities"]
    left = int(cents(bank.other_liabilities["other_liability"]))
    amounts = {"commitments_and_guarantees_given": int(cents(bank.other_liabilities["commitment_provision"]))}
    for item, share in bank.facts["other_liabilities"].items():
        amounts[item] = int(left * share)
    amounts["other_liabilities"] = left - sum(amounts[item] for item in bank.facts["other_liabilities"])
    for item, amount in amounts.items():
        yield (*accounts[item], "liability", amount / 100, item, False)


def _oci_balances(bank: _Bank) -> dict[str, int]:
    """Return accumulated other comprehensive income by what it comes from, in cents, after tax."""
    whole = int(cents(bank.equity["accumulated_oci"]))
    debt = round(bank.accounted.debt_reserve * (1.0 - bank.facts["result"]["tax_rate"]))
    shares = int(abs(whole) * bank.facts["oci"]["equity_instruments"])
    return {
        "oci_debt_instruments": debt,
        "oci_equity_instruments": shares,
        "oci_pensions": whole - debt - shares,
    }


def _equity(bank: _Bank) -> Iterator[Row]:
    accounts = bank.facts["equity"]
    amounts = {line: int(cents(amount)) for line, amount in bank.equity.items() if line != "accumulated_oci"}
    for line, amount in {**amounts, **_oci_balances(bank)}.items():
        code, name, item = accounts[line]
        yield (code, name, "equity", amount / 100, item, False)


def _result(bank: _Bank) -> Iterator[Row]:
    """Return the income statement: what the contracts earn and cost, and the administration that leaves the profit."""
    income, expense = _income(bank), _expense(bank)
    profit = int(cents(bank.equity["profit_attributable"]))
    before_tax = round(profit / (1.0 - bank.facts["result"]["tax_rate"]))
    expense["tax_expense"] = before_tax - profit
    costs = sum(amount for item, amount in expense.items() if item != "tax_expense")
    administration = sum(income.values()) - costs - before_tax
    if administration > 0:
        expense["staff_expense"] = int(administration * bank.facts["result"]["staff"])
        expense["other_administrative_expense"] = administration - expense["staff_expense"]
    else:  # a bank too small to be believed still has its profit
        income["other_operating_income"] -= administration
    for number, (item, amount) in enumerate(income.items()):
        yield (f"{4100 + number}", _named(item), "income", amount / 100, item, False)
    for number, (item, amount) in enumerate(expense.items()):
        yield (f"{5100 + number}", _named(item), "expense", amount / 100, item, False)


def _named(item: str) -> str:
    text = item.replace("_", " ").replace(" oci", " OCI")
    return text[0].upper() + text[1:]


def _income(bank: _Bank) -> dict[str, int]:
    year, facts = bank.fraction, bank.facts["result"]
    held = bank.accounted.exposures[bank.accounted.exposures["on_balance"].to_numpy(dtype=bool)]
    amount, portfolio = held["amount"], held["accounting_portfolio"].astype(object).fillna("")
    shares = amount.where(held["product"].isin(_INSTRUMENTS["equity"]), 0.0)
    interest = (amount - shares) * held["rate"].fillna(0.0) * year
    debt = amount.where(held["product"].isin(_INSTRUMENTS["debt_securities"]), 0.0)
    oci, profit = portfolio == "fair_value_oci", portfolio == "mandatory_fair_value"
    business = float(amount.sum()) * year
    return _in_cents(
        {
            "interest_mandatory_fair_value": interest[profit].sum(),
            "interest_fair_value_oci": interest[oci].sum(),
            "interest_amortised_cost": interest[~oci & ~profit].sum(),
            "dividends_mandatory_fair_value": shares[profit].sum() * facts["dividend"] * year,
            "dividends_fair_value_oci": shares[oci].sum() * facts["dividend"] * year,
            "fee_income": business * facts["fee_income"],
            "gains_fair_value_oci": debt[oci].sum() * facts["securities_gains"] * year,
            "gains_mandatory_fair_value": shares[profit].sum() * facts["share_gains"] * year,
            "exchange_differences": business * facts["exchange_differences"],
            "other_operating_income": business * facts["other_operating_income"],
        }
    )


def _expense(bank: _Bank) -> dict[str, int]:
    year, facts = bank.fraction, bank.facts["result"]
    exposures, deposits = bank.accounted.exposures, bank.accounted.deposits
    held = exposures["on_balance"].to_numpy(dtype=bool)
    portfolio, product = exposures["accounting_portfolio"], exposures["product"]
    allowance, amount = exposures["specific_provision"], exposures["amount"]
    charge, business = facts["impairment"] * year, float(amount[held].sum()) * year
    return _in_cents(
        {
            "interest_expense_amortised_cost": (deposits["amount"] * deposits["rate"].fillna(0.0)).sum()
            * year,
            "fee_expense": business * facts["fee_income"] * facts["fee_expense"],
            "other_operating_expense": business * facts["other_operating_expense"],
            "resolution_and_deposit_guarantee_contributions": deposits["insured_amount"].sum()
            * facts["guarantee_scheme"],
            "depreciation_property_and_equipment": amount[product == "tangible_asset"].sum()
            * facts["depreciation"]
            * year,
            "amortisation_other_intangible_assets": amount[product == "intangible_software"].sum()
            * facts["amortisation"]
            * year,
            "commitments_and_guarantees_provisions": allowance[~held].sum() * charge,
            "impairment_fair_value_oci": allowance[held & (portfolio == "fair_value_oci")].sum() * charge,
            "impairment_amortised_cost": allowance[held & (portfolio == "amortised_cost")].sum() * charge,
        }
    )


def _in_cents(amounts: Mapping[str, float]) -> dict[str, int]:
    return {item: round(float(amount) * 100) for item, amount in amounts.items()}


def _oci(bank: _Bank) -> Iterator[Row]:
    """Return other comprehensive income of the year so far: a part of each balance, before tax and its tax."""
    part, tax = bank.facts["oci"]["movement"], bank.facts["result"]["tax_rate"]
    gross = {name: int(amount * part / (1.0 - tax)) for name, amount in _oci_balances(bank).items()}
    recycled = -_income(bank)["gains_fair_value_oci"]
    fixed = gross["oci_pensions"] + gross["oci_equity_instruments"]
    amounts = {
        "change_pensions": gross["oci_pensions"],
        "change_equity_instruments": gross["oci_equity_instruments"],
        "tax_not_reclassifiable": -round(fixed * tax),
        "debt_instruments_valuation": gross["oci_debt_instruments"] - recycled,
        "debt_instruments_to_profit": recycled,
        "tax_reclassifiable": -round(gross["oci_debt_instruments"] * tax),
    }
    for number, (item, amount) in enumerate(amounts.items()):
        yield (f"{6100 + number}", _named(item), "comprehensive_income", amount / 100, item, False)
