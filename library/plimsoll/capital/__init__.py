"""Own funds, the total risk exposure amount, capital ratios, and the marks they are held against."""

from plimsoll.capital.marks import marks
from plimsoll.capital.own_funds import (
    OWN_FUNDS_LINES,
    OWN_FUNDS_TABLES,
    OwnFunds,
    complete_own_funds,
    draft_own_funds,
)
from plimsoll.capital.requirements import RATIOS, RISKS, capital_ratios, risk_exposure_amounts

__all__ = [
    "OWN_FUNDS_LINES",
    "OWN_FUNDS_TABLES",
    "RATIOS",
    "RISKS",
    "OwnFunds",
    "capital_ratios",
    "complete_own_funds",
    "draft_own_funds",
    "marks",
    "risk_exposure_amounts",
]
