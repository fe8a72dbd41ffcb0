"""The gist of lines: what capital reads of them, summed up but for the exposures that it looks at one by one.

Sums are of whole cents, so the gist of a book is the same however it was cut into parts.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plimsoll.credit import COLUMNS, Weighted
from plimsoll.credit.columns import Column, Lazy, Words, coded_frame, frame_of
from plimsoll.credit.reading import text
from plimsoll.simulation.credit_risk import CreditRisk, cover_of
from plimsoll.units import cents

__all__ = ["Gist", "gist_of"]

_CENTS = 100
_INTERNAL = "internal"
_KEYS = (
    "approach", "sa_class", "irb_class", "country", "rule_id", "ccf_bucket", "ccf_in_transition", "deducted",
    "defaulted",
)  # fmt: skip
_AMOUNTS = (
    "original_exposure", "provision", "net_exposure", "ead", "currency_mismatch_addition", "rwa", "rwa_standardised",
    "el",
)  # fmt: skip
_WORDS = (
    "line_id", "exposure_id", "counterparty_id", "part", "protection_id", "protection_type", "provider_id", "product",
    "approach", "sa_use", "sa_class", "original_class", "obligor_class", "irb_class", "rating_grade", "country",
    "currency", "rule_id", "article", "rule_ids",
)  # fmt: skip


@dataclass(frozen=True)
class Gist:
    """The gist of the credit risk of a book or of a part of it: tables with columns `COLUMNS`.

    Attributes
    ----------
    applied, by_standard, rated
        Of the lines of the same names of `CreditRisk`; rows that sum up many lines have no id. `by_standard` says in
        a column more, `internal`, whose exposures have an internal rating.
    rule_ids
        Ids of the rules behind them.
    protection
        The account of pledges and guarantees.
    """

    applied: pd.DataFrame
    by_standard: pd.DataFrame
    rated: pd.DataFrame | None
    rule_ids: frozenset[str]
    protection: pd.DataFrame

    @classmethod
    def joined(cls, parts: Iterable[Gist]) -> Gist:
        """Return the gist of all parts together."""
        found = list(parts)
        rated = [part.rated for part in found if part.rated is not None]
        protection = pd.concat([part.protection for part in found], ignore_index=True)
        return cls(
            _summed([part.applied for part in found]),
            _summed([part.by_standard for part in found]),
            _summed(rated) if rated else None,
            frozenset().union(*(part.rule_ids for part in found)),
            protection.sort_values("protection_id", ignore_index=True) if len(protection) else protection,
        )

    def credit_risk(self) -> CreditRisk:
        """Return it as credit risk, of which every sum is that of the lines themselves."""
        by_standard = self._weighted(self.by_standard)
        kept = np.flatnonzero(~self.by_standard[_INTERNAL].to_numpy(np.bool_))
        if self.rated is None:
            return CreditRisk(by_standard, by_standard, None, None, kept)
        rated = self._weighted(self.rated)
        return CreditRisk(self._weighted(self.applied), by_standard, cover_of(rated), rated, kept)

    def _weighted(self, table: pd.DataFrame) -> Weighted:
        makers = {name: partial(_column, table, name) for name in COLUMNS}
        return Weighted(Lazy(makers), self.rule_ids, self.protection)


def gist_of(credit: CreditRisk, internal: NDArray[np.bool_], single: NDArray[np.bool_]) -> Gist:
    """Return the gist of the credit risk of n exposures.

    Parameters
    ----------
    credit
        Their credit risk.
    internal, single
        Shape (n,): which have an internal rating, and the lines of which are kept one by one.
    """
    by_standard = _of_lines(credit.by_standard, single, {_INTERNAL: internal})
    if credit.rated is None:
        applied, rated = by_standard[list(COLUMNS)], None
    else:
        applied, rated = (_of_lines(lines, single, {}) for lines in (credit.applied, credit.rated))
    return Gist(applied, by_standard, rated, credit.rule_ids, credit.applied.protection)


def _of_lines(
    weighted: Weighted, single: NDArray[np.bool_], more: Mapping[str, NDArray[np.bool_]]
) -> pd.DataFrame:
    exposure = weighted.columns["exposure_id"]
    assert isinstance(exposure, Words)
    at = exposure.places
    alone, rest = np.flatnonzero(single[at]), np.flatnonzero(~single[at])
    marks = {name: values[at] for name, values in more.items()}
    kept = frame_of(weighted.columns.rows(alone)).assign(
        **{name: values[alone] for name, values in marks.items()}
    )
    others = coded_frame(weighted.columns.some((*_KEYS, *_AMOUNTS)).rows(rest))
    others = others.assign(**{name: values[rest] for name, values in marks.items()})
    return pd.concat([kept, _sums(others, kept)], ignore_index=True)


def _summed(tables: list[pd.DataFrame]) -> pd.DataFrame:
    table = pd.concat(tables, ignore_index=True)
    alone = table["exposure_id"] != ""
    kept = table[alone].sort_values("line_id", ignore_index=True)
    return pd.concat([kept, _sums(table[~alone], kept)], ignore_index=True)


def _sums(lines: pd.DataFrame, like: pd.DataFrame) -> pd.DataFrame:
    """Return lines summed up by what capital asks of them, in the columns of a table; nothing in the others."""
    keys = [name for name in (*_KEYS, _INTERNAL) if name in lines.columns and name in like.columns]
    amounts = pd.DataFrame({name: cents(lines[name].fillna(0.0)) for name in _AMOUNTS}, index=lines.index)
    sums = (
        pd.concat([lines[keys], amounts], axis=1).groupby(keys, sort=True, observed=True).sum().reset_index()
    )
    columns = {}
    for name in like.columns:
        if name in keys:
            columns[name] = sums[name].astype(like[name].dtype)
        elif name in _AMOUNTS:
            columns[name] = sums[name] / _CENTS
        else:
            empty = "" if name in _WORDS else 0
            columns[name] = pd.Series([empty] * len(sums), dtype=like[name].dtype)
    return pd.DataFrame(columns)


def _column(table: pd.DataFrame, name: str) -> Column:
    if name not in _WORDS:
        values: NDArray[np.generic] = table[name].to_numpy()
        return values
    words = text(table[name])
    coded = words.dictionary_encode(null_encoding="encode")
    return Words.of(np.asarray(coded.indices).astype(np.int64), coded.dictionary)
