"""Own funds, line by line as in template C 01.00, with what stands behind each line."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from plimsoll.capital.deferred_taxes import DeferredTaxes, net_deferred_taxes
from plimsoll.capital.gathering import gather, without_double
from plimsoll.capital.holdings import deducted_parts, held_by_layer
from plimsoll.capital.lines import OWN_FUNDS_LINES, Part, leaves_of, lines, sums
from plimsoll.capital.thresholds import Insignificant, Together, of_holdings, of_large_items
from plimsoll.rules import RuleSet
from plimsoll.units import cents

__all__ = [
    "LIMIT_RULES",
    "OWN_FUNDS_LINES",
    "OWN_FUNDS_TABLES",
    "OwnFunds",
    "OwnFundsDraft",
    "complete_own_funds",
    "draft_own_funds",
]

_CENTS = 100
LIMIT_RULES = ("capital.tier2.general_adjustments_limit", "capital.tier2.irb_excess_limit")
OWN_FUNDS_TABLES = (
    "own_funds_items",
    "own_funds_instruments",
    "financial_holdings",
    "deferred_taxes",
    "subsidiaries",
)
"""Tables of the book that own funds are made of."""

_LAYERS = ("own_funds", "tier1", "cet1", "at1", "tier2")


@dataclass(frozen=True)
class OwnFundsDraft:
    """Own funds up to the limits that depend on risk-weighted amounts."""

    parts: tuple[Part, ...]
    insignificant: Insignificant
    together: Together
    taxes: DeferredTaxes
    base: int
    is_empty: bool


@dataclass(frozen=True)
class OwnFunds:
    """Own funds.

    Attributes
    ----------
    lines
        Columns line, amount (exact to the cent, deductions negative), article: the layers, and each line that
        something stands behind. Empty where the book has no own funds.
    parts
        Columns line, amount, article, origin (table of the book), origin_id (its row), about: what each line
        without a sum is made of, to the cent.
    memorandum
        Amounts in whole cents by name, for the memorandum items of template C 04.00.
    """

    lines: pd.DataFrame
    parts: pd.DataFrame
    memorandum: Mapping[str, int] = field(default_factory=dict)


def draft_own_funds(
    tables: Mapping[str, pd.DataFrame],
    day: datetime.date,
    rules: RuleSet,
    *,
    coverage: pd.DataFrame | None = None,
    shortfall: float = 0.0,
) -> OwnFundsDraft:
    """Return own funds before the limits on what risk-weighted amounts cap.

    Parameters
    ----------
    tables
        Those of `OWN_FUNDS_TABLES`, with every column of the schema.
    day
        The reference date.
    rules
        Those in force on it.
    coverage
        Columns exposure_id and insufficient (currency units): what non-performing exposures lack.
    shortfall
        Expected loss that provisions do not cover (Article 36(1)(d)), in currency units.

    Raises
    ------
    SimulationError
        An item has no line, a line is both given and calculated, or a short position is too large.
    """
    taxes = net_deferred_taxes(tables["deferred_taxes"])
    parts = gather(tables, taxes, day, rules)
    parts += _of_coverage(coverage)
    if shortfall:
        about = "expected loss above provisions"
        parts.append(Part("irb_shortfall", -int(cents([shortfall])[0]), "exposures", "", about))
    without_double(parts)
    holdings = tables["financial_holdings"]
    base = _base(parts) + _reciprocal(holdings)
    insignificant = of_holdings(base, held_by_layer(holdings, significant=False), rules)
    above = deducted_parts(holdings, insignificant, {})
    after_holdings = base - insignificant.deducted["cet1"]
    residual = after_holdings + sums([*parts, *above])["qualifying_holdings_1250"]
    residual -= _spillover(sums([*parts, *above]))["at1"]
    significant = held_by_layer(holdings, significant=True)["cet1"]
    together = of_large_items(after_holdings, residual, taxes.temporary_net, significant, rules)
    significant_lines = {
        "significant_cet1": together.significant_above_single,
        "above_17_65_significant": together.significant_above_together,
    }
    parts += deducted_parts(holdings, insignificant, significant_lines) + _of_temporary(together)
    empty = all(tables[name].empty for name in OWN_FUNDS_TABLES)
    return OwnFundsDraft(tuple(parts), insignificant, together, taxes, after_holdings, empty)


def complete_own_funds(
    draft: OwnFundsDraft,
    rules: RuleSet,
    *,
    standardised_amount: float,
    irb_amount: float = 0.0,
    excess: float = 0.0,
) -> OwnFunds:
    """Return own funds with their limits applied.

    Parameters
    ----------
    draft
        From `draft_own_funds`.
    rules
        Those in force on the reference date.
    standardised_amount, irb_amount
        Risk-weighted exposure amounts for credit risk under each approach, in currency units.
    excess
        Provisions above expected loss (Article 62(d)) before their limit, in currency units.
    """
    parts = list(draft.parts)
    given = sums(parts)["t2_general_credit_risk_adjustments"]
    limits = [int(np.floor(round(rules[rule].number * amount * _CENTS, 6)))
              for rule, amount in zip(LIMIT_RULES, (standardised_amount, irb_amount), strict=True)]  # fmt: skip
    if given > limits[0]:
        line = "t2_general_credit_risk_adjustments"
        parts.append(Part(line, limits[0] - given, "limit", "", f"above {limits[0] / _CENTS:,.2f}"))
    surplus = int(cents([excess])[0])
    if surplus:
        parts.append(Part("irb_excess", surplus, "exposures", "", "provisions above expected loss"))
    if surplus > limits[1]:
        about = f"above {limits[1] / _CENTS:,.2f}"
        parts.append(Part("irb_excess", limits[1] - surplus, "limit", "", about))
    parts += _of_spillover(_spillover(sums(parts)))
    amounts = sums(parts)
    memorandum = {
        **_memorandum(draft),
        "eligible_capital": _eligible_capital(amounts, rules),
        "gross_excess": surplus,
        "irb_limit_base": int(cents([irb_amount])[0]),
        "standardised_limit_base": int(cents([standardised_amount])[0]),
    }
    if draft.is_empty:
        parts, memorandum = [], {}
    return OwnFunds(_lines_frame(parts, amounts), _parts_frame(parts), memorandum)


def _base(parts: Sequence[Part]) -> int:
    """Return Common Equity Tier 1 after what Article 46(1)(a) names, but for reciprocal holdings."""
    counted = {leaf.line for leaf in leaves_of("cet1") if leaf.in_base}
    return sum(part.amount for part in parts if part.line in counted)


def _reciprocal(holdings: pd.DataFrame) -> int:
    nothing = Insignificant(0, dict.fromkeys(("cet1", "at1", "t2"), 0))
    return sum(
        part.amount for part in deducted_parts(holdings, nothing, {}) if part.line == "reciprocal_cet1"
    )


def _spillover(amounts: Mapping[str, int]) -> Mapping[str, int]:
    """Return what is deducted from the layer above because a layer does not suffice (Articles 36(1)(j), 56(e)).

    Within the thresholds' base it is taken before the items of Article 62(c) and (d), which depend on
    risk-weighted amounts and so on the thresholds themselves; the final amount is taken after them.
    """
    from_t2 = max(-amounts["tier2"], 0)
    from_at1 = max(-(amounts["at1"] - from_t2), 0)
    return {"t2": from_t2, "at1": from_at1}


def _of_spillover(missing: Mapping[str, int]) -> list[Part]:
    lines_of = {"t2": ("t2_excess", "t2_excess_deduction"), "at1": ("at1_excess", "at1_excess_deduction")}
    about = "deductions above the items of the layer"
    return [
        Part(line, sign * missing[layer], "own_funds", layer, about)
        for layer, names in lines_of.items()
        for line, sign in zip(names, (1, -1), strict=True)
        if missing[layer]
    ]


def _of_coverage(coverage: pd.DataFrame | None) -> list[Part]:
    if coverage is None or coverage.empty:
        return []
    amounts = cents(coverage["insufficient"].to_numpy(np.float64))
    return [
        Part(
            "npe_insufficient_coverage", -int(amount), "exposures", str(name), "required coverage not covered"
        )
        for name, amount in zip(coverage["exposure_id"], amounts, strict=True)
        if amount
    ]


def _of_temporary(together: Together) -> list[Part]:
    amounts = {
        "dta_temporary": together.dta_above_single,
        "above_17_65_dta": together.dta_above_together,
    }
    about = "tax assets from temporary differences above the thresholds of Article 48"
    return [
        Part(line, -amount, "deferred_taxes", "temporary", about)
        for line, amount in amounts.items()
        if amount
    ]


def _eligible_capital(amounts: Mapping[str, int], rules: RuleSet) -> int:
    tier1 = amounts["tier1"] - amounts["qualifying_holdings_1250"]
    share = rules["capital.eligible_capital.tier2_limit"].number
    return max(tier1 + min(amounts["tier2"], int(tier1 * share)), 0)


def _memorandum(draft: OwnFundsDraft) -> Mapping[str, int]:
    taxes, together = draft.taxes, draft.together
    tax_rows = {
        "dta_total": taxes.not_future_profitability + taxes.losses + taxes.temporary,
        "dta_not_future_profitability": taxes.not_future_profitability,
        "dta_losses": taxes.losses,
        "dta_temporary": taxes.temporary,
        "dtl_total": taxes.liabilities,
        "dtl_not_offset": taxes.liabilities - taxes.against_losses - taxes.against_temporary,
        "dtl_offset": taxes.against_losses + taxes.against_temporary,
        "dtl_against_losses": taxes.against_losses,
        "dtl_against_temporary": taxes.against_temporary,
        "tax_overpayments": taxes.overpayments,
        "dta_weighted": taxes.temporary_net - together.dta_deducted,
    }
    has_taxes = any(tax_rows.values())
    return {
        **(tax_rows if has_taxes else {}),
        "threshold_insignificant": draft.insignificant.threshold,
        "threshold_single": together.single,
        "threshold_together": together.together,
    }


def _lines_frame(parts: Sequence[Part], amounts: Mapping[str, int]) -> pd.DataFrame:
    behind = {part.line for part in parts}
    shown = [
        line
        for line in lines()
        if parts and (line.line in _LAYERS or any(leaf.line in behind for leaf in leaves_of(line.line)))
    ]
    return pd.DataFrame(
        {
            "line": pd.Series([line.line for line in shown], dtype="str"),
            "amount": np.array([amounts[line.line] for line in shown], dtype=np.float64) / _CENTS,
            "article": pd.Series([line.article for line in shown], dtype="str"),
        }
    )


def _parts_frame(parts: Sequence[Part]) -> pd.DataFrame:
    articles = {line.line: line.article for line in lines()}
    order = {line: place for place, line in enumerate(OWN_FUNDS_LINES)}
    ordered = sorted(parts, key=lambda part: (order[part.line], part.origin, part.origin_id))
    texts = {
        "line": [part.line for part in ordered],
        "article": [articles[part.line] for part in ordered],
        "origin": [part.origin for part in ordered],
        "origin_id": [part.origin_id for part in ordered],
        "about": [part.about for part in ordered],
    }
    frame = pd.DataFrame({name: pd.Series(values, dtype="str") for name, values in texts.items()})
    frame.insert(1, "amount", np.array([part.amount for part in ordered], dtype=np.float64) / _CENTS)
    return frame
