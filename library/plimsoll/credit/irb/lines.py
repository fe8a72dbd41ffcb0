"""From exposures with internal ratings to their risk-weighted amounts and expected losses: a line for each."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plimsoll.credit.amounts import reliefs, supported
from plimsoll.credit.columns import Lazy, Makers, stacked
from plimsoll.credit.coverage import Pieces, cover
from plimsoll.credit.irb.accounts import account_of, collateral_account, guarantee_account
from plimsoll.credit.irb.classes import CORPORATE, RETAIL
from plimsoll.credit.irb.components import Components, components_of, turnover_meur
from plimsoll.credit.irb.formulas import Weights, weights_of
from plimsoll.credit.irb.guarantors import Guarantors, guarantors_of
from plimsoll.credit.irb.line_columns import converted, covered_columns, own_columns
from plimsoll.credit.irb.permissions import check_ratings, is_large_corporate
from plimsoll.credit.irb.tracing import trace
from plimsoll.credit.line_columns import in_order
from plimsoll.credit.lines import Weighted
from plimsoll.credit.positions import Ints, Positions
from plimsoll.credit.protections import Protections
from plimsoll.credit.recognition import CLAIMS, FINANCIAL, recognise_claims, recognise_pledges
from plimsoll.credit.vocabulary import IRB_CLASSES, PLEDGES, number
from plimsoll.rules import RuleSet

__all__ = ["weigh_internal"]


def weigh_internal(
    positions: Positions,
    rules: RuleSet,
    day: np.datetime64,
    *,
    in_euro: bool = True,
    protections: Protections | None = None,
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
    protections
        Pledges and guarantees behind them; none by default. The comprehensive method holds here whatever the bank
        chose for the standardised approach (Article 222(1)).

    Returns
    -------
    `Weighted`: lines with `COLUMNS`; `rwa` = `ead` · `risk_weight` less the supporting factors, `el` the expected
    loss amount. What a guarantor covers has a line of its own; one of a guarantor whom the standardised approach
    weighs is standardised (Article 235a). `rwa_standardised` is NaN: the caller fills it.

    Raises
    ------
    SimulationError
        A rating is not allowed or incomplete.
    """
    check_ratings(positions, rules)
    at = np.flatnonzero(positions.ratings.internal & ~positions.deducted)
    collateral, report = _collateral(positions, protections, day, rules)
    found = components_of(positions, at, rules, day, collateral)
    weights = weights_of(positions, found, rules, in_euro)
    marks = _marks(positions, at, rules, in_euro)
    whole = _amounts(positions, found, weights, marks, rules)
    covered: Makers | None = None
    if protections is not None and len(protections.guarantees):
        guarantors = guarantors_of(positions, protections, day, rules)
        pieces = _pieces(found, weights, whole, guarantors)
        covered = covered_columns(positions, found, pieces, (protections, guarantors), rules)
        found = _uncovered(found, pieces)
        whole = _amounts(positions, found, weights, marks, rules)
        report.append(guarantee_account(positions, protections, guarantors, pieces))
    audit, used = trace(positions, found, marks, (weights.rule, weights.place), rules)
    columns = Lazy({**own_columns(positions, found, weights, whole, marks, rules), "rule_ids": audit})
    if covered is not None:
        columns = stacked(columns, Lazy(covered))
    account = account_of(report)
    used |= {rule_id for ids in account["rule_ids"] for rule_id in ids.split()}
    return Weighted(in_order(columns, ordered=positions.ordered), used, account)


def _marks(positions: Positions, at: Ints, rules: RuleSet, in_euro: bool) -> dict[str, NDArray[Any]]:
    """Return what supporting factors and size ask of each of the k exposures."""
    eases = reliefs(positions, rules, in_euro)
    irb_class, performing = positions.ratings.irb_class[at], ~positions.defaulted[at]
    corporate = np.isin(irb_class, [number(IRB_CLASSES, name) for name in CORPORATE])
    retail = np.isin(irb_class, [number(IRB_CLASSES, name) for name in RETAIL])
    eased = eases.sme[at] & (corporate | retail) & performing
    limit = rules["credit.irb.sme.turnover_limit"].number
    return {
        "sme": eases.sme[at],
        "eased": eased,
        "factor": np.where(eased, eases.sme_factor[at], 1.0),
        "built": corporate & positions.infrastructure[at] & performing,
        "large": is_large_corporate(positions, rules)[at],
        "small": corporate & (turnover_meur(positions, at, in_euro) < limit),
    }


def _amounts(
    positions: Positions, found: Components, weights: Weights, marks: Mapping[str, Any], rules: RuleSet
) -> dict[str, Ints]:
    before = np.rint(found.ead * weights.weight).astype(np.int64)
    reduction, relief = supported(before, marks["factor"], marks["built"], rules)
    loss = np.rint(found.ead * weights.loss).astype(np.int64)
    provision = positions.provision[found.at]
    return {"before": before, "reduction": reduction, "relief": relief, "el": loss, "provision": provision}


def _pieces(found: Components, weights: Weights, whole: Mapping[str, Ints], guarantors: Guarantors) -> Pieces:
    """Return the pieces of exposures that guarantors cover, where they are lighter after the obligor's factors."""
    rwa = whole["before"] - whole["reduction"] - whole["relief"]
    eased = np.where(whole["before"] > 0, rwa / np.maximum(whole["before"], 1), 1.0)
    protection = (guarantors.exposure, guarantors.amount, guarantors.weight)
    return cover(found.at, found.amount, weights.weight * eased, protection)


def _uncovered(found: Components, pieces: Pieces) -> Components:
    """Return the inputs of what guarantors leave: credit risk adjustments stay with it (Article 236(2))."""
    size = len(found.at)
    taken, lent = (
        np.bincount(pieces.part, weights=cents, minlength=size).astype(np.int64)
        for cents in (pieces.end - pieces.start, converted(found, pieces))
    )
    return replace(found, amount=found.amount - taken, ead=found.ead - lent)


def _collateral(
    positions: Positions, protections: Protections | None, day: np.datetime64, rules: RuleSet
) -> tuple[dict[str, Ints], list[pd.DataFrame]]:
    """Return the value of pledges by type, and the account of them; financial collateral after its adjustments."""
    if protections is None or not len(protections.pledges):
        return {}, []
    pledges, rated = protections.pledges, positions.ratings.internal & ~positions.deducted
    need = np.where(rated, positions.amount, 0)
    found = recognise_pledges(positions, pledges, protections.issuers[0], need, FINANCIAL, day, rules)
    others = [recognise_claims(positions, pledges, kind, day, rules) for kind in CLAIMS]
    accounts, worth = [], {}
    for kind, recognised in zip(("financial", *CLAIMS), (found, *others), strict=True):
        names = FINANCIAL if kind == "financial" else (kind,)
        mine = np.isin(pledges.kind, [number(PLEDGES, name) for name in names])
        used = np.where(mine, recognised.used, 0)
        worth[kind] = np.bincount(pledges.exposure, weights=used, minlength=len(positions)).astype(np.int64)
        accounts.append(collateral_account(positions, pledges, recognised, np.flatnonzero(mine)))
    return worth, accounts
