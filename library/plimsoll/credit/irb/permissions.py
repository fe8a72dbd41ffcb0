"""Refuses internal ratings that the law does not allow or that lack an input, naming the exposures."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from plimsoll.credit.checks import refuse
from plimsoll.credit.positions import ABSENT, Bools, Positions
from plimsoll.credit.ratings import ADVANCED, FOUNDATION, SLOTTING
from plimsoll.credit.vocabulary import COUNTERPARTY_TYPES, IRB_CLASSES, PRODUCTS, number
from plimsoll.credit.weights import of_kind, of_product
from plimsoll.rules import RuleSet

__all__ = ["CLASS_OF_PROVIDER", "LARGE_CORPORATE", "check_ratings", "is_financial", "is_large_corporate"]

LARGE_CORPORATE = "credit.irb.large_corporate_turnover"
_MILLION = 1_000_000
_CORPORATE = ("corporate", "specialised_lending")
_RETAIL = ("retail_mortgage", "retail_qrre", "retail_other")
_ALLOWED: Mapping[str, tuple[str, ...]] = {
    "central_government": ("sovereign",),
    "central_bank": ("sovereign",),
    "regional_government": ("regional_government", "sovereign"),
    "public_sector_entity": ("public_sector", "sovereign"),
    "multilateral_development_bank": ("sovereign", "institution"),
    "international_organisation": ("sovereign",),
    "credit_institution": ("institution",),
    "investment_firm": ("institution",),
    "financial_corporate": _CORPORATE,
    "corporate": (*_CORPORATE, "retail_other"),
    "natural_person": ("corporate", *_RETAIL),
    "other": (*_CORPORATE, "retail_mortgage", "retail_other"),
}
"""Classes of Article 147(2) that an obligor of each type can be in (paragraphs 3 to 7)."""

CLASS_OF_PROVIDER: Mapping[str, str] = {
    kind: names[0] for kind, names in _ALLOWED.items() if kind != "natural_person"
}
"""Class of a direct exposure to a guarantor of each type that the bank rates itself."""

_NEVER = tuple(
    product
    for product in PRODUCTS
    if product
    not in (
        "central_bank_balance", "loan", "mortgage", "current_account", "credit_card", "bond", "covered_bond",
        "interbank", "commitment", "guarantee_issued", "trade_finance",
    )
)  # fmt: skip
"""Products that no internal rating weighs here; equity is for the standardised approach (Article 150(1)(a))."""


def is_financial(positions: Positions) -> Bools:
    """Say where the obligor is a financial sector entity (Article 4(1), point (27))."""
    return of_kind(positions, "credit_institution", "investment_firm", "financial_corporate")


def is_large_corporate(positions: Positions, rules: RuleSet) -> Bools:
    """Say where the obligor's group has annual sales above EUR 500 million (Article 142(1), point (5a))."""
    limit = rules[LARGE_CORPORATE].number * _MILLION
    result: Bools = np.nan_to_num(positions.ratings.turnover, nan=0.0) > limit
    return result & of_kind(positions, "corporate", "financial_corporate", "other")


def check_ratings(positions: Positions, rules: RuleSet) -> None:
    """Check that every exposure with an internal rating may have it, and has what its weight needs.

    Raises
    ------
    SimulationError
        It may not (Articles 147, 150 and 151), or an input is missing.
    """
    if not positions.ratings.internal.any():
        return
    _check_classes(positions)
    _check_approaches(positions, rules)
    _check_inputs(positions)


def _class(positions: Positions, *names: str) -> Bools:
    return np.isin(positions.ratings.irb_class, [number(IRB_CLASSES, name) for name in names])


def _check_classes(positions: Positions) -> None:
    internal = positions.ratings.internal & ~positions.deducted
    refuse(
        positions,
        internal & of_product(positions, *_NEVER),
        "have an internal rating but are of a product that none weighs",
        "set `approach` to standardised (equity: Article 150(1)(a) CRR)",
    )
    refuse(
        positions,
        internal & (positions.ratings.irb_class == ABSENT),
        "have an internal rating without a class",
        "set `irb_class` (Article 147(2) CRR)",
    )
    allowed = np.zeros((len(COUNTERPARTY_TYPES), len(IRB_CLASSES)), dtype=np.bool_)
    for kind, names in _ALLOWED.items():
        allowed[number(COUNTERPARTY_TYPES, kind), [number(IRB_CLASSES, name) for name in names]] = True
    allowed_here = allowed[positions.kind, positions.ratings.irb_class]
    state = _class(positions, "sovereign") & of_kind(positions, "regional_government", "public_sector_entity")
    refuse(
        positions,
        internal & (~allowed_here | (state & ~positions.as_government)),
        "are in an IRB class that their obligor cannot be in",
        "correct `irb_class` or the obligor's `counterparty_type` (Article 147(3) to (7) CRR)",
    )
    special = (positions.specialised != ABSENT) | (positions.ratings.approach == SLOTTING)
    refuse(
        positions,
        internal & (special & ~_class(positions, "specialised_lending")),
        "are specialised lending in another IRB class",
        "set `irb_class` to specialised_lending (Article 147(8) CRR)",
    )


def _check_approaches(positions: Positions, rules: RuleSet) -> None:
    approach = positions.ratings.approach
    refuse(
        positions,
        (approach == FOUNDATION) & _class(positions, *_RETAIL),
        "are retail without own estimates of LGD",
        "set `approach` to advanced with an `lgd` (Article 151(7) CRR)",
    )
    large = is_large_corporate(positions, rules) & ~_class(positions, "specialised_lending")
    barred = (
        is_financial(positions) | _class(positions, "institution") | (large & _class(positions, "corporate"))
    )
    refuse(
        positions,
        (approach == ADVANCED) & barred,
        "are to institutions, financial sector entities or large corporates with own estimates of LGD",
        "set `approach` to foundation (Article 151(8) CRR)",
    )


def _check_inputs(positions: Positions) -> None:
    ratings = positions.ratings
    approach, modelled = ratings.approach, np.isin(ratings.approach, (FOUNDATION, ADVANCED))
    certain = ratings.pd == 1
    refuse(
        positions,
        modelled & ~positions.defaulted & (np.isnan(ratings.pd) | certain),
        "are not in default and have no probability of default below 1",
        "set `pd`, or `defaulted`",
    )
    own = approach == ADVANCED
    refuse(positions, own & np.isnan(ratings.lgd), "have no own estimate of LGD", "set `lgd`")
    refuse(
        positions,
        own & positions.defaulted & np.isnan(ratings.elbe),
        "are in default without a best estimate of expected loss",
        "set `elbe` (Article 181(1)(h) CRR)",
    )
    refuse(
        positions,
        ~np.isnan(ratings.ccf) & (~own | positions.on_balance | (positions.bucket == 1)),
        "have an own conversion factor where none is allowed",
        "leave `own_ccf` empty: it is for undrawn revolving commitments outside bucket 1 under the advanced "
        "approach (Article 166(8b) CRR)",
    )
    in_class = (approach == SLOTTING) & (ratings.category == 0)
    refuse(
        positions,
        in_class & ~positions.defaulted,
        "are slotted without a category",
        "set `slotting_category` (Article 153(5) CRR)",
    )
