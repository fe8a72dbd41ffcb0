"""The risk weight functions of Articles 153(1) and 154(1) CRR."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import ndtr, ndtri

from plimsoll.credit.irb.classes import CLASSES, WHOLESALE, check_class
from plimsoll.credit.irb.correlations import correlation
from plimsoll.credit.irb.inputs import ABOVE_ZERO, numbers_within
from plimsoll.credit.positions import Bools, Floats
from plimsoll.errors import ParameterError
from plimsoll.rules import RuleSet

__all__ = ["HIGHEST_LGD", "LGD_HINT", "loss_in_default", "maturity_adjustment", "risk_weight"]

HIGHEST_LGD = 2.0
"""Above twice the exposure a loss is taken for a percentage given as a number."""

LGD_HINT = "; give fractions"
_ANY_PD = 0.5  # stands in where the formula is not used, so that it raises no warning there


def risk_weight(  # noqa: PLR0913  # the inputs of the article; all but three go by name
    pd: ArrayLike,
    lgd: ArrayLike,
    maturity: ArrayLike | None = None,
    *,
    exposure_class: str,
    turnover_meur: ArrayLike | None = None,
    large_financial: ArrayLike = False,
    elbe: ArrayLike | None = None,
    rules: RuleSet,
) -> Floats:
    """Return risk-weighted exposure amount per unit of exposure value.

    Parameters
    ----------
    pd, lgd
        Shapes that broadcast, fractions, after input floors (`floored_pd`, `floored_lgd`): none is applied
        here.
    maturity
        M of Article 162 in years, after its floor and cap (`effective_maturity`). Not read for retail.
    exposure_class
        One of `CLASSES`.
    turnover_meur, large_financial
        As for `correlation`.
    elbe
        Best estimate of expected loss of exposures in default, fractions; read where `pd` is 1. Where the LGD
        values of Article 161(1) apply, give `lgd` itself: the weight is then 0, as Article 153(1)(ii) says.
    rules
        Those in force on the reference date.

    Returns
    -------
    Broadcast shape, fractions (1.0 is 100 %). 0 where `pd` is 0; NaN where an input it reads is NaN, save the
    turnover.

    Raises
    ------
    ParameterError
        Unknown class, a value out of range, no maturity for a class that needs one, an exposure in default
        without `elbe`, or a PD too low for the maturity adjustment (see `maturity_adjustment`).

    Notes
    -----
    Article 153(1), (2), (4); Article 154(1), (3), (4). The scaling factor of 1.06 went with Regulation (EU)
    2024/1623. The formulas are pictures in the text at hand; they were read in the Basel Framework, CRE31.3
    to CRE31.16. The weight of a mortgage applies to its unsecured part as well (Article 154(3)). The
    supporting factors of Articles 501 and 501a are not part of the weight.
    """
    check_class(exposure_class, CLASSES)
    probability = numbers_within("pd", pd, 0, 1, LGD_HINT)
    loss = numbers_within("lgd", lgd, 0, HIGHEST_LGD, LGD_HINT)
    defaulted = probability == 1
    settled = defaulted | (probability == 0)
    inner = np.where(settled, _ANY_PD, probability) if settled.any() else probability
    r = correlation(
        inner,
        exposure_class=exposure_class,
        turnover_meur=turnover_meur,
        large_financial=large_financial,
        rules=rules,
    )
    capital = loss * (_conditional_pd(inner, r, rules) - inner)
    if exposure_class in WHOLESALE:
        capital = capital * maturity_adjustment(inner, _given(maturity, exposure_class), rules=rules)
    if settled.any():
        estimate = loss_in_default(defaulted, elbe)
        capital = np.where(defaulted, np.maximum(loss - estimate, 0), np.where(settled, 0.0, capital))
    result: Floats = capital * rules["credit.irb.weight_per_capital"].number
    return result


def maturity_adjustment(pd: ArrayLike, maturity: ArrayLike, *, rules: RuleSet) -> Floats:
    """Return the full maturity adjustment, (1 + (M − 2.5)·b) / (1 − 1.5·b), of Article 153(1)(iii).

    Parameters
    ----------
    pd
        Any shape, fractions, above 0.
    maturity
        Broadcasts with `pd`, years.
    rules
        Those in force on the reference date.

    Returns
    -------
    Broadcast shape, multiples of the capital at one year; 1 where the maturity is one year.

    Raises
    ------
    ParameterError
        A value out of range, or a PD so low that numerator or denominator is not positive. The denominator
        is not from a PD of some 0.0003 % down: only central governments, which have no floor, can come there.
    """
    probability = numbers_within("pd", pd, ABOVE_ZERO, 1, LGD_HINT)
    years = numbers_within("maturity", maturity, 0)
    constant, slope = rules["credit.irb.maturity.slope"].numbers
    standard, above_one = rules["credit.irb.maturity.standard_years"].numbers
    b = np.square(constant - slope * np.log(probability))
    numerator, denominator = 1 + (years - standard) * b, 1 - above_one * b
    senseless = (numerator <= 0) | (denominator <= 0)
    if senseless.any():
        where = int(np.flatnonzero(senseless)[0])
        p, m = (np.broadcast_to(x, senseless.shape).reshape(-1)[where] for x in (probability, years))
        raise ParameterError(
            f"pd: at {p:.3g} and a maturity of {m:g} years the maturity adjustment of Article 153(1)(iii) is "
            f"not positive ({int(senseless.sum())} of {senseless.size} values, the first at {where})",
            "pd",
        )
    result: Floats = numerator / denominator
    return result


def loss_in_default(defaulted: Bools, elbe: ArrayLike | None) -> Floats:
    """Return the best estimate of expected loss, given or not needed.

    Raises
    ------
    ParameterError
        An exposure is in default and no estimate was given, or an estimate is out of range.
    """
    if elbe is not None:
        return numbers_within("elbe", elbe, 0, HIGHEST_LGD, LGD_HINT)
    if defaulted.any():
        raise ParameterError(
            f"elbe: {int(defaulted.sum())} exposures are in default (pd is 1); give the best estimate of "
            "expected loss, or the LGD itself where the values of Article 161(1) apply",
            "elbe",
        )
    return np.zeros(())


def _conditional_pd(pd: Floats, r: Floats, rules: RuleSet) -> Floats:
    stress = ndtri(rules["credit.irb.confidence"].number)
    result: Floats = ndtr((ndtri(pd) + np.sqrt(r) * stress) / np.sqrt(1 - r))
    return result


def _given(maturity: ArrayLike | None, exposure_class: str) -> ArrayLike:
    if maturity is None:
        raise ParameterError(f"maturity: {exposure_class} exposures need one (Article 162)", "maturity")
    return maturity
