"""A rule, and the frozen set of those in force on a date."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property

from plimsoll.errors import RuleError

__all__ = ["Rule", "RuleSet", "RuleUse", "Value"]

Value = float | str | tuple[object, ...] | Mapping[str, str]


@dataclass(frozen=True)
class Rule:
    """One number (or table) of the law, with its source and the days it holds.

    Attributes
    ----------
    value
        A number, a tuple (a table by step, or pairs), or a mapping.
    unit
        What the value measures.
    article
        Short source, as a reader of a report sees it ("CRR Art. 125(1)").
    citation
        Full source: act and article, no address.
    valid_from, valid_to
        First and last day it holds; `valid_to` is None while no end is known.
    found
        False where the sentence itself was not read; `note` then says what was.
    """

    id: str
    value: Value
    unit: str
    article: str
    citation: str
    valid_from: datetime.date
    valid_to: datetime.date | None = None
    found: bool = True
    note: str = ""

    @property
    def number(self) -> float:
        """Return the value where it is one number.

        Raises
        ------
        RuleError
            The value is a table.
        """
        if isinstance(self.value, int | float):
            return float(self.value)
        raise RuleError(f"{self.id} is not one number but: {self.unit}")

    @property
    def numbers(self) -> tuple[float, ...]:
        """Return the value where it is a row of numbers.

        Raises
        ------
        RuleError
            The value is something else.
        """
        if isinstance(self.value, tuple) and all(isinstance(item, int | float) for item in self.value):
            return tuple(float(str(item)) for item in self.value)
        raise RuleError(f"{self.id} is not a row of numbers but: {self.unit}")

    @property
    def pairs(self) -> tuple[tuple[float, float], ...]:
        """Return the value where it is a list of pairs.

        Raises
        ------
        RuleError
            The value is something else.
        """
        items = self.value if isinstance(self.value, tuple) else ()
        rows = [item for item in items if isinstance(item, tuple) and len(item) == 2]
        if rows and len(rows) == len(items):
            return tuple((float(first), float(second)) for first, second in rows)
        raise RuleError(f"{self.id} is not a list of pairs but: {self.unit}")

    @property
    def names(self) -> Mapping[str, str]:
        """Return the value where it maps names to names.

        Raises
        ------
        RuleError
            The value is something else.
        """
        if isinstance(self.value, Mapping):
            return self.value
        raise RuleError(f"{self.id} is not a mapping but: {self.unit}")

    def holds_on(self, date: datetime.date) -> bool:
        """Say whether the rule is in force on that day."""
        return self.valid_from <= date and (self.valid_to is None or date <= self.valid_to)


@dataclass(frozen=True)
class RuleUse:
    """A rule that a run used, as it is listed beside the run's figures."""

    id: str
    value: Value
    unit: str
    article: str
    citation: str


@dataclass(frozen=True)
class RuleSet(Mapping[str, Rule]):
    """The rules in force on a date; a mapping of id to `Rule`."""

    date: datetime.date
    rules: Mapping[str, Rule]

    def __getitem__(self, rule_id: str) -> Rule:
        """Return the rule of that id.

        Raises
        ------
        RuleError
            No such rule is in force on the date.
        """
        try:
            return self.rules[rule_id]
        except KeyError:
            near = [known for known in self.rules if known.rsplit(".", 1)[0] == rule_id.rsplit(".", 1)[0]]
            hint = f"; beside it there are {', '.join(near)}" if near else ""
            raise RuleError(f"no rule {rule_id!r} is in force on {self.date}{hint}") from None

    def __contains__(self, rule_id: object) -> bool:
        return rule_id in self.rules

    def __iter__(self) -> Iterator[str]:
        return iter(self.rules)

    def __len__(self) -> int:
        return len(self.rules)

    def __hash__(self) -> int:
        return hash((self.date, self.digest))

    @cached_property
    def digest(self) -> str:
        """SHA-256, in hexadecimal, over every rule with its value, source and days."""
        canonical = json.dumps(
            [[str(self.date)], *(_plain(self.rules[rule_id]) for rule_id in sorted(self.rules))],
            ensure_ascii=True,
            separators=(",", ":"),
        )
        return hashlib.sha256(canonical.encode("ascii")).hexdigest()

    def uses(self, rule_ids: set[str]) -> tuple[RuleUse, ...]:
        """Return the named rules as they are listed beside a run's figures, sorted by id."""
        found = (self[rule_id] for rule_id in sorted(rule_ids))
        return tuple(RuleUse(r.id, r.value, r.unit, r.article, r.citation) for r in found)


def _plain(rule: Rule) -> list[object]:
    value = sorted(rule.value.items()) if isinstance(rule.value, Mapping) else rule.value
    days = [str(rule.valid_from), str(rule.valid_to)]
    return [rule.id, repr(value), rule.unit, rule.citation, *days]
