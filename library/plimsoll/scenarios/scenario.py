"""A scenario and its shocks, and what they do to the tables of a book."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd

from plimsoll.errors import ScenarioError
from plimsoll.units import round_to_cent

__all__ = ["Scenario", "Shock"]

_BEST_STEP, _WORST_STEP = 1, 6


@dataclass(frozen=True)
class Shock:
    """One change to a book.

    Parameters
    ----------
    target
        One of `Shock.TARGETS`.
    relative
        For values: -0.20 takes a fifth away.
    steps
        For credit quality steps: 1 makes every rated obligor one step worse, within 1 and 6.

    Raises
    ------
    ScenarioError
        The target is unknown, or the size does not fit it.
    """

    TARGETS = ("residential_property_value", "commercial_property_value", "credit_quality_step")

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

    def apply(self, tables: Mapping[str, pd.DataFrame]) -> Mapping[str, pd.DataFrame]:
        """Return the tables with the shock in them; the ones given are not changed."""
        return _EFFECTS[self.target](self, tables)


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


def _property_values(shock: Shock, tables: Mapping[str, pd.DataFrame]) -> Mapping[str, pd.DataFrame]:
    kind = shock.target.removesuffix("_property_value")
    collateral = tables["collateral"].copy()
    where = (collateral["property_type"] == kind).to_numpy(np.bool_)
    values = collateral["property_value"].to_numpy(np.float64, copy=True)
    values[where] = round_to_cent(values[where] * (1.0 + (shock.relative or 0.0)))
    collateral["property_value"] = values
    return {**tables, "collateral": collateral}


def _credit_quality_steps(shock: Shock, tables: Mapping[str, pd.DataFrame]) -> Mapping[str, pd.DataFrame]:
    counterparties = tables["counterparties"].copy()
    steps = counterparties["credit_quality_step"] + (shock.steps or 0)
    counterparties["credit_quality_step"] = steps.clip(_BEST_STEP, _WORST_STEP)
    return {**tables, "counterparties": counterparties}


_EFFECTS: Mapping[str, Callable[[Shock, Mapping[str, pd.DataFrame]], Mapping[str, pd.DataFrame]]] = {
    "residential_property_value": _property_values,
    "commercial_property_value": _property_values,
    "credit_quality_step": _credit_quality_steps,
}
