"""How the sample banks account for their contracts: measurement, sectors and what else FINREP asks of them.

Everything here is drawn from generators of its own, after the contracts: what credit risk reads stays the same.
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plimsoll.data.sample_contracts import Draw
from plimsoll.units import cents

__all__ = ["Accounted", "account_for", "read_assumptions"]

_STREAM = 5  # sets these draws apart from those of the contracts
_HOUSEHOLD_LOANS = ("loan", "credit_card", "current_account", "mortgage")
_DEBT = ("bond", "covered_bond", "securitisation")
_LENT = (*_DEBT, "loan", "mortgage")  # what may be held at fair value through other comprehensive income


@dataclass(frozen=True)
class Accounted:
    """The tables with what accounting adds, and the reserve that the fair values leave behind (cents, pre-tax)."""

    counterparties: pd.DataFrame
    exposures: pd.DataFrame
    deposits: pd.DataFrame
    debt_reserve: int


@cache
def read_assumptions() -> dict[str, Any]:
    """Return the assumptions of `sample_accounts.toml`."""
    return tomllib.loads(files("plimsoll.data").joinpath("sample_accounts.toml").read_text(encoding="utf-8"))


def account_for(seed: int, draw: Draw, deposits: pd.DataFrame, accumulated_oci: float) -> Accounted:
    """Return the contracts of a sample bank as its accountants see them.

    Parameters
    ----------
    seed
        The bank's.
    draw
        The contracts as drawn; `accounting` of its assumptions says what this kind of bank does otherwise:
        `household`, `fair_value_oci_part`, `mandatory_fair_value_part`, `finance_leases` (segments).
    deposits
        As drawn.
    accumulated_oci
        Accumulated other comprehensive income in own funds: the fair value reserve is the part of it that
        shares and pensions leave.
    """
    own = draw.assumptions.get("accounting", {})
    rng = np.random.Generator(np.random.PCG64([seed, _STREAM]))
    parties = draw.counterparties.copy()
    firms = (parties["counterparty_type"] == "corporate").to_numpy()
    shares = read_assumptions()["nace"]
    weights = np.array(list(shares.values()))
    drawn = rng.choice(np.array(list(shares), dtype=object), len(parties), p=weights / weights.sum())
    parties["nace_code"] = _where(firms, drawn)
    marked = _mark_exposures(rng, _at_profit(rng, draw.exposures, own), parties, own)
    marked["finance_lease"] = draw.segments.isin(own.get("finance_leases", [])).to_numpy()
    reserve = _debt_reserve(accumulated_oci, marked)
    marked["gross_carrying_amount"] = _amortised_cost(marked, reserve)
    return Accounted(parties, marked, _mark_deposits(rng, deposits, own), reserve)


def _at_profit(rng: np.random.Generator, exposures: pd.DataFrame, own: Mapping[str, Any]) -> pd.DataFrame:
    """Return the exposures, some of them at fair value through profit or loss: no allowance, the loss in the value.

    What is left of each stays the same, and with it the balance sheet.
    """
    marked = exposures.assign(accounting_portfolio=None, fair_value_credit_loss=0.0)
    for name, part in own.get("mandatory_fair_value_part", {}).items():
        rows = _chosen(rng, marked, name, part)
        provision = cents(marked.loc[rows, "specific_provision"].to_numpy())
        left = cents(marked.loc[rows, "amount"].to_numpy()) - provision
        bad = marked.loc[rows, "defaulted"].to_numpy(dtype=bool)
        marked.loc[rows, "amount"] = left / 100
        marked.loc[rows, "specific_provision"] = 0.0
        marked.loc[rows, "fair_value_credit_loss"] = np.where(bad, provision, 0) / 100
        marked.loc[rows, "accounting_portfolio"] = "mandatory_fair_value"
    return marked


def _chosen(rng: np.random.Generator, exposures: pd.DataFrame, product: str, part: float) -> pd.Index[int]:
    """Return a part of a product's contracts that are still free, at least one."""
    free = exposures["on_balance"].astype(bool) & exposures["accounting_portfolio"].isna()
    mine = exposures.index[free & (exposures["product"] == product)]
    return mine[np.sort(rng.permutation(len(mine))[: int(np.ceil(len(mine) * part))])]


def _mark_exposures(
    rng: np.random.Generator, exposures: pd.DataFrame, parties: pd.DataFrame, own: Mapping[str, Any]
) -> pd.DataFrame:
    facts, marked = read_assumptions(), exposures.copy()
    held = marked["on_balance"].to_numpy(dtype=bool)
    product = marked["product"]
    for name, part in own.get("fair_value_oci_part", facts["fair_value_oci_part"]).items():
        marked.loc[_chosen(rng, marked, name, part), "accounting_portfolio"] = "fair_value_oci"
    marked.loc[(marked["equity_type"] == "listed").to_numpy(), "accounting_portfolio"] = (
        "mandatory_fair_value"
    )
    rest = product.map(facts["portfolio"]).astype(object).where(held, None)
    marked["accounting_portfolio"] = marked["accounting_portfolio"].where(
        marked["accounting_portfolio"].notna(), rest
    )
    kinds = parties.set_index("counterparty_id")["counterparty_type"].reindex(marked["counterparty_id"])
    person = (kinds == "natural_person").to_numpy() & held & product.isin(_HOUSEHOLD_LOANS).to_numpy()
    home = (product == "mortgage").to_numpy() & (rng.random(len(marked)) < facts["marks"]["house_purchase"])
    other = np.where((product == "mortgage").to_numpy(), "other", "consumption")
    marked["purpose"] = _where(person, np.where(home, "house_purchase", other))
    marked["stage"] = marked["stage"].mask(marked["stage"].isna() & (product == "cash_in_collection"), 1)
    marked["sector"] = _where((product == "cash_in_collection").to_numpy(), "credit_institution")
    loans = held & (marked["stage"].fillna(0).to_numpy() == 3) & product.isin(_HOUSEHOLD_LOANS).to_numpy()
    cut = loans & (rng.random(len(marked)) < facts["marks"]["written_off"])
    marked["written_off"] = np.where(
        cut, np.round(marked["amount"] * facts["marks"]["written_off_part"], 2), 0.0
    )
    marked["purchased_credit_impaired"] = loans & (
        rng.random(len(marked)) < facts["marks"]["bought_impaired"]
    )
    government = kinds.isin(["central_government", "regional_government"]).to_numpy()
    marked["low_credit_risk"] = government & held & product.isin(_DEBT).to_numpy()
    return marked


def _at_fair_value(exposures: pd.DataFrame) -> NDArray[np.bool_]:
    mine = exposures["accounting_portfolio"] == "fair_value_oci"
    return np.asarray(mine & exposures["product"].isin(_LENT) & exposures["on_balance"].astype(bool))


def _debt_reserve(accumulated_oci: float, exposures: pd.DataFrame) -> int:
    """Return fair value less amortised cost of the debt securities at fair value, in cents, before tax."""
    if not _at_fair_value(exposures).any():
        return 0
    facts = read_assumptions()
    left = accumulated_oci - abs(accumulated_oci) * (
        facts["oci"]["equity_instruments"] + facts["oci"]["pensions"]
    )
    return int(cents(round(left / (1.0 - facts["result"]["tax_rate"]), 2)))


def _amortised_cost(exposures: pd.DataFrame, reserve: int) -> pd.Series:
    """Return the gross carrying amounts at which the fair values leave exactly the reserve.

    Fair value is `amount` less the allowance, so gross carrying amount less allowance is less by the reserve.
    """
    mine = _at_fair_value(exposures)
    gross = pd.Series(np.nan, index=exposures.index)
    if not mine.any():
        return gross
    amounts = cents(exposures["amount"].to_numpy())[mine]
    parts = np.floor(amounts * (reserve / amounts.sum())).astype(np.int64)
    parts[np.argmax(amounts)] += reserve - int(parts.sum())
    gross[mine] = (amounts - parts) / 100
    return gross


def _mark_deposits(rng: np.random.Generator, deposits: pd.DataFrame, own: Mapping[str, Any]) -> pd.DataFrame:
    facts, marked = read_assumptions(), deposits.copy()
    debt = marked["product"].isin(["debt_issued", "subordinated_debt"]).to_numpy()
    pooled = marked["counterparty_id"].isna().to_numpy() & ~debt
    household = rng.random(len(marked)) < own.get("household", facts["marks"]["household"])
    sector = np.where(household, "household", "non_financial_corporation")
    marked["sector"] = _where(pooled, sector)
    kinds = facts["debt_types"]
    types = rng.choice(np.array(list(kinds), dtype=object), len(marked), p=np.array(list(kinds.values())))
    plain = (marked["product"] == "subordinated_debt").to_numpy()
    marked["debt_type"] = _where(debt, np.where(plain, "other", types))
    return marked


def _where(chosen: NDArray[np.bool_], words: str | NDArray[Any]) -> NDArray[np.object_]:
    """Return the words where chosen, nothing elsewhere."""
    found = np.full(len(chosen), None, dtype=object)
    found[chosen] = words if isinstance(words, str) else words[chosen]
    return found
