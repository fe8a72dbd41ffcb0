"""From a book to its risk-weighted amounts, own funds and ratios under a scenario, and from one position to another."""

from plimsoll.simulation.derivation import Derivation, derive
from plimsoll.simulation.movement import MOVEMENT_STEPS, Movement, explain_movement
from plimsoll.simulation.result import Result
from plimsoll.simulation.simulate import Progress, simulate

__all__ = [
    "MOVEMENT_STEPS",
    "Derivation",
    "Movement",
    "Progress",
    "Result",
    "derive",
    "explain_movement",
    "simulate",
]
