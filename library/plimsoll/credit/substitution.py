"""Credit protection under the standardised approach: what it takes off an exposure, and what it weighs instead.

In this order: financial collateral comes off the exposure (comprehensive method), property is then held against
what is left, and guarantees, or collateral under the simple method, cover the parts, the heaviest first by the
lightest (`coverage`).
"""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from plimsoll.credit.amounts import Amounts
from plimsoll.credit.columns import text_of
from plimsoll.credit.coverage import Pieces, cover
from plimsoll.credit.direct import direct_weights
from plimsoll.credit.parts import Parts
from plimsoll.credit.portions import portion
from plimsoll.credit.positions import Positions
from plimsoll.credit.protections import Protections
from plimsoll.credit.reading import Codes, Floats, Ints
from plimsoll.credit.recognition import (
    FINANCIAL,
    REASONS,
    Recognised,
    ends_before,
    recognise_guarantees,
    recognise_pledges,
    rules_of,
)
from plimsoll.credit.vocabulary import CLASSES, COUNTERPARTY_TYPES, PLEDGES, PROTECTIONS, number
from plimsoll.credit.weights import of_product
from plimsoll.rules import RuleSet

__all__ = [
    "REPORT_COLUMNS",
    "Covers",
    "Funded",
    "covers_of",
    "funded_of",
    "pieces_of",
    "protectable",
    "report_of",
]

REPORT_COLUMNS = (
    "protection_id", "exposure_id", "protection_type", "provider_id", "approach", "value", "haircut",
    "currency_haircut", "maturity_share", "adjusted", "used", "risk_weight", "reason", "rule_ids",
)  # fmt: skip
"""Columns of the account of protection: what each piece is worth, how much of it counts, and why no more.

`value` is as the book has it, `adjusted` after volatility and currency, `used` what counts after the maturity
mismatch and up to the need; `risk_weight` that of the provider, missing where the collateral lowers the exposure
or the LGD instead. `rule_ids` are the ids of the rules its value rests on, parted by blanks.
"""

_CENTS = 100
_NEVER_PROTECTED = (
    "equity",
    "fund",
    "cash",
    "cash_in_collection",
    "tangible_asset",
    "other_asset",
    "intangible_software",
    "deferred_tax_asset",
)
_NOT_LIGHTER = REASONS.index("no lighter than the obligor")
_APPROACH = REASONS.index("not eligible under this approach")
_EARLY = REASONS.index("ends too early")
_DEBT, _CASH = number(PLEDGES, "debt_security"), ("cash", "on_balance_netting")
_SIMPLE = ("cash", "on_balance_netting", "gold", "debt_security", "main_index_equity")


@dataclass(frozen=True)
class Funded:
    """Pledges recognised, and what they take off each of n exposures, whole cents; `worth` before adjustments."""

    recognised: Recognised
    taken_off: Ints
    worth: Ints


@dataclass(frozen=True)
class Covers:
    """Protection that is weighed in the obligor's place, shape (k,): guarantees, then pledges where simple.

    `rule` is the place of the rule of the weight among the rules in force.
    """

    exposure: Ints
    amount: Ints
    weight: Floats
    classes: Codes
    rule: Codes
    ids: pa.Array
    kinds: pa.Array
    providers: pa.Array
    recognised: tuple[Recognised, Recognised | None]


def protectable(positions: Positions) -> np.ndarray:
    """Say which exposures credit protection may reduce: those that somebody owes, shape (n,)."""
    result: np.ndarray = (
        ~positions.deducted & (positions.obligor >= 0) & ~of_product(positions, *_NEVER_PROTECTED)
    )
    return result


def funded_of(positions: Positions, protections: Protections, day: np.datetime64, rules: RuleSet) -> Funded:
    """Return what financial collateral takes off exposures under the comprehensive method."""
    net = np.where(protectable(positions), positions.amount - positions.provision, 0)
    allowed = () if protections.simple else FINANCIAL
    pledges = protections.pledges
    found = recognise_pledges(positions, pledges, protections.issuers[0], net, allowed, day, rules)
    share = np.divide(found.taken, found.adjusted, out=np.zeros(len(pledges)), where=found.adjusted > 0)
    worth = np.rint(pledges.amount * share).astype(np.int64)
    return Funded(found, _sums(pledges.exposure, found.used, net), _sums(pledges.exposure, worth, net))


def covers_of(positions: Positions, protections: Protections, day: np.datetime64, rules: RuleSet) -> Covers:
    """Return the guarantees, and under the simple method the pledges, with the weight of each."""
    guarantees, pledges = protections.guarantees, protections.pledges
    found = recognise_guarantees(positions, guarantees, protections.providers[0], day, rules)
    classes, weight, rule = direct_weights(protections.providers, rules)
    able = protectable(positions)
    amount = np.where(able[guarantees.exposure], found.used, 0)
    kinds, names = pa.array(PROTECTIONS), pa.array(PLEDGES)
    first = (guarantees.exposure, amount, weight, classes, rule)
    if not protections.simple:
        taken = kinds.take(pa.array(guarantees.kind))
        return Covers(*first, guarantees.ids, taken, guarantees.provider_id, (found, None))
    value, simple = _simple(positions, protections, day, rules)
    issuers = pa.array([""] * len(pledges), pa.string())
    return Covers(
        np.concatenate([guarantees.exposure, pledges.exposure]),
        np.concatenate([amount, np.where(able[pledges.exposure], value.used, 0)]),
        np.concatenate([weight, simple[0]]),
        np.concatenate([classes, simple[1]]),
        np.concatenate([rule, simple[2]]),
        pa.concat_arrays([guarantees.ids, pledges.ids]),
        pa.concat_arrays([kinds.take(pa.array(guarantees.kind)), names.take(pa.array(pledges.kind))]),
        pa.concat_arrays([guarantees.provider_id, issuers]),
        (found, value),
    )


def pieces_of(parts: Parts, amounts: Amounts, covers: Covers) -> Pieces:
    """Return the pieces of parts that are covered: where the provider is lighter after the obligor's factors."""
    before = np.maximum(amounts.before_factors, 1)
    eased = np.where(amounts.before_factors > 0, amounts.rwa / before, 1.0)
    return cover(
        parts.exposure, parts.size, amounts.weight * eased, (covers.exposure, covers.amount, covers.weight)
    )


def _simple(
    positions: Positions, protections: Protections, day: np.datetime64, rules: RuleSet
) -> tuple[Recognised, tuple[Floats, Codes, Codes]]:
    """Return pledges at market value with the weight of the instrument (Article 222(3) and (6), 239(1))."""
    pledges, issuers = protections.pledges, protections.issuers
    classes, weight, rule = direct_weights(issuers, rules)
    full = np.full(len(positions), np.iinfo(np.int64).max // 4)
    found = recognise_pledges(positions, pledges, issuers[0], full, _SIMPLE, day, rules)
    same = pledges.currency == positions.currency[pledges.exposure]
    cash = np.isin(pledges.kind, [number(PLEDGES, name) for name in _CASH])
    states = [number(COUNTERPARTY_TYPES, name) for name in ("central_government", "central_bank")]
    state = np.isin(issuers[0].kind, states) | issuers[0].as_government | issuers[0].zero_weight_body
    free = same & (pledges.kind == _DEBT) & state & (weight == 0)
    kept = 1 - rules["credit.crm.simple.government_discount"].number
    mismatch = ends_before(positions, pledges, day)
    good = (found.reason != _APPROACH) & (found.adjusted > 0) & ~mismatch
    value = np.where(good, np.where(free, portion(pledges.amount, kept), pledges.amount), 0)
    instrument = np.where(pledges.kind == _DEBT, weight, 0.0)
    instrument = np.where(pledges.kind == number(PLEDGES, "main_index_equity"), np.inf, instrument)
    floored = np.maximum(instrument, rules["credit.crm.simple.floor"].number)
    chosen = np.where((cash & same) | free, 0.0, floored)
    rule_ids = tuple(sorted(rules))
    places = {name: rule_ids.index(f"credit.crm.simple.{name}") for name in ("floor", "cash", "government")}
    rule = np.where(floored > instrument, places["floor"], rule)
    rule = np.where(cash & same, places["cash"], np.where(free, places["government"], rule)).astype(np.int16)
    classes = np.where(pledges.kind == _DEBT, classes, number(CLASSES, "other_items")).astype(np.int16)
    reason = np.where((found.reason == 0) & mismatch, _EARLY, found.reason)
    zeros, share = np.zeros(len(value)), np.where(mismatch, 0.0, 1.0)
    names = np.where(free, "credit.crm.simple.government_discount", "").astype(object)
    recognised = Recognised(zeros, zeros, share, value, value, value, reason, names)
    return recognised, (chosen, classes, rule)


def report_of(
    positions: Positions, protections: Protections, funded: Funded, covers: Covers, pieces: Pieces
) -> pd.DataFrame:
    """Return the account of protection under the standardised approach, sorted by id, columns `REPORT_COLUMNS`."""
    used = np.bincount(
        pieces.protection, weights=pieces.end - pieces.start, minlength=len(covers.exposure)
    ).astype(np.int64)
    guarantees = len(protections.guarantees)
    value = protections.guarantees.amount
    parts = [_account(positions, covers, covers.recognised[0], slice(0, guarantees), used, value)]
    pledges = protections.pledges
    if covers.recognised[1] is not None:
        rows = slice(guarantees, None)
        parts.append(_account(positions, covers, covers.recognised[1], rows, used, pledges.amount))
    else:
        issuers = pa.array([""] * len(pledges), pa.string())
        parts.append(
            account(
                positions,
                (pledges.ids, pledges.exposure, pledges.amount),
                funded.recognised,
                (pa.array(PLEDGES).take(pa.array(pledges.kind)), issuers),
            )
        )
    return pd.concat(parts, ignore_index=True).sort_values("protection_id", ignore_index=True)


def _account(
    positions: Positions, covers: Covers, found: Recognised, rows: slice, used: Ints, value: Ints
) -> pd.DataFrame:
    lighter = used[rows] > 0
    reason = np.where((found.reason == 0) & ~lighter, _NOT_LIGHTER, found.reason)
    length = len(value)
    start = rows.start or 0
    words = (covers.kinds.slice(start, length), covers.providers.slice(start, length))
    what = (covers.ids.slice(start, length), covers.exposure[rows], value)
    frame = account(positions, what, found, words)
    return frame.assign(
        used=used[rows] / _CENTS, risk_weight=covers.weight[rows], reason=[REASONS[i] for i in reason]
    )


def account(
    positions: Positions,
    what: tuple[pa.Array, Ints, Ints],
    found: Recognised,
    words: tuple[pa.Array, pa.Array],
) -> pd.DataFrame:
    """Return the account of pieces of protection: ids, exposures and values, what is recognised, type, provider."""
    ids, exposure, value = what
    kinds, providers = words
    return pd.DataFrame(
        {
            "protection_id": text_of(ids),
            "exposure_id": text_of(positions.exposure_id.take(pa.array(exposure))),
            "protection_type": text_of(kinds),
            "provider_id": text_of(providers),
            "approach": text_of(pa.array(["standardised"] * len(exposure), pa.string())),
            "value": value / _CENTS,
            "haircut": found.haircut,
            "currency_haircut": found.currency,
            "maturity_share": found.share,
            "adjusted": found.adjusted / _CENTS,
            "used": found.used / _CENTS,
            "risk_weight": np.full(len(exposure), np.nan),
            "reason": text_of(pa.array([REASONS[i] for i in found.reason], pa.string())),
            "rule_ids": text_of(pa.array(rules_of(found), pa.string())),
        }
    )[list(REPORT_COLUMNS)]


def _sums(exposure: Ints, cents: Ints, like: Ints) -> Ints:
    """Return sums by exposure, shape of `like`: whole cents in float64 add up exactly below 90 trillion."""
    return np.bincount(exposure, weights=cents, minlength=len(like)).astype(np.int64)
