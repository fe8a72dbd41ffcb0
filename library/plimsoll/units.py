"""Money as whole cents, so that sums are exact in any order."""

from __future__ import annotations

from decimal import Decimal

import numpy as np
from numpy.typing import ArrayLike, NDArray

__all__ = ["cents", "from_cents", "round_to_cent"]

_CENTS = 100
_LARGEST = 2.0**46  # from here on neighbouring float64 numbers stand more than a cent apart


def cents(amounts: ArrayLike) -> NDArray[np.int64]:
    """Return amounts as whole cents.

    Parameters
    ----------
    amounts
        Any shape, in currency units.

    Returns
    -------
    Same shape, int64. Half a cent rounds to the even cent.

    Raises
    ------
    ValueError
        An amount is missing, infinite, or too large for a float to hold its cents.
    """
    values = np.asarray(amounts, dtype=np.float64)
    if not np.isfinite(values).all() or (np.abs(values) >= _LARGEST).any():
        raise ValueError("an amount is missing, infinite, or 70 trillion and more: cents would be lost")
    return np.rint(values * _CENTS).astype(np.int64)


def from_cents(amount: int | np.int64) -> Decimal:
    """Return whole cents as an exact amount with two decimals."""
    return Decimal(int(amount)).scaleb(-2)


def round_to_cent(amounts: ArrayLike) -> NDArray[np.float64]:
    """Return amounts rounded to the cent, same shape (errors as `cents`)."""
    return cents(amounts) / _CENTS
