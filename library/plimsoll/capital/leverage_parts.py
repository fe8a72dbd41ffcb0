"""Exposures as the leverage exposure measure counts them: no risk weight, no collateral, a factor of its own."""

from __future__ import annotations

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plimsoll.rules import RuleSet
from plimsoll.units import round_to_cent

__all__ = ["CATEGORIES", "leverage_parts"]

CATEGORIES = {
    "covered_bonds": "covered_bonds",
    "central_governments": "central_governments",
    "sovereign": "central_governments",
    "regional_governments": "regions",
    "regional_government": "regions",
    "public_sector_entities": "public_sector",
    "public_sector": "public_sector",
    "multilateral_development_banks": "development_banks",
    "international_organisations": "development_banks_sovereign",
    "institutions": "institutions",
    "institution": "institutions",
    "corporates_other": "corporates",
    "corporates_specialised_lending": "corporates_other",
    "corporate": "corporates",
    "specialised_lending": "corporates_other",
    "retail": "retail",
    "retail_qrre": "retail",
    "retail_other": "retail",
    "retail_mortgage": "residential",
    "adc": "property_other",
    "default": "defaulted",
}
"""Exposure classes of Articles 112 and 147 with the row of template C 43.00 they stand in; others are `other`."""

_AS_GOVERNMENT = ".as_government"
_INTERNAL = "irb_"
_LISTED = "credit.sa.development_bank.listed"
_ELSEWHERE = "securitisation"
_FINANCIAL = ("financial_corporate", "investment_firm", "credit_institution")
_FLAGS = ("leverage_exclusion", "leverage_excluded_amount", "trading_book", "export_insured")


def leverage_parts(
    lines: pd.DataFrame, exposures: pd.DataFrame, counterparties: pd.DataFrame, rules: RuleSet
) -> pd.DataFrame:
    """Return a row for each line, with what it adds to the total exposure measure and what is left out.

    Parameters
    ----------
    lines
        The simulation's lines; securitisation positions, which it does not weigh, are added from `exposures`.
    exposures, counterparties
        The book's tables: what excludes an exposure, and whether an obligor is a financial company.
    rules
        Those in force on the reference date.

    Returns
    -------
    Columns exposure_id, counterparty_id, product, on_balance, nominal (before provisions), exposure (Articles 429b
    and 429f: after specific credit risk adjustments, times the conversion factor off the balance sheet), component
    (its row of C 47.00), category (its row of C 43.00), internal (by internal ratings), sme, trading_book,
    trade_finance, export_insured, excluded (amount), exclusion (component, empty without one), counted
    (exposure less excluded), rwa.
    """
    held = _with_securitisation(lines, exposures)
    flags = exposures.set_index("exposure_id")[list(_FLAGS)].reindex(held["exposure_id"])
    on_balance = held["on_balance"].to_numpy(np.bool_)
    bucket = held["ccf_bucket"].to_numpy(np.int64)
    net = held["original_exposure"].to_numpy(np.float64) - held["provision"].to_numpy(np.float64)
    exposure = round_to_cent(net * np.where(on_balance, 1.0, _factors(rules)[bucket]))
    exclusion = flags["leverage_exclusion"].fillna("").to_numpy(dtype=object)
    excluded = _excluded(held, flags, exposure, exclusion != "")
    names = np.array(["other_assets", *(f"off_balance_bucket_{step}" for step in range(1, 6))], dtype=object)
    return pd.DataFrame(
        {
            "exposure_id": held["exposure_id"].to_numpy(),
            "counterparty_id": held["counterparty_id"].to_numpy(),
            "product": held["product"].to_numpy(),
            "on_balance": on_balance,
            "nominal": held["original_exposure"].to_numpy(np.float64),
            "exposure": exposure,
            "component": pd.array(names[np.where(on_balance, 0, bucket)], dtype="str"),
            "category": pd.array(_categories(held, counterparties), dtype="str"),
            "internal": held["original_class"].str.startswith(_INTERNAL).to_numpy(np.bool_),
            "sme": held["is_sme"].to_numpy(np.bool_),
            "trading_book": flags["trading_book"].fillna(False).to_numpy(np.bool_),
            "trade_finance": (held["product"] == "trade_finance").to_numpy(),
            "export_insured": flags["export_insured"].fillna(False).to_numpy(np.bool_),
            "excluded": excluded,
            "exclusion": pd.array(exclusion, dtype="str"),
            "counted": round_to_cent(exposure - excluded),
            "rwa": held["rwa"].to_numpy(np.float64),
        }
    )


def _factors(rules: RuleSet) -> NDArray[np.float64]:
    """Return the conversion factor of each bucket, shape (6,); unconditionally cancellable ones have their own."""
    standard = [rules[f"credit.sa.ccf.bucket_{bucket}"].number for bucket in range(1, 5)]
    return np.array([1.0, *standard, rules["leverage.ccf.cancellable"].number])


def _with_securitisation(lines: pd.DataFrame, exposures: pd.DataFrame) -> pd.DataFrame:
    """Return the lines, and securitisation positions after them: their risk is another system's, not their size."""
    elsewhere = exposures.loc[exposures["product"] == _ELSEWHERE]
    if elsewhere.empty:
        return lines
    elsewhere = elsewhere.loc[~elsewhere["exposure_id"].isin(lines["exposure_id"])]  # one deducted has a line
    added = pd.DataFrame(
        {
            "exposure_id": elsewhere["exposure_id"],
            "counterparty_id": elsewhere["counterparty_id"].fillna(""),
            "product": elsewhere["product"],
            "on_balance": elsewhere["on_balance"],
            "original_exposure": elsewhere["amount"],
            "provision": elsewhere["specific_provision"],
            "rwa": 0.0,
            "ccf_bucket": elsewhere["ccf_bucket"].fillna(0).astype("int16"),
            "original_class": _ELSEWHERE,
            "provider_id": "",
            "rule_id": "",
            "is_sme": False,
            "deducted": False,
            "defaulted": elsewhere["defaulted"],
            "large_financial": False,
        }
    )
    columns = [name for name in added.columns if name in lines.columns]
    return pd.concat([lines[columns], added[columns]], ignore_index=True)


def _excluded(
    held: pd.DataFrame, flags: pd.DataFrame, exposure: NDArray[np.float64], chosen: NDArray[np.bool_]
) -> NDArray[np.float64]:
    """Return how much of each line is left out, shape (lines,): an amount is taken from the lines in their order."""
    if not chosen.any():
        return np.zeros_like(exposure)
    named = flags["leverage_excluded_amount"].to_numpy(dtype=np.float64, na_value=np.inf)
    ahead = (
        pd.Series(exposure).groupby(held["exposure_id"].to_numpy()).cumsum().to_numpy(np.float64) - exposure
    )
    return np.where(chosen, round_to_cent(np.clip(named - ahead, 0.0, exposure)), 0.0)


def _categories(held: pd.DataFrame, counterparties: pd.DataFrame) -> NDArray[np.object_]:
    """Return the row of C 43.00 of each line, shape (lines,)."""
    classes = held["original_class"].str.removeprefix(_INTERNAL)
    rated = held["original_class"].str.startswith(_INTERNAL).to_numpy(np.bool_)
    category = classes.map(CATEGORIES).fillna("other").to_numpy(dtype=object)
    category[classes.str.startswith("real_estate_residential").to_numpy()] = "residential"
    category[classes.str.startswith("real_estate_commercial").to_numpy()] = "property_other"
    rule = held["rule_id"]
    own = (held["provider_id"] == "").to_numpy(np.bool_)  # the rule of a covered line is its provider's
    sovereign = rule.str.endswith(_AS_GOVERNMENT).to_numpy(np.bool_) | (rule == _LISTED).to_numpy()
    for name in ("regions", "public_sector", "development_banks"):
        category[(category == name) & sovereign & own] = f"{name}_sovereign"
    types = counterparties.set_index("counterparty_id")["counterparty_type"]
    named = held["counterparty_id"].map(types).isin(_FINANCIAL).to_numpy()
    financial = named | held["large_financial"].to_numpy(np.bool_)
    sme = held["is_sme"].to_numpy(np.bool_)
    company = category == "corporates"
    category[company] = np.select(
        [financial[company], sme[company]], ["corporates_financial", "corporates_sme"], "corporates_other"
    )
    retail = category == "retail"
    category[retail] = np.where(sme[retail], "retail_sme", "retail_other")
    category[rated & held["defaulted"].to_numpy(np.bool_)] = "defaulted"
    category[held["deducted"].to_numpy(np.bool_)] = "other"
    return category
