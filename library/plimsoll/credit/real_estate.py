"""Exposures secured by immovable property (Articles 124 to 126a CRR): the split of the loan, the weights."""

from __future__ import annotations

import numpy as np

from plimsoll.credit.portions import portion, weight_rounded
from plimsoll.credit.positions import ABSENT, Bools, Floats, Ints
from plimsoll.rules import RuleSet

__all__ = [
    "exposure_to_value",
    "income_producing_weight",
    "on_property",
    "secured_part",
    "share_room",
    "within_lien",
]


def within_lien(exposure: Ints, lien: Ints) -> Ints:
    """Return the part of each exposure up to the nominal amount of the lien (Article 124(2)).

    Parameters
    ----------
    exposure
        Shape (n,), whole cents.
    lien
        Shape (n,), whole cents; -1 where it is not less than the exposure.

    Returns
    -------
    Shape (n,), whole cents.
    """
    return np.where(lien == ABSENT, exposure, np.minimum(exposure, np.maximum(lien, 0)))


def secured_part(exposure: Ints, value: Ints, lien: Ints, prior: Ints, share: float) -> Ints:
    """Return the part of each exposure that has the weight of its property (Articles 125(1) and 126(1)).

    It goes up to a share of the property value less what ranks before, and never above the lien. Liens of the
    same rank are taken off in full, which is never less than the proportional reduction of the article.

    Parameters
    ----------
    exposure, value, lien, prior
        Shape (n,), whole cents; `lien` -1 where it is not less than the exposure.
    share
        Share of the property value, a fraction.

    Returns
    -------
    Shape (n,), whole cents, between zero and the exposure.
    """
    room = np.maximum(portion(value, share) - prior, 0)
    result: Ints = np.minimum(within_lien(exposure, lien), room)
    return result


def exposure_to_value(exposure: Ints, value: Ints, prior: Ints) -> Floats:
    """Return the exposure-to-value ratio: gross exposure and prior liens over property value (Article 124).

    Parameters
    ----------
    exposure
        Shape (n,), whole cents, before specific credit risk adjustments.
    value, prior
        Shape (n,), whole cents.

    Returns
    -------
    Shape (n,), fractions; infinite where the property has no value.
    """
    ratio = np.full(len(exposure), np.inf)
    np.divide(exposure + prior, value, out=ratio, where=value > 0)
    return ratio


def income_producing_weight(ratio: Floats, junior: Bools, bands: str, rules: RuleSet) -> Floats:
    """Return the weight of the band of the exposure-to-value ratio (Articles 125(2) and 126(2)).

    Parameters
    ----------
    ratio
        Shape (n,), exposure-to-value ratios.
    junior
        Shape (n,), whether another's lien ranks before or equally: then the weight is multiplied by 1.25, but
        in the lowest band, and is at most that of an exposure without eligible property.
    bands
        Id of the rule with the bands.
    rules
        Those in force on the reference date.

    Returns
    -------
    Shape (n,), fractions.
    """
    edges, weights = (np.array(column) for column in zip(*rules[bands].pairs, strict=True))
    band = np.searchsorted(edges, ratio, side="left")
    base = weights[band]
    raised = weight_rounded(base * rules["credit.sa.property.junior_lien_multiplier"].number)
    capped = np.minimum(raised, rules["credit.sa.property.income_producing_ineligible"].number)
    result: Floats = np.where(junior & (band > 0), np.maximum(capped, base), base)
    return result


def on_property(exposure: Ints, shared: Ints) -> Ints:
    """Return what all exposures on the property of each come to (Article 124(6), second subparagraph).

    Parameters
    ----------
    exposure
        Shape (n,), whole cents; undrawn parts count like drawn ones (point (a)).
    shared
        Shape (n,), number of the property that several exposures share, -1 where one stands alone.

    Returns
    -------
    Shape (n,), whole cents.
    """
    together = shared != ABSENT
    if not together.any():
        return exposure
    sums = np.bincount(shared[together], weights=exposure[together])  # whole cents: adds up exactly
    return np.where(together, sums[np.maximum(shared, 0)].astype(np.int64), exposure)


def share_room(secured: Ints, room: Ints, shared: Ints, order: Ints) -> Ints:
    """Return secured parts that together stay within the room of the property they share.

    Parameters
    ----------
    secured
        Shape (n,), whole cents, what each exposure would have secured alone.
    room
        Shape (n,), whole cents, what the property secures, the same for all that share it.
    shared
        As for `on_property`.
    order
        Shape (n,), who is secured first: the lowest.
    """
    rows = np.flatnonzero(shared != ABSENT)
    if not len(rows):
        return secured
    rows = rows[np.lexsort((order[rows], shared[rows]))]
    owner, wanted = shared[rows], secured[rows]
    before = np.cumsum(wanted) - wanted
    before -= before[np.searchsorted(owner, owner, side="left")]
    result = secured.copy()
    result[rows] = np.clip(room[rows] - before, 0, wanted)
    return result
