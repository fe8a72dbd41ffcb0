"""Runs a book through a scenario: exposures to lines, lines to amounts, own funds to ratios."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from types import MappingProxyType
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from plimsoll import rules as law
from plimsoll.credit import (
    REPORTED_ELSEWHERE,
    Positions,
    read_positions,
    read_protections,
    reported_elsewhere,
)
from plimsoll.data import Book
from plimsoll.rules import RuleSet
from plimsoll.scenarios import Scenario, get_scenario
from plimsoll.simulation.capital_position import CapitalPosition, capital_position
from plimsoll.simulation.credit_risk import CreditRisk, credit_risk
from plimsoll.simulation.notices import about_third_countries, check_legislative_equity, notices_of
from plimsoll.simulation.result import Result

__all__ = ["Progress", "simulate"]

Progress = Callable[[str, int, int], None]
"""Called as `progress(step, done, total)`: the step about to begin, and how many are behind."""

_STEPS = ("shock the book", "read the exposures", "weigh credit risk", "add up own funds", "note assumptions")


def simulate(
    book: Book,
    *,
    scenario: str | Scenario = "baseline",
    rules: RuleSet | None = None,
    progress: Progress | None = None,
) -> Result:
    """Return a book's risk-weighted amounts, own funds and capital ratios under a scenario.

    Parameters
    ----------
    book
        The position; it is not changed.
    scenario
        A scenario, or the name of one of `plimsoll.scenarios.list_scenarios`.
    rules
        The law to apply; that of the book's reference date by default.
    progress
        Called before each step and at the end.

    Returns
    -------
    The same result for the same book whatever the order of its rows.

    Raises
    ------
    SimulationError
        The book holds something that cannot be weighed; the sentence names the exposures and what to do.
    RuleError
        No law is known for the reference date.
    ScenarioError
        There is no scenario of that name.
    """
    tell = progress or _silent
    chosen = get_scenario(scenario) if isinstance(scenario, str) else scenario
    in_force = rules or law.on(book.reference_date)
    tell(_STEPS[0], 0, len(_STEPS))
    tables = chosen.apply(book.tables)
    tell(_STEPS[1], 1, len(_STEPS))
    elsewhere, kept = _set_apart(tables["exposures"], book)
    positions = _positions(book, chosen, {**tables, "exposures": kept})
    tell(_STEPS[2], 2, len(_STEPS))
    weighed = {**tables, "exposures": kept}
    credit = _credit(book, weighed, positions, in_force)
    tell(_STEPS[3], 3, len(_STEPS))
    position = capital_position(book, weighed, credit, in_force)
    check_legislative_equity(position.lines.some("rule_id", "ead"), position.funds.lines, in_force)
    tell(_STEPS[4], 4, len(_STEPS))
    notices = notices_of(book, positions, position, elsewhere, credit.applied.protection)
    notices = (*notices, *about_third_countries(book, in_force))
    result = _result((book, chosen, in_force), credit, position, notices)
    tell("done", len(_STEPS), len(_STEPS))
    return result


def _result(
    made_of: tuple[Book, Scenario, RuleSet],
    credit: CreditRisk,
    position: CapitalPosition,
    notices: tuple[str, ...],
) -> Result:
    book, scenario, rules = made_of
    return Result(
        book=book,
        scenario=scenario,
        rules=rules,
        lines=position.lines,
        standardised=position.standardised,
        own_funds=position.funds.lines,
        own_funds_parts=position.funds.parts,
        requirements=position.requirements,
        ratios=MappingProxyType({**position.ratios, **credit.totals}),
        cover=credit.cover,
        protection=credit.applied.protection,
        marks=position.marks,
        notices=notices,
        rules_used=rules.uses(_rule_ids(credit) | position.rule_ids),
        floor=position.floor,
        coverage=position.coverage,
        operational=position.operational,
        settlement=position.settlement,
        countercyclical=position.countercyclical,
        distribution=position.distribution,
        memorandum=position.memorandum,
    )


_READ: WeakKeyDictionary[Book, Positions] = WeakKeyDictionary()
"""The exposures of books that no scenario changed: words are turned into numbers once."""


def _positions(book: Book, scenario: Scenario, tables: Mapping[str, pd.DataFrame]) -> Positions:
    if scenario.shocks:
        return read_positions(tables).in_order()
    if book not in _READ:
        _READ[book] = read_positions(tables).in_order()
    return _READ[book]


def _credit(
    book: Book, tables: Mapping[str, pd.DataFrame], positions: Positions, rules: RuleSet
) -> CreditRisk:
    day = np.datetime64(book.reference_date, "D")
    protections = read_protections(tables, positions)
    in_euro = book.entity.currency == "EUR"
    return credit_risk(positions, rules, day, in_euro=in_euro, protections=protections)


def _silent(step: str, done: int, total: int) -> None:
    """Tell nobody."""


def _set_apart(exposures: pd.DataFrame, book: Book) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the exposures whose amount another system reports, and the ones to weigh here."""
    if not exposures["product"].isin(list(REPORTED_ELSEWHERE)).any():
        return exposures.iloc[:0], exposures
    positions = read_positions({**book.tables, "exposures": exposures})
    reported = frozenset(book.table("reported_amounts")["risk"].astype("str"))
    elsewhere = reported_elsewhere(positions, reported)
    return exposures.loc[elsewhere], exposures.loc[~elsewhere]


def _rule_ids(credit: CreditRisk) -> set[str]:
    used = set(credit.rule_ids)
    if "credit.sa.equity.legislative_programme" in used:
        used.add("credit.sa.equity.legislative_programme_limit")
    return used
