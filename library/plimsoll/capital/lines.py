"""The lines of own funds: what adds up to what, as `own_funds.toml` says."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

__all__ = ["OWN_FUNDS_LINES", "Line", "Part", "leaves_of", "lines", "sums"]


@dataclass(frozen=True)
class Line:
    """One line: an item with its sign, or the sum of other lines.

    `in_base` says whether the thresholds' 10 % is taken after it, `memorandum` that it stands in no sum.
    """

    line: str
    article: str
    sign: int = 0
    sum: tuple[str, ...] = ()
    in_base: bool = True
    memorandum: bool = False


@dataclass(frozen=True)
class Part:
    """What one item, exposure, holding or instrument adds to a line: whole cents, deductions negative.

    `origin` is the book's table and `origin_id` the row; `about` says how the amount came about.
    """

    line: str
    amount: int
    origin: str
    origin_id: str
    about: str


@cache
def lines() -> tuple[Line, ...]:
    """Return the lines in the order of template C 01.00: a sum stands above its parts."""
    text = files("plimsoll.capital").joinpath("own_funds.toml").read_text(encoding="utf-8")
    return tuple(
        Line(
            entry["line"],
            entry["article"],
            entry.get("sign", 0),
            tuple(entry.get("sum", ())),
            entry.get("threshold_base", True),
            entry.get("memorandum", False),
        )
        for entry in tomllib.loads(text)["line"]
    )


OWN_FUNDS_LINES: tuple[str, ...] = tuple(line.line for line in lines())
"""Names of the lines, in the order of the template."""


def sums(parts: Iterable[Part]) -> Mapping[str, int]:
    """Return every line's amount in whole cents; one without a part is zero."""
    amounts = dict.fromkeys(OWN_FUNDS_LINES, 0)
    for part in parts:
        amounts[part.line] += part.amount
    for line in reversed(lines()):
        if line.sum:
            amounts[line.line] = sum(amounts[name] for name in line.sum)
    return amounts


@cache
def leaves_of(line: str) -> tuple[Line, ...]:
    """Return the lines without a sum that a line adds up from."""
    known = {entry.line: entry for entry in lines()}
    entry = known[line]
    if not entry.sum:
        return (entry,)
    return tuple(leaf for name in entry.sum for leaf in leaves_of(name))
