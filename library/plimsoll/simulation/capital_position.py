"""From credit risk and the book's other tables to own funds, the total risk exposure amount and its ratios."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from types import MappingProxyType

import numpy as np
import pandas as pd

from plimsoll.capital.buffers import RELEVANT, countercyclical_exposures, countercyclical_rate
from plimsoll.capital.coverage import COVERAGE_RULES
from plimsoll.capital.deductions import check_weights, deducted_of_exposures
from plimsoll.capital.distribution import DISTRIBUTION_RULE, Distribution, distribution
from plimsoll.capital.marks import MARK_RULES, PILLAR_2_RULES, marks
from plimsoll.capital.memorandum import memorandum
from plimsoll.capital.non_performing import PROTECTED_BY, classified, coverage_of
from plimsoll.capital.operational_risk import OPERATIONAL_RULES, OperationalRisk, operational_risk
from plimsoll.capital.output_floor import FLOOR_RULES, OutputFloor, output_floor
from plimsoll.capital.own_funds import LIMIT_RULES, OwnFunds, complete_own_funds, draft_own_funds
from plimsoll.capital.requirements import capital_ratios, risk_exposure_amounts
from plimsoll.capital.settlement_risk import SETTLEMENT_RULES, settlement_risk
from plimsoll.capital.thresholds import THRESHOLD_RULES
from plimsoll.data import Book
from plimsoll.rules import RuleSet
from plimsoll.simulation.credit_lines import CreditLines
from plimsoll.simulation.credit_risk import CreditRisk
from plimsoll.units import cents

__all__ = ["CapitalPosition", "capital_position"]

_CENTS = 100


@dataclass(frozen=True)
class CapitalPosition:
    """Own funds, risk exposure amounts and what they give; the attributes of `Result` of the same names.

    `lines` and `standardised` are the credit lines after what own funds deduct of them.
    """

    funds: OwnFunds
    lines: CreditLines
    standardised: CreditLines
    requirements: pd.DataFrame
    ratios: Mapping[str, float]
    marks: pd.DataFrame
    floor: OutputFloor | None
    coverage: pd.DataFrame
    operational: OperationalRisk | None
    settlement: pd.DataFrame
    countercyclical: pd.DataFrame
    distribution: Distribution | None
    memorandum: pd.DataFrame
    rule_ids: frozenset[str]


def capital_position(
    book: Book, tables: Mapping[str, pd.DataFrame], credit: CreditRisk, rules: RuleSet
) -> CapitalPosition:
    """Return the capital position of a book.

    Parameters
    ----------
    book
        Who reports, and when.
    tables
        The book's under the scenario.
    credit
        Credit risk of the exposures.
    rules
        Those in force on the reference date.

    Raises
    ------
    SimulationError
        A table lacks what its calculation needs; the sentence says what to do.
    """
    day, cover = book.reference_date, credit.cover
    coverage = _coverage(book, tables, credit, rules)
    missing = 0.0 if cover is None else cover.shortfall
    draft = draft_own_funds(tables, day, rules, coverage=coverage, shortfall=missing)
    taken = deducted_of_exposures(draft, tables)
    lines, standardised = _after_deductions(credit, taken)
    if taken or len(tables["financial_holdings"]):
        check_weights(standardised.table, tables, rules)
    by_standard, by_models = _credit_amounts(credit, lines, taken)
    funds = complete_own_funds(
        draft,
        rules,
        standardised_amount=by_standard,
        irb_amount=by_models or 0.0,
        excess=0.0 if cover is None else cover.excess,
    )
    risks = _risks(book, tables, (by_standard, by_models), standardised, rules)
    ratios = capital_ratios(funds.lines, risks.amounts, risks.floor)
    stands = _buffers(book, tables, lines, rules)
    return CapitalPosition(
        funds=funds,
        lines=lines,
        standardised=standardised,
        requirements=risks.amounts,
        ratios=MappingProxyType(dict(ratios)),
        marks=stands.levels,
        floor=risks.floor,
        coverage=coverage,
        operational=risks.operational,
        settlement=risks.settlement,
        countercyclical=stands.by_country,
        distribution=distribution(ratios, stands.levels, rules),
        memorandum=memorandum(funds.memorandum, ratios["rwa"], stands.own, risks.floor, rules),
        rule_ids=_rule_ids(tables, draft.is_empty, risks.floor, coverage),
    )


@dataclass(frozen=True)
class _Risks:
    """Risk exposure amounts by risk, the floor under their total, and what those calculated here are made of."""

    amounts: pd.DataFrame
    floor: OutputFloor | None
    operational: OperationalRisk | None
    settlement: pd.DataFrame


def _risks(
    book: Book,
    tables: Mapping[str, pd.DataFrame],
    credit_amounts: tuple[float, float | None],
    standardised: CreditLines,
    rules: RuleSet,
) -> _Risks:
    by_standard, by_models = credit_amounts
    reported = tables["reported_amounts"]
    operational, settlement = _other_risks(book, tables, rules)
    calculated = {} if operational is None else {"operational": operational.components["amount"]}
    if len(settlement):
        calculated["settlement"] = int(cents(settlement["amount"].to_numpy(np.float64)).sum()) / _CENTS
    amounts = risk_exposure_amounts(by_standard, reported, by_models, calculated)
    floor = None if by_models is None else _floor(amounts, reported, standardised, rules)
    return _Risks(amounts, floor, operational, settlement)


@dataclass(frozen=True)
class _Buffers:
    """The marks, the bank's own requirements with the countercyclical rate, and that rate by country."""

    levels: pd.DataFrame
    own: Mapping[str, float]
    by_country: pd.DataFrame


def _buffers(book: Book, tables: Mapping[str, pd.DataFrame], lines: CreditLines, rules: RuleSet) -> _Buffers:
    rates, requirements = tables["countercyclical_rates"], tables["requirements"]
    own = dict(zip(requirements["requirement"], requirements["ratio"], strict=True))
    if rates.empty:
        return _Buffers(marks(requirements, rules), own, rates)
    by_country = countercyclical_exposures(lines.some(*RELEVANT), rates, book.entity.country, rules)
    rate = countercyclical_rate(by_country)
    return _Buffers(marks(requirements, rules, rate), {**own, "countercyclical_buffer": rate}, by_country)


def _coverage(
    book: Book, tables: Mapping[str, pd.DataFrame], credit: CreditRisk, rules: RuleSet
) -> pd.DataFrame:
    """Return the coverage of non-performing exposures, without a row where the book dates none of them."""
    exposures = tables["exposures"]
    dated = exposures[~np.isnat(classified(exposures))]
    if dated.empty:
        return pd.DataFrame({"exposure_id": pd.Series(dtype="str"), "insufficient": pd.Series(dtype=float)})
    ids = dated["exposure_id"]
    lines = credit.by_standard.lines_of(ids, PROTECTED_BY)
    return coverage_of(dated, lines, book.reference_date, rules, shortfall=_share_of_shortfall(credit, ids))


def _share_of_shortfall(credit: CreditRisk, ids: pd.Series) -> pd.Series | None:
    """Return the part of the deducted shortfall that is of each exposure in default (Article 47c(1)(b)(iv))."""
    if credit.cover is None or credit.cover.shortfall == 0.0:
        return None
    total = credit.expected_loss
    lines = credit.applied.lines_of(ids, ("exposure_id", "approach", "el"))
    rated = lines.loc[lines["approach"] != "standardised", ["exposure_id", "el"]]
    expected = rated.groupby("exposure_id")["el"].sum()
    return expected * (credit.cover.shortfall / total) if total > 0 else None


def _after_deductions(credit: CreditRisk, taken: Mapping[str, int]) -> tuple[CreditLines, CreditLines]:
    lines = CreditLines(credit.applied, taken)
    same = credit.by_standard is credit.applied
    return lines, lines if same else CreditLines(credit.by_standard, taken)


def _credit_amounts(
    credit: CreditRisk, lines: CreditLines, taken: Mapping[str, int]
) -> tuple[float, float | None]:
    """Return the amounts by the standardised approach and by internal ratings (None without any)."""
    if not taken:
        return credit.amount_standardised, credit.amount_internal
    before = int(cents(credit.lines["rwa"].to_numpy(np.float64)).sum())
    after = int(cents(lines.table["rwa"].to_numpy(np.float64)).sum())
    fewer = (before - after) / _CENTS  # only equity and tax assets: always by the standardised approach
    return round(credit.amount_standardised - fewer, 2), credit.amount_internal


def _other_risks(
    book: Book, tables: Mapping[str, pd.DataFrame], rules: RuleSet
) -> tuple[OperationalRisk | None, pd.DataFrame]:
    entries = tables["business_indicator"]
    in_euro = book.entity.currency == "EUR"
    found = operational_risk(entries, book.reference_date, rules, in_euro=in_euro) if len(entries) else None
    return found, settlement_risk(tables["unsettled_transactions"], rules)


def _floor(
    amounts: pd.DataFrame, reported: pd.DataFrame, standardised: CreditLines, rules: RuleSet
) -> OutputFloor:
    """Return the output floor: other risks count with what they are without models, where the book says so."""
    unfloored = int(cents(amounts["amount"].to_numpy(np.float64)).sum())
    credit = amounts["risk"].isin(["credit_sa", "credit_irb"])
    others = int(cents(amounts.loc[~credit, "amount"].to_numpy(np.float64)).sum())
    without_models = reported["standardised_amount"].fillna(reported["amount"])
    more = int(cents(without_models.to_numpy(np.float64)).sum())
    more -= int(cents(reported["amount"].to_numpy(np.float64)).sum())
    by_standard = int(cents(standardised.some("rwa")["rwa"].to_numpy(np.float64)).sum())
    return output_floor(unfloored, by_standard + others + more, rules)


def _rule_ids(
    tables: Mapping[str, pd.DataFrame],
    without_own_funds: bool,
    floor: OutputFloor | None,
    coverage: pd.DataFrame,
) -> frozenset[str]:
    used = set(MARK_RULES) | {DISTRIBUTION_RULE}
    if not without_own_funds:
        used |= {*LIMIT_RULES, *THRESHOLD_RULES}
    if len(tables["own_funds_instruments"]):
        used.add("capital.tier2.amortisation_years")
    if len(coverage):
        used |= set(COVERAGE_RULES)
    if len(tables["business_indicator"]):
        used |= set(OPERATIONAL_RULES)
    if len(tables["unsettled_transactions"]):
        used |= set(SETTLEMENT_RULES)
    if floor is not None:
        used |= set(FLOOR_RULES)
    if (tables["requirements"]["requirement"] == "pillar_2_requirement").any():
        used |= set(PILLAR_2_RULES)
    return frozenset(used)
