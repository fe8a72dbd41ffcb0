"""What pledges and guarantees are worth: haircuts, currency, maturity, and how much of them is needed.

Pledges of one exposure are used in this order until it is covered: those that a maturity mismatch cuts least
first, then by id. The order changes no amount where no maturity differs.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plimsoll.credit.haircuts import debt_haircut, debt_rules, maturity_factor, scaled
from plimsoll.credit.portions import portion, weight_rounded
from plimsoll.credit.positions import Positions
from plimsoll.credit.protection import NO_DATE, Guarantees, Pledges
from plimsoll.credit.reading import ABSENT, Bools, Floats, Ints
from plimsoll.credit.vocabulary import COUNTERPARTY_TYPES, PLEDGES, PROTECTIONS, number
from plimsoll.rules import RuleSet

__all__ = [
    "CLAIMS",
    "FINANCIAL",
    "REASONS",
    "Recognised",
    "ends_before",
    "recognise_claims",
    "recognise_guarantees",
    "recognise_pledges",
    "rules_of",
    "within",
]

CLAIMS = ("receivables", "other_physical")
"""Pledges that count under internal ratings only (Article 199(5) and (6))."""

FINANCIAL = ("cash", "on_balance_netting", "gold", "debt_security", "main_index_equity", "listed_equity")
"""Financial collateral (Articles 197, 198 and 219)."""

REASONS = (
    "recognised",
    "marked as not eligible",
    "not eligible under this approach",
    "its assessment is missing or too weak",
    "no eligible provider",
    "ends too early",
    "not needed",
    "no lighter than the obligor",
    "recognised in own estimates",
)
"""Why protection counts or does not; a column of places in this list."""

_FUNDED = ("credit.crm.haircut.", "credit.irb.haircut.")
_DEBT = ("credit.crm.haircut.government.", "credit.crm.haircut.other.")
_UNFUNDED = "credit.crm.haircut.currency_unfunded"
_MATURITY = tuple(
    f"credit.crm.maturity.{name}_years" for name in ("shortest", "original", "longest", "subtracted")
)
_NEVER, _APPROACH, _WEAK, _PROVIDER, _EARLY, _SPARE = range(1, 7)
_YEAR = 365.25
_ANY_PROVIDER = (
    "central_government", "central_bank", "regional_government", "public_sector_entity",
    "multilateral_development_bank", "international_organisation", "credit_institution", "investment_firm",
    "financial_corporate",
)  # fmt: skip
_RATED_PROVIDER = ("corporate", "other")
_GOVERNMENTS = ("central_government", "central_bank", "international_organisation")


@dataclass(frozen=True)
class Recognised:
    """What k pieces of protection are worth, shape (k,); amounts in whole cents, shares as fractions.

    `adjusted` is the value after volatility and currency adjustments, `share` what a maturity mismatch leaves,
    `taken` how much of `adjusted` the exposure needs, `used` that after the mismatch. `reason` numbers `REASONS`,
    `rule` is the id of the rule behind `haircut`, empty where there is none.
    """

    haircut: Floats
    currency: Floats
    share: Floats
    adjusted: Ints
    taken: Ints
    used: Ints
    reason: Ints
    rule: NDArray[np.object_]


def rules_of(found: Recognised) -> list[str]:
    """Return the ids of the rules that each piece rests on, sorted and parted by blanks, empty where none counts."""
    rule, known = pd.factorize(found.rule)
    marks = (found.haircut > 0, found.currency > 0, found.share < 1, found.reason == 0)
    code = rule.astype(np.int64)
    for mark in marks:
        code = 2 * code + mark
    _, first, which = np.unique(code, return_index=True, return_inverse=True)
    texts = [_rules(str(known[rule[i]]), tuple(bool(mark[i]) for mark in marks)) for i in first]
    return [texts[place] for place in which]


def _rules(rule: str, marks: tuple[bool, ...]) -> str:
    haircut, currency, short, counts = marks
    ids = {rule} - {""}
    if haircut and rule.startswith(_FUNDED):
        ids.add("credit.crm.liquidation_days")
    if rule.startswith(_DEBT):
        ids.add("credit.crm.haircut.maturity_edges")
    if currency:
        ids.add("credit.crm.haircut.currency" if rule.startswith(_FUNDED) else _UNFUNDED)
    if short:
        ids.update(_MATURITY)
    return " ".join(sorted(ids)) if counts else ""


def recognise_pledges(  # noqa: PLR0913, PLR0917  # what is pledged, by whom, for what, when, by which law
    positions: Positions,
    pledges: Pledges,
    issuers: Positions,
    need: Ints,
    allowed: tuple[str, ...],
    day: np.datetime64,
    rules: RuleSet,
) -> Recognised:
    """Return what pledges are worth under the comprehensive method (Articles 223 to 227 and 239(2)).

    Parameters
    ----------
    positions
        n exposures.
    pledges
        k pledges of theirs.
    issuers
        Direct exposures to the k issuers; read for debt securities.
    need
        Shape (n,), whole cents, what there is to secure: the amount in full where it is undrawn (Article 223(4)).
    allowed
        Types that count; the haircut of those that are not financial collateral is left to the caller.
    day
        Reference date.
    rules
        Those in force on it.
    """
    daily, rule = _haircuts(positions, pledges, issuers, day, rules)
    haircut = scaled(daily, pledges.revaluation, rules)
    foreign = pledges.currency != positions.currency[pledges.exposure]
    currency = np.where(
        foreign, scaled(rules["credit.crm.haircut.currency"].number, pledges.revaluation, rules), 0.0
    )
    share = _share(positions, pledges, day, rules)
    here = np.isin(pledges.kind, [number(PLEDGES, name) for name in allowed])
    weak = np.isnan(haircut)
    reason = np.select(
        [~pledges.eligible, ~here, weak, share == 0], [_NEVER, _APPROACH, _WEAK, _EARLY], default=0
    )
    left = np.maximum(1 - np.nan_to_num(haircut) - currency, 0)
    adjusted = np.where(reason == 0, portion(pledges.amount, left), 0)
    taken = within(adjusted, share, pledges.exposure, need)
    reason = np.where((reason == 0) & (taken == 0), _SPARE, reason)
    return Recognised(haircut, currency, share, adjusted, taken, portion(taken, share), reason, rule)


def recognise_claims(
    positions: Positions, pledges: Pledges, kind: str, day: np.datetime64, rules: RuleSet
) -> Recognised:
    """Return what receivables or equipment are worth to internal ratings, before the haircut of Article 230(2).

    Parameters
    ----------
    positions, pledges, day, rules
        As for `recognise_pledges`.
    kind
        One of `CLAIMS`.

    Returns
    -------
    `used` is such that the haircut, taken from it, leaves the value less haircut and currency adjustment together.
    Article 239 has no formula for a maturity mismatch here; that of financial collateral is applied.
    """
    foreign = pledges.currency != positions.currency[pledges.exposure]
    full = scaled(rules["credit.crm.haircut.currency"].number, pledges.revaluation, rules)
    currency = np.where(foreign, full, 0.0)
    haircut = rules[f"credit.irb.haircut.{kind}"].number
    share = _share(positions, pledges, day, rules)
    here = pledges.kind == number(PLEDGES, kind)
    reason = np.select([~pledges.eligible, ~here, share == 0], [_NEVER, _APPROACH, _EARLY], default=0)
    left = weight_rounded(np.maximum(1 - haircut - currency, 0) / (1 - haircut))
    adjusted = np.where(reason == 0, portion(pledges.amount, left), 0)
    used = portion(adjusted, share)
    rule = np.full(len(used), f"credit.irb.haircut.{kind}", dtype=object)
    return Recognised(np.full(len(used), haircut), currency, share, adjusted, adjusted, used, reason, rule)


def recognise_guarantees(
    positions: Positions, guarantees: Guarantees, providers: Positions, day: np.datetime64, rules: RuleSet
) -> Recognised:
    """Return what guarantees and credit derivatives are worth, G_A (Articles 233 and 239(3)).

    Parameters
    ----------
    positions, guarantees, day, rules
        As for `recognise_pledges`.
    providers
        Direct exposures to the k providers.
    """
    derivative = guarantees.kind == number(PROTECTIONS, "credit_derivative")
    reduced = derivative & ~guarantees.restructuring
    owed = (positions.amount - positions.provision)[guarantees.exposure]
    kept = 1 - rules["credit.crm.restructuring_reduction"].number
    worth = np.where(reduced, portion(np.minimum(guarantees.amount, owed), kept), guarantees.amount)
    foreign = guarantees.currency != positions.currency[guarantees.exposure]
    currency = np.where(foreign, rules["credit.crm.haircut.currency_unfunded"].number, 0.0)
    share = _share(positions, guarantees, day, rules)
    same = providers.obligor == positions.obligor[guarantees.exposure]
    reason = np.select(
        [~guarantees.eligible, same | ~_may_provide(guarantees, providers), share == 0],
        [_NEVER, _PROVIDER, _EARLY],
        default=0,
    )
    adjusted = np.where(reason == 0, portion(worth, 1 - currency), 0)
    used = portion(adjusted, share)
    rule = np.where(reduced, "credit.crm.restructuring_reduction", "").astype(object)
    return Recognised(np.zeros(len(used)), currency, share, adjusted, adjusted, used, reason, rule)


def within(adjusted: Ints, share: Floats, exposure: Ints, need: Ints) -> Ints:
    """Return how much of each piece its exposure needs, the least cut by maturity first, then by place.

    Parameters
    ----------
    adjusted, share, exposure
        Shape (k,): value, share that a mismatch leaves, place of the exposure.
    need
        Shape (n,), what each exposure can have secured.
    """
    order = np.lexsort((np.arange(len(adjusted)), -share, exposure))
    value, owner = adjusted[order], exposure[order]
    before = np.cumsum(value) - value
    first = np.searchsorted(owner, owner, side="left")
    already = before - before[first] if len(before) else before
    taken = np.zeros_like(adjusted)
    taken[order] = np.clip(need[owner] - already, 0, value)
    return taken


def _haircuts(
    positions: Positions, pledges: Pledges, issuers: Positions, day: np.datetime64, rules: RuleSet
) -> tuple[Floats, NDArray[np.object_]]:
    """Return volatility adjustments with daily revaluation, NaN where a security is not eligible, and their rules."""
    plain: Mapping[str, float] = {
        name: rules[f"credit.crm.haircut.{name}"].number for name in FINANCIAL if name != "debt_security"
    }
    by_kind = np.array([plain.get(name, 0.0) for name in PLEDGES])
    found: Floats = by_kind[pledges.kind]
    names = np.array([f"credit.crm.haircut.{name}" for name in PLEDGES], dtype=object)[pledges.kind]
    debt = pledges.kind == number(PLEDGES, "debt_security")
    if debt.any():
        government = np.isin(issuers.kind, [number(COUNTERPARTY_TYPES, name) for name in _GOVERNMENTS])
        government |= issuers.as_government | issuers.zero_weight_body
        own = np.where(pledges.step > 0, pledges.step, issuers.step)
        years = _years(pledges.security_due, day)
        weighed = debt_haircut(own, np.nan_to_num(years, nan=np.inf), government, rules)
        own_paper = issuers.obligor == positions.obligor[pledges.exposure]  # Article 207(2)
        found = np.where(debt, np.where((pledges.issuer == ABSENT) | own_paper, np.nan, weighed), found)
        names = np.where(debt, debt_rules(own, government), names)
    return found, names


def _years(due: Ints, day: np.datetime64) -> Floats:
    left = due - day.astype("datetime64[D]").astype(np.int64)
    return np.where(due == NO_DATE, np.nan, left / _YEAR)


def _share(
    positions: Positions, protection: Pledges | Guarantees, day: np.datetime64, rules: RuleSet
) -> Floats:
    original = np.where(
        (protection.due == NO_DATE) | (protection.start == NO_DATE),
        np.nan,
        (protection.due - protection.start) / _YEAR,
    )
    exposure_years = positions.ratings.years_left(day)[protection.exposure]
    return maturity_factor(_years(protection.due, day), exposure_years, original, rules)


def ends_before(positions: Positions, protection: Pledges | Guarantees, day: np.datetime64) -> Bools:
    """Say which pieces of protection end before their exposure (Article 237(1))."""
    exposure = np.nan_to_num(positions.ratings.years_left(day)[protection.exposure], nan=np.inf)
    result: Bools = np.nan_to_num(_years(protection.due, day), nan=np.inf) < exposure
    return result


def _may_provide(guarantees: Guarantees, providers: Positions) -> Bools:
    """Say where the provider is one of Article 201: other companies need an assessment or an internal rating."""
    kinds = {name: number(COUNTERPARTY_TYPES, name) for name in (*_ANY_PROVIDER, *_RATED_PROVIDER)}
    listed = np.isin(providers.kind, [kinds[name] for name in _ANY_PROVIDER])
    firm = np.isin(providers.kind, [kinds[name] for name in _RATED_PROVIDER])
    result: Bools = listed | (firm & ((providers.step > 0) | ~np.isnan(guarantees.pd)))
    return result
