"""Exposures that the law treats alike: what it says of one is said of all, so that it is asked once for each kind.

An exposure's class, weight and treatment depend on a few words and marks, of which a book has some hundred
combinations. Where an amount decides as well (the coverage of a default, the ratio of exposure to value), or a name
does, the exposure stands for itself.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pandas as pd

from plimsoll.credit.reading import Bools, Codes, Ints

__all__ = ["WORTH", "Kinds", "kinds_of"]

WORTH = 20_000
"""From so many exposures on it is worth to look for those that are alike."""

_LARGEST = 2**62


@dataclass(frozen=True)
class Kinds:
    """`code`, shape (n,), numbers the kinds of n exposures; `rows`, shape (k,), is one exposure of each kind."""

    code: Ints
    rows: Ints


def kinds_of(columns: Sequence[Codes | Bools | Ints], alone: Bools) -> Kinds:
    """Return of what kind each of n exposures is.

    Parameters
    ----------
    columns
        Shape (n,) each, whole numbers and marks: those that have all of them in common are of a kind.
    alone
        Shape (n,), which exposures are a kind of their own.
    """
    code = _numbered(columns)
    code[alone] = int(code.max(initial=-1)) + 1 + np.arange(int(alone.sum()))
    places, known = pd.factorize(code)
    rows = np.zeros(len(known), dtype=np.int64)
    rows[places[::-1]] = np.arange(len(places))[::-1]  # the first of several is written last
    return Kinds(places.astype(np.int64), rows)


def _numbered(columns: Sequence[Codes | Bools | Ints]) -> Ints:
    """Return a number for each combination of values, shape (n,)."""
    code, size = np.zeros(len(columns[0]), dtype=np.int64), 1
    for column in columns:
        lowest, width = (
            int(column.min(initial=0)),
            int(column.max(initial=0)) - int(column.min(initial=0)) + 1,
        )
        if width == 1:
            continue
        if size * width >= _LARGEST:
            code, size = _compact(code)
        code *= width
        code += column
        code -= lowest
        size *= width
    return _compact(code)[0]


def _compact(code: Ints) -> tuple[Ints, int]:
    places, known = pd.factorize(code)
    return places.astype(np.int64), max(len(known), 1)
