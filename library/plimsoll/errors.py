"""Everything the library raises, as one tree.

PlimsollError
├── BookError               the book's tables are not what the schema asks for
├── RuleError               a rule file is wrong, or no rule is in force
├── ScenarioError           a scenario names something the book does not have
├── SimulationError         the position cannot be computed from this book
├── ParameterError          a formula was given a value it does not hold for
├── DictionaryError         the supervisor's dictionary
│   ├── DictionaryMissing   it has not been built yet
│   └── NotInDictionary     it does not have the module, table or cell asked for
├── ReturnError             a return cannot be filled or explained
│   └── MissingInputs       the book lacks what the templates need
└── PackageError            a file is not a report package

The docstring of a class is its default message; facts are attributes; the sentence says what to do.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "BookError",
    "DictionaryError",
    "DictionaryMissing",
    "Gap",
    "MissingInputs",
    "NotInDictionary",
    "PackageError",
    "ParameterError",
    "PlimsollError",
    "Problem",
    "ReturnError",
    "RuleError",
    "ScenarioError",
    "SimulationError",
]


class PlimsollError(Exception):
    """Plimsoll could not do what was asked."""

    def __init__(self, message: str | None = None) -> None:
        super().__init__(message or self.__doc__)


@dataclass(frozen=True)
class Problem:
    """One bad value of a book: where it stands and what is wrong with it."""

    table: str
    row: str
    column: str
    value: str
    reason: str

    def __str__(self) -> str:
        """Return the sentence a person reads."""
        return f"{self.table}, row {self.row}, column {self.column}: {self.value!r} {self.reason}"


class BookError(PlimsollError):
    """The book cannot be used as it is."""

    SHOWN = 20

    def __init__(self, message: str | None = None, problems: tuple[Problem, ...] = ()) -> None:
        self.problems = problems
        lines = [message or str(self.__doc__), *(f"  {problem}" for problem in problems[: self.SHOWN])]
        if len(problems) > self.SHOWN:
            lines.append(f"  … and {len(problems) - self.SHOWN} more (see .problems)")
        super().__init__("\n".join(lines))


class RuleError(PlimsollError):
    """A rule file is wrong, or no rule is in force on that date."""


class ScenarioError(PlimsollError):
    """The scenario cannot be applied to this book."""


class SimulationError(PlimsollError):
    """The position cannot be computed from this book."""


class ParameterError(PlimsollError):
    """A formula was given a value it does not hold for."""

    def __init__(self, message: str | None = None, parameter: str = "") -> None:
        self.parameter = parameter
        super().__init__(message)


class DictionaryError(PlimsollError):
    """The supervisor's dictionary cannot be used."""


class DictionaryMissing(DictionaryError):
    """The dictionary has not been built yet: run `harbour dictionary build` (`make up` does it)."""


class NotInDictionary(DictionaryError):
    """The dictionary has no such module, table, row, column or sheet."""


class ReturnError(PlimsollError):
    """The return cannot be filled or explained."""


@dataclass(frozen=True)
class Gap:
    """What a book lacks of what templates need.

    Attributes
    ----------
    cells
        The tables, rows or columns that need it.
    column
        The table and column of the book that lacks values, such as `counterparties.nace_code`.
    rows
        How many rows lack it; 0 where it is the rows themselves that are missing.
    examples
        The first of them, by name.
    consequence
        What would be wrong in the return, or what is assumed in it.
    stops
        Whether the return is not filled; otherwise the book says nothing and none is what is reported.
    """

    cells: str
    column: str
    rows: int
    examples: tuple[str, ...]
    consequence: str
    stops: bool = True

    def __str__(self) -> str:
        """Return the sentence a person reads."""
        named = f", such as {', '.join(self.examples)}" if self.examples else ""
        count = f" in {self.rows} row(s)" if self.rows else ""
        lacks = f"is missing{count}{named}" if self.stops else "says nothing"
        return f"{self.cells}: {self.column} {lacks}; {self.consequence}"


class MissingInputs(ReturnError):
    """The book lacks what the templates of the module need."""

    def __init__(self, module: str = "", gaps: tuple[Gap, ...] = ()) -> None:
        self.module, self.gaps = module, gaps
        head = f"{module} cannot be filled: the book lacks what its templates need. Complete these columns:"
        super().__init__("\n".join([head, *(f"  {gap}" for gap in gaps)]) if gaps else None)


class PackageError(PlimsollError):
    """The file is not a report package."""
