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
└── PackageError            a file is not a report package

The docstring of a class is its default message; facts are attributes; the sentence says what to do.
"""

from __future__ import annotations

from dataclasses import dataclass

__all__ = [
    "BookError",
    "DictionaryError",
    "DictionaryMissing",
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


class PackageError(PlimsollError):
    """The file is not a report package."""
