"""Credit risk of a book: every exposure by the standardised approach, and those with a rating by it."""

from __future__ import annotations

from collections.abc import Mapping
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cached_property, partial
from typing import Any

import numpy as np
import pandas as pd
import pyarrow.compute as pc
from numpy.typing import NDArray

from plimsoll.credit import Positions, Protections, Weighted, in_order, weigh
from plimsoll.credit.columns import Words, stacked
from plimsoll.credit.irb import Cover, shortfall, weigh_internal
from plimsoll.credit.ratings import STANDARDISED
from plimsoll.credit.reading import places
from plimsoll.credit.vocabulary import APPROACHES
from plimsoll.rules import RuleSet
from plimsoll.units import cents

__all__ = ["CreditRisk", "cover_of", "credit_risk"]

BESIDE = 50_000
"""From so many exposures on, both approaches run beside each other: numpy lets go of the interpreter's lock."""

_CENTS = 100
_LEGISLATIVE = "credit.sa.equity.legislative_programme"
_LIMIT = "credit.sa.equity.legislative_programme_limit"


@dataclass(frozen=True)
class CreditRisk:
    """Lines of a book by the approach of each exposure, and of every exposure by the standardised approach.

    Attributes
    ----------
    applied
        Lines by the approach each exposure has.
    by_standard
        Lines of every exposure by the standardised approach; the same object where no exposure is rated.
    cover
        Expected loss against credit risk adjustments (Article 159); None where no exposure is rated.
    rated
        The lines of the exposures with internal ratings alone; None where there is none.
    kept
        Rows of `by_standard` whose exposures have no internal rating.
    """

    applied: Weighted
    by_standard: Weighted
    cover: Cover | None
    rated: Weighted | None
    kept: NDArray[np.int64]

    @cached_property
    def lines(self) -> pd.DataFrame:
        """The lines by the approach of each exposure."""
        return self.applied.lines

    @cached_property
    def standardised(self) -> pd.DataFrame:
        """The lines of every exposure by the standardised approach."""
        return self.by_standard.lines

    @property
    def rule_ids(self) -> frozenset[str]:
        """Ids of the rules behind both."""
        used = self.applied.rule_ids | self.by_standard.rule_ids
        return used | {_LIMIT} if _LEGISLATIVE in used else used

    @cached_property
    def expected_loss(self) -> float:
        """Expected loss amounts of the exposures with internal ratings, to the cent."""
        return 0.0 if self.rated is None else _cents(self.rated, self._internal, "el") / _CENTS

    @cached_property
    def amount_standardised(self) -> float:
        """Risk-weighted amount of the exposures that the standardised approach weighs, to the cent."""
        found = _cents(self.by_standard, self.kept)
        if self.rated is not None:
            found += _cents(self.rated, ~self._internal)
        return found / _CENTS

    @cached_property
    def amount_internal(self) -> float | None:
        """That of the exposures with internal ratings; None where there is none."""
        return None if self.rated is None else _cents(self.rated, self._internal) / _CENTS

    @property
    def totals(self) -> Mapping[str, float]:
        """Amounts that stand beside the capital ratios: what the standardised approach gives for everything."""
        return {"rwa_credit_standardised": _cents(self.by_standard, slice(None)) / _CENTS}

    @cached_property
    def _internal(self) -> NDArray[np.bool_]:
        """Which of the rated lines an internal rating weighs, not the guarantor's standardised weight."""
        assert self.rated is not None
        approach = self.rated.columns["approach"]
        assert isinstance(approach, Words)
        standardised = np.asarray(pc.equal(approach.vocabulary, APPROACHES[STANDARDISED]))
        result: NDArray[np.bool_] = ~standardised[approach.places]
        return result


def _places(weighted: Weighted, name: str) -> NDArray[np.int64]:
    column = weighted.columns[name]
    if not isinstance(column, Words):
        raise TypeError(f"{name} is a column of numbers")
    return column.places.astype(np.int64)


def _numbers(weighted: Weighted, name: str) -> NDArray[np.float64]:
    column = weighted.columns[name]
    if isinstance(column, Words):
        raise TypeError(f"{name} is a column of words")
    return np.asarray(column, dtype=np.float64)


def _cents(weighted: Weighted, rows: NDArray[Any] | slice, name: str = "rwa") -> int:
    return int(cents(_numbers(weighted, name)[rows]).sum())


def credit_risk(
    positions: Positions,
    rules: RuleSet,
    day: np.datetime64,
    *,
    in_euro: bool = True,
    protections: Protections | None = None,
) -> CreditRisk:
    """Return the credit risk of exposures, each by its approach.

    Parameters
    ----------
    positions
        n exposures.
    rules
        Those in force on the reference date.
    day
        Reference date.
    in_euro, protections
        As for `plimsoll.credit.weigh`.

    Raises
    ------
    SimulationError
        An exposure lacks what its weight needs.
    """
    internal = positions.ratings.internal & ~positions.deducted

    def standardised() -> Weighted:
        return weigh(positions, rules, in_euro=in_euro, protections=protections, day=day)

    def own() -> Weighted:
        return weigh_internal(positions, rules, day, in_euro=in_euro, protections=protections)

    if not internal.any():
        by_standard = standardised()
        everything = np.arange(len(_places(by_standard, "exposure_id")))
        return CreditRisk(by_standard, by_standard, None, None, everything)
    if len(positions) < BESIDE:
        by_standard, rated = standardised(), own()
    else:
        with ThreadPoolExecutor(1) as beside:
            waiting = beside.submit(standardised)
            try:
                rated = own()
            finally:
                by_standard = waiting.result()  # what it refuses is told first
    kept = np.flatnonzero(~internal[_places(by_standard, "exposure_id")])
    applied = _joined(positions, by_standard, rated, kept, internal)
    return CreditRisk(applied, by_standard, cover_of(rated), rated, kept)


def _joined(
    positions: Positions,
    by_standard: Weighted,
    rated: Weighted,
    kept: NDArray[np.int64],
    internal: NDArray[np.bool_],
) -> Weighted:
    """Return the standardised lines of what is not rated with the lines of what is."""
    upper = by_standard.columns.rows(kept)
    lower = rated.columns.replace({"rwa_standardised": partial(_beside, rated, by_standard, len(internal))})
    account = by_standard.protection
    if len(account):
        place = places(account["exposure_id"], positions.exposure_id)
        account = pd.concat([account[~internal[place]], rated.protection])
        account = account.sort_values("protection_id", ignore_index=True)
    used = by_standard.rule_ids | rated.rule_ids
    return Weighted(in_order(stacked(upper, lower), ordered=positions.ordered), used, account)


def _beside(rated: Weighted, by_standard: Weighted, exposures: int) -> NDArray[np.float64]:
    """Return what the standardised approach gives for the exposure of each rated line, on the first of them."""
    in_cents = cents(_numbers(by_standard, "rwa")).astype(np.float64)  # whole: adds up exactly
    standardised = np.bincount(_places(by_standard, "exposure_id"), in_cents, exposures) / _CENTS
    own = _numbers(rated, "covered_amount") == 0
    return np.where(own, standardised[_places(rated, "exposure_id")], 0.0)


def cover_of(rated: Weighted) -> Cover:
    """Return expected losses against the specific adjustments of the rated exposures.

    General credit risk adjustments, additional value adjustments and other own funds reductions of these
    exposures (Article 159(1)) are not in a book's exposures: own funds add them.
    """
    expected, specific = _numbers(rated, "el"), _numbers(rated, "provision")
    defaulted = _numbers(rated, "defaulted") > 0
    return shortfall(expected, specific, np.zeros(len(expected)), defaulted=defaulted)
