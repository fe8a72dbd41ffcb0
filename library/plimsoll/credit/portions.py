"""Shares of whole cents, rounded to the even cent, exact however large the amount."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["portion", "weight_rounded"]

_PARTS = 1_000_000  # a share is read to six decimals: the law's weights have at most five
_DECIMALS = 6


def portion(cents: NDArray[np.int64], share: ArrayLike) -> NDArray[np.int64]:
    """Return a share of amounts in whole cents.

    Parameters
    ----------
    cents
        Shape (n,), whole cents, not negative.
    share
        Scalar or shape (n,), a fraction such as a risk weight, read to six decimals.

    Returns
    -------
    Shape (n,), whole cents; half a cent rounds to the even cent.
    """
    parts = np.rint(np.asarray(share, dtype=np.float64) * _PARTS).astype(np.int64)
    whole, rest = np.divmod(np.asarray(cents, dtype=np.int64), _PARTS)
    product = rest * parts  # below 10**6 * 12.5 * 10**6: never overflows, unlike cents * parts
    quotient, remainder = np.divmod(product, _PARTS)
    half = _PARTS // 2
    up = (remainder > half) | ((remainder == half) & (((whole * parts + quotient) & 1) == 1))
    result: NDArray[np.int64] = whole * parts + quotient + up
    return result


def weight_rounded(weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return weights without the noise of binary fractions (0.45 * 1.25 is 0.5625), same shape."""
    return np.round(weight, _DECIMALS)
