"""Cuts exposures into the parts that have a weight each, to the cent (Articles 124 to 126 and 127(3) CRR)."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from plimsoll.credit.portions import portion
from plimsoll.credit.positions import Bools, Codes, Floats, Ints, Positions
from plimsoll.credit.real_estate import secured_part, within_lien
from plimsoll.credit.vocabulary import PARTS, PROPERTIES, number
from plimsoll.rules import RuleSet

__all__ = ["Parts", "Treatment", "cut", "treat"]

WHOLE, SECURED, UNSECURED = (number(PARTS, part) for part in PARTS)


@dataclass(frozen=True)
class Treatment:
    """How each exposure is treated, shape (n,); at most one of them holds for an exposure."""

    other_item: Bools
    fund: Bools
    equity: Bools
    default: Bools
    subordinated: Bools
    covered_bond: Bools
    construction: Bools
    splitting: Bools
    income_producing: Bools
    ineligible: Bools

    @property
    def cut(self) -> Bools:
        """Where the exposure is cut at a property value or at a lien."""
        return self.splitting | self.income_producing


@dataclass(frozen=True)
class Parts:
    """Parts of exposures, shape (m,), m >= n; amounts in whole cents, summing to each exposure exactly."""

    exposure: Ints
    part: Codes
    original: Ints
    provision: Ints
    net: Ints
    value: Ints
    factor: Floats


def treat(positions: Positions, kinds: dict[str, Bools]) -> Treatment:
    """Return how each exposure is treated: the first that fits, in the order of the fields of `Treatment`.

    Parameters
    ----------
    positions
        n exposures.
    kinds
        Shape (n,) for each of other_item, fund, equity and covered_bond, by product.
    """
    free = ~positions.deducted
    order = {
        "other_item": kinds["other_item"],
        "fund": kinds["fund"],
        "equity": kinds["equity"],
        "default": positions.defaulted,
        "subordinated": positions.subordinated,
        "covered_bond": kinds["covered_bond"],
    }
    found: dict[str, Bools] = {}
    for name, where in order.items():
        found[name] = free & where
        free = free & ~where
    return Treatment(**found, **_property_treatments(positions, free))


def _property_treatments(positions: Positions, free: Bools) -> dict[str, Bools]:
    liens = positions.liens
    construction = free & (liens.kind == number(PROPERTIES, "adc"))
    secured = free & liens.present & ~construction
    depends = depends_on_income(positions)
    return {
        "construction": construction,
        "splitting": secured & liens.eligible & ~depends,
        "income_producing": secured & liens.eligible & depends,
        "ineligible": secured & ~liens.eligible,
    }


def depends_on_income(positions: Positions) -> Bools:
    """Say where the exposure is IPRE and not treated as if it were not (Article 124(2), point (a)(ii))."""
    liens = positions.liens
    exempt = liens.exempt & (liens.kind == number(PROPERTIES, "residential"))
    result: Bools = liens.income_producing & ~exempt
    return result


def defaulted_on_property(positions: Positions, treatment: Treatment) -> Bools:
    """Say where a defaulted exposure is non-IPRE and has eligible property behind it (Article 127(3))."""
    liens = positions.liens
    property_behind = liens.present & (liens.kind != number(PROPERTIES, "adc")) & liens.eligible
    result: Bools = treatment.default & property_behind & ~depends_on_income(positions)
    return result


def cut(positions: Positions, treatment: Treatment, factor: Floats, rules: RuleSet) -> Parts:
    """Return the parts of every exposure.

    The property's share is taken of the amount after provisions, which is the exposure value of Article
    111(1); provisions then follow the parts in proportion. An undrawn amount is cut before its conversion
    factor.

    Parameters
    ----------
    positions, treatment
        n exposures.
    factor
        Shape (n,), conversion factors.
    rules
        Those in force on the reference date.
    """
    net = positions.amount - positions.provision
    secured = _secured_of(positions, treatment, net, rules)
    in_default = defaulted_on_property(positions, treatment)
    is_cut = treatment.cut | in_default
    total = np.where(positions.on_balance, net, portion(net, factor))
    value = np.where(positions.on_balance, secured, portion(secured, factor))
    provision = _in_proportion(positions.provision, secured, net)
    first = is_cut & ((secured > 0) | (net == 0))
    second = is_cut & (secured < net)
    rows = [np.flatnonzero(where) for where in (~is_cut, first, second)]
    amounts = (
        (net, secured, net - secured),
        (positions.provision, provision, positions.provision - provision),
        (total, value, total - value),
    )
    nets, provisions, values = (
        np.concatenate([column[row] for column, row in zip(columns, rows, strict=True)])
        for columns in amounts
    )
    exposure = np.concatenate(rows)
    labels = [
        np.full(len(row), part, np.int16) for row, part in zip(rows, (WHOLE, SECURED, UNSECURED), strict=True)
    ]
    return Parts(
        exposure, np.concatenate(labels), nets + provisions, provisions, nets, values, factor[exposure]
    )


def _secured_of(positions: Positions, treatment: Treatment, net: Ints, rules: RuleSet) -> Ints:
    liens = positions.liens
    secured = within_lien(net, liens.lien)
    for kind in ("residential", "commercial"):
        where = treatment.splitting & (liens.kind == number(PROPERTIES, kind))
        share = rules[f"credit.sa.{kind}.secured_share"].number
        secured[where] = secured_part(net, liens.value, liens.lien, liens.prior, share)[where]
    return secured


def _in_proportion(provision: Ints, part: Ints, whole: Ints) -> Ints:
    """Return the provision of the part, all of it where nothing is left of the whole."""
    ratio = np.ones(len(whole))
    np.divide(part, whole, out=ratio, where=whole > 0)
    return np.rint(provision * ratio).astype(np.int64)
