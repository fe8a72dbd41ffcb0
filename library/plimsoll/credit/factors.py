"""What changes a weight or an amount afterwards: currency mismatch (Article 123a CRR), SME factor (501)."""

from __future__ import annotations

import numpy as np

from plimsoll.credit.portions import weight_rounded
from plimsoll.credit.positions import ABSENT, Bools, Floats, Positions
from plimsoll.credit.vocabulary import COUNTERPARTY_TYPES, PROPERTIES, number
from plimsoll.credit.weights import in_currency_of_country, of_kind
from plimsoll.rules import RuleSet

__all__ = ["currency_mismatch", "is_sme", "owed_by_group", "sme_factor", "with_currency_mismatch"]

_CENTS = 100


def currency_mismatch(positions: Positions, rules: RuleSet) -> tuple[Bools, Bools]:
    """Say where Article 123a(1) applies to an exposure of its classes, and where the country decides.

    What the book does not say is a mismatch, unhedged, where the exposure is in another currency than that of the
    obligor's country (second subparagraph), but for the euro and a currency of ERM II (paragraph 3).

    Parameters
    ----------
    positions
        n exposures.
    rules
        Those in force on the reference date.

    Returns
    -------
    Two of shape (n,).
    """
    person = of_kind(positions, "natural_person")
    stated, unsaid = person & (positions.currency_mismatch == 1), person & (positions.currency_mismatch < 0)
    if not unsaid.any():
        return stated, unsaid
    domestic = {
        **rules["third_countries.domestic_currency"].names,
        **rules["union.domestic_currency"].names,
    }
    foreign = unsaid & ~in_currency_of_country(positions, domestic)
    if not foreign.any():
        return stated, foreign
    mechanism = set(rules["credit.sa.currency_mismatch.exchange_rate_mechanism"].names.values())
    euro_area = np.array([domestic.get(country) == "EUR" for country in positions.countries])
    within = np.array([domestic.get(country) in mechanism for country in positions.countries])
    in_euro = np.array([code == "EUR" for code in positions.currencies])[positions.currency]
    in_mechanism = np.array([code in mechanism for code in positions.currencies])[positions.currency]
    exempt = (in_euro & within[positions.country]) | (in_mechanism & euro_area[positions.country])
    return stated | (foreign & ~exempt), foreign


def with_currency_mismatch(weight: Floats, mismatch: Bools, rules: RuleSet) -> Floats:
    """Return weights multiplied where the obligor's income is in another currency (Article 123a).

    Parameters
    ----------
    weight
        Shape (n,), fractions.
    mismatch
        Shape (n,), where the article applies.
    rules
        Those in force on the reference date.

    Returns
    -------
    Shape (n,), fractions; never above the cap unless they were before.
    """
    raised = weight_rounded(weight * rules["credit.sa.currency_mismatch.multiplier"].number)
    capped = np.minimum(raised, rules["credit.sa.currency_mismatch.cap"].number)
    return np.where(mismatch, np.maximum(capped, weight), weight)


def is_sme(positions: Positions, rules: RuleSet) -> Bools:
    """Say where the obligor is a small or medium-sized enterprise by its turnover (Article 5(9)).

    An enterprise whose turnover is not known is none.
    """
    firm = positions.kind == number(COUNTERPARTY_TYPES, "corporate")
    small = np.nan_to_num(positions.turnover, nan=np.inf) <= rules["credit.sme.turnover"].number
    result: Bools = firm & small
    return result


def owed_by_group(positions: Positions) -> Floats:
    """Return what the obligor's group of connected clients owes, E* of Article 501(1), in currency units.

    Drawn amounts before adjustments, defaulted ones included, without claims secured on residential property;
    those claims, contingent ones included, where nothing else is owed.
    """
    known = positions.obligor != ABSENT
    groups = int(positions.group.max(initial=0)) + 1
    residential = positions.liens.kind == number(PROPERTIES, "residential")
    other = _sum(positions, known & positions.on_balance & ~residential, groups)
    secured = _sum(positions, known & residential, groups)
    owed = np.where(other > 0, other, secured)
    result: Floats = np.where(known, owed[positions.group], 0.0) / _CENTS
    return result


def _sum(positions: Positions, where: Bools, groups: int) -> Floats:
    # Whole cents in float64 add up exactly below 90 trillion.
    amounts = positions.amount[where].astype(np.float64)
    return np.bincount(positions.group[where], weights=amounts, minlength=groups).astype(np.float64)


def sme_factor(owed: Floats, rules: RuleSet) -> Floats:
    """Return the supporting factor for what is owed (Article 501(1)).

    Parameters
    ----------
    owed
        Shape (n,), E* in euro; where it is zero, the factor is that of the first euro.
    rules
        Those in force on the reference date.

    Returns
    -------
    Shape (n,), multiples of the risk-weighted exposure amount.
    """
    threshold = rules["credit.sme.threshold"].number
    lower, upper = (rules[f"credit.sme.factor_{side}_threshold"].number for side in ("up_to", "above"))
    above = np.zeros(len(owed))
    np.divide(owed - threshold, owed, out=above, where=owed > threshold)
    return lower + (upper - lower) * above
