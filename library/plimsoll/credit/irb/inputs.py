"""Reads what formulas are given: float arrays, with a refusal that names the first value out of range.

NaN passes: it stands for a value not known, and the result it enters is NaN.
"""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from plimsoll.credit.positions import Bools, Floats
from plimsoll.errors import ParameterError

__all__ = ["ABOVE_ZERO", "flags", "numbers_within"]

ABOVE_ZERO = float(np.nextafter(0, 1))
"""The lowest number a range without zero can begin with."""


def numbers_within(
    name: str, values: ArrayLike, lowest: float, highest: float = np.inf, hint: str = ""
) -> Floats:
    """Return the values as float64, same shape.

    Raises
    ------
    ParameterError
        They are no numbers, or one lies outside `lowest` to `highest` or is infinite.
    """
    try:
        found = np.asarray(values, dtype=np.float64)
    except (TypeError, ValueError) as problem:
        raise ParameterError(f"{name}: not numbers ({problem})", name) from problem
    outside = (found < lowest) | (found > highest) | np.isinf(found)
    if outside.any():
        where = int(np.flatnonzero(outside)[0])
        raise ParameterError(
            f"{name}: {int(outside.sum())} of {found.size} values outside {_range(lowest, highest)}, "
            f"the first {found.reshape(-1)[where]:g} at {where}{hint}",
            name,
        )
    return found


def flags(name: str, values: ArrayLike) -> Bools:
    """Return the values as booleans, same shape.

    Raises
    ------
    ParameterError
        They are not booleans: a flag is never guessed from a number or a missing value.
    """
    found = np.asarray(values)
    if found.dtype != np.bool_:
        raise ParameterError(f"{name}: must be true or false, not {found.dtype}", name)
    return found


def _range(lowest: float, highest: float) -> str:
    if np.isneginf(lowest):
        return "finite numbers"
    if lowest == ABOVE_ZERO and np.isinf(highest):
        return "finite numbers above 0"
    begin = "above 0" if lowest == ABOVE_ZERO else f"{lowest:g}"
    return f"{begin} to {highest:g}" if np.isfinite(highest) else f"{begin} and more"
