"""From a book to its risk-weighted amounts, own funds and ratios under a scenario."""

from plimsoll.simulation.result import Result
from plimsoll.simulation.simulate import Progress, simulate

__all__ = ["Progress", "Result", "simulate"]
