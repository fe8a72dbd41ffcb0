"""The credit lines of a position: made into a table when first looked at, a few columns at a time before."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cached_property

import pandas as pd

from plimsoll.capital.deductions import without_deductions
from plimsoll.credit import Weighted
from plimsoll.credit.columns import coded_frame

__all__ = ["CreditLines", "Table"]


@dataclass(frozen=True, eq=False)
class CreditLines:
    """Weighted lines after what own funds deduct of them.

    Attributes
    ----------
    weighted
        The lines before.
    taken
        Whole cents by exposure_id that own funds deduct.
    """

    weighted: Weighted
    taken: Mapping[str, int]

    @cached_property
    def table(self) -> pd.DataFrame:
        """All lines, columns `plimsoll.credit.COLUMNS`."""
        return without_deductions(self.weighted.lines, self.taken) if self.taken else self.weighted.lines

    def some(self, *names: str) -> pd.DataFrame:
        """Return some columns of all lines; words may be categories."""
        if self.taken:
            return self.table[list(names)]
        return coded_frame(self.weighted.columns.some(names))


class Table:
    """An attribute that holds lines and gives their table: a million lines take seconds to write out."""

    def __set_name__(self, owner: type, name: str) -> None:
        self._name = f"_{name}"

    def __get__(self, holder: object, owner: type | None = None) -> pd.DataFrame:
        """Return the table, made now if it was not looked at before."""
        if holder is None:
            raise AttributeError(self._name)
        held = holder.__dict__[self._name]
        return held.table if isinstance(held, CreditLines) else held

    def __set__(self, holder: object, lines: CreditLines | pd.DataFrame) -> None:
        """Hold lines, or a table that stands in their place."""
        holder.__dict__[self._name] = lines
