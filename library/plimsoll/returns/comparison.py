"""Two returns cell by cell and which of their inputs differ; two positions by what moved them."""

from __future__ import annotations

from dataclasses import dataclass, field
from decimal import Decimal
from typing import overload

import pandas as pd

from plimsoll.errors import ReturnError
from plimsoll.returns.filed import Filing
from plimsoll.returns.return_ import Return
from plimsoll.simulation import Movement, Result, explain_movement

__all__ = ["Comparison", "compare"]


@dataclass(frozen=True)
class Comparison:
    """What changed from one return to another.

    Attributes
    ----------
    cells
        Columns table, row, column, sheet, before, after, change, of the cells that differ; before or after is
        None where the cell is not reported, which means zero; change is None between two words.
    causes
        Which inputs differ, of `data`, `rules`, `scenario`, `code` and `adjustment`. `code` is the cells'
        definitions, or the program itself where nothing else differs and yet figures do. A change of the program
        beside another input is not seen: a return does not hold the program's digest. Empty where one of the two
        is a filing read from a package, which holds none of its inputs.
    """

    cells: pd.DataFrame = field(repr=False)
    causes: tuple[str, ...]

    @property
    def cause(self) -> str | None:
        """The one cause of every change; None where several inputs differ, or none."""
        return self.causes[0] if len(self.causes) == 1 else None


@overload
def compare(before: Return | Filing, after: Return | Filing) -> Comparison: ...


@overload
def compare(before: Result, after: Result) -> Movement: ...


def compare(before: Return | Filing | Result, after: Return | Filing | Result) -> Comparison | Movement:
    """Compare two returns of one module cell by cell, or say by which inputs one position became another.

    A return may be one filled here or a filing read from a package (`read_package`).

    Returns
    -------
    A `Comparison` of two returns; a `Movement` between two results, whose changes add up exactly.

    Raises
    ------
    ReturnError
        The returns are of different modules, or one of the two is a result: they do not compare.
    SimulationError
        The results are of two banks.
    """
    if isinstance(before, Result) and isinstance(after, Result):
        return explain_movement(before, after)
    if isinstance(before, Return | Filing) and isinstance(after, Return | Filing):
        return _compare_cells(before, after)
    raise ReturnError("a return and a result do not compare: give two returns, or two results")


def _compare_cells(before: Return | Filing, after: Return | Filing) -> Comparison:
    if before.module != after.module:
        raise ReturnError(f"{before.module} and {after.module} have no cells in common")
    rows = []
    for cell in sorted(before.values.keys() | after.values.keys(), key=str):
        old, new = before.values.get(cell), after.values.get(cell)
        held = (old.value if old else None, new.value if new else None)
        if held[0] != held[1]:
            rows.append((cell.table, cell.row, cell.column, cell.sheet, *held, _change(*held)))
    names = ("table", "row", "column", "sheet", "before", "after", "change")
    columns = list(zip(*rows, strict=True)) or [()] * len(names)
    cells = pd.DataFrame(
        {name: pd.array(column, dtype=object) for name, column in zip(names, columns, strict=True)}
    )
    return Comparison(cells, _causes(before, after, changed=bool(rows)))


def _change(old: Decimal | str | None, new: Decimal | str | None) -> Decimal | None:
    if isinstance(old, str) or isinstance(new, str):
        return None
    return (new or Decimal(0)) - (old or Decimal(0))


def _causes(before: Return | Filing, after: Return | Filing, *, changed: bool) -> tuple[str, ...]:
    if isinstance(before, Filing) or isinstance(after, Filing):
        return ()
    pairs = {
        "data": (before.book_digest, after.book_digest),
        "rules": (before.rules_digest, after.rules_digest),
        "scenario": (before.scenario, after.scenario),
        "code": (
            (before.definitions.version, before.definitions.digest),
            (after.definitions.version, after.definitions.digest),
        ),
        "adjustment": (before.adjustments, after.adjustments),
    }
    causes = tuple(name for name, (old, new) in pairs.items() if old != new)
    return causes or (("code",) if changed else ())
