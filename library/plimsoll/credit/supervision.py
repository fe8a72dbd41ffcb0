"""Who is supervised as in the Union: what the book says, else what the rules list (Articles 107(3) and 116(5) CRR)."""

from __future__ import annotations

from typing import Final

import numpy as np
import pandas as pd

from plimsoll.credit.reading import ABSENT, Bools, said
from plimsoll.rules import RuleSet

__all__ = ["EQUIVALENT", "listed", "supervised_as_in_union", "within_union"]

EQUIVALENT: Final = {
    "credit_institution": "third_countries.equivalent_credit_institutions",
    "investment_firm": "third_countries.equivalent_investment_firms",
}
"""Kinds of obligors whose supervision abroad counts as equivalent where a rule lists their country."""


def listed(rules: RuleSet, rule_id: str) -> frozenset[str]:
    """Return the countries that a rule lists."""
    value = rules[rule_id].value
    return frozenset(str(item) for item in value) if isinstance(value, tuple) else frozenset()


def within_union(rules: RuleSet) -> frozenset[str]:
    """Return the countries of the Union and of the European Economic Area, where CRR holds."""
    return frozenset(rules["union.domestic_currency"].names) | listed(rules, "third_countries.economic_area")


def supervised_as_in_union(parties: pd.DataFrame, rules: RuleSet) -> Bools:
    """Say who is in the Union or under supervision that is equivalent to the Union's.

    Parameters
    ----------
    parties
        n counterparties with `counterparty_type`, `country` and `equivalent_supervision`.
    rules
        Those in force on the reference date.

    Returns
    -------
    Shape (n,).
    """
    stated = said(parties["equivalent_supervision"])
    known = np.zeros(len(parties), dtype=np.bool_)
    for kind, rule_id in EQUIVALENT.items():
        of_list = parties["country"].isin(sorted(listed(rules, rule_id))).to_numpy(np.bool_)
        known |= (parties["counterparty_type"] == kind).to_numpy(np.bool_) & of_list
    at_home = parties["country"].isin(sorted(within_union(rules))).to_numpy(np.bool_)
    result: Bools = at_home | np.where(stated == ABSENT, known, stated == 1)
    return result
