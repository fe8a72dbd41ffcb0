"""Which rules made each line: marks set where a rule applies, read back as the list of rule ids per line."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np
import pandas as pd
import pyarrow as pa
from numpy.typing import NDArray

from plimsoll.credit.columns import Words
from plimsoll.credit.positions import Bools, Codes

__all__ = ["RESTS_ON", "Audit"]

_DAYS = ("credit.sa.institution.short_term_days", "credit.sa.institution.trade_short_term_days")
_CURRENCY = "union.domestic_currency"
_SOVEREIGN = (
    _CURRENCY,
    "credit.sa.sovereign.rated",
    "credit.sa.sovereign.unrated",
    "credit.sa.sovereign.member_state_own_currency",
)
RESTS_ON: Mapping[str, tuple[str, ...]] = {
    "credit.sa.sovereign.member_state_own_currency": (_CURRENCY,),
    "credit.sa.sovereign.member_state_other_currency_share": (_CURRENCY, "credit.sa.sovereign.rated"),
    "credit.sa.region.member_state_own_currency": (_CURRENCY,),
    "credit.sa.region.as_government": _SOVEREIGN,
    "credit.sa.public_sector.short_term": _DAYS[:1],
    "credit.sa.public_sector.as_government": _SOVEREIGN,
    "credit.sa.development_bank.listed": ("credit.sa.development_bank.names",),
    "credit.sa.institution.rated_short_term": _DAYS,
    "credit.sa.institution.grade_a_short_term": _DAYS,
    "credit.sa.institution.grade_b_short_term": _DAYS,
    "credit.sa.institution.grade_c_short_term": _DAYS,
    "credit.sa.institution.government_floor": (
        _CURRENCY,
        "third_countries.domestic_currency",
        "credit.sa.institution.trade_floor_exempt_days",
        "credit.sa.sovereign.rated",
        "credit.sa.sovereign.unrated",
    ),
}
"""Rules whose weight follows from others."""

_SHIFT = 512
"""More rules than are in force at once: the weight's rule and the marks share one number."""

_MARKS = 54  # bits that the rule leaves of a signed number of 64


class Audit:
    """Rules applied to lines.

    Parameters
    ----------
    weight_rule
        Shape (m,), the rule that set each weight, places in `rule_ids`; -1 where none did.
    rule_ids
        Ids of the rules in force, sorted.
    """

    def __init__(self, weight_rule: Codes, rule_ids: tuple[str, ...]) -> None:
        self._rule, self._rule_ids = weight_rule, rule_ids
        self._marks: NDArray[np.int64] = np.zeros(len(weight_rule), dtype=np.int64)
        self._groups: list[tuple[str, ...]] = []

    def mark(self, where: Bools, *rule_ids: str) -> None:
        """Say that these rules were applied to those lines."""
        if not where.any():
            return
        if rule_ids not in self._groups:
            if len(self._groups) == _MARKS:
                raise OverflowError(f"more than {_MARKS} kinds of marks on a line")
            self._groups.append(rule_ids)
        bit = np.int64(1 << self._groups.index(rule_ids))
        np.bitwise_or(self._marks, bit, out=self._marks, where=where)

    def words(self) -> Words:
        """Return the ids of the rules of each line, sorted and parted by blanks."""
        codes, found = pd.factorize(self._marks * _SHIFT + (self._rule + 1), sort=True)
        texts = [" ".join(sorted(self._of(int(code)))) for code in found]
        return Words.of(codes.astype(np.int32), pa.array(texts, pa.string()))

    def used(self) -> set[str]:
        """Return the ids of all rules applied."""
        found = pd.unique(self._marks * _SHIFT + (self._rule + 1))
        return set().union(*(self._of(int(code)) for code in found)) if len(found) else set()

    def _of(self, code: int) -> set[str]:
        marks, place = divmod(code, _SHIFT)
        ids = {self._rule_ids[place - 1]} if place else set()
        for bit, group in enumerate(self._groups):
            if marks >> bit & 1:
                ids.update(group)
        return ids | {base for rule_id in ids for base in RESTS_ON.get(rule_id, ())}
