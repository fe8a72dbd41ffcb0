"""Own funds from their items, line by line as in template C 01.00."""

from __future__ import annotations

import tomllib
from dataclasses import dataclass
from functools import cache
from importlib.resources import files

import numpy as np
import pandas as pd

from plimsoll.errors import SimulationError
from plimsoll.rules import RuleSet
from plimsoll.units import cents

__all__ = ["OWN_FUNDS_LINES", "own_funds"]

_CENTS = 100
_LIMITED = "t2_general_credit_risk_adjustments"
LIMIT_RULE = "capital.tier2.general_adjustments_limit"


@dataclass(frozen=True)
class _Line:
    line: str
    article: str
    sign: int = 0
    sum: tuple[str, ...] = ()


@cache
def _lines() -> tuple[_Line, ...]:
    text = files("plimsoll.capital").joinpath("own_funds.toml").read_text(encoding="utf-8")
    return tuple(
        _Line(entry["line"], entry["article"], entry.get("sign", 0), tuple(entry.get("sum", ())))
        for entry in tomllib.loads(text)["line"]
    )


OWN_FUNDS_LINES: tuple[str, ...] = tuple(line.line for line in _lines())
"""Names of the lines, in the order of the template."""


def own_funds(items: pd.DataFrame, credit_amount: float, rules: RuleSet) -> pd.DataFrame:
    """Return own funds line by line.

    Parameters
    ----------
    items
        The book's `own_funds_items`: deductions are positive there.
    credit_amount
        Risk-weighted exposure amounts for credit risk under the standardised approach, which limit the
        general credit risk adjustments in Tier 2 (Article 62(c) CRR).
    rules
        Those in force on the reference date.

    Returns
    -------
    Columns line, amount (exact to the cent, deductions negative), article; empty where the book has no items.

    Raises
    ------
    SimulationError
        An item has no line.
    """
    if items.empty:
        return pd.DataFrame(
            {
                "line": pd.Series(dtype="str"),
                "amount": pd.Series(dtype=float),
                "article": pd.Series(dtype="str"),
            }
        )
    given = dict.fromkeys(OWN_FUNDS_LINES, 0)
    signs = {line.line: line.sign for line in _lines()}
    for item, amount in zip(items["item"], cents(items["amount"].to_numpy(np.float64)), strict=True):
        if not signs.get(item):
            raise SimulationError(f"own funds have no line for the item {item!r}; correct `own_funds_items`")
        given[item] += signs[item] * int(amount)
    limit = int(np.floor(round(rules[LIMIT_RULE].number * credit_amount * _CENTS, 6)))
    given[_LIMITED] = min(given[_LIMITED], limit)
    for line in reversed(_lines()):  # a sum stands above its parts
        if line.sum:
            given[line.line] = sum(given[part] for part in line.sum)
    return pd.DataFrame(
        {
            "line": pd.Series(OWN_FUNDS_LINES, dtype="str"),
            "amount": np.array([given[name] for name in OWN_FUNDS_LINES]) / _CENTS,
            "article": pd.Series([line.article for line in _lines()], dtype="str"),
        }
    )
