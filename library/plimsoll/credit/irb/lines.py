"""From exposures with internal ratings to their risk-weighted amounts and expected losses: a line for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pyarrow as pa

from plimsoll.credit.amounts import reliefs, supported
from plimsoll.credit.columns import Words
from plimsoll.credit.irb.classes import CORPORATE, FINANCIAL, RETAIL
from plimsoll.credit.irb.components import Components, components_of, formula_class, slotted, turnover_meur
from plimsoll.credit.irb.losses import expected_loss
from plimsoll.credit.irb.permissions import check_ratings, is_large_corporate
from plimsoll.credit.irb.slotting import slotting_expected_loss, slotting_weight
from plimsoll.credit.irb.tracing import trace
from plimsoll.credit.irb.weighting import risk_weight
from plimsoll.credit.lines import Weighted, exposure_words, in_order
from plimsoll.credit.positions import Bools, Floats, Ints, Positions
from plimsoll.credit.vocabulary import APPROACHES, CLASSES, IRB_CLASSES, PARTS, number
from plimsoll.credit.weights import of_kind
from plimsoll.rules import RuleSet

__all__ = ["weigh_internal"]

_CENTS = 100
_DEFAULT_CATEGORY = 5
_SECURED = {
    "secured_financial": "financial",
    "secured_receivables": "receivables",
    "secured_property": "immovable_property",
    "secured_physical": "other_physical",
}
_WEIGHT_DECIMALS = 12  # what platforms' logarithms differ in lies beyond


@dataclass(frozen=True)
class _Weights:
    """Weight and expected loss per unit of exposure value, with the rule of the weight, shape (k,)."""

    weight: Floats
    loss: Floats
    rule: tuple[str, ...]
    place: Ints


def weigh_internal(
    positions: Positions,
    rules: RuleSet,
    day: np.datetime64,
    *,
    in_euro: bool = True,
    collateral: Mapping[str, Ints] | None = None,
) -> Weighted:
    """Return the risk-weighted exposure amounts and expected losses of the exposures with internal ratings.

    Parameters
    ----------
    positions
        n exposures; those of the standardised approach are left out.
    rules
        Those in force on the reference date.
    day
        Reference date, from which maturities count.
    in_euro
        As for `plimsoll.credit.weigh`; without it no exposure has the size adjustment of Article 153(4) either.
    collateral
        As for `components_of`.

    Returns
    -------
    `Weighted`: lines with `COLUMNS`; `rwa` = `ead` · `risk_weight` less the supporting factors, `el` the expected
    loss amount. `rwa_standardised` is NaN: the caller fills it.

    Raises
    ------
    SimulationError
        A rating is not allowed or incomplete.
    """
    check_ratings(positions, rules)
    at = np.flatnonzero(positions.ratings.internal & ~positions.deducted)
    found = components_of(positions, at, rules, day, collateral or {})
    weights = _weights(positions, found, rules, in_euro)
    before = np.rint(found.ead * weights.weight).astype(np.int64)
    eases = reliefs(positions, rules, in_euro)
    irb_class, performing = positions.ratings.irb_class[at], ~positions.defaulted[at]
    corporate = np.isin(irb_class, [number(IRB_CLASSES, name) for name in CORPORATE])
    retail = np.isin(irb_class, [number(IRB_CLASSES, name) for name in RETAIL])
    eased = eases.sme[at] & (corporate | retail) & performing
    built = corporate & positions.infrastructure[at] & performing
    reduction, relief = supported(before, np.where(eased, eases.sme_factor[at], 1.0), built, rules)
    loss = np.rint(found.ead * weights.loss).astype(np.int64)
    amounts = {"before": before, "reduction": reduction, "relief": relief, "el": loss}
    limit = rules["credit.irb.sme.turnover_limit"].number
    marks = {
        "sme": eases.sme[at],
        "eased": eased,
        "built": built,
        "large": is_large_corporate(positions, rules)[at],
        "small": corporate & (turnover_meur(positions, at, in_euro) < limit),
    }
    audit, used = trace(positions, found, marks, (weights.rule, weights.place), rules)
    columns = _columns(positions, found, weights, amounts, marks)
    words = _words(positions, at, weights, rules)
    return Weighted(in_order({**columns, **words, "rule_ids": audit}), used)


def _weights(positions: Positions, found: Components, rules: RuleSet, in_euro: bool) -> _Weights:
    size = len(found.at)
    weight, loss, place = np.full(size, np.nan), np.full(size, np.nan), np.zeros(size, np.int64)
    names: list[str] = []
    by_category = slotted(positions, found.at)
    for number_, irb_class in enumerate(IRB_CLASSES):
        name = formula_class(irb_class)
        row = np.flatnonzero((positions.ratings.irb_class[found.at] == number_) & ~by_category)
        if len(row):
            weight[row], loss[row] = _by_formula(positions, found, row, name, rules, in_euro)
            kind = name if name in RETAIL else "wholesale"
            place[row], names = len(names), [*names, f"credit.irb.correlation.{kind}"]
    row = np.flatnonzero(by_category)
    if len(row):
        category = np.where(
            positions.defaulted[found.at[row]], _DEFAULT_CATEGORY, positions.ratings.category[found.at[row]]
        )
        # Without an end the longer, heavier row of the table applies.
        years = np.maximum(np.nan_to_num(found.years_left[row], nan=np.inf), 0)
        longest = np.minimum(years, rules["credit.irb.maturity.cap"].number)
        weight[row] = slotting_weight(category, longest, rules=rules)
        loss[row] = slotting_expected_loss(category, longest, rules=rules)
        long = longest >= rules["credit.irb.slotting.long_maturity"].number
        place[row] = len(names) + long
        names = [*names, "credit.irb.slotting.weight_short", "credit.irb.slotting.weight_long"]
    return _Weights(np.round(weight, _WEIGHT_DECIMALS), np.round(loss, _WEIGHT_DECIMALS), tuple(names), place)


def _by_formula(
    positions: Positions, found: Components, row: Ints, name: str, rules: RuleSet, in_euro: bool
) -> tuple[Floats, Floats]:
    at = found.at[row]
    turnover = turnover_meur(positions, at, in_euro) if name in CORPORATE else None
    large = positions.ratings.large_financial[at] if name in FINANCIAL else np.zeros(len(at), np.bool_)
    maturity = None if name in RETAIL else found.maturity[row]
    weight = risk_weight(
        found.pd[row],
        found.lgd[row],
        maturity,
        exposure_class=name,
        turnover_meur=turnover,
        large_financial=large,
        elbe=np.nan_to_num(found.elbe[row]),
        rules=rules,
    )
    return weight, expected_loss(found.pd[row], found.lgd[row], elbe=np.nan_to_num(found.elbe[row]))


def _columns(
    positions: Positions,
    found: Components,
    weights: _Weights,
    amounts: Mapping[str, Ints],
    marks: Mapping[str, Bools],
) -> dict[str, np.ndarray | Words]:
    at = found.at
    category = np.where(slotted(positions, at), positions.ratings.category[at], 0)
    return {
        **_amount_columns(positions, found, amounts),
        "on_balance": positions.on_balance[at],
        "ccf_bucket": np.where(positions.on_balance[at], 0, positions.bucket[at]),
        "ccf": found.ccf,
        "ccf_in_transition": found.eased,
        "ccf_own_estimate": found.own_ccf,
        "pd": found.pd,
        "lgd": found.lgd,
        "maturity": found.maturity,
        "elbe": found.elbe,
        "slotting_category": category.astype(np.int64),
        "risk_weight": weights.weight,
        "base_weight": weights.weight,
        "is_sme": marks["sme"],
        "sme_factor_applied": marks["eased"],
        "infrastructure_factor_applied": marks["built"],
        "is_large_corporate": marks["large"],
        "large_financial": positions.ratings.large_financial[at],
        "is_central_bank": of_kind(positions, "central_bank")[at],
        "defaulted": positions.defaulted[at],
        **dict.fromkeys(("has_ecai", "government_derived", "deducted"), np.zeros(len(at), np.bool_)),
    }


def _amount_columns(
    positions: Positions, found: Components, amounts: Mapping[str, Ints]
) -> dict[str, np.ndarray | Words]:
    at = found.at
    in_cents = {
        "original_exposure": positions.amount[at],
        "provision": positions.provision[at],
        "net_exposure": positions.amount[at] - positions.provision[at],
        "ead": found.ead,
        "rwa_before_factors": amounts["before"],
        "sme_factor_reduction": amounts["reduction"],
        "infrastructure_reduction": amounts["relief"],
        "rwa": amounts["before"] - amounts["reduction"] - amounts["relief"],
        "el": amounts["el"],
        **{column: np.rint(found.secured[kind] * found.ead) for column, kind in _SECURED.items()},
    }
    return {
        **{name: cents / _CENTS for name, cents in in_cents.items()},
        **dict.fromkeys(("currency_mismatch_addition", "ccf_transition_relief"), np.zeros(len(at))),
        "rwa_standardised": np.full(len(at), np.nan),
    }


def _words(
    positions: Positions, at: Ints, weights: _Weights, rules: RuleSet
) -> dict[str, np.ndarray | Words]:
    size = len(at)
    sources = tuple(rules[rule_id].article for rule_id in weights.rule)
    return {
        **exposure_words(positions, at),
        "part": Words.of(np.zeros(size, np.int16), PARTS),
        "approach": Words.of(positions.ratings.approach[at], APPROACHES),
        "sa_class": Words.of(np.zeros(size, np.int16), ("",)),
        "obligor_class": Words.of(np.full(size, len(CLASSES)), (*CLASSES, "")),
        "irb_class": Words.of(positions.ratings.irb_class[at], IRB_CLASSES),
        "rule_id": Words.of(weights.place, pa.array(weights.rule, pa.string())),
        "article": Words.of(weights.place, pa.array(sources, pa.string())),
    }
