"""The output floor: the least total risk exposure amount with internal models (Articles 92(3) and 465 CRR)."""

from __future__ import annotations

import math
from dataclasses import dataclass

from plimsoll.rules import RuleSet

__all__ = ["FLOOR_RULES", "OutputFloor", "output_floor"]

FLOOR_RULES = ("capital.floor.factor", "capital.floor.fully_loaded", "capital.floor.cap")
_CAP = "capital.floor.cap"


@dataclass(frozen=True)
class OutputFloor:
    """What the floor makes of the total risk exposure amount, in whole cents.

    `unfloored` and `standardised` are U-TREA and S-TREA, `factor` the share in force; `floored` is the total
    that applies, `fully_loaded` the one without the transition of Article 465(1) and (2).
    """

    unfloored: int
    standardised: int
    factor: float
    floored: int
    before_cap: int
    fully_loaded: int

    @property
    def adjustment(self) -> int:
        """What the floor adds."""
        return self.floored - self.unfloored

    @property
    def adjustment_before_cap(self) -> int:
        """What it would add without the limit of Article 465(2)."""
        return self.before_cap - self.unfloored

    @property
    def adjustment_fully_loaded(self) -> int:
        """What it adds once the transition is over."""
        return self.fully_loaded - self.unfloored


def output_floor(unfloored: int, standardised: int, rules: RuleSet) -> OutputFloor:
    """Return the floored total risk exposure amount.

    Parameters
    ----------
    unfloored
        Total risk exposure amount with the approaches in use, in whole cents (Article 92(4)).
    standardised
        The same without internal models, in whole cents (Article 92(5)).
    rules
        Those in force on the reference date; its transition is applied, as Article 465(1) and (2) allow.
    """
    factor = rules["capital.floor.factor"].number
    before_cap = max(unfloored, round(factor * standardised))
    cap = rules[_CAP].number  # infinite once the transition is over
    floored = min(before_cap, round(cap * unfloored)) if math.isfinite(cap) else before_cap
    full = max(unfloored, round(rules["capital.floor.fully_loaded"].number * standardised))
    return OutputFloor(unfloored, standardised, factor, floored, before_cap, full)
