"""Runs a book through a scenario: exposures to lines, lines to amounts, own funds to ratios."""

from __future__ import annotations

from collections.abc import Callable
from types import MappingProxyType

from plimsoll import rules as law
from plimsoll.data import Book
from plimsoll.rules import RuleSet
from plimsoll.scenarios import Scenario, get_scenario
from plimsoll.simulation.capital_position import CapitalPosition, capital_position
from plimsoll.simulation.credit_risk import CreditRisk
from plimsoll.simulation.exposures import read_exposures, weigh_exposures
from plimsoll.simulation.notices import about_third_countries, check_legislative_equity, notices_of
from plimsoll.simulation.rating_notices import Facts
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
    exposures = read_exposures(book, tables, changed=bool(chosen.shocks))
    tell(_STEPS[2], 2, len(_STEPS))
    credit = weigh_exposures(book, exposures, in_force)
    tell(_STEPS[3], 3, len(_STEPS))
    position = capital_position(book, exposures.tables, credit, in_force)
    check_legislative_equity(position.lines.some("rule_id", "ead"), position.funds.lines, in_force)
    tell(_STEPS[4], 4, len(_STEPS))
    facts = Facts.of(exposures.positions)
    notices = notices_of(book, facts, position, exposures.elsewhere, credit.applied.protection)
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
        rules_used=rules.uses({*credit.rule_ids, *position.rule_ids}),
        floor=position.floor,
        coverage=position.coverage,
        operational=position.operational,
        settlement=position.settlement,
        countercyclical=position.countercyclical,
        distribution=position.distribution,
        memorandum=position.memorandum,
    )


def _silent(step: str, done: int, total: int) -> None:
    """Tell nobody."""
