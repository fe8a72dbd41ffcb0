"""Inputs of the formulas for a book's exposures: exposure value, PD, LGD and M, with floors and collateral."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from plimsoll.credit.conversion import conversion_factor
from plimsoll.credit.irb.classes import COLLATERAL, CORPORATE, RETAIL
from plimsoll.credit.irb.floors import floored_ccf, floored_lgd, floored_pd
from plimsoll.credit.irb.maturity import effective_maturity, foundation_maturity
from plimsoll.credit.irb.permissions import is_financial
from plimsoll.credit.irb.supervisory import effective_lgd, secured_shares, supervisory_lgd
from plimsoll.credit.positions import ABSENT, Bools, Floats, Ints, Positions
from plimsoll.credit.ratings import ADVANCED, FOUNDATION, SLOTTING
from plimsoll.credit.vocabulary import IRB_CLASSES, PROPERTIES, number
from plimsoll.credit.weights import of_kind, of_product
from plimsoll.rules import RuleSet

__all__ = ["Components", "components_of", "formula_class", "slotted", "turnover_meur"]

_MILLION = 1_000_000
_NOT_COMMITMENTS = ("guarantee_issued", "trade_finance")
_FORMULAS = {"regional_government": "regional_public", "public_sector": "regional_public"}


def formula_class(irb_class: str) -> str:
    """Return the class of `plimsoll.credit.irb.CLASSES` whose formula a class of Article 147(2) has."""
    return _FORMULAS.get(irb_class, irb_class)


@dataclass(frozen=True)
class Components:
    """Inputs for k exposures, shape (k,); `at` is their place among the n positions.

    `amount` and `ead` are in whole cents, before and after conversion factors, before any credit risk adjustment
    (Article 166(1)). `secured` is the share of the
    exposure that each type of collateral covers. NaN where a formula does not read the input.
    """

    at: Ints
    ccf: Floats
    own_ccf: Bools
    eased: Bools
    amount: Ints
    ead: Ints
    pd: Floats
    lgd: Floats
    elbe: Floats
    maturity: Floats
    years_left: Floats
    secured: Mapping[str, Floats]


def components_of(
    positions: Positions, at: Ints, rules: RuleSet, day: np.datetime64, collateral: Mapping[str, Ints]
) -> Components:
    """Return the inputs of the formulas.

    Parameters
    ----------
    positions
        n exposures.
    at
        Shape (k,), the exposures that internal ratings weigh.
    rules
        Those in force on the reference date.
    day
        Reference date, from which maturities count.
    collateral
        By type, shape (n,), the value of other collateral than immovable property in whole cents; that of
        `financial` after volatility adjustments.
    """
    ratings = positions.ratings
    factor, own, eased = _conversion(positions, at, rules)
    amount = positions.amount[at]
    ead = np.where(positions.on_balance[at], amount, np.rint(amount * factor).astype(np.int64))
    worth = {kind: np.zeros(len(at)) for kind in COLLATERAL}
    worth |= {kind: values[at].astype(np.float64) for kind, values in collateral.items()}
    worth["immovable_property"] = _property_behind(positions)[at].astype(np.float64)
    # Article 223(4)(b): an undrawn amount counts in full when collateral is held against it.
    secured = secured_shares(np.maximum(amount, 1), worth, rules=rules)
    years = ratings.years_left(day)[at]
    found = {name: np.full(len(at), np.nan) for name in ("pd", "lgd", "elbe", "maturity")}
    for place, name in enumerate(IRB_CLASSES):
        for approach in (FOUNDATION, ADVANCED):
            row = np.flatnonzero((ratings.irb_class[at] == place) & (ratings.approach[at] == approach))
            if len(row):
                shares = {kind: share[row] for kind, share in secured.items()}
                block = _block(positions, at[row], (name, approach), shares, years[row], rules)
                for column, values in block.items():
                    found[column][row] = values
    return Components(at, factor, own, eased, amount, ead, **found, years_left=years, secured=secured)


def _conversion(positions: Positions, at: Ints, rules: RuleSet) -> tuple[Floats, Bools, Bools]:
    """Return conversion factors, where they are own estimates, and where Article 495d lowers them.

    The factor without own estimates is that of Article 111(2) (Article 142(1), point (11)), so Article 495d
    reaches it: template C 08.01 has a column for the factor of 0 %. The floor of own estimates takes the
    percentage of Article 111(2) in full.
    """
    bucket, on = positions.bucket[at], positions.on_balance[at]
    cancellable = ~of_product(positions, *_NOT_COMMITMENTS)[at]
    lowered = conversion_factor(bucket, on, cancellable, rules)
    full = conversion_factor(bucket, on, np.zeros_like(cancellable), rules)
    own = ~np.isnan(positions.ratings.ccf[at])
    factor, sovereign = lowered.copy(), positions.ratings.irb_class[at] == number(IRB_CLASSES, "sovereign")
    for where, name in ((own & sovereign, "sovereign"), (own & ~sovereign, "corporate")):
        if where.any():
            estimate = positions.ratings.ccf[at][where]
            factor[where] = floored_ccf(estimate, full[where], exposure_class=name, rules=rules)
    return factor, own, (lowered < full) & ~own


def _property_behind(positions: Positions) -> Ints:
    """Return the value of eligible immovable property after what ranks before, up to the lien, shape (n,)."""
    liens = positions.liens
    usable = liens.eligible & np.isin(
        liens.kind, [number(PROPERTIES, "residential"), number(PROPERTIES, "commercial")]
    )
    value = np.maximum(liens.value - liens.prior, 0)
    value = np.where(liens.lien == ABSENT, value, np.minimum(value, np.maximum(liens.lien, 0)))
    return np.where(usable, value, 0)


def _block(
    positions: Positions,
    at: Ints,
    block: tuple[str, int],
    shares: Mapping[str, Floats],
    years: Floats,
    rules: RuleSet,
) -> dict[str, Floats]:
    irb_class, approach = block
    name = formula_class(irb_class)
    ratings, defaulted = positions.ratings, positions.defaulted[at]
    given = np.where(defaulted, 1.0, ratings.pd[at])
    transactor = positions.transactor[at] if name == "retail_qrre" else np.zeros(len(at), np.bool_)
    pd = np.asarray(floored_pd(given, exposure_class=name, transactor=transactor, rules=rules))
    if approach == ADVANCED:
        lgd = floored_lgd(ratings.lgd[at], exposure_class=name, secured=shares, rules=rules)
        elbe = np.where(defaulted, ratings.elbe[at], np.nan)
        longest = rules["credit.irb.maturity.cap"].number
        stated = np.where(np.isnan(ratings.maturity[at]), years, ratings.maturity[at])
        maturity = effective_maturity(np.where(np.isnan(stated), longest, stated), rules=rules)
    else:
        lgd = effective_lgd(_unsecured(positions, at, name, rules), shares, rules=rules)
        elbe = np.where(defaulted, lgd, np.nan)
        maturity = foundation_maturity(np.zeros(len(at), np.bool_), rules=rules)
    if name in RETAIL:
        maturity = np.full(len(at), np.nan)
    return {"pd": pd, "lgd": lgd, "elbe": elbe, "maturity": maturity}


def _unsecured(positions: Positions, at: Ints, name: str, rules: RuleSet) -> Floats:
    financial = is_financial(positions)[at] if name in CORPORATE else np.zeros(len(at), np.bool_)
    return supervisory_lgd(
        exposure_class=name,
        financial=financial,
        subordinated=positions.subordinated[at],
        covered_bond=of_product(positions, "covered_bond")[at],
        rules=rules,
    )


def turnover_meur(positions: Positions, at: Ints, in_euro: bool) -> Floats:
    """Return the turnover that lowers the correlation (Article 153(4)), million euro, NaN where none does."""
    firms = of_kind(positions, "corporate")[at]
    known = positions.ratings.turnover[at] / _MILLION
    return np.where(firms & in_euro, known, np.nan)


def slotted(positions: Positions, at: Ints) -> Bools:
    """Say where specialised lending is weighed by its category."""
    result: Bools = positions.ratings.approach[at] == SLOTTING
    return result
