"""The columns of lines: what each is, and how the standardised approach fills them."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from functools import partial

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from plimsoll.credit.amounts import Amounts
from plimsoll.credit.columns import Joined, Lazy, Makers, Words
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


def in_order(columns: Makers, *, ordered: bool = False) -> Lazy:
    """Return the columns in the order of `COLUMNS`, rows sorted by `line_id`, which is made here.

    `ordered` says that the exposures stand in the order that their lines will have.
    """
    known = columns if isinstance(columns, Lazy) else Lazy(columns)
    words = (known["exposure_id"], known["part"], known["protection_id"])
    exposure, part, protection = (column for column in words if isinstance(column, Words))
    line_id = Joined((exposure, part, protection), optional=True)
    order = (
        _by_exposure(line_id) if ordered else np.asarray(pc.sort_indices(line_id.array())).astype(np.int64)
    )
    named = known.replace({"line_id": line_id})
    in_place = Lazy({name: partial(named.__getitem__, name) for name in COLUMNS})
    return in_place if order is None else in_place.rows(order)


def _by_exposure(line_id: Joined) -> Ints | None:
    """Return the order of lines whose exposures are numbered in order, None where they stand in it.

    Only the lines of an exposure that protection covers need their ids compared.
    """
    exposure, _, protection = line_id.parts
    at = exposure.places
    covering = np.asarray(pc.binary_length(protection.vocabulary)) > 0
    rows = np.flatnonzero(
        covering[protection.places.astype(np.int64) % len(covering)] if covering.any() else []
    )
    if not len(rows):
        return None if (at[1:] >= at[:-1]).all() else np.argsort(at, kind="stable")
    is_covered = np.zeros(int(at.max()) + 1, dtype=np.bool_)
    is_covered[at[rows]] = True
    some = np.flatnonzero(is_covered[at])
    rank = np.zeros(len(at), dtype=np.int64)
    rank[some[np.asarray(pc.sort_indices(line_id[some].array()))]] = np.arange(len(some))
    return np.lexsort((rank, at))


def word_columns(positions: Positions, found: Weighing, rules: RuleSet) -> Makers:
    """Return the columns of words of lines by the standardised approach."""
    at, rule = found.parts.exposure, found.rule
    rule_ids = tuple(sorted(rules))
    rule_text = (*rule_ids, "")  # place -1 is the last: a deducted line has no rule
    articles = (*(rules[rule_id].article for rule_id in rule_ids), "")
    return {
        **exposure_words(positions, at),
        **protection_words(found.parts.protection, found.covers),
        "part": Words.of(found.parts.part, PARTS),
        "approach": lambda: Words.of(np.zeros(len(at), np.int8), APPROACHES),
        "sa_class": Words.of(found.classes, CLASSES),
        "original_class": Words.of(found.original, CLASSES),
        "obligor_class": Words.of(found.obligor, (*CLASSES, "")),
        "irb_class": lambda: Words.of(np.zeros(len(at), np.int8), ("",)),
        "rule_id": Words.of(rule, rule_text),
        "article": Words.of(rule, articles),
        "has_ecai": lambda: np.array([name.endswith(_BY_RATING) for name in rule_text])[rule],
        "government_derived": lambda: np.array([name in _BY_GOVERNMENT for name in rule_text])[rule],
    }


def protection_words(protection: Ints, covers: Covers | None) -> Makers:
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


def exposure_words(positions: Positions, at: Ints) -> Makers:
    """Return the columns of words that a line has from its exposure."""
    return {
        "exposure_id": Words.of(at, positions.exposure_id),
        "counterparty_id": Words.of(at, positions.counterparty_id),
        "product": lambda: Words.of(positions.product[at], PRODUCTS),
        "sa_use": lambda: Words.of(positions.ratings.use[at], (*USES, "")),
        "rating_grade": Words.of(at, positions.ratings.grade),
        "country": lambda: Words.of(positions.country[at], (*positions.countries, "")),
        "currency": lambda: Words.of(positions.currency[at], (*positions.currencies, "")),
    }


def numeric_columns(positions: Positions, found: Weighing) -> Makers:
    """Return the columns of numbers and marks of lines by the standardised approach."""
    parts, amounts = found.parts, found.amounts
    at, covered = parts.exposure, parts.protection != ABSENT
    free = ~positions.deducted[at]
    in_cents: Mapping[str, Callable[[], Ints]] = {
        "original_exposure": lambda: parts.original,
        "provision": lambda: parts.provision,
        "net_exposure": lambda: parts.net,
        "covered_amount": lambda: np.where(covered, parts.net, 0),
        "collateral_value": lambda: np.where(parts.collateral > 0, found.collateral_worth[at], 0),
        "collateral_adjusted": lambda: parts.collateral,
        "adjusted_exposure": lambda: parts.size,
        "ead": lambda: np.where(free, parts.value, 0),
        "rwa_before_factors": lambda: amounts.before_factors,
        "currency_mismatch_addition": lambda: amounts.mismatch,
        "sme_factor_reduction": lambda: amounts.reduction,
        "infrastructure_reduction": lambda: amounts.infrastructure,
        "rwa": lambda: amounts.rwa,
        "rwa_standardised": lambda: amounts.rwa,
        "ccf_transition_relief": lambda: found.relief,
    }
    return {
        **{name: partial(_in_units, cents) for name, cents in in_cents.items()},
        **_without_ratings(len(at)),
        "on_balance": lambda: positions.on_balance[at],
        "ccf_bucket": lambda: np.where(positions.on_balance[at], 0, positions.bucket[at]),
        "ccf": lambda: parts.factor,
        "ccf_in_transition": lambda: found.eased,
        "risk_weight": lambda: np.where(free, amounts.weight, 0.0),
        "base_weight": lambda: np.where(free, amounts.base_weight, 0.0),
        "is_sme": lambda: found.sme,
        "sme_factor_applied": lambda: amounts.eased,
        "infrastructure_factor_applied": lambda: amounts.infrastructure_eased,
        "is_central_bank": lambda: of_kind(positions, "central_bank")[at] & ~covered,
        "defaulted": lambda: positions.defaulted[at],
        "deducted": lambda: positions.deducted[at],
    }


def _in_units(cents: Callable[[], Ints]) -> Floats:
    return cents() / _CENTS


def _without_ratings(size: int) -> Makers:
    """Return what a line has that no internal rating weighs: nothing in the columns of those."""
    return {
        **dict.fromkeys(("pd", "lgd", "maturity", "elbe"), lambda: np.full(size, np.nan)),
        **dict.fromkeys(("el", "secured_financial", "secured_receivables"), lambda: np.zeros(size)),
        **dict.fromkeys(("secured_property", "secured_physical"), lambda: np.zeros(size)),
        **dict.fromkeys(
            ("ccf_own_estimate", "large_financial", "is_large_corporate"), lambda: np.zeros(size, np.bool_)
        ),
        "slotting_category": lambda: np.zeros(size, np.int64),
    }
