"""From exposures to risk-weighted exposure amounts, one line for each part of an exposure."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.compute as pc

from plimsoll.credit.assignment import assign
from plimsoll.credit.checks import check_positions
from plimsoll.credit.conversion import BUCKET_RULES, CANCELLABLE_RULE, conversion_factor
from plimsoll.credit.factors import is_sme, owed_by_group, sme_factor, with_currency_mismatch
from plimsoll.credit.parts import Parts, cut
from plimsoll.credit.portions import portion
from plimsoll.credit.positions import Bools, Codes, Floats, Ints, Positions
from plimsoll.credit.vocabulary import CLASSES, PARTS, PRODUCTS, PROPERTIES, number
from plimsoll.credit.weights import of_kind, of_product
from plimsoll.rules import RuleSet

__all__ = ["COLUMNS", "Weighted", "weigh"]

_CENTS = 100
_CANCELLABLE_BUCKET = 5
_NOT_COMMITMENTS = ("guarantee_issued", "trade_finance")

COLUMNS = (
    "line_id", "exposure_id", "counterparty_id", "part", "product", "on_balance", "sa_class",
    "obligor_class", "original_exposure", "provision", "net_exposure", "ccf_bucket", "ccf", "ead",
    "risk_weight", "base_weight",
    "rwa_before_factors", "currency_mismatch_addition", "sme_factor_reduction", "infrastructure_reduction",
    "rwa", "ccf_transition_relief", "ccf_in_transition",
    "is_sme", "sme_factor_applied", "infrastructure_factor_applied",
    "is_central_bank", "has_ecai", "government_derived", "defaulted",
    "country", "currency", "deducted", "rule_id", "article",
)  # fmt: skip
"""Columns of the lines, in order.

`risk_weight` is the one applied, `base_weight` the one before a currency mismatch raises it (Article 123a):
template C 07.00 breaks exposures down by the latter. `obligor_class` is the class the exposure would have if
it were not in default and nothing secured it, empty without an obligor: its memorandum items ask for it.
`ccf_in_transition` says where Article 495d lowers the conversion factor, `ccf_transition_relief` by how much
that lowers `rwa`.
"""

_BY_RATING = (".rated", ".rated_short_term", ".member_state_other_currency_share")
_BY_GOVERNMENT = (
    "credit.sa.region.unrated",
    "credit.sa.public_sector.unrated",
    "credit.sa.institution.government_floor",
)


_DAYS = ("credit.sa.institution.short_term_days", "credit.sa.institution.trade_short_term_days")
_CURRENCY = "union.domestic_currency"
_SOVEREIGN = (
    _CURRENCY,
    "credit.sa.sovereign.rated",
    "credit.sa.sovereign.unrated",
    "credit.sa.sovereign.member_state_own_currency",
)
_RESTS_ON: Mapping[str, tuple[str, ...]] = {
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


@dataclass(frozen=True)
class Weighted:
    """Lines, sorted by `line_id`, and the ids of the rules that made them."""

    lines: pd.DataFrame
    rule_ids: frozenset[str]


@dataclass(frozen=True)
class _Amounts:
    """Risk-weighted amounts of each part, shape (m,), whole cents but for the weight."""

    weight: Floats
    base_weight: Floats
    before_factors: Ints
    mismatch: Ints
    reduction: Ints
    sme: Bools
    eased: Bools
    infrastructure: Ints
    infrastructure_eased: Bools

    @property
    def rwa(self) -> Ints:
        """What is left after the supporting factors."""
        return self.before_factors - self.reduction - self.infrastructure


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
    treatment, classes_and_weights = assign(positions, factor, rules)
    parts = cut(positions, treatment, factor, rules)
    classes, weights, rule = classes_and_weights.of_parts(parts)
    amounts = _amounts(positions, parts, classes, weights, rules, in_euro)
    eased = factor < full
    relief = np.zeros(len(parts.exposure), dtype=np.int64)
    if eased.any():
        unrelieved = cut(positions, treatment, full, rules)
        heavier = weights
        if (eased & positions.defaulted).any():  # their weight depends on the factor, by the coverage
            heavier = assign(positions, full, rules)[1].of_parts(unrelieved)[1]
        relief = _amounts(positions, unrelieved, classes, heavier, rules, in_euro).rwa - amounts.rwa
    transition = _Transition(eased[parts.exposure], relief)
    sources = {rule_id: rules[rule_id].article for rule_id in classes_and_weights.rule_ids}
    obligor_classes = classes_and_weights.obligor[parts.exposure]
    frame = _frame(positions, parts, (classes, obligor_classes, rule), (amounts, transition), sources)
    used = set(frame["rule_id"].unique()) - {""} | _rules_used(positions, amounts, cancellable)
    by_issuer = treatment.covered_bond & (positions.issue_step == 0)
    used |= classes_and_weights.rules_of_obligors(by_issuer)
    used |= {base for rule_id in used for base in _RESTS_ON.get(rule_id, ())}
    split = set(positions.liens.kind[treatment.splitting].tolist())
    used |= {
        f"credit.sa.{kind}.secured_share"
        for kind in ("residential", "commercial")
        if number(PROPERTIES, kind) in split
    }
    return Weighted(frame, frozenset(used))


def _amounts(
    positions: Positions, parts: Parts, classes: Codes, weights: Floats, rules: RuleSet, in_euro: bool
) -> _Amounts:
    at = parts.exposure
    names = np.array(CLASSES)
    mismatch_class = (classes == number(CLASSES, "retail")) | np.char.startswith(
        names, "real_estate_residential"
    )[classes]
    mismatch = mismatch_class & (of_kind(positions, "natural_person") & positions.currency_mismatch)[at]
    raised = with_currency_mismatch(weights, mismatch, rules)
    free = ~positions.deducted[at]
    before = np.where(free, portion(parts.value, raised), 0)
    addition = np.where(free, before - portion(parts.value, weights), 0)
    sme = is_sme(positions, rules)[at] if in_euro else np.zeros(len(at), dtype=np.bool_)
    eligible = np.isin(names, ["corporates_other", "corporates_specialised_lending", "retail"])
    eligible |= np.char.startswith(names, "real_estate")
    eased = sme & eligible[classes] & ~positions.defaulted[at] & free
    factor = np.where(eased, sme_factor(owed_by_group(positions), rules)[at], 1.0)
    reduction = before - np.rint(before * factor).astype(np.int64)
    corporate = np.isin(names, ["corporates_other", "corporates_specialised_lending"])[classes]
    built = corporate & positions.infrastructure[at] & free
    left = before - reduction
    relief = np.where(built, left - portion(left, rules["credit.infrastructure.factor"].number), 0)
    return _Amounts(raised, weights, before, addition, reduction, sme, eased, relief, built)


def _rules_used(positions: Positions, amounts: _Amounts, cancellable: Bools) -> set[str]:
    off = ~positions.on_balance & ~positions.deducted
    used = {BUCKET_RULES[bucket - 1] for bucket in np.unique(positions.bucket[off])}
    if (off & cancellable & (positions.bucket == _CANCELLABLE_BUCKET)).any():
        used.add(CANCELLABLE_RULE)
    if (amounts.mismatch > 0).any():
        used |= {"credit.sa.currency_mismatch.multiplier", "credit.sa.currency_mismatch.cap"}
    if amounts.sme.any():
        used.add("credit.sme.turnover")
    if amounts.eased.any():
        used |= {
            "credit.sme.threshold",
            "credit.sme.factor_up_to_threshold",
            "credit.sme.factor_above_threshold",
        }
    if amounts.infrastructure_eased.any():
        used.add("credit.infrastructure.factor")
    if (positions.defaulted & ~positions.deducted).any():
        used.add("credit.sa.default.coverage")
    liens = positions.liens
    if (liens.eligible & liens.income_producing & (liens.prior > 0)).any():
        used.add("credit.sa.property.junior_lien_multiplier")
    return used


def _frame(
    positions: Positions,
    parts: Parts,
    classes_and_rules: tuple[Codes, Codes, Codes],
    amounts: tuple[_Amounts, _Transition],
    sources: Mapping[str, str],
) -> pd.DataFrame:
    classes, obligor_classes, rule = classes_and_rules
    at = pa.array(parts.exposure)
    exposure_id = positions.exposure_id.take(at)
    part = pa.array(PARTS).take(pa.array(parts.part))
    line_id = pc.binary_join_element_wise(exposure_id, part, "|")
    order = pc.sort_indices(line_id)
    texts = {"line_id": line_id, "exposure_id": exposure_id, "part": part}
    texts["counterparty_id"] = positions.counterparty_id.take(at)
    columns: dict[str, object] = {name: _text(array.take(order)) for name, array in texts.items()}
    row = np.asarray(order).astype(np.int64)
    columns |= {name: values[row] for name, values in _numeric_columns(positions, parts, *amounts).items()}
    rule_text = (*sources, "")  # place -1 is the last: a deducted line has no rule
    articles = (*sources.values(), "")
    at_row = parts.exposure[row]
    for name, words, places in (
        ("sa_class", CLASSES, classes[row]),
        ("obligor_class", (*CLASSES, ""), obligor_classes[row]),
        ("product", PRODUCTS, positions.product[at_row]),
        ("country", (*positions.countries, ""), positions.country[at_row]),
        ("currency", (*positions.currencies, ""), positions.currency[at_row]),
        ("rule_id", rule_text, rule[row]),
        ("article", articles, rule[row]),
    ):
        columns[name] = _text(
            pa.array(words, pa.string()).take(pa.array(places.astype(np.int64) % len(words)))
        )
    columns["has_ecai"] = np.array([name.endswith(_BY_RATING) for name in rule_text])[rule[row]]
    columns["government_derived"] = np.array([name in _BY_GOVERNMENT for name in rule_text])[rule[row]]
    return pd.DataFrame({name: columns[name] for name in COLUMNS})


def _text(array: pa.Array) -> pd.Series:
    return pd.Series(pd.array(array, dtype="str"))


def _numeric_columns(
    positions: Positions, parts: Parts, amounts: _Amounts, transition: _Transition
) -> dict[str, np.ndarray]:
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
        "ccf_transition_relief": transition.relief,
    }
    return {
        **{name: cents / _CENTS for name, cents in in_cents.items()},
        "on_balance": positions.on_balance[at],
        "ccf_bucket": np.where(positions.on_balance[at], 0, positions.bucket[at]),
        "ccf": parts.factor,
        "ccf_in_transition": transition.applies,
        "risk_weight": np.where(free, amounts.weight, 0.0),
        "base_weight": np.where(free, amounts.base_weight, 0.0),
        "is_sme": amounts.sme,
        "sme_factor_applied": amounts.eased,
        "infrastructure_factor_applied": amounts.infrastructure_eased,
        "is_central_bank": of_kind(positions, "central_bank")[at],
        "defaulted": positions.defaulted[at],
        "deducted": positions.deducted[at],
    }
