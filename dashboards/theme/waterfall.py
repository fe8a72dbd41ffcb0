"""A waterfall: where one figure stood, what moved it step by step, and where it stands now.

Pure: levels in, places on a scale out. The scale need not begin at zero, so the ends are drawn as lines, never
as bars whose length would mislead.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

__all__ = ["Fall", "lay_out_waterfall"]

MARGIN = 0.06  # of the range, empty at both ends
WHOLE = 100.0  # per cent


@dataclass(frozen=True)
class Fall:
    """One row: its level before and after, and its bar from `left` for `width`, in per cent of the scale."""

    place: int
    name: str
    detail: str
    before: float
    after: float
    left: float
    width: float

    @property
    def change(self) -> float:
        """What the step did."""
        return self.after - self.before

    @property
    def line(self) -> float:
        """Where the level after the step stands on the scale, in per cent."""
        return self.left if self.after < self.before else self.left + self.width


def lay_out_waterfall(steps: Sequence[tuple[str, str, float]]) -> tuple[Fall, ...]:
    """Return the rows of a waterfall.

    Parameters
    ----------
    steps
        Name, detail and level after each step; the first is the start.
    """
    levels = [level for _, _, level in steps]
    low, high = min(levels, default=0.0), max(levels, default=0.0)
    margin = (high - low) * MARGIN or abs(high) * MARGIN or 1.0
    low, span = low - margin, high - low + 2 * margin

    def place(level: float) -> float:
        return (level - low) / span * WHOLE

    rows = []
    for number, (name, detail, level) in enumerate(steps):
        before = levels[number - 1] if number else level
        left, right = sorted((place(before), place(level)))
        rows.append(Fall(number, name, detail, before, level, left, right - left))
    return tuple(rows)
