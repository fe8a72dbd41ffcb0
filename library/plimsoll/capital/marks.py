"""The marks a capital ratio is held against: minimum, Pillar 2, buffers, guidance, one above the other."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd

from plimsoll.capital.requirements import RATIOS
from plimsoll.rules import RuleSet

__all__ = ["MARK_RULES", "marks"]

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


def marks(requirements: pd.DataFrame, rules: RuleSet) -> pd.DataFrame:
    """Return the marks of each ratio, each including the ones below it.

    Parameters
    ----------
    requirements
        The book's `requirements`: the bank's own, as fractions of the total risk exposure amount.
    rules
        Those in force on the reference date.

    Returns
    -------
    Columns ratio, mark (minimum, pillar_2_requirement, combined_buffer, pillar_2_guidance), level (fraction,
    cumulative), article. A Pillar 2 mark is there only where the book has one; guidance stands in CET1.
    """
    ratios = requirements["ratio"].to_numpy(np.float64)
    own = dict(zip(requirements["requirement"], ratios.tolist(), strict=True))
    rows: list[tuple[str, str, float, str]] = []
    for ratio in RATIOS:
        minimum = rules[f"capital.minimum.{_MINIMUM[ratio]}"]
        steps = [("minimum", minimum.number, minimum.article)]
        if "pillar_2_requirement" in own:
            share = _pillar_2_share(ratio, rules)
            steps.append(("pillar_2_requirement", own["pillar_2_requirement"] * share, _PILLAR_2))
        steps.append(("combined_buffer", _combined_buffer(own, rules), _BUFFERS))
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


def _combined_buffer(own: Mapping[str, float], rules: RuleSet) -> float:
    """Add up the buffers; of the two for systemic institutions the higher counts (Article 131(14) CRD)."""
    systemic = max(own.get("o_sii_buffer", 0.0), own.get("g_sii_buffer", 0.0))
    return (
        rules["capital.buffer.conservation"].number
        + own.get("countercyclical_buffer", 0.0)
        + systemic
        + own.get("systemic_risk_buffer", 0.0)
    )
