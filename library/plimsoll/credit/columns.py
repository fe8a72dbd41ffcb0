"""Columns of lines: numbers as arrays, words as numbers into a vocabulary, so that a million lines stay small."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = ["Columns", "Joined", "Words", "frame_of", "stacked", "text_of"]


@dataclass(frozen=True)
class Words:
    """A column of words: `places`, shape (n,), number `vocabulary`; -1 is its last word."""

    places: NDArray[Any]
    vocabulary: pa.Array

    @classmethod
    def of(cls, places: NDArray[Any], words: tuple[str, ...] | pa.Array) -> Self:
        """Return a column of those places in those words."""
        vocabulary = words if isinstance(words, pa.Array) else pa.array(words, pa.string())
        return cls(places, vocabulary)

    def __getitem__(self, rows: NDArray[Any]) -> Words:
        return Words(self.places[rows], self.vocabulary)

    def __len__(self) -> int:
        return len(self.places)

    def array(self) -> pa.Array:
        """Return the words themselves, shape (n,)."""
        if not len(self.vocabulary):
            return pa.array([""] * len(self), pa.string())
        return self.vocabulary.take(pa.array(self.places.astype(np.int64) % len(self.vocabulary)))


@dataclass(frozen=True)
class Joined:
    """A column of words that are others with a bar between; made only when it is looked at."""

    parts: tuple[Words, ...]

    def __getitem__(self, rows: NDArray[Any]) -> Joined:
        return Joined(tuple(words[rows] for words in self.parts))

    def __len__(self) -> int:
        return len(self.parts[0])

    def array(self) -> pa.Array:
        """Return the words themselves, shape (n,)."""
        return pc.binary_join_element_wise(*(words.array() for words in self.parts), "|")


Columns = Mapping[str, NDArray[Any] | Words | Joined]
"""By name, in order; every column has the same length."""


def stacked(first: Columns, second: Columns) -> dict[str, NDArray[Any] | Words]:
    """Return the rows of both, the first before the second, without columns joined from others."""
    result: dict[str, NDArray[Any] | Words] = {}
    for name, upper in first.items():
        lower = second[name]
        if isinstance(upper, Joined) or isinstance(lower, Joined):
            continue
        if isinstance(upper, Words) and isinstance(lower, Words):
            result[name] = _stacked_words(upper, lower)
        else:
            result[name] = np.concatenate([np.asarray(upper), np.asarray(lower)])
    return result


def _stacked_words(upper: Words, lower: Words) -> Words:
    if upper.vocabulary is lower.vocabulary:
        return Words(np.concatenate([upper.places, lower.places]), upper.vocabulary)
    sizes = len(upper.vocabulary), len(lower.vocabulary)
    places = [
        words.places.astype(np.int64) % max(size, 1) + offset
        for words, size, offset in ((upper, sizes[0], 0), (lower, sizes[1], sizes[0]))
    ]
    return Words(np.concatenate(places), pa.concat_arrays([upper.vocabulary, lower.vocabulary]))


def text_of(array: pa.Array) -> pd.Series:
    """Return an Arrow array of text as a pandas column."""
    return pd.Series(pd.array(array, dtype="str"))


def frame_of(columns: Columns) -> pd.DataFrame:
    """Return the columns as a table for people and for the returns."""
    return pd.DataFrame(
        {
            name: text_of(column.array()) if isinstance(column, Words | Joined) else column
            for name, column in columns.items()
        }
    )
