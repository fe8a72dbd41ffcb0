"""Shares of whole cents, rounded to the even cent, exact however large the amount."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["portion", "weight_rounded"]

_PARTS = 1_000_000  # a share is read to six decimals: the law's weights have at most five
_DECIMALS = 6
_LARGEST = 2**62


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
    amounts = np.asarray(cents, dtype=np.int64)
    if amounts.size and _fits(amounts, parts):
        return _halves_to_even(amounts * parts)
    whole, rest = np.divmod(amounts, _PARTS)
    product = rest * parts  # below 10**6 * 12.5 * 10**6: never overflows, unlike cents * parts
    quotient, remainder = np.divmod(product, _PARTS)
    half = _PARTS // 2
    up = (remainder > half) | ((remainder == half) & (((whole * parts + quotient) & 1) == 1))
    result: NDArray[np.int64] = whole * parts + quotient + up
    return result


def _fits(amounts: NDArray[np.int64], parts: NDArray[np.int64]) -> bool:
    """Say whether no product of the two leaves 64 bits."""
    return int(amounts.max()) * max(int(parts.max()), 1) < _LARGEST


def _halves_to_even(product: NDArray[np.int64]) -> NDArray[np.int64]:
    """Return millionths of cents as whole cents; half a cent rounds to the even cent."""
    rounded = (product + _PARTS // 2) // _PARTS
    tie = rounded * _PARTS - product == _PARTS // 2
    result: NDArray[np.int64] = rounded - (tie & (rounded & 1).astype(np.bool_))
    return result


def weight_rounded(weight: NDArray[np.float64]) -> NDArray[np.float64]:
    """Return weights without the noise of binary fractions (0.45 * 1.25 is 0.5625), same shape."""
    return np.round(weight, _DECIMALS)
