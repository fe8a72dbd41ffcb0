"""Amounts that stand beside own funds and ratios: buffers, thresholds, the floor (template C 04.00)."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from plimsoll.capital.marks import buffers
from plimsoll.capital.output_floor import OutputFloor
from plimsoll.rules import RuleSet
from plimsoll.units import cents

__all__ = ["memorandum"]

_CENTS = 100


def memorandum(
    of_own_funds: Mapping[str, int],
    total: float,
    own: Mapping[str, float],
    floor: OutputFloor | None,
    rules: RuleSet,
) -> pd.DataFrame:
    """Return the memorandum items.

    Parameters
    ----------
    of_own_funds
        Whole cents by name, from `OwnFunds.memorandum`.
    total
        Total risk exposure amount, in currency units.
    own
        The bank's own requirements and buffers as shares of it.
    floor
        The output floor; None without internal models.
    rules
        Those in force on the reference date.

    Returns
    -------
    Columns item, amount (currency units; a share for floor_factor).
    """
    amounts = {name: amount / _CENTS for name, amount in of_own_funds.items()}
    for name, share in buffers(own, rules).items():
        amounts[f"buffer_{name}"] = _part(share, total)
    if "pillar_2_requirement" in own:
        amounts["pillar_2_requirement"] = _part(own["pillar_2_requirement"], total)
    if floor is not None:
        amounts |= {
            "floor_adjustment_before_cap": floor.adjustment_before_cap / _CENTS,
            "floor_adjustment": floor.adjustment / _CENTS,
            "floor_adjustment_fully_loaded": floor.adjustment_fully_loaded / _CENTS,
            "floor_factor": floor.factor,
            "unfloored_total": floor.unfloored / _CENTS,
            "standardised_total": floor.standardised / _CENTS,
            "fully_loaded_total": floor.fully_loaded / _CENTS,
        }
    return pd.DataFrame(
        {
            "item": pd.Series(list(amounts), dtype="str"),
            "amount": np.array(list(amounts.values()), dtype=np.float64),
        }
    )


def _part(share: float, total: float) -> float:
    return int(cents([share * total])[0]) / _CENTS
