"""Expected loss (Article 158 CRR), and what credit risk adjustments leave of it (Article 159)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from plimsoll.credit.irb.inputs import flags, numbers_within
from plimsoll.credit.irb.weighting import HIGHEST_LGD, LGD_HINT, loss_in_default
from plimsoll.credit.positions import Bools, Floats, Ints
from plimsoll.errors import ParameterError
from plimsoll.units import cents, from_cents

__all__ = ["Cover", "expected_loss", "shortfall"]


def expected_loss(pd: ArrayLike, lgd: ArrayLike, *, elbe: ArrayLike | None = None) -> Floats:
    """Return expected loss per unit of exposure value (Article 158(5)).

    Parameters
    ----------
    pd, lgd
        Shapes that broadcast, the same figures as weigh the exposure (Article 158(1)), fractions.
    elbe
        As for `risk_weight`: the expected loss of exposures in default.

    Returns
    -------
    Broadcast shape, fractions; NaN where an input it reads is NaN.

    Raises
    ------
    ParameterError
        A value out of range, or an exposure in default without `elbe`.
    """
    probability = numbers_within("pd", pd, 0, 1, LGD_HINT)
    loss = numbers_within("lgd", lgd, 0, HIGHEST_LGD, LGD_HINT)
    defaulted = probability == 1
    estimate = loss_in_default(defaulted, elbe)
    result: Floats = np.where(defaulted, estimate, probability * loss)
    return result


@dataclass(frozen=True)
class Cover:
    """What the calculation of Article 159 gives, currency units, none below zero.

    Attributes
    ----------
    shortfall
        Deducted from Common Equity Tier 1 (Article 36(1)(d)).
    excess
        The positive amount, before the limit of Article 62(d) under which it is Tier 2.
    excess_on_defaulted
        Part of the excess: specific adjustments on exposures in default above their expected loss, which may
        not cover that of others. Where it is positive, shortfall and excess can stand side by side.
    """

    shortfall: float
    excess: float
    excess_on_defaulted: float


def shortfall(
    expected_loss_amount: ArrayLike, specific: ArrayLike, other: ArrayLike, *, defaulted: ArrayLike
) -> Cover:
    """Return IRB shortfall and IRB excess (Article 159).

    Parameters
    ----------
    expected_loss_amount
        Shape (n,), expected loss times exposure value, currency units. Securitised exposures are left out.
    specific
        Shape (n,), specific credit risk adjustments, positive; with the discounts on exposures bought in
        default (paragraph 2).
    other
        Shape (n,), general credit risk adjustments, additional value adjustments for counterparty default and
        other own funds reductions, positive.
    defaulted
        Shape (n,), whether the exposure is in default.

    Returns
    -------
    Sums over whole cents: the order of the exposures changes nothing.

    Raises
    ------
    ParameterError
        Shapes differ, or an amount is missing, negative or too large.

    Notes
    -----
    Where specific adjustments on exposures in default exceed their expected loss, the calculation is made
    without what exceeds, and that is reported apart. The article forbids its use for other exposures but does
    not say more; that the two are then calculated separately was read in an EBA answer on Article 473a(5).
    """
    in_default = flags("defaulted", defaulted)
    loss, adjusted, general = (
        _amounts(name, values, in_default)
        for name, values in (
            ("expected_loss_amount", expected_loss_amount),
            ("specific", specific),
            ("other", other),
        )
    )
    apart = max(0, int((adjusted - loss)[in_default].sum()))
    balance = int((adjusted + general - loss).sum()) - apart
    return Cover(
        shortfall=float(from_cents(max(0, -balance))),
        excess=float(from_cents(max(0, balance) + apart)),
        excess_on_defaulted=float(from_cents(apart)),
    )


def _amounts(name: str, values: ArrayLike, like: Bools) -> Ints:
    found = numbers_within(name, values, 0)
    if found.shape != like.shape:
        raise ParameterError(f"{name}: shape {found.shape}, but defaulted has {like.shape}", name)
    try:
        return cents(found)
    except ValueError as problem:
        raise ParameterError(f"{name}: {problem}", name) from problem
