"""Why two filings differ, cell by cell: one kind of input exchanged at a time and the return filled again."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from decimal import Decimal

import pandas as pd

from plimsoll import rules as law
from plimsoll.data import Book
from plimsoll.dictionary import Dictionary, open_dictionary
from plimsoll.errors import ReturnError
from plimsoll.returns.definitions import CellName
from plimsoll.returns.filing import fill
from plimsoll.returns.return_ import Return
from plimsoll.scenarios import Scenario
from plimsoll.simulation import Result, simulate

__all__ = ["CAUSES", "Attribution", "attribute"]

CAUSES = ("data", "rules", "scenario", "code", "adjustment")
"""In the order the inputs are exchanged; `code` is the program and the cells' definitions, then and now."""

Values = Mapping[CellName, Decimal | str]


@dataclass(frozen=True)
class Attribution:
    """How each cause moved each cell.

    Attributes
    ----------
    cells
        Columns table, row, column, sheet, before, after, change, a column for each of `CAUSES`, and `cause`: of
        every cell that differs. The causes of a number add up to its change exactly; a cell that is not
        reported counts as zero. Of a word only `cause` is told. `cause` is `several` where more than one moved it.
    """

    cells: pd.DataFrame = field(repr=False)

    def totals(self) -> Mapping[str, int]:
        """Return how many cells each cause moved."""
        return {cause: int((self.cells["cause"] == cause).sum()) for cause in (*CAUSES, "several")}


def attribute(
    before: Return,
    after: Return,
    books: tuple[Book, Book],
    *,
    scenarios: tuple[Scenario, Scenario] | None = None,
    dictionary: Dictionary | None = None,
    earlier: Result | None = None,
) -> Attribution:
    """Return what moved each cell from one filing to the other.

    The earlier return is made again with today's program, then gets the later data, law and scenario one after
    the other. What neither step explains is `code`: the program or the definitions have changed since one of the
    two was filed. Adjustments are told apart first.

    Parameters
    ----------
    before, after
        Two returns of one module, such as a filing and its resubmission.
    books
        The books they were filled from.
    scenarios
        Their scenarios, where they are none of the shelf's.
    dictionary
        The supervisor's dictionary; the built one when omitted.
    earlier
        The position of the quarter before, where both were filled with it.

    Raises
    ------
    ReturnError
        The returns are of two modules, or a book is not the one its return was filled from.
    """
    if before.module != after.module:
        raise ReturnError(f"{before.module} and {after.module} have no cells in common")
    for filled, book, which in ((before, books[0], "earlier"), (after, books[1], "later")):
        if filled.book_digest != book.digest:
            raise ReturnError(f"the book given for the {which} return is not the one it was filled from")
    source = dictionary or open_dictionary()

    def refill(result: Result) -> Values:
        return _values(fill(result, before.module, source, earlier=earlier))

    stages = _stages(before, after, books, scenarios, refill)
    return Attribution(_frame(before, after, stages))


def _stages(
    before: Return,
    after: Return,
    books: tuple[Book, Book],
    scenarios: tuple[Scenario, Scenario] | None,
    refill: Callable[[Result], Values],
) -> dict[str, list[tuple[Values, Values]]]:
    """Return, by cause, the pairs of positions between which only it differs."""
    old, new = books
    first: str | Scenario = scenarios[0] if scenarios else before.scenario
    last: str | Scenario = scenarios[1] if scenarios else after.scenario

    def made(book: Book, rules_of: Book, scenario: str | Scenario) -> Values:
        return refill(simulate(book, scenario=scenario, rules=law.on(rules_of.reference_date)))

    start = made(old, old, first)
    data = made(new, old, first) if old.digest != new.digest else start
    rules = made(new, new, first) if before.rules_digest != after.rules_digest else data
    end = made(new, new, last) if first != last else rules
    bare_before, bare_after = _unadjusted(before), _unadjusted(after)
    return {
        "data": [(start, data)],
        "rules": [(data, rules)],
        "scenario": [(rules, end)],
        "code": [(bare_before, start), (end, bare_after)],
        "adjustment": [(_values(before), bare_before), (bare_after, _values(after))],
    }


def _values(filled: Return) -> Values:
    return {cell: fact.value for cell, fact in filled.values.items()}


def _unadjusted(filled: Return) -> Values:
    """Return a return's values without its adjustments, by its own definitions and position."""
    if not filled.adjustments:
        return _values(filled)
    bare = replace(filled, adjustments=())
    values: dict[CellName, Decimal | str] = {}
    for cell in filled.values:
        content = bare.evaluation.content(cell)
        if content is not None:
            values[cell] = content
    return values


def _frame(before: Return, after: Return, stages: Mapping[str, list[tuple[Values, Values]]]) -> pd.DataFrame:
    old, new = _values(before), _values(after)
    rows = []
    for cell in sorted(old.keys() | new.keys(), key=str):
        if old.get(cell) != new.get(cell):
            rows.append(_row(cell, old.get(cell), new.get(cell), stages))
    names = ("table", "row", "column", "sheet", "before", "after", "change", *CAUSES, "cause")
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    return pd.DataFrame(
        {name: pd.array(held, dtype=object) for name, held in zip(names, columns, strict=True)}
    )


def _row(
    cell: CellName,
    had: Decimal | str | None,
    has: Decimal | str | None,
    stages: Mapping[str, list[tuple[Values, Values]]],
) -> tuple[object, ...]:
    moved = {
        cause: [(first.get(cell), last.get(cell)) for first, last in pairs] for cause, pairs in stages.items()
    }
    causes = [cause for cause, pairs in moved.items() if any(first != last for first, last in pairs)]
    cause = causes[0] if len(causes) == 1 else "several"
    place = (cell.table, cell.row, cell.column, cell.sheet, had, has)
    if isinstance(had, str) or isinstance(has, str):
        return (*place, None, *[None] * len(CAUSES), cause)
    parts = [sum((_less(last, first) for first, last in moved[name]), Decimal(0)) for name in CAUSES]
    return (*place, _less(has, had), *parts, cause)


def _less(one: Decimal | str | None, other: Decimal | str | None) -> Decimal:
    """Return the difference of two numbers; what is not reported is zero."""
    numbers = [value if isinstance(value, Decimal) else Decimal(0) for value in (one, other)]
    return numbers[0] - numbers[1]
