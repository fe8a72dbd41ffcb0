"""Columns of lines: numbers as arrays, words as numbers into a vocabulary, so that a million lines stay small."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import partial
from typing import Any, Self

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

__all__ = ["Columns", "Joined", "Lazy", "Makers", "Words", "coded_frame", "frame_of", "stacked", "text_of"]


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
    """A column of words that are others with a bar between; made only when it is looked at.

    The last part is left out, with its bar, where it is empty and `optional` says so.
    """

    parts: tuple[Words, ...]
    optional: bool = False

    def __getitem__(self, rows: NDArray[Any]) -> Joined:
        return Joined(tuple(words[rows] for words in self.parts), self.optional)

    def __len__(self) -> int:
        return len(self.parts[0])

    def array(self) -> pa.Array:
        """Return the words themselves, shape (n,)."""
        words = [part.array() for part in self.parts]
        if not self.optional:
            return pc.binary_join_element_wise(*words, "|")
        last, short = words[-1], pc.binary_join_element_wise(*words[:-1], "|")
        present = pc.greater(pc.binary_length(last), 0)
        if not pc.any(present).as_py():
            return short
        return pc.if_else(present, pc.binary_join_element_wise(short, last, "|"), short)


Column = NDArray[Any] | Words | Joined
Columns = Mapping[str, Column]
"""By name, in order; every column has the same length."""

Makers = Mapping[str, Column | Callable[[], Column]]
"""Columns by name, or what makes them."""


class Lazy(Mapping[str, Column]):
    """Columns that are made when first looked at: most readers of a million lines want a handful.

    Parameters
    ----------
    makers
        By name, in order: the column, or what makes it.
    """

    def __init__(self, makers: Makers) -> None:
        self._makers = dict(makers)

    def __getitem__(self, name: str) -> Column:
        found = self._makers[name]
        if callable(found):
            found = self._makers[name] = found()
        return found

    def __iter__(self) -> Iterator[str]:
        return iter(self._makers)

    def __len__(self) -> int:
        return len(self._makers)

    def replace(self, makers: Makers) -> Lazy:
        """Return the same columns with some in place of others."""
        return Lazy({**{name: partial(self.__getitem__, name) for name in self}, **makers})

    def some(self, names: Iterable[str]) -> Lazy:
        """Return some of the columns, in that order."""
        return Lazy({name: partial(self.__getitem__, name) for name in names})

    def rows(self, rows: NDArray[Any]) -> Lazy:
        """Return some of the rows, in that order."""
        return Lazy({name: partial(self._some, name, rows) for name in self})

    def _some(self, name: str, rows: NDArray[Any]) -> Column:
        return self[name][rows]


def stacked(first: Columns, second: Columns) -> Lazy:
    """Return the rows of both, the first before the second, without columns joined from others."""
    return Lazy({name: partial(_stacked, first, second, name) for name in first if name != "line_id"})


def _stacked(first: Columns, second: Columns, name: str) -> Column:
    upper, lower = first[name], second[name]
    if isinstance(upper, Words) and isinstance(lower, Words):
        return _stacked_words(upper, lower)
    return np.concatenate([np.asarray(upper), np.asarray(lower)])


def _stacked_words(upper: Words, lower: Words) -> Words:
    if upper.vocabulary is lower.vocabulary or upper.vocabulary.equals(lower.vocabulary):
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
    return pd.DataFrame({name: _series(column) for name, column in columns.items()})


def _series(column: Column) -> pd.Series | NDArray[Any]:
    return text_of(column.array()) if isinstance(column, Words | Joined) else column


def coded_frame(columns: Columns) -> pd.DataFrame:
    """Return the columns as a table for calculations: words as categories, so that a comparison is one of numbers."""
    return pd.DataFrame({name: _coded(column) for name, column in columns.items()})


def _coded(column: Column) -> pd.Series | NDArray[Any]:
    if not isinstance(column, Words):
        return _series(column)
    known, places = _distinct(column.vocabulary)
    codes = places[column.places.astype(np.int64) % max(len(places), 1)] if len(places) else column.places
    return pd.Series(pd.Categorical.from_codes(codes, pd.Index(known.to_pylist(), dtype="str")))


def _distinct(vocabulary: pa.Array) -> tuple[pa.Array, NDArray[Any]]:
    """Return the words of a vocabulary once each, sorted, and the place of each of its words among them."""
    known = vocabulary.unique()
    known = known.take(pc.sort_indices(known))
    return known, np.asarray(pc.index_in(vocabulary, value_set=known)).astype(np.int64)
