"""Fills a return: every defined cell from the simulation's result, every template's filing indicator."""

from __future__ import annotations

import math
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from plimsoll.dictionary import Cell, Dictionary, Module, Table, open_dictionary
from plimsoll.errors import ReturnError
from plimsoll.returns.definitions import (
    CellName,
    Definitions,
    TableDefinition,
    check_definitions,
    read_definitions,
)
from plimsoll.returns.evaluation import RATIO_PLACES, Evaluation
from plimsoll.returns.position import Position, matching, position_of
from plimsoll.returns.return_ import Fact, Return
from plimsoll.units import cents, from_cents

if TYPE_CHECKING:
    from plimsoll.simulation import Result

__all__ = ["fill", "monetary_decimals"]

_TOTALS = {
    "cet1": CellName("C_01.00", "0020", "0010"),
    "tier1": CellName("C_01.00", "0015", "0010"),
    "own_funds": CellName("C_01.00", "0010", "0010"),
    "rwa": CellName("C_02.00.a", "0010", "0010"),
}
"""The cells that must equal the simulation's own totals, by the names the result uses."""

_ROUNDING_SPREAD = 0.012
"""Four standard deviations (0.01 / sqrt(12) each) of rounding one line to the cent, in currency units."""


def fill(result: Result, module: str, dictionary: Dictionary | None = None) -> Return:
    """Fill a module's return from a simulation's result.

    A cell is reported when at least one line stands behind it, and then even if its value is zero; a template
    is indicated when at least one of its cells is reported. Its absent cells mean zero.

    Parameters
    ----------
    result
        What `simulate` returned.
    module
        The module's code, such as `corep_of`; its version follows from the book's reference date.
    dictionary
        The supervisor's dictionary; the built one when omitted.

    Raises
    ------
    ReturnError
        A definition does not fit the dictionary, an amount of the result has no row to stand on, a total is
        not the simulation's, or one fact would be reported with two values.
    """
    book = result.book
    source = dictionary or open_dictionary()
    described = source.module(module, on=book.reference_date)
    definitions = read_definitions(described.code, described.version)
    check_definitions(definitions, described)
    position = position_of(result)
    evaluation = Evaluation(definitions, position)
    facts = _facts(definitions, described, evaluation)
    _check_nothing_lost(definitions, position)
    _check_totals(result, evaluation)
    return Return(
        module=described.code,
        version=described.version,
        entity=book.entity,
        reference_date=book.reference_date,
        scenario=result.scenario.name,
        facts=facts,
        indicators=_indicators(described, facts),
        decimals={"decimalsMonetary": monetary_decimals(len(position.lines)), **_RATIO_DECIMALS},
        book_digest=book.digest,
        rules_digest=result.rules.digest,
        definitions=definitions,
        position=position,
    )


_RATIO_DECIMALS = {"decimalsPercentage": -int(RATIO_PLACES.as_tuple().exponent)}


def monetary_decimals(lines: int) -> int:
    """Return the precision that sums of this many lines, each rounded to the cent, truly have.

    The EBA's rules allow an equation the tolerance that the stated decimals imply, so decimals say no more
    than is true: the rounding of n lines spreads by 0.012 x sqrt(n) (four standard deviations), and half a
    unit of the last decimal covers it. 0 up to 1,700 lines, -1 up to 170,000, -2 up to 17 million (the filing
    rules ask for -4 at least).
    """
    spread = _ROUNDING_SPREAD * math.sqrt(max(lines, 1))
    return min(0, -math.ceil(math.log10(spread / 0.5)))


def _facts(definitions: Definitions, module: Module, evaluation: Evaluation) -> tuple[Fact, ...]:
    facts: list[Fact] = []
    seen: dict[tuple[object, ...], Fact] = {}
    for definition in definitions.tables.values():
        if definition.needs is not None and evaluation.content(definition.needs) is None:
            continue
        table = module.table(definition.table)
        for cell, described in _reportable(definition, table):
            value = evaluation.content(cell)
            if value is None:
                continue
            fact = Fact(
                cell.table, cell.row, cell.column, cell.sheet, value, described.data_type, described.datapoint
            )
            _check_one_value(fact, described, seen)
            facts.append(fact)
    return tuple(sorted(facts, key=lambda fact: (fact.table, fact.row, fact.column, fact.sheet or "")))


def _reportable(definition: TableDefinition, table: Table) -> list[tuple[CellName, Cell]]:
    """Return the defined cells that the dictionary has: not every row crosses every column."""
    found = []
    for cell in definition.cells:
        described = table.cells.get((cell.row, cell.column, None))
        if described is not None:
            found.append((cell, described))
    return found


def _check_one_value(fact: Fact, cell: Cell, seen: dict[tuple[object, ...], Fact]) -> None:
    """Raise when the same fact (concept and dimensions) already has another value in another cell."""
    key = (cell.concept, tuple(sorted(cell.dimensions.items())), fact.sheet)
    other = seen.setdefault(key, fact)
    if other.value != fact.value:
        raise ReturnError(
            f"{other.cell} and {fact.cell} are one fact, but have the values {other.value} and {fact.value}"
        )


def _check_totals(result: Result, evaluation: Evaluation) -> None:
    """Raise when a form's total is not what the simulation itself says."""
    totals = result.own_funds.set_index("line")["amount"]
    said = {name: totals[name] for name in ("cet1", "tier1", "own_funds") if name in totals.index}
    said["rwa"] = result.ratios["rwa"]
    for name, amount in said.items():
        cell = _TOTALS[name]
        value = evaluation.value(cell) or Decimal(0)
        expected = from_cents(int(cents([amount])[0]))
        if value != expected:
            raise ReturnError(f"{cell} comes to {value}, but the simulation says {name} is {expected}")


def _check_nothing_lost(definitions: Definitions, position: Position) -> None:
    """Raise when an amount of the result stands on no row of C 02.00: it would be lost without a word."""
    taken = np.zeros(len(position.requirements), dtype=bool)
    for formula in definitions.tables["C_02.00.a"].cells.values():
        if formula.shape == "sum" and formula.source == "requirements":
            taken |= matching(position.requirements, formula.where)
    left = position.requirements[~taken]
    if len(left):
        named = ", ".join(
            f"{risk} ({amount:,.2f})" for risk, amount in zip(left["risk"], left["amount"], strict=True)
        )
        raise ReturnError(f"no row of C 02.00 takes {named}: Plimsoll cannot file this amount yet")


def _indicators(module: Module, facts: tuple[Fact, ...]) -> dict[str, bool]:
    filled = {fact.table for fact in facts}
    return {template.code: not filled.isdisjoint(template.tables) for template in module.templates}
