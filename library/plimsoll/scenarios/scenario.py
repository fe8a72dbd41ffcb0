"""A scenario and its shocks, and what they do to the tables of a book."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from plimsoll.errors import ScenarioError
from plimsoll.scenarios.effects import EFFECTS

__all__ = ["Scenario", "Shock"]


@dataclass(frozen=True)
class Shock:
    """One change to a book.

    Parameters
    ----------
    target
        One of `Shock.TARGETS`.
    relative
        A share: -0.20 takes a fifth of a value away; 0.01 of the loans is lost.
    steps
        For credit quality steps: 1 makes every rated obligor one step worse, within 1 and 6.

    Raises
    ------
    ScenarioError
        The target is unknown, or the size does not fit it.
    """

    TARGETS = tuple(EFFECTS)

    target: str
    relative: float | None = None
    steps: int | None = None

    def __post_init__(self) -> None:
        if self.target not in self.TARGETS:
            raise ScenarioError(f"no shock to {self.target!r}; there are shocks to {', '.join(self.TARGETS)}")
        by_steps = self.target == "credit_quality_step"
        if (self.steps is None) == by_steps or (self.relative is None) != by_steps:
            needed = "`steps` and no `relative`" if by_steps else "`relative` and no `steps`"
            raise ScenarioError(f"a shock to {self.target} takes {needed}")
        if self.relative is not None and not -1.0 <= self.relative < np.inf:
            raise ScenarioError(f"a relative shock is -1 (all is lost) or more, not {self.relative}")
        if self.target == "credit_losses" and not 0.0 <= (self.relative or 0.0) <= 1.0:
            raise ScenarioError(f"credit losses are a share of the loans from 0 to 1, not {self.relative}")

    @property
    def size(self) -> float:
        """The share or the number of steps."""
        return float(self.steps if self.relative is None else self.relative)  # type: ignore[arg-type]  # one of both

    def apply(self, tables: Mapping[str, pd.DataFrame]) -> Mapping[str, pd.DataFrame]:
        """Return the tables with the shock in them; the ones given are not changed."""
        return EFFECTS[self.target](self.size, tables)


@dataclass(frozen=True)
class Scenario:
    """Named shocks, applied in order."""

    name: str
    shocks: tuple[Shock, ...] = ()
    about: str = ""

    def apply(self, tables: Mapping[str, pd.DataFrame]) -> Mapping[str, pd.DataFrame]:
        """Return a book's tables under the scenario; the ones given are not changed."""
        for shock in self.shocks:
            tables = shock.apply(tables)
        return tables
