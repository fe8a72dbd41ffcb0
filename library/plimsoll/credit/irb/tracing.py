"""Which rules made each line by internal ratings."""

from __future__ import annotations

from collections.abc import Mapping

import numpy as np

from plimsoll.credit.audit import Audit
from plimsoll.credit.columns import Words
from plimsoll.credit.conversion import BUCKET_RULES, CANCELLABLE_RULE
from plimsoll.credit.irb.classes import COLLATERAL, RETAIL
from plimsoll.credit.irb.components import Components, formula_class, slotted
from plimsoll.credit.irb.floors import PD_FLOOR_RULES
from plimsoll.credit.irb.permissions import LARGE_CORPORATE, is_financial
from plimsoll.credit.positions import Bools, Ints, Positions
from plimsoll.credit.ratings import ADVANCED, FOUNDATION
from plimsoll.credit.vocabulary import IRB_CLASSES, number
from plimsoll.credit.weights import of_product
from plimsoll.rules import RuleSet

__all__ = ["trace"]

_FORMULA = ("credit.irb.confidence", "credit.irb.weight_per_capital")
_ADJUSTMENT = ("credit.irb.maturity.slope", "credit.irb.maturity.standard_years")
_SIZE = ("credit.irb.sme.lowest_turnover", "credit.irb.sme.turnover_limit", "credit.irb.sme.reduction")
_OWN_MATURITY = ("credit.irb.maturity.floor", "credit.irb.maturity.cap")
_SIDES = ("threshold", "factor_up_to_threshold", "factor_above_threshold")


def trace(
    positions: Positions,
    found: Components,
    marks: Mapping[str, Bools],
    weight_rule: tuple[tuple[str, ...], Ints],
    rules: RuleSet,
) -> tuple[Words, frozenset[str]]:
    """Return the ids of the rules of each line, and of all.

    Parameters
    ----------
    positions, found
        n exposures, and the inputs of those k that internal ratings weigh.
    marks
        Shape (k,): `sme`, `eased` (SME factor), `built` (infrastructure factor), `large` corporates, `small` ones
        whose size lowers the correlation.
    weight_rule
        Ids of the rules that set weights, and the place of each line's among them.
    rules
        Those in force on the reference date.
    """
    names, place = weight_rule
    rule_ids = tuple(sorted(rules))
    ids = np.array([rule_ids.index(name) for name in names] or [0])
    audit = Audit(ids[place].astype(np.int16), rule_ids)
    _conversion(audit, positions, found)
    by_category = slotted(positions, found.at)
    audit.mark(by_category, "credit.irb.slotting.long_maturity")
    for kind in ("short", "long"):
        rows = np.isin(place, [i for i, name in enumerate(names) if name.endswith(f"weight_{kind}")])
        audit.mark(by_category & rows, f"credit.irb.slotting.expected_loss_{kind}")
    audit.mark(~by_category, *_FORMULA)
    audit.mark(~np.isnan(found.maturity), *_ADJUSTMENT)
    _by_class(audit, positions, found)
    _size_and_factors(audit, positions, found, marks)
    return audit.words(), frozenset(audit.used())


def _conversion(audit: Audit, positions: Positions, found: Components) -> None:
    off = ~positions.on_balance[found.at]
    for bucket, rule_id in enumerate(BUCKET_RULES, 1):
        audit.mark(off & (positions.bucket[found.at] == bucket), rule_id)
    audit.mark(found.own_ccf, "credit.irb.ccf_floor")
    audit.mark(found.eased, CANCELLABLE_RULE)


def _by_class(audit: Audit, positions: Positions, found: Components) -> None:
    ratings = positions.ratings
    approach = ratings.approach[found.at]
    foundation, own = approach == FOUNDATION, approach == ADVANCED
    audit.mark(foundation, "credit.irb.maturity.foundation")
    audit.mark(own & ~np.isnan(found.maturity), *_OWN_MATURITY)
    for place, irb_class in enumerate(IRB_CLASSES):
        here = (ratings.irb_class[found.at] == place) & (foundation | own)
        name = formula_class(irb_class)
        if here.any():
            _floors(audit, name, here & own, found)
            audit.mark(here & bool(PD_FLOOR_RULES[name]), *PD_FLOOR_RULES[name])
            _supervisory(audit, name, here & foundation, positions, found)


def _floors(audit: Audit, name: str, own: Bools, found: Components) -> None:
    if name in ("retail_mortgage", "retail_qrre"):
        audit.mark(own, f"credit.irb.lgd_floor.{name}")
    elif name in ("corporate", "specialised_lending", "retail_other"):
        table = "retail_other" if name in RETAIL else "corporate"
        audit.mark(own, f"credit.irb.lgd_floor.{table}.unsecured")
        for kind in COLLATERAL:
            audit.mark(own & (found.secured[kind] > 0), f"credit.irb.lgd_floor.{table}.{kind}")
        audit.mark(own & (name == "specialised_lending"), "credit.irb.lgd_floor.specialised_lending_factor")
    elif name == "regional_public":
        audit.mark(own, "credit.irb.lgd_floor.regional_public.unsecured")


def _supervisory(audit: Audit, name: str, where: Bools, positions: Positions, found: Components) -> None:
    at = found.at
    covered, junior = of_product(positions, "covered_bond")[at], positions.subordinated[at]
    firm = name in ("corporate", "specialised_lending") and ~is_financial(positions)[at]
    audit.mark(where & covered, "credit.irb.lgd.covered_bond")
    audit.mark(where & ~covered & junior, "credit.irb.lgd.subordinated")
    senior = where & ~covered & ~junior
    audit.mark(senior & firm, "credit.irb.lgd.senior_corporate")
    audit.mark(senior & ~np.asarray(firm), "credit.irb.lgd.senior_public_or_financial")


def _size_and_factors(
    audit: Audit, positions: Positions, found: Components, marks: Mapping[str, Bools]
) -> None:
    formula = ~slotted(positions, found.at)
    audit.mark(formula & marks["small"], *_SIZE)
    audit.mark(
        formula & positions.ratings.large_financial[found.at], "credit.irb.correlation.financial_multiplier"
    )
    audit.mark(marks["large"], LARGE_CORPORATE)
    irb_class = positions.ratings.irb_class[found.at]
    # Their floor is the same whatever secures them (Article 164(4a)(d)).
    fixed = np.isin(irb_class, [number(IRB_CLASSES, name) for name in ("retail_mortgage", "retail_qrre")])
    for kind in COLLATERAL:
        used = (found.secured[kind] > 0) & formula & ~fixed
        if kind != "financial":
            audit.mark(used, f"credit.irb.haircut.{kind}")
        foundation = positions.ratings.approach[found.at] == FOUNDATION
        audit.mark(used & foundation, f"credit.irb.lgd.secured.{kind}")
    audit.mark(marks["sme"], "credit.sme.turnover")
    audit.mark(marks["eased"], *(f"credit.sme.{side}" for side in _SIDES))
    audit.mark(marks["built"], "credit.infrastructure.factor")
