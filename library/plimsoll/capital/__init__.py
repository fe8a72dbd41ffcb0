"""Own funds, the total risk exposure amount, capital ratios, and the marks they are held against."""

from plimsoll.capital.marks import marks
from plimsoll.capital.own_funds import OWN_FUNDS_LINES, own_funds
from plimsoll.capital.requirements import RATIOS, RISKS, capital_ratios, risk_exposure_amounts

__all__ = [
    "OWN_FUNDS_LINES",
    "RATIOS",
    "RISKS",
    "capital_ratios",
    "marks",
    "own_funds",
    "risk_exposure_amounts",
]
