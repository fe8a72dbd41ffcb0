"""Which rules made each line by the standardised approach."""

from __future__ import annotations

import numpy as np
import pandas as pd

from plimsoll.credit.assignment import Assignment
from plimsoll.credit.audit import Audit
from plimsoll.credit.conversion import BUCKET_RULES, CANCELLABLE_RULE
from plimsoll.credit.line_columns import Weighing
from plimsoll.credit.parts import Parts, Treatment
from plimsoll.credit.positions import ABSENT, Bools, Positions
from plimsoll.credit.reading import places
from plimsoll.credit.supervision import EQUIVALENT
from plimsoll.credit.vocabulary import PROPERTIES, number
from plimsoll.credit.weights import of_kind
from plimsoll.rules import RuleSet

__all__ = ["audit_of", "mark_protection"]

_CANCELLABLE_BUCKET = 5
_LISTS = (*EQUIVALENT.values(), "third_countries.economic_area")
_ASSUMED_MISMATCH = (
    "credit.sa.currency_mismatch.exchange_rate_mechanism",
    "third_countries.domestic_currency",
    "union.domestic_currency",
)


def audit_of(
    positions: Positions, assigned: tuple[Treatment, Assignment], found: Weighing, cancellable: Bools
) -> Audit:
    """Return which rules made each part.

    Parameters
    ----------
    positions, assigned
        n exposures, how they are treated and what their classes and weights are.
    found
        Their parts with all amounts.
    cancellable
        Shape (n,), what Article 495d reaches in bucket 5.
    """
    treatment, assignment = assigned
    amounts, at = found.amounts, found.parts.exposure
    audit = Audit(found.rule, assignment.rule_ids)
    off = ~positions.on_balance & ~positions.deducted
    for bucket, rule_id in enumerate(BUCKET_RULES, 1):
        audit.mark((off & (positions.bucket == bucket))[at], rule_id)
    audit.mark((off & cancellable & (positions.bucket == _CANCELLABLE_BUCKET))[at], CANCELLABLE_RULE)
    audit.mark(
        amounts.mismatch > 0, "credit.sa.currency_mismatch.multiplier", "credit.sa.currency_mismatch.cap"
    )
    audit.mark(_of_listed_country(positions, assignment.main[1].rules)[at], *_LISTS)
    audit.mark(amounts.assumed, *_ASSUMED_MISMATCH)
    audit.mark(found.sme, "credit.sme.turnover")
    sides = ("threshold", "factor_up_to_threshold", "factor_above_threshold")
    audit.mark(amounts.eased, *(f"credit.sme.{side}" for side in sides))
    audit.mark(amounts.infrastructure_eased, "credit.infrastructure.factor")
    audit.mark((positions.defaulted & ~positions.deducted)[at], "credit.sa.default.coverage")
    liens = positions.liens
    junior = liens.eligible & liens.income_producing & (liens.prior > 0)
    audit.mark(junior[at], "credit.sa.property.junior_lien_multiplier")
    for kind in ("residential", "commercial"):
        of_kind_ = treatment.splitting & (liens.kind == number(PROPERTIES, kind))
        audit.mark(of_kind_[at], f"credit.sa.{kind}.secured_share")
    return audit


def _of_listed_country(positions: Positions, rules: RuleSet) -> Bools:
    """Say where lists of countries decide whether an obligor outside the Union is an institution."""
    unsaid: Bools = of_kind(positions, *EQUIVALENT) & (positions.equivalent == ABSENT)
    if not unsaid.any():
        return unsaid
    domestic = rules["union.domestic_currency"].names
    abroad = np.array([country not in domestic for country in positions.countries])
    result: Bools = unsaid & abroad[positions.country]
    return result


def mark_protection(audit: Audit, positions: Positions, parts: Parts, report: pd.DataFrame) -> None:
    """Mark the rules that pledges and guarantees rest on, on the lines they lower or cover."""
    counted = report[report["rule_ids"] != ""]
    if counted.empty:
        return
    owners: dict[str, list[pd.Series]] = {}
    for ids, owner in counted.groupby("rule_ids")["exposure_id"]:
        for rule_id in str(ids).split(" "):
            owners.setdefault(rule_id, []).append(owner)
    protected = (parts.collateral > 0) | (parts.protection != ABSENT)
    for rule_id in sorted(owners):
        mine = np.zeros(len(positions), dtype=np.bool_)
        mine[places(pd.concat(owners[rule_id]), positions.exposure_id)] = True
        audit.mark(protected & mine[parts.exposure], rule_id)
