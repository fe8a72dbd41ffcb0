"""Fills a return: every defined cell from the simulation's result, every template's filing indicator."""

from __future__ import annotations

import math
from collections.abc import Iterable
from decimal import Decimal
from typing import TYPE_CHECKING

import numpy as np

from plimsoll.dictionary import Cell, Dictionary, Module, Table, open_dictionary
from plimsoll.errors import ReturnError
from plimsoll.returns.adjustments import Adjustment, check_adjustments, deltas_of
from plimsoll.returns.conformity import check_definitions
from plimsoll.returns.definitions import CellName, Definitions, TableDefinition
from plimsoll.returns.evaluation import RATIO_PLACES, Evaluation
from plimsoll.returns.gaps import check_inputs
from plimsoll.returns.parsing import read_definitions
from plimsoll.returns.position import Position, matching
from plimsoll.returns.return_ import Fact, Return
from plimsoll.returns.sources import position_of, stated_total
from plimsoll.returns.sources_flow import with_flow
from plimsoll.units import cents, from_cents

if TYPE_CHECKING:
    from plimsoll.simulation import Result

__all__ = ["fill", "monetary_decimals"]

_TRUE_ZERO = Decimal("0.00")
_ROUNDING_SPREAD = 0.012
"""Four standard deviations (0.01 / sqrt(12) each) of rounding one line to the cent, in currency units."""


def fill(
    result: Result,
    module: str,
    dictionary: Dictionary | None = None,
    *,
    adjustments: Iterable[Adjustment] = (),
    earlier: Result | None = None,
) -> Return:
    """Fill a module's return from a simulation's result.

    A cell is reported when at least one line stands behind it, and then even if its value is zero; a template
    is indicated when at least one of its cells is reported. Its absent cells mean zero; where a template's
    definition says that its sources are whole, they are reported as zero.

    Parameters
    ----------
    result
        What `simulate` returned.
    module
        The module's code, such as `corep_of`; its version follows from the book's reference date.
    dictionary
        The supervisor's dictionary; the built one when omitted.
    adjustments
        Deltas on cells, approved and not expired; they are kept with the return.
    earlier
        The position of the quarter before, for the templates that say what moved since (C 08.04); without it they
        are left out, and `find_gaps` says so.

    Raises
    ------
    MissingInputs
        The book lacks what the templates need; `find_gaps` gives the list without filling.
    SimulationError
        The earlier position is another entity's.
    ReturnError
        A definition does not fit the dictionary, an amount of the result has no row to stand on, a total is
        not the simulation's before adjustments, an adjustment may not be used, or one fact would be reported
        with two values, or the earlier position is not that of the quarter before.
    """
    book = result.book
    source = dictionary or open_dictionary()
    described = source.module(module, on=book.reference_date)
    definitions = read_definitions(described.code, described.version)
    check_definitions(definitions, described)
    position = with_flow(position_of(result, definitions.plan.sources), result, earlier)
    check_inputs(definitions, position)
    evaluation = Evaluation(definitions, position)
    _check_nothing_lost(definitions, position)
    _check_totals(definitions, result, evaluation)
    moved = tuple(sorted(adjustments))
    if moved:
        check_adjustments(moved, described, book.reference_date)
        evaluation = Evaluation(definitions, position, deltas_of(moved))
        _check_filled(moved, evaluation)
    facts = _facts(definitions, described, evaluation)
    return Return(
        module=described.code,
        version=described.version,
        entity=book.entity,
        reference_date=book.reference_date,
        scenario=result.scenario.name,
        facts=facts,
        indicators=_indicators(described, facts),
        decimals={"decimalsMonetary": monetary_decimals(_longest(position)), **_RATIO_DECIMALS},
        book_digest=book.digest,
        rules_digest=result.rules.digest,
        definitions=definitions,
        position=position,
        adjustments=moved,
    )


def _check_filled(adjustments: tuple[Adjustment, ...], evaluation: Evaluation) -> None:
    """Raise when an adjusted cell is none that a definition fills: its delta would vanish."""
    unknown = [str(adjustment.cell) for adjustment in adjustments if adjustment.cell not in evaluation]
    if unknown:
        raise ReturnError(f"no definition fills {'; '.join(unknown)}: what is not filled is not adjusted")


_RATIO_DECIMALS = dict.fromkeys(
    ("decimalsPercentage", "decimalsDecimal"), -int(RATIO_PLACES.as_tuple().exponent)
)


def monetary_decimals(lines: int) -> int:
    """Return the precision that sums of this many lines, each rounded to the cent, truly have.

    The EBA's rules allow an equation the tolerance that the stated decimals imply, so decimals say no more
    than is true: the rounding of n lines spreads by 0.012 x sqrt(n) (four standard deviations), and half a
    unit of the last decimal covers it. 0 up to 1,700 lines, -1 up to 170,000, -2 up to 17 million (the filing
    rules ask for -4 at least).
    """
    spread = _ROUNDING_SPREAD * math.sqrt(max(lines, 1))
    return min(0, -math.ceil(math.log10(spread / 0.5)))


def _longest(position: Position) -> int:
    return max(len(table) for table in position.tables.values())


def _facts(definitions: Definitions, module: Module, evaluation: Evaluation) -> tuple[Fact, ...]:
    facts: list[Fact] = []
    seen: dict[tuple[object, ...], Fact] = {}
    for definition in definitions.tables.values():
        if definition.needs is not None and evaluation.content(definition.needs) is None:
            continue
        table = module.table(definition.table)
        held = [
            (cell, described, evaluation.content(cell))
            for cell, described in _reportable(definition, table, evaluation)
        ]
        silent = None
        if definition.zeros and any(value is not None for _, _, value in held):
            silent = _TRUE_ZERO
        for cell, described, content in held:
            value = silent if content is None else content
            if value is None:
                continue
            _check_allowed(cell, value, described)
            fact = Fact(
                cell.table, cell.row, cell.column, cell.sheet, value, described.data_type, described.datapoint
            )
            _check_one_value(fact, described, seen)
            facts.append(fact)
    return tuple(sorted(facts, key=lambda fact: (fact.table, fact.row, fact.column, fact.sheet or "")))


def _reportable(
    definition: TableDefinition, table: Table, evaluation: Evaluation
) -> list[tuple[CellName, Cell]]:
    """Return the defined cells that the dictionary has: not every row crosses every column."""
    found = []
    for cell in evaluation.cells(definition.table):
        row = None if definition.keys else cell.row
        described = table.cells.get((row, cell.column, None))
        if described is not None:
            found.append((cell, described))
    return found


def _check_allowed(cell: CellName, value: Decimal | str, described: Cell) -> None:
    """Raise when a cell of a closed list would hold a member that is not on it."""
    if described.allowed_values and value not in described.allowed_values:
        raise ReturnError(f"{cell} may not hold {value}: correct what the book says there")


def _check_one_value(fact: Fact, cell: Cell, seen: dict[tuple[object, ...], Fact]) -> None:
    """Raise when the same fact (concept and dimensions) already has another value in another cell."""
    row = fact.row if cell.row is None else None
    key = (cell.concept, tuple(sorted(cell.dimensions.items())), row, fact.sheet)
    other = seen.setdefault(key, fact)
    if other.value != fact.value:
        raise ReturnError(
            f"{other.cell} and {fact.cell} are one fact, but have the values {other.value} and {fact.value}; "
            "`plimsoll.reconcile(book)` says where ledger and contracts differ"
        )


def _check_totals(definitions: Definitions, result: Result, evaluation: Evaluation) -> None:
    """Raise when a form's total is not what the simulation itself says."""
    for name, cell in definitions.plan.totals.items():
        stated = stated_total(result, name)
        if stated is None:
            continue
        value = evaluation.value(cell) or Decimal(0)
        expected = from_cents(int(cents([stated])[0]))
        if value != expected:
            raise ReturnError(f"{cell} comes to {value}, but the simulation says {name} is {expected}")


def _check_nothing_lost(definitions: Definitions, position: Position) -> None:
    """Raise when an amount of the result stands on no row of the table that must take it."""
    for source, table in definitions.plan.complete.items():
        held = position.table(source)
        taken = np.zeros(len(held), dtype=bool)
        for formula in definitions.tables[table].cells.values():
            if formula.shape == "sum" and formula.source == source:
                taken |= matching(held, formula.where)
        left = held[~taken]
        if len(left):
            named = ", ".join(
                f"{name} ({amount:,.2f})"
                for name, amount in zip(left.iloc[:, 0], left["amount"], strict=True)
            )
            raise ReturnError(
                f"no row of {_spoken(table)} takes {named}: Plimsoll cannot file this amount yet"
            )


def _spoken(table: str) -> str:
    """Return a table as people say it: `C 02.00` of `C_02.00.a`."""
    return ".".join(table.replace("_", " ").split(".")[:2])


def _indicators(module: Module, facts: tuple[Fact, ...]) -> dict[str, bool]:
    filled = {fact.table for fact in facts}
    return {template.code: not filled.isdisjoint(template.tables) for template in module.templates}
