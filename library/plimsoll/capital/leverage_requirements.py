"""The marks that the leverage ratio is held against, one above the other."""

from __future__ import annotations

import pandas as pd

from plimsoll.rules import RuleSet

__all__ = ["leverage_marks"]

_DECIMALS = 10
_ADJUSTED = "CRR Art. 429a(7)"
_PILLAR_2 = "CRD Art. 104(1)(a), 104a(3)"
_BUFFER = "CRR Art. 92(1a)"
_GUIDANCE = "CRD Art. 104b"


def leverage_marks(requirements: pd.DataFrame, rules: RuleSet, adjusted: float = 1.0) -> pd.DataFrame:
    """Return the marks of the leverage ratio, each including the ones below it.

    Parameters
    ----------
    requirements
        The book's `requirements`; those for leverage are shares of the total exposure measure.
    rules
        Those in force on the reference date.
    adjusted
        What exposures left out under Article 429a(1)(n) multiply the minimum by (paragraph 7); 1 without any.

    Returns
    -------
    Columns ratio, mark (minimum, pillar_2_requirement, leverage_buffer, pillar_2_guidance), level (fraction,
    cumulative), article. A mark other than the minimum is there only where the book has one.
    """
    own = dict(zip(requirements["requirement"], requirements["ratio"].tolist(), strict=True))
    minimum, share = rules["leverage.minimum"], rules["leverage.g_sii_share"].number
    steps = [("minimum", minimum.number * adjusted, minimum.article if adjusted == 1.0 else _ADJUSTED)]
    if "leverage_pillar_2_requirement" in own:
        steps.append(("pillar_2_requirement", own["leverage_pillar_2_requirement"], _PILLAR_2))
    if "g_sii_buffer" in own:
        steps.append(("leverage_buffer", own["g_sii_buffer"] * share, _BUFFER))
    if "leverage_pillar_2_guidance" in own:
        steps.append(("pillar_2_guidance", own["leverage_pillar_2_guidance"], _GUIDANCE))
    rows, level = [], 0.0
    for mark, height, article in steps:
        level = round(level + height, _DECIMALS)
        rows.append(("leverage_ratio", mark, level, article))
    frame = pd.DataFrame(rows, columns=["ratio", "mark", "level", "article"])
    return frame.astype({"ratio": "str", "mark": "str", "article": "str"})
