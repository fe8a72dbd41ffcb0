"""The columns of lines: what each is, and how the standardised approach fills them."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from plimsoll.credit.amounts import Amounts
from plimsoll.credit.columns import Columns, Joined, Words
from plimsoll.credit.parts import Parts
from plimsoll.credit.positions import ABSENT, Bools, Codes, Floats, Ints, Positions
from plimsoll.credit.substitution import Covers
from plimsoll.credit.vocabulary import APPROACHES, CLASSES, PARTS, PRODUCTS, USES
from plimsoll.credit.weights import of_kind
from plimsoll.rules import RuleSet

__all__ = [
    "COLUMNS",
    "Weighing",
    "exposure_words",
    "in_order",
    "numeric_columns",
    "protection_words",
    "word_columns",
]

_CENTS = 100

COLUMNS = (
    "line_id", "exposure_id", "counterparty_id", "part", "protection_id", "protection_type", "provider_id",
    "product", "on_balance", "approach", "sa_use", "sa_class", "original_class", "obligor_class", "irb_class",
    "rating_grade", "original_exposure", "provision", "net_exposure", "covered_amount", "collateral_value",
    "collateral_adjusted", "adjusted_exposure", "ccf_bucket", "ccf", "ead", "pd", "lgd", "maturity", "elbe", "el",
    "slotting_category",
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

A line that protection covers names it in `protection_id` with its type and provider; `sa_class` is then the
provider's and `original_class` the one that was left, both the same elsewhere, and `covered_amount` repeats
`net_exposure`. Financial collateral under the comprehensive method lowers `net_exposure` by `collateral_adjusted`
(its `collateral_value` after all adjustments) to `adjusted_exposure`, which conversion factors turn into `ead`.

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
class Weighing:
    """The parts of n exposures with all that the standardised approach found for them, shape (m,).

    `original` is the class before protection, `obligor` that without default and security. `eased` says where
    Article 495d lowers the conversion factor, `relief` by how much that lowers the risk-weighted amount.
    """

    parts: Parts
    classes: Codes
    original: Codes
    obligor: Codes
    weights: Floats
    rule: Codes
    amounts: Amounts
    sme: Bools
    eased: Bools
    relief: Ints
    collateral_worth: Ints
    covers: Covers | None


def in_order(columns: dict[str, np.ndarray | Words], *, ordered: bool = False) -> Columns:
    """Return the columns in the order of `COLUMNS`, rows sorted by `line_id`, which is made here.

    `ordered` says that the rows stand in that order already, as far as no protection covers one.
    """
    exposure, part, protection = (
        column
        for column in (columns[name] for name in ("exposure_id", "part", "protection_id"))
        if isinstance(column, Words)
    )
    if len(protection.vocabulary) == 1 and ordered:  # nothing covers anything
        named: dict[str, np.ndarray | Words | Joined] = {**columns, "line_id": Joined((exposure, part))}
        return {name: named[name] for name in COLUMNS}
    line_id = pc.binary_join_element_wise(exposure.array(), part.array(), "|")
    protection_id = protection.array()
    covered = pc.greater(pc.binary_length(protection_id), 0)
    if pc.any(covered).as_py():
        line_id = pc.if_else(covered, pc.binary_join_element_wise(line_id, protection_id, "|"), line_id)
    order = np.asarray(pc.sort_indices(line_id)).astype(np.int64)
    all_columns = {**columns, "line_id": Words.of(np.arange(len(order)), line_id)}
    return {name: all_columns[name][order] for name in COLUMNS}


def word_columns(positions: Positions, found: Weighing, rules: RuleSet) -> dict[str, np.ndarray | Words]:
    """Return the columns of words of lines by the standardised approach."""
    at, rule = found.parts.exposure, found.rule
    rule_ids = tuple(sorted(rules))
    rule_text = (*rule_ids, "")  # place -1 is the last: a deducted line has no rule
    articles = (*(rules[rule_id].article for rule_id in rule_ids), "")
    return {
        **exposure_words(positions, at),
        **protection_words(found.parts.protection, found.covers),
        "part": Words.of(found.parts.part, PARTS),
        "approach": Words.of(np.zeros(len(at), np.int16), APPROACHES),
        "sa_class": Words.of(found.classes, CLASSES),
        "original_class": Words.of(found.original, CLASSES),
        "obligor_class": Words.of(found.obligor, (*CLASSES, "")),
        "irb_class": Words.of(np.zeros(len(at), np.int16), ("",)),
        "rule_id": Words.of(rule, rule_text),
        "article": Words.of(rule, articles),
        "has_ecai": np.array([name.endswith(_BY_RATING) for name in rule_text])[rule],
        "government_derived": np.array([name in _BY_GOVERNMENT for name in rule_text])[rule],
    }


def protection_words(protection: Ints, covers: Covers | None) -> dict[str, np.ndarray | Words]:
    """Return id, type and provider of what covers each line; empty where nothing does."""
    names = ("protection_id", "protection_type", "provider_id")
    if covers is None or not (protection != ABSENT).any():
        return {name: Words.of(np.zeros(len(protection), np.int16), ("",)) for name in names}
    nothing = pa.array([""], pa.string())
    known = (covers.ids, covers.kinds, covers.providers)
    return {
        name: Words.of(protection, pa.concat_arrays([words.cast(pa.string()), nothing]))
        for name, words in zip(names, known, strict=True)
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


def numeric_columns(positions: Positions, found: Weighing) -> dict[str, np.ndarray | Words]:
    """Return the columns of numbers and marks of lines by the standardised approach."""
    parts, amounts = found.parts, found.amounts
    at, covered = parts.exposure, parts.protection != ABSENT
    free = ~positions.deducted[at]
    in_cents = {
        "original_exposure": parts.original,
        "provision": parts.provision,
        "net_exposure": parts.net,
        "covered_amount": np.where(covered, parts.net, 0),
        "collateral_value": np.where(parts.collateral > 0, found.collateral_worth[at], 0),
        "collateral_adjusted": parts.collateral,
        "adjusted_exposure": parts.size,
        "ead": np.where(free, parts.value, 0),
        "rwa_before_factors": amounts.before_factors,
        "currency_mismatch_addition": amounts.mismatch,
        "sme_factor_reduction": amounts.reduction,
        "infrastructure_reduction": amounts.infrastructure,
        "rwa": amounts.rwa,
        "rwa_standardised": amounts.rwa,
        "ccf_transition_relief": found.relief,
    }
    return {
        **{name: cents / _CENTS for name, cents in in_cents.items()},
        **_without_ratings(len(at)),
        "on_balance": positions.on_balance[at],
        "ccf_bucket": np.where(positions.on_balance[at], 0, positions.bucket[at]),
        "ccf": parts.factor,
        "ccf_in_transition": found.eased,
        "risk_weight": np.where(free, amounts.weight, 0.0),
        "base_weight": np.where(free, amounts.base_weight, 0.0),
        "is_sme": found.sme,
        "sme_factor_applied": amounts.eased,
        "infrastructure_factor_applied": amounts.infrastructure_eased,
        "is_central_bank": of_kind(positions, "central_bank")[at] & ~covered,
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
