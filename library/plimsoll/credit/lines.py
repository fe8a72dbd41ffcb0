"""From exposures to risk-weighted exposure amounts by the standardised approach: one line for each part."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property

import numpy as np
import pandas as pd
import pyarrow.compute as pc

from plimsoll.credit.amounts import Amounts, amounts_of, reliefs
from plimsoll.credit.assignment import Assignment, assign
from plimsoll.credit.audit import Audit
from plimsoll.credit.checks import check_positions
from plimsoll.credit.columns import Columns, Words, frame_of
from plimsoll.credit.conversion import BUCKET_RULES, CANCELLABLE_RULE, conversion_factor
from plimsoll.credit.parts import Parts, Treatment, cut
from plimsoll.credit.positions import Bools, Codes, Ints, Positions
from plimsoll.credit.vocabulary import APPROACHES, CLASSES, PARTS, PRODUCTS, PROPERTIES, USES, number
from plimsoll.credit.weights import of_kind, of_product
from plimsoll.rules import RuleSet

__all__ = ["COLUMNS", "Weighted", "in_order", "weigh"]

_CENTS = 100
_CANCELLABLE_BUCKET = 5
_NOT_COMMITMENTS = ("guarantee_issued", "trade_finance")

COLUMNS = (
    "line_id", "exposure_id", "counterparty_id", "part", "product", "on_balance", "approach", "sa_use", "sa_class",
    "obligor_class", "irb_class", "rating_grade", "original_exposure", "provision", "net_exposure", "ccf_bucket",
    "ccf", "ead", "pd", "lgd", "maturity", "elbe", "el", "slotting_category",
    "risk_weight", "base_weight",
    "rwa_before_factors", "currency_mismatch_addition", "sme_factor_reduction", "infrastructure_reduction",
    "rwa", "rwa_standardised", "ccf_transition_relief", "ccf_in_transition", "ccf_own_estimate",
    "is_sme", "sme_factor_applied", "infrastructure_factor_applied",
    "is_central_bank", "has_ecai", "government_derived", "defaulted", "large_financial", "is_large_corporate",
    "secured_financial", "secured_receivables", "secured_property", "secured_physical",
    "country", "currency", "deducted", "rule_id", "article", "rule_ids",
)  # fmt: skip
"""Columns of the lines, in order.

`risk_weight` is the one applied, `base_weight` the one before a currency mismatch raises it (Article 123a):
template C 07.00 breaks exposures down by the latter. `obligor_class` is the class the exposure would have if
it were not in default and nothing secured it, empty without an obligor: its memorandum items ask for it.
`ccf_in_transition` says where Article 495d lowers the conversion factor, `ccf_transition_relief` by how much
that lowers `rwa`. `rule_ids` are the ids of all rules that made the line, parted by blanks.

Lines by internal ratings have an `approach` other than standardised, an `irb_class` and no `sa_class`; their
`pd` and `lgd` are those that entered the formula, after floors and collateral, `maturity` is M in years, `el`
the expected loss amount, `secured_…` what each type of collateral covers after its volatility adjustment. These
are missing (NaN) or zero on other lines. `rwa_standardised` is what the standardised approach gives for the same
exposure; where an exposure has several lines by internal ratings it stands on the first.
"""

_BY_RATING = (".rated", ".rated_short_term", ".member_state_other_currency_share")
_BY_GOVERNMENT = (
    "credit.sa.region.unrated",
    "credit.sa.public_sector.unrated",
    "credit.sa.institution.government_floor",
)


@dataclass(frozen=True)
class Weighted:
    """Lines, sorted by `line_id`, and the ids of the rules that made them."""

    columns: Columns
    rule_ids: frozenset[str]

    @cached_property
    def lines(self) -> pd.DataFrame:
        """The lines as a table, columns `COLUMNS`."""
        return frame_of(self.columns)


@dataclass(frozen=True)
class _Transition:
    """What Article 495d does to each part, shape (m,): where it applies, and its relief in whole cents."""

    applies: Bools
    relief: Ints


def weigh(positions: Positions, rules: RuleSet, *, in_euro: bool = True) -> Weighted:
    """Return the risk-weighted exposure amounts of exposures under the standardised approach.

    Parameters
    ----------
    positions
        n exposures.
    rules
        Those in force on the reference date.
    in_euro
        Whether amounts are in euro: the thresholds of Articles 5(9) and 501 are, and without a rate nothing
        can be held against them, so no exposure is then one to an SME.

    Returns
    -------
    `Weighted`: lines with `COLUMNS`. Amounts in currency units, exact to the cent:
    rwa = rwa_before_factors - sme_factor_reduction - infrastructure_reduction, where
    rwa_before_factors = ead * risk_weight holds the currency_mismatch_addition already.

    Raises
    ------
    SimulationError
        An exposure lacks what its weight needs.
    """
    check_positions(positions)
    cancellable = ~of_product(positions, *_NOT_COMMITMENTS)
    factor = conversion_factor(positions.bucket, positions.on_balance, cancellable, rules)
    full = conversion_factor(positions.bucket, positions.on_balance, np.zeros_like(cancellable), rules)
    treatment, assignment = assign(positions, factor, rules)
    parts = cut(positions, treatment, factor, rules)
    classes, weights, rule = assignment.of_parts(parts)
    eases = reliefs(positions, rules, in_euro)
    amounts = amounts_of(positions, parts, classes, weights, eases, rules)
    eased = factor < full
    relief = np.zeros(len(parts.exposure), dtype=np.int64)
    if eased.any():
        unrelieved = cut(positions, treatment, full, rules)
        heavier = weights
        if (eased & positions.defaulted).any():  # their weight depends on the factor, by the coverage
            heavier = assign(positions, full, rules)[1].of_parts(unrelieved)[1]
        relief = amounts_of(positions, unrelieved, classes, heavier, eases, rules).rwa - amounts.rwa
    transition = _Transition(eased[parts.exposure], relief)
    audit = _audit(positions, (treatment, assignment), (parts, amounts, rule), eases.sme, cancellable)
    numeric = _numeric_columns(positions, parts, amounts, transition)
    numeric |= {"is_sme": eases.sme[parts.exposure], "rule_ids": audit.words()}
    words = _word_columns(positions, parts, (classes, assignment.obligor[parts.exposure], rule), rules)
    used = audit.used()
    used |= assignment.rules_of_obligors(treatment.covered_bond & (positions.issue_step == 0))
    return Weighted(in_order({**numeric, **words}), frozenset(used))


def in_order(columns: dict[str, np.ndarray | Words]) -> Columns:
    """Return the columns in the order of `COLUMNS`, rows sorted by `line_id`, which is made here."""
    exposure, part = columns["exposure_id"], columns["part"]
    if not isinstance(exposure, Words) or not isinstance(part, Words):
        raise TypeError("exposure_id and part are words")
    line_id = pc.binary_join_element_wise(exposure.array(), part.array(), "|")
    order = np.asarray(pc.sort_indices(line_id)).astype(np.int64)
    all_columns = {**columns, "line_id": Words.of(np.arange(len(order)), line_id)}
    return {name: all_columns[name][order] for name in COLUMNS}


def _audit(
    positions: Positions,
    assigned: tuple[Treatment, Assignment],
    weighed: tuple[Parts, Amounts, Codes],
    sme: Bools,
    cancellable: Bools,
) -> Audit:
    treatment, assignment = assigned
    parts, amounts, rule = weighed
    at = parts.exposure
    audit = Audit(rule, assignment.rule_ids)
    off = ~positions.on_balance & ~positions.deducted
    for bucket, rule_id in enumerate(BUCKET_RULES, 1):
        audit.mark((off & (positions.bucket == bucket))[at], rule_id)
    audit.mark((off & cancellable & (positions.bucket == _CANCELLABLE_BUCKET))[at], CANCELLABLE_RULE)
    audit.mark(
        amounts.mismatch > 0, "credit.sa.currency_mismatch.multiplier", "credit.sa.currency_mismatch.cap"
    )
    audit.mark(sme[at], "credit.sme.turnover")
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


def _word_columns(
    positions: Positions, parts: Parts, places: tuple[Codes, Codes, Codes], rules: RuleSet
) -> dict[str, np.ndarray | Words]:
    classes, obligor_classes, rule = places
    at = parts.exposure
    rule_ids = tuple(sorted(rules))
    rule_text = (*rule_ids, "")  # place -1 is the last: a deducted line has no rule
    articles = (*(rules[rule_id].article for rule_id in rule_ids), "")
    return {
        **exposure_words(positions, at),
        "part": Words.of(parts.part, PARTS),
        "approach": Words.of(np.zeros(len(at), np.int16), APPROACHES),
        "sa_class": Words.of(classes, CLASSES),
        "obligor_class": Words.of(obligor_classes, (*CLASSES, "")),
        "irb_class": Words.of(np.zeros(len(at), np.int16), ("",)),
        "rule_id": Words.of(rule, rule_text),
        "article": Words.of(rule, articles),
        "has_ecai": np.array([name.endswith(_BY_RATING) for name in rule_text])[rule],
        "government_derived": np.array([name in _BY_GOVERNMENT for name in rule_text])[rule],
    }


def exposure_words(positions: Positions, at: Ints) -> dict[str, np.ndarray | Words]:
    """Return the columns of words that a line has from its exposure."""
    return {
        "exposure_id": Words.of(at, positions.exposure_id),
        "counterparty_id": Words.of(at, positions.counterparty_id),
        "product": Words.of(positions.product[at], PRODUCTS),
        "sa_use": Words.of(positions.ratings.use[at], (*USES, "")),
        "rating_grade": Words.of(at, positions.ratings.grade),
        "country": Words.of(positions.country[at], (*positions.countries, "")),
        "currency": Words.of(positions.currency[at], (*positions.currencies, "")),
    }


def _numeric_columns(
    positions: Positions, parts: Parts, amounts: Amounts, transition: _Transition
) -> dict[str, np.ndarray | Words]:
    at = parts.exposure
    free = ~positions.deducted[at]
    in_cents = {
        "original_exposure": parts.original,
        "provision": parts.provision,
        "net_exposure": parts.net,
        "ead": np.where(free, parts.value, 0),
        "rwa_before_factors": amounts.before_factors,
        "currency_mismatch_addition": amounts.mismatch,
        "sme_factor_reduction": amounts.reduction,
        "infrastructure_reduction": amounts.infrastructure,
        "rwa": amounts.rwa,
        "rwa_standardised": amounts.rwa,
        "ccf_transition_relief": transition.relief,
    }
    return {
        **{name: cents / _CENTS for name, cents in in_cents.items()},
        **_without_ratings(len(at)),
        "on_balance": positions.on_balance[at],
        "ccf_bucket": np.where(positions.on_balance[at], 0, positions.bucket[at]),
        "ccf": parts.factor,
        "ccf_in_transition": transition.applies,
        "risk_weight": np.where(free, amounts.weight, 0.0),
        "base_weight": np.where(free, amounts.base_weight, 0.0),
        "sme_factor_applied": amounts.eased,
        "infrastructure_factor_applied": amounts.infrastructure_eased,
        "is_central_bank": of_kind(positions, "central_bank")[at],
        "defaulted": positions.defaulted[at],
        "deducted": positions.deducted[at],
    }


def _without_ratings(size: int) -> dict[str, np.ndarray | Words]:
    """Return what a line has that no internal rating weighs: nothing in the columns of those."""
    missing, none, false = np.full(size, np.nan), np.zeros(size), np.zeros(size, np.bool_)
    return {
        **dict.fromkeys(("pd", "lgd", "maturity", "elbe"), missing),
        **dict.fromkeys(("el", "secured_financial", "secured_receivables"), none),
        **dict.fromkeys(("secured_property", "secured_physical"), none),
        **dict.fromkeys(("ccf_own_estimate", "large_financial", "is_large_corporate"), false),
        "slotting_category": np.zeros(size, np.int64),
    }
