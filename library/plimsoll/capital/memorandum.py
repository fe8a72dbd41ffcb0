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
_ADJUSTMENTS = ("floor_adjustment_before_cap", "floor_adjustment", "floor_adjustment_fully_loaded")
_OWN_BUFFERS = ("countercyclical_buffer", "systemic_risk_buffer", "g_sii_buffer", "o_sii_buffer")


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
        The output floor; None without internal models, which make it add nothing.
    rules
        Those in force on the reference date.

    Returns
    -------
    Columns item, amount (currency units; a share for floor_factor).
    """
    amounts = {name: amount / _CENTS for name, amount in of_own_funds.items()}
    counted = buffers(own, rules)
    amounts["buffer_conservation"] = _part(counted["conservation"], total)
    amounts |= {
        f"buffer_{name.removesuffix('_buffer')}": _part(share, total)
        for name, share in own.items()
        if name in _OWN_BUFFERS
    }
    amounts["combined_buffer"] = _part(sum(counted.values()), total)
    if "pillar_2_requirement" in own:
        amounts["pillar_2_requirement"] = _part(own["pillar_2_requirement"], total)
    if floor is None:  # Article 92(3) holds for every bank: without models the two totals are one
        amounts |= dict.fromkeys(_ADJUSTMENTS, 0.0)
    else:
        amounts |= {
            "floor_adjustment_before_cap": floor.adjustment_before_cap / _CENTS,
            "floor_adjustment": floor.adjustment / _CENTS,
            "floor_adjustment_fully_loaded": floor.adjustment_fully_loaded / _CENTS,
            "floor_factor": floor.factor,
            "floored_total": floor.floored / _CENTS,
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
