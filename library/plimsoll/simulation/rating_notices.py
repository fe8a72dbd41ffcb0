"""What a reader must know of internal ratings and of credit protection: choices made where the law leaves one."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import astuple, dataclass

import numpy as np
import pandas as pd

from plimsoll.credit import Positions
from plimsoll.credit.irb import RETAIL
from plimsoll.credit.ratings import ADVANCED, FOUNDATION
from plimsoll.credit.vocabulary import IRB_CLASSES
from plimsoll.credit.weights import of_kind

__all__ = ["Facts", "about_protection", "about_ratings"]


@dataclass(frozen=True)
class Facts:
    """What notices say of exposures; those of two parts of a book add up.

    Attributes
    ----------
    ungraded
        How many are to unrated institutions without a grade.
    rated, foundation
        How many have an internal rating, and no own estimate of LGD.
    endless
        How many with own estimates have neither a maturity nor an end.
    income_unsaid
        How many are to natural persons and do not say whether their income is in another currency.
    """

    ungraded: int
    rated: int
    foundation: int
    endless: int
    income_unsaid: int

    @classmethod
    def of(cls, positions: Positions) -> Facts:
        """Return those of exposures."""
        ratings = positions.ratings
        graded = of_kind(positions, "credit_institution", "investment_firm") & (positions.step == 0)
        retail = np.isin(ratings.irb_class, [IRB_CLASSES.index(name) for name in RETAIL])
        endless = (ratings.approach == ADVANCED) & ~retail & np.isnan(ratings.maturity) & ratings.endless
        return cls(
            int((graded & (positions.equivalent != 0) & (positions.grade < 0)).sum()),
            int(ratings.internal.sum()),
            int((ratings.approach == FOUNDATION).sum()),
            int(endless.sum()),
            int((of_kind(positions, "natural_person") & (positions.currency_mismatch < 0)).sum()),
        )

    def __add__(self, other: Facts) -> Facts:
        return Facts(*(mine + theirs for mine, theirs in zip(astuple(self), astuple(other), strict=True)))


def about_ratings(facts: Facts, lines: pd.DataFrame) -> Iterator[str]:
    """Yield what was assumed for exposures with internal ratings; nothing where there is none."""
    if not facts.rated:
        return
    if facts.foundation:
        yield "Exposures without own estimates of LGD have a maturity of 2.5 years throughout (Article 162(1) CRR)."
    if facts.endless:
        yield (
            f"{facts.endless} exposure(s) with own estimates have neither `effective_maturity` nor an end: "
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
