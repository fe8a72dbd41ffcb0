"""The columns of lines by internal ratings, of what the obligor is owed and of what a guarantor covers."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from functools import partial

import numpy as np
import pyarrow as pa

from plimsoll.credit.columns import Makers, Words
from plimsoll.credit.coverage import Pieces
from plimsoll.credit.irb.components import Components, slotted
from plimsoll.credit.irb.formulas import Weights
from plimsoll.credit.irb.guarantors import Guarantors
from plimsoll.credit.line_columns import exposure_words
from plimsoll.credit.positions import Bools, Floats, Ints, Positions
from plimsoll.credit.protections import Protections
from plimsoll.credit.ratings import FOUNDATION, STANDARDISED
from plimsoll.credit.vocabulary import APPROACHES, CLASSES, IRB_CLASSES, PARTS, PROTECTIONS
from plimsoll.credit.weights import of_kind
from plimsoll.rules import RuleSet

__all__ = ["converted", "covered_columns", "own_columns"]

_CENTS = 100
_SECURED = {
    "secured_financial": "financial",
    "secured_receivables": "receivables",
    "secured_property": "immovable_property",
    "secured_physical": "other_physical",
}
_ORIGINAL = tuple(f"irb_{name}" for name in IRB_CLASSES)


def own_columns(  # a line shows all that entered it
    positions: Positions,
    found: Components,
    weights: Weights,
    amounts: Mapping[str, Ints],
    marks: Mapping[str, Bools],
    rules: RuleSet,
) -> Makers:
    """Return the columns of what the obligors are owed, but for the ids of the rules."""
    at, size = found.at, len(found.at)
    sources = tuple(rules[rule_id].article for rule_id in weights.rule)
    empty = Words.of(np.zeros(size, np.int8), ("",))
    return {
        **_from_exposure(positions, at),
        **_amount_columns(found, amounts),
        **dict.fromkeys(("protection_id", "protection_type", "provider_id", "sa_class"), empty),
        **dict.fromkeys(("has_ecai", "government_derived", "deducted"), lambda: np.zeros(size, np.bool_)),
        "approach": lambda: Words.of(positions.ratings.approach[at], APPROACHES),
        "irb_class": lambda: Words.of(positions.ratings.irb_class[at], IRB_CLASSES),
        "rule_id": Words.of(weights.place, pa.array(weights.rule, pa.string())),
        "article": Words.of(weights.place, pa.array(sources, pa.string())),
        "ccf": found.ccf,
        "ccf_in_transition": found.eased,
        "ccf_own_estimate": found.own_ccf,
        "pd": found.pd,
        "lgd": found.lgd,
        "maturity": found.maturity,
        "elbe": found.elbe,
        "slotting_category": lambda: np.where(
            slotted(positions, at), positions.ratings.category[at], 0
        ).astype(np.int64),
        "risk_weight": weights.weight,
        "base_weight": weights.weight,
        "is_sme": marks["sme"],
        "sme_factor_applied": marks["eased"],
        "infrastructure_factor_applied": marks["built"],
        "is_large_corporate": marks["large"],
        "large_financial": lambda: positions.ratings.large_financial[at],
        "is_central_bank": lambda: of_kind(positions, "central_bank")[at],
    }


def _from_exposure(positions: Positions, at: Ints) -> Makers:
    size = len(at)
    return {
        **exposure_words(positions, at),
        "part": Words.of(np.zeros(size, np.int16), PARTS),
        "original_class": lambda: Words.of(positions.ratings.irb_class[at], _ORIGINAL),
        "obligor_class": lambda: Words.of(np.full(size, len(CLASSES), np.int16), (*CLASSES, "")),
        "on_balance": lambda: positions.on_balance[at],
        "ccf_bucket": lambda: np.where(positions.on_balance[at], 0, positions.bucket[at]),
        "defaulted": lambda: positions.defaulted[at],
        "rwa_standardised": lambda: np.full(size, np.nan),
    }


def _amount_columns(found: Components, amounts: Mapping[str, Ints]) -> Makers:
    in_cents: Mapping[str, Callable[[], np.ndarray]] = {
        "original_exposure": lambda: found.amount,
        "provision": lambda: amounts["provision"],
        "net_exposure": lambda: np.maximum(found.amount - amounts["provision"], 0),
        "adjusted_exposure": lambda: found.amount,
        "ead": lambda: found.ead,
        "rwa_before_factors": lambda: amounts["before"],
        "sme_factor_reduction": lambda: amounts["reduction"],
        "infrastructure_reduction": lambda: amounts["relief"],
        "rwa": lambda: amounts["before"] - amounts["reduction"] - amounts["relief"],
        "el": lambda: amounts["el"],
        **{column: partial(_secured, found, kind) for column, kind in _SECURED.items()},
    }
    none = ("currency_mismatch_addition", "ccf_transition_relief", "covered_amount")
    return {
        **{name: partial(_in_units, cents) for name, cents in in_cents.items()},
        **dict.fromkeys((*none, "collateral_value", "collateral_adjusted"), lambda: np.zeros(len(found.at))),
    }


def _secured(found: Components, kind: str) -> Floats:
    return np.rint(found.secured[kind] * found.ead)


def _in_units(cents: Callable[[], np.ndarray]) -> Floats:
    return cents() / _CENTS


def converted(found: Components, pieces: Pieces) -> Ints:
    """Return the exposure value of pieces, shape (p,): differences of it add up to that of their exposure."""
    factor = found.ccf[pieces.part]
    end, start = (np.rint(cents * factor).astype(np.int64) for cents in (pieces.end, pieces.start))
    return end - start


def covered_columns(
    positions: Positions,
    found: Components,
    pieces: Pieces,
    protection: tuple[Protections, Guarantors],
    rules: RuleSet,
) -> Makers:
    """Return the columns of what guarantors cover.

    A line has the approach and the class of a direct exposure to the guarantor; its expected loss is zero where the
    standardised approach weighs it (Article 235a(4)). Supporting factors are the obligor's and do not reach it.
    """
    protections, guarantors = protection
    by, size = pieces.protection, len(pieces.part)
    rated = guarantors.by_rating[by]
    ead = converted(found, pieces)
    rwa = np.rint(ead * guarantors.weight[by]).astype(np.int64)
    loss = np.rint(ead * np.where(rated, guarantors.loss[by], 0.0)).astype(np.int64)
    taken = pieces.end - pieces.start
    in_cents = {
        **dict.fromkeys(("original_exposure", "net_exposure", "adjusted_exposure", "covered_amount"), taken),
        **dict.fromkeys(("rwa_before_factors", "rwa"), rwa),
        "ead": ead,
        "el": loss,
    }
    return {
        **_from_exposure(positions, found.at[pieces.part]),
        **{name: cents / _CENTS for name, cents in in_cents.items()},
        **_nothing(size),
        **_provider_words(protections, guarantors, by, rules),
        **{name: getattr(guarantors, name)[by] for name in ("pd", "lgd", "maturity")},
        "ccf": found.ccf[pieces.part],
        "ccf_in_transition": found.eased[pieces.part],
        "ccf_own_estimate": found.own_ccf[pieces.part],
        "elbe": np.full(size, np.nan),
        "risk_weight": guarantors.weight[by],
        "base_weight": guarantors.weight[by],
        "large_financial": protections.providers[0].ratings.large_financial[by] & rated,
    }


def _nothing(size: int) -> Makers:
    """Return what a covered line never has."""
    amounts = (
        "provision", "currency_mismatch_addition", "sme_factor_reduction", "infrastructure_reduction",
        "ccf_transition_relief", "collateral_value", "collateral_adjusted", *_SECURED,
    )  # fmt: skip
    flags = (
        "is_sme", "sme_factor_applied", "infrastructure_factor_applied", "is_large_corporate", "has_ecai",
        "government_derived", "deducted", "is_central_bank",
    )  # fmt: skip
    return {
        **dict.fromkeys(amounts, np.zeros(size)),
        **dict.fromkeys(flags, np.zeros(size, np.bool_)),
        "slotting_category": np.zeros(size, np.int64),
    }


def _provider_words(protections: Protections, guarantors: Guarantors, by: Ints, rules: RuleSet) -> Makers:
    guarantees, rated = protections.guarantees, guarantors.by_rating[by]
    rule_ids = tuple(sorted(rules))
    formula = rule_ids.index("credit.irb.correlation.wholesale")
    place = np.where(rated, formula, guarantors.rule[by])
    classes = np.where(rated, len(CLASSES), guarantors.sa_class[by])
    return {
        "protection_id": Words.of(by, guarantees.ids),
        "protection_type": Words.of(guarantees.kind[by], PROTECTIONS),
        "provider_id": Words.of(by, guarantees.provider_id),
        "approach": Words.of(np.where(rated, FOUNDATION, STANDARDISED), APPROACHES),
        "sa_class": Words.of(classes, (*CLASSES, "")),
        "irb_class": Words.of(
            np.where(rated, guarantors.irb_class[by], len(IRB_CLASSES)), (*IRB_CLASSES, "")
        ),
        "rule_id": Words.of(place, rule_ids),
        "article": Words.of(place, tuple(rules[rule_id].article for rule_id in rule_ids)),
        "rule_ids": Words.of(place, rule_ids),
    }
