"""Risk-weighted amounts of parts of exposures: weight, currency mismatch, supporting factors."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache

import numpy as np

from plimsoll.credit.factors import (
    currency_mismatch,
    is_sme,
    owed_by_group,
    sme_factor,
    with_currency_mismatch,
)
from plimsoll.credit.parts import Parts
from plimsoll.credit.portions import portion
from plimsoll.credit.positions import ABSENT, Bools, Codes, Floats, Ints, Positions
from plimsoll.credit.vocabulary import CLASSES
from plimsoll.rules import RuleSet

__all__ = ["Amounts", "Reliefs", "amounts_of", "reliefs", "supported"]

_CORPORATE = ("corporates_other", "corporates_specialised_lending")


@dataclass(frozen=True)
class Reliefs:
    """What supporting factors and currency mismatch ask of each exposure, shape (n,).

    `mismatched` says where Article 123a(1) applies, `assumed` where the country of the obligor decides that.
    """

    sme: Bools
    sme_factor: Floats
    mismatched: Bools
    assumed: Bools


@dataclass(frozen=True)
class Amounts:
    """Risk-weighted amounts of each part, shape (m,), whole cents but for the weights."""

    weight: Floats
    base_weight: Floats
    before_factors: Ints
    mismatch: Ints
    assumed: Bools
    reduction: Ints
    eased: Bools
    infrastructure: Ints
    infrastructure_eased: Bools

    @property
    def rwa(self) -> Ints:
        """What is left after the supporting factors."""
        return self.before_factors - self.reduction - self.infrastructure


def reliefs(positions: Positions, rules: RuleSet, in_euro: bool) -> Reliefs:
    """Return who is an SME with its factor (nobody is where amounts are not in euro), and whose currency differs."""
    sme = is_sme(positions, rules) if in_euro else np.zeros(len(positions), dtype=np.bool_)
    factor = sme_factor(owed_by_group(positions), rules) if sme.any() else np.ones(len(positions))
    return Reliefs(sme, np.where(sme, factor, 1.0), *currency_mismatch(positions, rules))


def supported(before: Ints, factor: Floats, built: Bools, rules: RuleSet) -> tuple[Ints, Ints]:
    """Return what the SME factor and then the infrastructure factor take off (Articles 501 and 501a).

    Parameters
    ----------
    before
        Shape (m,), whole cents, before both.
    factor
        Shape (m,), the SME factor, 1 where it does not apply.
    built
        Shape (m,), where the infrastructure factor applies.
    rules
        Those in force on the reference date.

    Returns
    -------
    Two of shape (m,), whole cents.
    """
    reduction: Ints = before - np.rint(before * factor).astype(np.int64)
    left = before - reduction
    if not built.any():
        return reduction, np.zeros_like(left)
    return reduction, np.where(built, left - portion(left, rules["credit.infrastructure.factor"].number), 0)


def amounts_of(
    positions: Positions, parts: Parts, classes: Codes, weights: Floats, reliefs: Reliefs, rules: RuleSet
) -> Amounts:
    """Return the risk-weighted amounts of parts whose class and weight are known.

    Parameters
    ----------
    positions
        n exposures.
    parts, classes, weights
        m parts, with class and weight of each.
    reliefs
        Of the n exposures.
    rules
        Those in force on the reference date.
    """
    at = parts.exposure
    free = ~positions.deducted[at]
    own = parts.protection == ABSENT  # what protection covers is owed by its provider
    reached = _classes_of("mismatch")[classes] & own
    raised, addition = weights, np.zeros(len(at), dtype=np.int64)
    before = np.where(free, portion(parts.value, weights), 0)
    if reliefs.mismatched.any():
        raised = with_currency_mismatch(weights, reached & reliefs.mismatched[at], rules)
        unraised, before = before, np.where(free, portion(parts.value, raised), 0)
        addition = before - unraised
    performing = free & own & ~positions.defaulted[at]
    eased = reliefs.sme[at] & _classes_of("sme")[classes] & performing
    built = _classes_of("infrastructure")[classes] & positions.infrastructure[at] & free & own
    factor = np.where(eased, reliefs.sme_factor[at], 1.0)
    reduction, relief = supported(before, factor, built, rules)
    assumed = reached & reliefs.assumed[at]
    return Amounts(raised, weights, before, addition, assumed, reduction, eased, relief, built)


@cache
def _classes_of(what: str) -> Bools:
    """Say for each class whether currency mismatch, the SME factor or the infrastructure factor reaches it."""
    chosen = {
        "mismatch": [name == "retail" or name.startswith("real_estate_residential") for name in CLASSES],
        "sme": [name in (*_CORPORATE, "retail") or name.startswith("real_estate") for name in CLASSES],
        "infrastructure": [name in _CORPORATE for name in CLASSES],
    }
    return np.array(chosen[what])
