"""Cuts exposures into the parts that have a weight each, to the cent (Articles 124 to 126 and 127(3) CRR)."""

from __future__ import annotations

from dataclasses import dataclass, fields, replace
from functools import cached_property

import numpy as np
import pyarrow.compute as pc

from plimsoll.credit.coverage import Pieces
from plimsoll.credit.portions import portion
from plimsoll.credit.positions import ABSENT, Bools, Codes, Floats, Ints, Positions
from plimsoll.credit.real_estate import secured_part, share_room, within_lien
from plimsoll.credit.vocabulary import PARTS, PROPERTIES, number
from plimsoll.rules import RuleSet

__all__ = ["Parts", "Treatment", "covered", "cut", "treat"]

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

    def rows(self, rows: Ints) -> Treatment:
        """Return that of some of the exposures."""
        return Treatment(**{field.name: getattr(self, field.name)[rows] for field in fields(self)})

    @property
    def cut(self) -> Bools:
        """Where the exposure is cut at a property value or at a lien."""
        return self.splitting | self.income_producing


@dataclass(frozen=True)
class Parts:
    """Parts of exposures, shape (m,), m >= n; amounts in whole cents, summing to each exposure exactly.

    `collateral` is what financial collateral takes off the part (Article 223(5)); `low` and `high` are where the
    rest lies within the exposure so reduced, so that `value` adds up for any conversion factor. `protection` is the
    place of the protection that covers the part, -1 where the obligor is owed it.
    """

    exposure: Ints
    part: Codes
    protection: Ints
    original: Ints
    provision: Ints
    net: Ints
    collateral: Ints
    low: Ints
    high: Ints
    factor: Floats

    @property
    def size(self) -> Ints:
        """What is left after financial collateral, before conversion factors."""
        return self.high - self.low

    @cached_property
    def value(self) -> Ints:
        """Exposure value, after conversion factors."""
        whole = self.factor == 1
        if whole.all():
            return self.size
        value: Ints = portion(self.high, self.factor) - portion(self.low, self.factor)
        return np.where(whole, self.size, value)

    def rows(self, rows: Ints) -> Parts:
        """Return some of the parts."""
        return Parts(**{column.name: getattr(self, column.name)[rows] for column in fields(self)})

    def converted(self, factor: Floats) -> Parts:
        """Return the same parts under other conversion factors, shape (n,)."""
        return replace(self, factor=factor[self.exposure])


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


def cut(
    positions: Positions, treatment: Treatment, collateral: Ints, factor: Floats, rules: RuleSet
) -> Parts:
    """Return the parts of every exposure, in the order of the exposures, the secured part first.

    The property's share is taken of the amount after provisions and financial collateral, which is the exposure
    value of Articles 111(1) and 228; provisions then follow the parts in proportion. An undrawn amount is cut
    before its conversion factor. Financial collateral comes off what the property does not secure.

    Parameters
    ----------
    positions, treatment
        n exposures.
    collateral
        Shape (n,), adjusted value of financial collateral, at most what is exposed.
    factor
        Shape (n,), conversion factors.
    rules
        Those in force on the reference date.
    """
    net = positions.amount - positions.provision
    left = net - collateral
    secured = _secured_of(positions, treatment, left, rules)
    is_cut = treatment.cut | defaulted_on_property(positions, treatment)
    provision = _in_proportion(positions.provision, secured, net)
    first = is_cut & ((secured > 0) | (net == 0))
    second = is_cut & (secured < net)
    rows = [np.flatnonzero(where) for where in (~is_cut, first, second)]
    none = np.zeros_like(net)
    amounts = (
        (net, secured, net - secured),
        (positions.provision, provision, positions.provision - provision),
        (collateral, none, collateral),
        (none, none, secured),
        (left, secured, left),
    )
    nets, provisions, collaterals, low, high = (
        np.concatenate([column[row] for column, row in zip(columns, rows, strict=True)])
        for columns in amounts
    )
    exposure = np.concatenate(rows)
    labels = np.repeat(np.array([WHOLE, SECURED, UNSECURED], np.int16), [len(row) for row in rows])
    order = np.argsort(exposure, kind="stable")  # the secured part before the other
    exposure = exposure[order]
    return Parts(
        exposure,
        labels[order],
        np.full(len(exposure), ABSENT, dtype=np.int64),
        (nets + provisions)[order],
        provisions[order],
        nets[order],
        collaterals[order],
        low[order],
        high[order],
        factor[exposure],
    )


def covered(parts: Parts, pieces: Pieces) -> Parts:
    """Return the parts with the pieces that protection covers as parts of their own, after the others.

    Provisions follow the pieces in proportion; financial collateral stays with what is not covered.
    """
    taken = np.bincount(pieces.part, weights=pieces.end - pieces.start, minlength=len(parts.exposure))
    taken = taken.astype(np.int64)  # whole cents in float64 add up exactly below 90 trillion
    at, size = pieces.part, pieces.end - pieces.start
    provision = _followed(parts, at, pieces.end) - _followed(parts, at, pieces.start)
    given = np.bincount(at, weights=provision, minlength=len(parts.exposure)).astype(np.int64)
    rest = Parts(
        parts.exposure,
        parts.part,
        parts.protection,
        parts.original - taken - given,
        parts.provision - given,
        parts.net - taken,
        parts.collateral,
        parts.low + taken,
        parts.high,
        parts.factor,
    )
    kept = np.flatnonzero((rest.net > 0) | (taken == 0))
    lines = Parts(
        parts.exposure[at],
        parts.part[at],
        pieces.protection,
        size + provision,
        provision,
        size,
        np.zeros_like(size),
        parts.low[at] + pieces.start,
        parts.low[at] + pieces.end,
        parts.factor[at],
    )
    return Parts(
        **{
            column.name: np.concatenate([getattr(rest, column.name)[kept], getattr(lines, column.name)])
            for column in fields(Parts)
        }
    )


def _followed(parts: Parts, at: Ints, cents: Ints) -> Ints:
    """Return the provisions of the first so many cents of parts: differences of it add up."""
    share = cents / np.maximum(parts.net[at], 1)
    return np.rint(parts.provision[at] * share).astype(np.int64)


def _secured_of(positions: Positions, treatment: Treatment, net: Ints, rules: RuleSet) -> Ints:
    liens = positions.liens
    secured = within_lien(net, liens.lien)
    order = _order_on_property(positions)
    for kind in ("residential", "commercial"):
        where = treatment.splitting & (liens.kind == number(PROPERTIES, kind))
        share = rules[f"credit.sa.{kind}.secured_share"].number
        alone = secured_part(net, liens.value, liens.lien, liens.prior, share)
        room = np.maximum(portion(liens.value, share) - liens.prior, 0)
        secured[where] = share_room(np.where(where, alone, 0), room, liens.shared, order)[where]
    return secured


def _order_on_property(positions: Positions) -> Ints:
    """Return who is secured first where exposures share a property: by the rank of the lien, then by id."""
    if not (positions.liens.shared != ABSENT).any():
        return positions.liens.rank
    place = np.empty(len(positions), dtype=np.int64)
    place[np.asarray(pc.sort_indices(positions.exposure_id))] = np.arange(len(positions))
    return positions.liens.rank * len(positions) + place


def _in_proportion(provision: Ints, part: Ints, whole: Ints) -> Ints:
    """Return the provision of the part, all of it where nothing is left of the whole."""
    ratio = np.ones(len(whole))
    np.divide(part, whole, out=ratio, where=whole > 0)
    return np.rint(provision * ratio).astype(np.int64)
