"""What a reader must know of internal ratings and of credit protection: choices made where the law leaves one."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np
import pandas as pd

from plimsoll.credit import Positions
from plimsoll.credit.irb import RETAIL
from plimsoll.credit.ratings import ADVANCED, FOUNDATION
from plimsoll.credit.vocabulary import IRB_CLASSES

__all__ = ["about_protection", "about_ratings"]


def about_ratings(positions: Positions, lines: pd.DataFrame) -> Iterator[str]:
    """Yield what was assumed for exposures with internal ratings; nothing where there is none."""
    ratings = positions.ratings
    if not ratings.internal.any():
        return
    if (ratings.approach == FOUNDATION).any():
        yield "Exposures without own estimates of LGD have a maturity of 2.5 years throughout (Article 162(1) CRR)."
    retail = np.isin(ratings.irb_class, [IRB_CLASSES.index(name) for name in RETAIL])
    open_ended = (ratings.approach == ADVANCED) & ~retail & np.isnan(ratings.maturity) & ratings.endless
    if open_ended.any():
        yield (
            f"{int(open_ended.sum())} exposure(s) with own estimates have neither `effective_maturity` nor an end: "
            "their maturity is taken as five years (Article 162(2) CRR)."
        )
    eased = lines["ccf_in_transition"] & (lines["irb_class"] != "")
    if eased.any():
        yield (
            "Article 495d CRR also lowers the standardised conversion factors that internal ratings use: "
            "Article 142(1), point (11), refers to Article 111(2), and template C 08.01 has a column for 0 %."
        )
    yield (
        "Expected losses are held against specific credit risk adjustments by exposure (Article 159 CRR); general ones "
        "count as far as own funds add them."
    )


def about_protection(account: pd.DataFrame) -> Iterator[str]:
    """Yield how much credit protection does not count, and that guarantees stand in own estimates."""
    if account.empty:
        return
    lost = account[(account["used"] == 0) & (account["reason"] != "recognised in own estimates")]
    if len(lost):
        yield (
            f"{len(lost)} of {len(account)} pieces of credit protection, worth {lost['value'].sum():,.2f}, do "
            "not count: `protection` of the result gives the reason of each."
        )
    if (account["reason"] == "recognised in own estimates").any():
        yield (
            "Guarantees of exposures with own estimates of LGD are taken to be in those estimates (Article 183 CRR); "
            "no floor by the weight of the guarantor is applied."
        )
