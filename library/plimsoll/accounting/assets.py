"""What each asset of a book is in the financial statements: its item, instrument, sector and amounts."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from plimsoll.accounting.classification import classified, read_classification, sector_of
from plimsoll.data.ledger import read_items
from plimsoll.units import cents

__all__ = ["financial_assets"]

_THROUGH_PROFIT = ("mandatory_fair_value", "designated_fair_value", "trading")
_IMPAIRED = ("amortised_cost", "fair_value_oci")  # subject to impairment (IFRS 9, 5.5.1)
_PAST_DUE = (0, 30, 90)  # days: the bands of F 07.01
_LONG_PAST_DUE = 90
_PROJECTS = ("project_pre_operational", "project_operational_high_quality", "project_operational")


def financial_assets(tables: Mapping[str, pd.DataFrame], sme_turnover: float | None = None) -> pd.DataFrame:
    """Return the assets on the balance sheet as the financial statements see them.

    Parameters
    ----------
    tables
        A book's tables.
    sme_turnover
        Largest annual turnover of a small or medium-sized enterprise (`credit.sme.turnover`); None where it
        cannot be held against the book's amounts, and then no firm's size is known. Headcount and balance
        sheet total, the other tests of Recommendation 2003/361/EC, are not in a book.

    Returns
    -------
    One row an asset, in the order of the exposures. Words: exposure_id, product, item, portfolio, instrument,
    sector, enterprise (sme, large), nace (the section's letter), loan_product, purpose, security
    (immovable_property, other, none), stage (1 to 3, poci), past_due (none, up_to_30, up_to_90, over_90);
    an empty text is what the book does not say. Truths: low_credit_risk, non_performing, defaulted,
    subordinated, project_finance, subject_to_impairment and by_sector (the statements break it down by
    sector). Amounts in currency units: carrying_amount, gross_carrying_amount, impairment,
    partial_write_off, total_write_off and fair_value_credit_loss, losses positive.
    """
    exposures = tables["exposures"]
    held = exposures[exposures["on_balance"].to_numpy(dtype=bool)].reset_index(drop=True)
    obligors = tables["counterparties"].set_index("counterparty_id").reindex(held["counterparty_id"])
    assets = held[["exposure_id", "product"]].copy()
    _add_words(assets, held, obligors.reset_index(drop=True))
    assets["enterprise"] = _enterprise(obligors["turnover"], assets["sector"], sme_turnover)
    assets["security"] = _security(held["exposure_id"], tables)
    _add_risk(assets, held)
    _add_amounts(assets, held)
    return assets


def _add_words(assets: pd.DataFrame, held: pd.DataFrame, obligors: pd.DataFrame) -> None:
    words = read_classification()
    product = held["product"]
    on_demand = (product == "interbank") & held["maturity_date"].isna()
    portfolio = held["accounting_portfolio"].fillna("").astype("str")
    instrument = classified(product, words.instruments).mask(on_demand, "")
    measured = (portfolio + "_" + instrument).where((portfolio != "") & (instrument != ""), "")
    measured = measured.mask(measured == "group_equity", "subsidiaries_and_associates")
    fixed = classified(product, words.items).mask(on_demand, "other_demand_deposits")
    deducted = classified(held["cet1_item"], words.deducted_items)
    fixed = fixed.mask((product == "other_asset") & (deducted != ""), deducted)
    item = fixed.where(fixed != "", measured)
    assets["item"] = item.where(item.isin(list(read_items()["asset"])), "")
    assets["portfolio"] = portfolio
    assets["instrument"] = instrument
    assets["sector"] = sector_of(obligors, held["sector"])
    assets["nace"] = obligors["nace_code"].fillna("").astype("str").str.strip().str[:1].str.upper()
    loan_product = classified(product, words.loan_products).mask(on_demand, "on_demand")
    leased = held["finance_lease"].to_numpy(dtype=bool) & (instrument == "loans")
    assets["loan_product"] = loan_product.mask(leased, "finance_leases")
    assets["purpose"] = held["purpose"].fillna("").astype("str")


def _enterprise(turnover: pd.Series, sector: pd.Series, limit: float | None) -> pd.Series:
    known = turnover.notna().to_numpy() & (limit is not None)
    small = turnover.fillna(0.0).to_numpy() <= (limit or 0.0)
    firm = known & (sector == "non_financial_corporation").to_numpy()
    return pd.Series(np.where(firm, np.where(small, "sme", "large"), ""), dtype="str")


def _security(exposure_ids: pd.Series, tables: Mapping[str, pd.DataFrame]) -> pd.Series:
    """Return what secures each exposure; immovable property comes first (Annex V, Part 2, 86)."""
    mine = pa.array(exposure_ids, pa.string(), from_pandas=True)
    property_, other = (
        np.asarray(
            pc.is_in(mine, value_set=pa.array(tables[name]["exposure_id"], pa.string(), from_pandas=True))
        )
        for name in ("collateral", "pledges")
    )
    words = np.where(property_, "immovable_property", np.where(other, "other", "none"))
    return pd.Series(words, dtype="str")


def _add_risk(assets: pd.DataFrame, held: pd.DataFrame) -> None:
    defaulted = held["defaulted"].to_numpy(dtype=bool)
    stage = held["stage"].astype("Int64").astype("str").replace("<NA>", "").fillna("")
    late = held["days_past_due"].fillna(0).to_numpy(dtype=np.int64)
    assets["stage"] = stage.mask(held["purchased_credit_impaired"].to_numpy(dtype=bool), "poci").astype("str")
    bands = np.array(["none", "up_to_30", "up_to_90", "over_90"])
    assets["past_due"] = pd.Series(bands[np.searchsorted(_PAST_DUE, late, side="left")], dtype="str")
    assets["low_credit_risk"] = held["low_credit_risk"].to_numpy(dtype=bool)
    impaired = held["stage"].fillna(0).to_numpy(dtype=np.int64) == 3  # the stage's own number
    marked = held["non_performing"].to_numpy(dtype=bool)
    assets["non_performing"] = marked | defaulted | impaired | (late > _LONG_PAST_DUE)
    assets["defaulted"] = defaulted
    assets["subordinated"] = held["subordinated"].to_numpy(dtype=bool)
    assets["project_finance"] = held["specialised_lending"].isin(_PROJECTS).to_numpy()
    assets["subject_to_impairment"] = assets["portfolio"].isin(_IMPAIRED) & (assets["instrument"] != "equity")
    demanded = assets["item"].isin(["central_bank_balances", "other_demand_deposits"])
    assets["by_sector"] = demanded | assets["instrument"].isin(["loans", "debt_securities", "equity"])


def _add_amounts(assets: pd.DataFrame, held: pd.DataFrame) -> None:
    amount = cents(held["amount"].to_numpy())
    provision = cents(held["specific_provision"].to_numpy())
    carrying = amount - provision
    loss = cents(held["fair_value_credit_loss"].to_numpy())
    through_profit = assets["portfolio"].isin(_THROUGH_PROFIT).to_numpy()
    gross = _gross(held["gross_carrying_amount"], amount)
    written_off = cents(held["written_off"].to_numpy())
    for name, values in (
        ("carrying_amount", carrying),
        ("gross_carrying_amount", np.where(through_profit, carrying + loss, gross)),
        ("impairment", np.where(through_profit, 0, provision)),
        ("partial_write_off", np.where(amount > 0, written_off, 0)),
        ("total_write_off", np.where(amount > 0, 0, written_off)),
        ("fair_value_credit_loss", np.where(through_profit, loss, 0)),
    ):
        assets[name] = values / 100


def _gross(stated: pd.Series, amount: NDArray[np.int64]) -> NDArray[np.int64]:
    known = stated.notna().to_numpy()
    return np.where(known, cents(stated.fillna(0.0).to_numpy()), amount)
