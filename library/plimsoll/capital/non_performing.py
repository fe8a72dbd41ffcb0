"""The exposures of a book that need the coverage of Article 47c CRR, and what each of them lacks."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plimsoll.capital.calendar_years import full_years
from plimsoll.capital.coverage import (
    Protection,
    in_scope,
    insufficient_coverage,
    required_by_part,
    years_at,
)
from plimsoll.errors import SimulationError
from plimsoll.rules import RuleSet
from plimsoll.units import cents

__all__ = ["PROTECTED_BY", "classified", "coverage_of"]

_CENTS = 100
_SECURED = "secured"
_CANCELLABLE_BUCKET = 5
_COVERED_BY = {
    "specific": "specific_provision",
    "reductions": "other_own_funds_reduction",
    "discount": "purchase_discount",
    "written_off": "written_off_since",
}


def coverage_of(
    exposures: pd.DataFrame,
    lines: pd.DataFrame,
    day: datetime.date,
    rules: RuleSet,
    *,
    shortfall: pd.Series | None = None,
) -> pd.DataFrame:
    """Return the coverage of each non-performing exposure whose classification day the book gives.

    Parameters
    ----------
    exposures
        The book's, with every column of the schema.
    lines
        The same exposures weighted by the standardised approach: what property secures and what protection
        covers are lines of their own there, with the financial collateral that lowers them.
    day
        The reference date.
    rules
        Those in force on it.
    shortfall
        By exposure_id, the part of a deducted expected loss shortfall that is of it (Article 47c(1)(b)(iv)).

    Returns
    -------
    One row an exposure in scope, sorted by exposure_id: since, years (whole years since), granted (the same at the
    first forbearance measure, -1 without one); in currency units value and its parts (property, other, guarantor,
    willing, export_agency, unsecured), what each part needs (required_…, required), what covers it (cover_…,
    covered), insufficient. Cancellable commitments and what was
    originated before 26 April 2019 are out of scope (Articles 47a(1)(b) and 469a).

    Raises
    ------
    SimulationError
        The day of origination is missing, or an exposure is protected without saying by what.
    """
    since = classified(exposures)
    cancellable = ~exposures["on_balance"].to_numpy(np.bool_) & (
        exposures["ccf_bucket"].to_numpy(np.float64, na_value=np.nan) == _CANCELLABLE_BUCKET
    )
    known = ~np.isnat(since) & ~cancellable & exposures["cet1_item"].isna().to_numpy(np.bool_)
    _check_origination(exposures[known])
    chosen = exposures[known & ~(exposures["non_performing_since"].isna() & exposures["start_date"].isna())]
    old = ~in_scope(_days(chosen, "start_date"), _days(chosen, "exposure_increased_on"), rules)
    chosen = chosen[~old].sort_values("exposure_id")
    value = sum_of(chosen, ("amount", "purchase_discount", "written_off_since"))
    protection = _protection(chosen, lines, value)
    since = classified(chosen)
    years, granted = full_years(since, day), years_at(since, _days(chosen, "first_forbearance_on"))
    parts = required_by_part(value, protection, years, granted, rules)
    required = np.asarray(sum(parts.values()))
    cover = _cover(chosen, shortfall)
    covered = np.asarray(sum(cover.values()), dtype=np.int64)
    lacking = insufficient_coverage(required, covered)
    amounts = {
        "value": value,
        "property": protection.property_,
        "other": protection.other,
        "guarantor": protection.guarantor,
        "willing": protection.willing,
        "export_agency": protection.export_agency,
        "unsecured": value - protection.total,
        **{f"required_{name}": np.rint(part).astype(np.int64) for name, part in parts.items()},
        "required": np.rint(required).astype(np.int64),
        **cover,
        "covered": covered,
        "insufficient": lacking,
    }
    frame = {name: amount / _CENTS for name, amount in amounts.items()}
    dated = {
        "exposure_id": chosen["exposure_id"].to_numpy(),
        "since": since,
        "years": years,
        "granted": granted,
    }
    return pd.DataFrame({**dated, **frame}).reset_index(drop=True)


def _cover(chosen: pd.DataFrame, shortfall: pd.Series | None) -> dict[str, NDArray[np.int64]]:
    """Return what covers each exposure, by kind (Article 47c(1)(b)), shape (n,), whole cents."""
    cover = {f"cover_{name}": sum_of(chosen, (column,)) for name, column in _COVERED_BY.items()}
    part = np.zeros(len(chosen), dtype=np.int64)
    if shortfall is not None:
        part = cents(chosen["exposure_id"].map(shortfall).astype("float64").fillna(0.0).to_numpy(np.float64))
    return {**cover, "cover_shortfall": part}


def classified(exposures: pd.DataFrame) -> NDArray[np.datetime64]:
    """Return the day of classification as non-performing, shape (n,): as given, else that of the default, or NaT."""
    given, default = _days(exposures, "non_performing_since"), _days(exposures, "default_date")
    return np.where(np.isnat(given), default, given)


def sum_of(exposures: pd.DataFrame, columns: tuple[str, ...]) -> NDArray[np.int64]:
    """Return the sum of some columns of exposures, shape (n,), whole cents."""
    total = np.zeros(len(exposures), dtype=np.int64)
    for column in columns:
        total += cents(exposures[column].to_numpy(np.float64))
    return total


PROTECTED_BY = (
    "exposure_id", "part", "covered_amount", "provider_id", "risk_weight", "original_exposure",
    "collateral_adjusted",
)  # fmt: skip
"""Columns of the lines that `coverage_of` reads."""


def _protection(chosen: pd.DataFrame, lines: pd.DataFrame, value: NDArray[np.int64]) -> Protection:
    """Return what covers each exposure: by its lines, but for an amount that the book states itself."""
    lines = lines.loc[lines["exposure_id"].isin(chosen["exposure_id"]), list(PROTECTED_BY)]
    covered = lines["covered_amount"] > 0
    free = covered & (lines["provider_id"] != "") & (lines["risk_weight"] == 0)
    property_ = np.minimum(_by_exposure(lines, lines["part"] == _SECURED, chosen), value)
    stated = cents(chosen["protected_amount"].to_numpy(np.float64))
    unstated = stated == 0
    guarantor = np.minimum(_by_exposure(lines, free, chosen), value - property_) * unstated
    other = _by_exposure(lines, covered & ~free, chosen) + _by_exposure(
        lines, ~covered, chosen, "collateral_adjusted"
    )
    other = np.minimum(other, value - property_ - guarantor) * unstated
    amount = np.minimum(stated, value - property_)
    by = chosen["protected_by"].astype("object").to_numpy()
    unnamed = chosen.loc[(amount > 0) & pd.isna(by), "exposure_id"].astype("str")
    if len(unnamed):
        raise SimulationError(
            f"{', '.join(unnamed[:5])} has a `protected_amount` without `protected_by`: say what protects it"
        )

    def of(*kinds: str) -> NDArray[np.int64]:
        return np.where(np.isin(by.astype("str"), kinds), amount, 0)

    return Protection(
        property_ + of("residential_guarantee"),
        other + of("other_protection"),
        guarantor + of("zero_weight_guarantor"),
        of("zero_weight_guarantor_paying"),
        of("export_credit_agency"),
    )


def _by_exposure(
    lines: pd.DataFrame, where: pd.Series, chosen: pd.DataFrame, column: str = "original_exposure"
) -> NDArray[np.int64]:
    """Return the sum of a column of some lines for each exposure, shape (n,), whole cents."""
    sums = lines.loc[where, ["exposure_id", column]].groupby("exposure_id")[column].sum()
    return cents(chosen["exposure_id"].map(sums).astype("float64").fillna(0.0).to_numpy(np.float64))


def _check_origination(chosen: pd.DataFrame) -> None:
    lacking = chosen["start_date"].isna() & chosen["non_performing_since"].notna()
    unknown = chosen.loc[lacking, "exposure_id"].astype("str")
    if len(unknown):
        raise SimulationError(
            f"{len(unknown)} non-performing exposure(s) have no `start_date`, on which Article 469a CRR depends: "
            f"{', '.join(unknown[:5])}"
        )


def _days(frame: pd.DataFrame, column: str) -> NDArray[np.datetime64]:
    return pd.to_datetime(frame[column]).to_numpy().astype("datetime64[D]")
