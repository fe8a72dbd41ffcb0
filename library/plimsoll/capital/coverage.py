"""Insufficient coverage of non-performing exposures (Articles 36(1)(m), 47a to 47c and 469a CRR)."""

from __future__ import annotations

import datetime
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from plimsoll.capital.calendar_years import full_years
from plimsoll.rules import RuleSet

__all__ = [
    "COVERAGE_RULES",
    "Protection",
    "in_scope",
    "insufficient_coverage",
    "required_by_part",
    "required_coverage",
    "years_at",
]

COVERAGE_RULES = (
    "capital.coverage.first_origination",
    "capital.coverage.unsecured",
    "capital.coverage.immovable_property",
    "capital.coverage.other_protection",
    "capital.coverage.zero_weight_guarantor",
    "capital.coverage.forborne_unsecured_years",
    "capital.coverage.forborne_secured_years",
)

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
Days = NDArray[np.datetime64]


@dataclass(frozen=True)
class Protection:
    """What covers each exposure for own funds requirements, shape (n,) each, in whole cents.

    `property_`: immovable property, or a guaranteed residential loan. `other`: other funded or unfunded
    protection. `guarantor`: a guarantor of Article 47c(4); `willing` where it pays on the original schedule.
    `export_agency`: insured by an official export credit agency, which needs no coverage (Article 47c(4a)).
    """

    property_: Ints
    other: Ints
    guarantor: Ints
    willing: Ints
    export_agency: Ints

    @property
    def total(self) -> Ints:
        """Everything that is secured."""
        return self.property_ + self.other + self.guarantor + self.willing + self.export_agency


def in_scope(originated: Days, increased: Days, rules: RuleSet) -> NDArray[np.bool_]:
    """Say which exposures count as originated since the coverage applies (Article 469a).

    Parameters
    ----------
    originated, increased
        Shape (n,): first day of the contract; day on which new terms increased the exposure, or NaT.
    """
    first = np.datetime64(str(rules["capital.coverage.first_origination"].value), "D")
    grown = ~np.isnat(increased) & (increased >= first)
    result: NDArray[np.bool_] = (originated >= first) | grown
    return result


def required_coverage(
    value: Ints, protection: Protection, since: Days, forborne: Days, day: datetime.date, rules: RuleSet
) -> Floats:
    """Return the coverage that each non-performing exposure needs (Article 47c(1)(a)).

    Parameters
    ----------
    value
        Shape (n,), whole cents: exposure value of Article 47a(2).
    protection
        What covers it; never more than the value in sum.
    since
        Shape (n,), day of classification as non-performing.
    forborne
        Shape (n,), day of the first forbearance measure since, or NaT.
    day
        The reference date.

    Returns
    -------
    Shape (n,), cents, not rounded.
    """
    parts = required_by_part(value, protection, full_years(since, day), years_at(since, forborne), rules)
    return np.asarray(sum(parts.values()))


def required_by_part(
    value: Ints, protection: Protection, years: Ints, granted: Ints, rules: RuleSet
) -> dict[str, Floats]:
    """Return the coverage that each part of an exposure needs.

    Parameters
    ----------
    value, protection
        As for `required_coverage`.
    years, granted
        Shape (n,): whole years since classification, and at the first forbearance measure (-1 without one).

    Returns
    -------
    unsecured, property, other and guarantor, each of shape (n,), cents, not rounded.
    """
    open_part = value - protection.total
    secured = ("capital.coverage.forborne_secured_years", granted, rules)
    free = ("capital.coverage.forborne_unsecured_years", granted, rules)
    property_factor = _factor("capital.coverage.immovable_property", _counted(years, *secured), rules)
    other_factor = _factor("capital.coverage.other_protection", _counted(years, *secured), rules)
    open_factor = _factor("capital.coverage.unsecured", _counted(years, *free), rules)
    guarantor_factor = _factor("capital.coverage.zero_weight_guarantor", years, rules)
    return {
        "unsecured": open_part * open_factor,
        "property": protection.property_ * property_factor,
        "other": protection.other * other_factor,
        "guarantor": protection.guarantor * guarantor_factor,
    }


def insufficient_coverage(required: Floats, covered: Ints) -> Ints:
    """Return what is to be deducted, shape (n,), whole cents: the requirement less what covers it, or nothing.

    Parameters
    ----------
    required
        Shape (n,), cents, as `required_coverage` gives it.
    covered
        Shape (n,), whole cents: provisions, value adjustments, other reductions of own funds, the part of an
        expected loss shortfall, a discount at purchase and write-offs (Article 47c(1)(b)).
    """
    return np.asarray(np.maximum(np.rint(required).astype(np.int64) - covered, 0))


def years_at(since: Days, until: Days) -> Ints:
    """Return whole years from one day to another, shape (n,); -1 where there is no second day."""
    found = np.full(len(since), -1, dtype=np.int64)
    for place in np.flatnonzero(~np.isnat(until)):
        day = until[place].astype("datetime64[D]").astype(object)
        found[place] = full_years(since[place : place + 1], day)[0]
    return found


def _counted(years: Ints, rule_id: str, granted: Ints, rules: RuleSet) -> Ints:
    """Return the year whose factor applies: the year before for a year after the first forbearance measure."""
    first, end = rules[rule_id].numbers
    kept = (granted >= first) & (granted < end) & (years == granted + 1)
    return np.asarray(np.where(kept, years - 1, years))


def _factor(rule_id: str, years: Ints, rules: RuleSet) -> Floats:
    factors = np.array(rules[rule_id].numbers)
    return factors[np.minimum(years, len(factors) - 1)]
