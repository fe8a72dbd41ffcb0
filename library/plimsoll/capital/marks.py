"""The marks a capital ratio is held against: minimum, Pillar 2, buffers, guidance, one above the other."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from plimsoll.capital.requirements import RATIOS
from plimsoll.errors import SimulationError
from plimsoll.rules import RuleSet

__all__ = ["MARK_RULES", "PILLAR_2_RULES", "buffers", "marks"]

MARK_RULES = (
    "capital.minimum.cet1",
    "capital.minimum.tier1",
    "capital.minimum.total",
    "capital.buffer.conservation",
)
PILLAR_2_RULES = ("capital.pillar_2.cet1_share", "capital.pillar_2.tier1_share")

_MINIMUM = {"cet1_ratio": "cet1", "tier1_ratio": "tier1", "total_ratio": "total"}
_PILLAR_2 = "CRD Art. 104(1)(a), 104a(4)"
_BUFFERS = "CRD Art. 128(6), 129 to 131, 133"
_GUIDANCE = "CRD Art. 104b"
_DECIMALS = 10


def marks(requirements: pd.DataFrame, rules: RuleSet, countercyclical: float | None = None) -> pd.DataFrame:
    """Return the marks of each ratio, each including the ones below it.

    Parameters
    ----------
    requirements
        The book's `requirements`: the bank's own, as fractions of the total risk exposure amount.
    rules
        Those in force on the reference date.
    countercyclical
        The institution-specific countercyclical buffer rate, where it is calculated.

    Returns
    -------
    Columns ratio, mark (minimum, pillar_2_requirement, combined_buffer, pillar_2_guidance), level (fraction,
    cumulative), article. A Pillar 2 mark is there only where the book has one; guidance stands in CET1.

    Raises
    ------
    SimulationError
        The countercyclical buffer is given and calculated as well.
    """
    ratios = requirements["ratio"].to_numpy(np.float64)
    own = dict(zip(requirements["requirement"], ratios.tolist(), strict=True))
    if countercyclical is not None:
        if "countercyclical_buffer" in own:
            raise SimulationError(
                "the countercyclical buffer is in `requirements` and follows from `countercyclical_rates` as well: "
                "leave one out"
            )
        own["countercyclical_buffer"] = countercyclical
    rows: list[tuple[str, str, float, str]] = []
    for ratio in RATIOS:
        minimum = rules[f"capital.minimum.{_MINIMUM[ratio]}"]
        steps = [("minimum", minimum.number, minimum.article)]
        if "pillar_2_requirement" in own:
            share = _pillar_2_share(ratio, rules)
            steps.append(("pillar_2_requirement", own["pillar_2_requirement"] * share, _PILLAR_2))
        steps.append(("combined_buffer", sum(buffers(own, rules).values()), _BUFFERS))
        if "pillar_2_guidance" in own:
            steps.append(("pillar_2_guidance", own["pillar_2_guidance"], _GUIDANCE))
        level = 0.0
        for mark, height, article in steps:
            level = round(level + height, _DECIMALS)
            rows.append((ratio, mark, level, article))
    frame = pd.DataFrame(rows, columns=["ratio", "mark", "level", "article"])
    return frame.astype({"ratio": "str", "mark": "str", "article": "str"})


def _pillar_2_share(ratio: str, rules: RuleSet) -> float:
    if ratio == "total_ratio":
        return 1.0
    return rules[f"capital.pillar_2.{_MINIMUM[ratio]}_share"].number


def buffers(own: Mapping[str, float], rules: RuleSet) -> dict[str, float]:
    """Return the buffers that make the combined one, as shares of the total risk exposure amount.

    Of the two for systemic institutions the higher counts (Article 131(14) CRD); the other is zero.
    """
    g_sii, o_sii = own.get("g_sii_buffer", 0.0), own.get("o_sii_buffer", 0.0)
    return {
        "conservation": rules["capital.buffer.conservation"].number,
        "countercyclical": own.get("countercyclical_buffer", 0.0),
        "systemic_risk": own.get("systemic_risk_buffer", 0.0),
        "g_sii": g_sii if g_sii >= o_sii else 0.0,
        "o_sii": o_sii if o_sii > g_sii else 0.0,
    }
