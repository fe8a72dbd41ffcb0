"""Exposure class, weight and rule of each part of an exposure (Articles 112 and 124 to 134 CRR)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plimsoll.credit.alike import WORTH
from plimsoll.credit.checks import OTHER_ITEMS
from plimsoll.credit.parts import UNSECURED, Parts, Treatment, defaulted_on_property, treat
from plimsoll.credit.portions import portion
from plimsoll.credit.positions import ABSENT, Bools, Codes, Floats, Ints, Positions
from plimsoll.credit.real_estate import exposure_to_value, income_producing_weight, on_property
from plimsoll.credit.vocabulary import CLASSES, EQUITY_TYPES, PROPERTIES, number
from plimsoll.credit.weights import Weights, of_product, weight_of_obligor
from plimsoll.rules import RuleSet

__all__ = ["Assignment", "assign", "assign_each"]

_EQUITY_RULES = {
    "listed": "credit.sa.equity.standard",
    "unlisted": "credit.sa.equity.standard",
    "intragroup": "credit.sa.equity.standard",
    "speculative_unlisted": "credit.sa.equity.speculative",
    "central_bank": "credit.sa.equity.central_bank",
    "legislative_programme": "credit.sa.equity.legislative_programme",
    "significant_financial": "credit.sa.equity.significant_financial",
    "not_deducted": "credit.sa.equity.not_deducted",
}
_GAIN = 2  # exposures for each kind of them, below which asking for each is as quick


@dataclass(frozen=True)
class Assignment:
    """Class, weight and rule of an exposure as a whole or in its secured part, and of what is left of it.

    `obligor` is the class that each exposure would have if it were not in default and nothing secured it, -1
    where there is no obligor.
    """

    main: tuple[Codes, Weights]
    rest: tuple[Codes, Weights]
    obligor: Codes

    @property
    def rule_ids(self) -> tuple[str, ...]:
        """The ids that rule places refer to."""
        return self.main[1].rule_ids

    def rules_of_obligors(self, where: Bools) -> set[str]:
        """Return the ids of the rules that weigh the obligors of the exposures chosen."""
        return {self.rule_ids[place] for place in np.unique(self.rest[1].rule[where])}

    def rows(self, rows: Ints) -> Assignment:
        """Return that of some of the exposures."""
        (classes, weights), (rest_classes, rest_weights) = self.main, self.rest
        return Assignment(
            (classes[rows], weights.rows(rows)),
            (rest_classes[rows], rest_weights.rows(rows)),
            self.obligor[rows],
        )

    def of_parts(self, parts: Parts) -> tuple[Codes, Floats, Codes]:
        """Return class, weight and rule place of each part, shape (m,)."""
        left = parts.part == UNSECURED
        at = parts.exposure
        (classes, weights), (rest_classes, rest_weights) = self.main, self.rest
        return (
            np.where(left, rest_classes[at], classes[at]),
            np.where(left, rest_weights.value[at], weights.value[at]),
            np.where(left, rest_weights.rule[at], weights.rule[at]),
        )


def assign(positions: Positions, factor: Floats, rules: RuleSet) -> tuple[Treatment, Assignment]:
    """Return how each exposure is treated, with class, weight and rule of its parts.

    In a large book the rules are asked once for each kind of exposures that they treat alike.

    Parameters
    ----------
    positions
        n exposures.
    factor
        Shape (n,), conversion factors; the coverage of a defaulted exposure depends on it.
    rules
        Those in force on the reference date.
    """
    if len(positions) < WORTH:
        return assign_each(positions, factor, rules)
    edges = {
        rule.number
        for name, rule in rules.items()
        if name.startswith("credit.sa.") and name.endswith("_days")
    }
    kinds = positions.kinds(tuple(sorted(edges)))
    if _GAIN * len(kinds.rows) > len(positions):
        return assign_each(positions, factor, rules)
    treatment, assignment = assign_each(positions.take(kinds.rows), factor[kinds.rows], rules)
    return treatment.rows(kinds.code), assignment.rows(kinds.code)


def assign_each(positions: Positions, factor: Floats, rules: RuleSet) -> tuple[Treatment, Assignment]:
    """Return what `assign` does, asking the rules for each exposure."""
    kinds = {
        "other_item": of_product(positions, *OTHER_ITEMS),
        "fund": of_product(positions, "fund"),
        "equity": of_product(positions, "equity"),
        "covered_bond": of_product(positions, "covered_bond"),
    }
    treatment = treat(positions, kinds)
    classes, weights = weight_of_obligor(positions, rules)
    rest, obligor = (classes.copy(), weights.rows(slice(None))), classes.copy()
    _assets_without_obligor(positions, treatment, classes, weights)
    _subordinated_and_covered(positions, treatment, classes, weights)
    _default(positions, treatment, factor, (classes, weights), rest)
    _real_estate(positions, treatment, (classes, weights), rest)
    weights.value[positions.deducted], weights.rule[positions.deducted] = 0.0, ABSENT
    classes[positions.deducted] = number(CLASSES, "other_items")
    return treatment, Assignment((classes, weights), rest, obligor)


def _assets_without_obligor(
    positions: Positions, treatment: Treatment, classes: Codes, weights: Weights
) -> None:
    classes[treatment.other_item] = number(CLASSES, "other_items")
    for product, rule_id in OTHER_ITEMS.items():
        weights.set_to(treatment.other_item & of_product(positions, product), rule_id)
    classes[treatment.fund] = number(CLASSES, "ciu")
    weights.set_to(treatment.fund, "credit.sa.fund.fallback")
    classes[treatment.equity] = number(CLASSES, "equity")
    for kind, rule_id in _EQUITY_RULES.items():
        weights.set_to(treatment.equity & (positions.equity_type == number(EQUITY_TYPES, kind)), rule_id)


def _subordinated_and_covered(
    positions: Positions, treatment: Treatment, classes: Codes, weights: Weights
) -> None:
    classes[treatment.subordinated] = number(CLASSES, "subordinated")
    weights.set_to(treatment.subordinated, "credit.sa.subordinated")
    classes[treatment.covered_bond] = number(CLASSES, "covered_bonds")
    rated = treatment.covered_bond & (positions.issue_step > 0)
    weights.set_by_step(rated, "credit.sa.covered_bond.rated", positions.issue_step)
    where, rule_id = treatment.covered_bond & ~rated, "credit.sa.covered_bond.by_issuer_weight"
    if not where.any():
        return
    issuer, bond = (np.array(column) for column in zip(*weights.rules[rule_id].pairs, strict=True))
    # Between two weights of the article's list the bond takes the higher: never lighter than the law says.
    row = np.minimum(np.searchsorted(issuer, weights.value[where] - 1e-9), len(issuer) - 1)
    value = np.full(len(where), np.nan)
    value[where] = bond[row]
    weights.set_to(where, rule_id, value)


def _default(
    positions: Positions,
    treatment: Treatment,
    factor: Floats,
    main: tuple[Codes, Weights],
    rest: tuple[Codes, Weights],
) -> None:
    rules = main[1].rules
    gross = np.where(positions.on_balance, positions.amount, portion(positions.amount, factor))
    covered = positions.provision >= portion(gross, rules["credit.sa.default.coverage"].number)
    for classes, weights in (main, rest):
        classes[treatment.default] = number(CLASSES, "default")
        weights.set_to(treatment.default & covered, "credit.sa.default.high_coverage")
        weights.set_to(treatment.default & ~covered, "credit.sa.default.low_coverage")
    main[1].set_to(defaulted_on_property(positions, treatment), "credit.sa.default.secured_by_property")


def _real_estate(
    positions: Positions, treatment: Treatment, main: tuple[Codes, Weights], rest: tuple[Codes, Weights]
) -> None:
    classes, weights = main
    classes[treatment.construction] = number(CLASSES, "adc")
    presold = treatment.construction & positions.liens.presold
    weights.set_to(treatment.construction & ~presold, "credit.sa.construction.standard")
    weights.set_to(presold, "credit.sa.construction.presold_residential")
    for kind in ("residential", "commercial"):
        of_type = positions.liens.kind == number(PROPERTIES, kind)
        split = treatment.splitting & of_type
        classes[split] = number(CLASSES, f"real_estate_{kind}_non_ipre_secured")
        rest[0][split] = number(CLASSES, f"real_estate_{kind}_non_ipre_unsecured")
        # What Article 124(2) exempts is weighed as non-IPRE but is IPRE: C 07.00 counts it there (row 0061).
        exempt = split & positions.liens.income_producing
        classes[exempt] = rest[0][exempt] = number(CLASSES, f"real_estate_{kind}_ipre")
        weights.set_to(split, f"credit.sa.{kind}.secured")
        _income_producing(positions, treatment.income_producing & of_type, kind, main, rest)
        _ineligible(positions, treatment.ineligible & of_type, kind, main)


def _income_producing(
    positions: Positions, where: Bools, kind: str, main: tuple[Codes, Weights], rest: tuple[Codes, Weights]
) -> None:
    liens, rules = positions.liens, main[1].rules
    gross = on_property(positions.amount, liens.shared)
    ratio = exposure_to_value(gross, liens.value, liens.prior)
    bands = f"credit.sa.{kind}.income_producing"
    main[0][where] = number(CLASSES, f"real_estate_{kind}_ipre")
    rest[0][where] = number(CLASSES, f"real_estate_{kind}_other_ipre")
    main[1].set_to(where, bands, income_producing_weight(ratio, liens.prior > 0, bands, rules))
    rest[1].set_to(where, "credit.sa.property.income_producing_ineligible")


def _ineligible(positions: Positions, where: Bools, kind: str, main: tuple[Codes, Weights]) -> None:
    ipre = where & positions.liens.income_producing
    main[0][where & ~ipre] = number(CLASSES, f"real_estate_{kind}_other_non_ipre")
    main[0][ipre] = number(CLASSES, f"real_estate_{kind}_other_ipre")
    main[1].set_to(ipre, "credit.sa.property.income_producing_ineligible")
