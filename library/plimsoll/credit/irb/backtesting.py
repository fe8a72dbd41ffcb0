"""PDs held against what came to pass (CRR Article 185, points (b) and (c)): functions on arrays.

Institutions regularly compare realised default rates with estimated PDs for each grade and analyse deviations outside
the expected range; the law names no test. These are the ones in use: the exact binomial test and the Jeffreys test of
the ECB's instructions for reporting the validation results of internal models (February 2019, section 2.5.3), the area
under the curve of their Annex 1, and the population stability index, a convention of the industry.

The tests take defaults as independent, which makes them stricter than the truth where defaults move together.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray
from scipy import stats

from plimsoll.errors import ParameterError

__all__ = ["binomial_test", "discrimination", "jeffreys_test", "stability_index"]

Floats = NDArray[np.float64]


def binomial_test(defaulted: Floats, obligors: Floats, pd: Floats) -> Floats:
    """Return the probability of so many defaults or more, were the PD the true one.

    Parameters
    ----------
    defaulted, obligors
        Shape (n,): how many defaulted of how many, whole numbers; 0 ≤ defaulted ≤ obligors.
    pd
        Shape (n,), 0 to 1.

    Returns
    -------
    Shape (n,), 0 to 1: a small one says that the PD is too low. NaN where there is no obligor.

    Raises
    ------
    ParameterError
        Counts or PDs are out of range.
    """
    _check(defaulted, obligors, pd)
    return np.where(obligors > 0, stats.binom.sf(defaulted - 1, obligors, pd), np.nan)


def jeffreys_test(defaulted: Floats, obligors: Floats, pd: Floats) -> Floats:
    """Return the posterior probability that the true PD is at most the one applied, after Jeffreys' prior.

    The beta distribution with the parameters D + ½ and N − D + ½ at the PD (ECB instructions, section 2.5.3).
    Parameters, shapes and errors are those of `binomial_test`; a small value says that the PD is too low.
    """
    _check(defaulted, obligors, pd)
    return np.where(obligors > 0, stats.beta.cdf(pd, defaulted + 0.5, obligors - defaulted + 0.5), np.nan)


def discrimination(defaulted: Floats, obligors: Floats, pd: Floats) -> float:
    """Return the area under the curve: how often one who defaulted had a higher PD than one who did not.

    Ties count half (Mann-Whitney; ECB instructions, Annex 1). A half is chance, one is perfect; 2 × AUC − 1 is the
    Gini coefficient or accuracy ratio. NaN where nobody, or everybody, defaulted.

    Parameters
    ----------
    defaulted, obligors, pd
        Shape (n,), as of `binomial_test`: grades, or single obligors with an `obligors` of 1.
    """
    _check(defaulted, obligors, pd)
    levels, place = np.unique(pd, return_inverse=True)
    bad = np.bincount(place, weights=defaulted, minlength=len(levels))
    good = np.bincount(place, weights=obligors - defaulted, minlength=len(levels))
    pairs = bad.sum() * good.sum()
    if pairs == 0:
        return float("nan")
    below = np.cumsum(good) - good
    return float((bad * (below + good / 2)).sum() / pairs)


def stability_index(now: Floats, before: Floats) -> float:
    """Return the population stability index of a distribution over grades beside an earlier one.

    Σ (share now − share before) × ln(share now ÷ share before): zero when they are the same. Infinite where a grade
    is empty in one of the two and not in the other; NaN where either has nobody.

    Parameters
    ----------
    now, before
        Shape (n,): how many in each grade, the same grades in the same order.
    """
    if now.shape != before.shape or (now < 0).any() or (before < 0).any():
        raise ParameterError("both distributions must be counts over the same grades", "now")
    if not now.sum() or not before.sum():
        return float("nan")
    new, old = now / now.sum(), before / before.sum()
    either = (new > 0) | (old > 0)
    with np.errstate(divide="ignore"):
        return float(np.sum((new - old)[either] * (np.log(new[either]) - np.log(old[either]))))


def _check(defaulted: Floats, obligors: Floats, pd: Floats) -> None:
    if not ((defaulted >= 0) & (defaulted <= obligors)).all():
        raise ParameterError("defaults must lie between none and all", "defaulted")
    if not ((pd >= 0) & (pd <= 1)).all():
        raise ParameterError("a PD must lie between 0 and 1", "pd")
