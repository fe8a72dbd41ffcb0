"""The exposures of a book that are weighed here, read and weighed."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from weakref import WeakKeyDictionary

import numpy as np
import pandas as pd

from plimsoll.credit import (
    REPORTED_ELSEWHERE,
    Positions,
    read_positions,
    read_protections,
    reported_elsewhere,
)
from plimsoll.data import Book
from plimsoll.rules import RuleSet
from plimsoll.simulation.credit_risk import CreditRisk, credit_risk

__all__ = ["Exposures", "read_exposures", "set_apart", "weigh_exposures"]


@dataclass(frozen=True)
class Exposures:
    """The exposures weighed here.

    Attributes
    ----------
    positions
        They as arrays.
    tables
        The book's under the scenario, with them alone as `exposures`.
    elsewhere
        The exposures whose amount another system reports.
    """

    positions: Positions
    tables: Mapping[str, pd.DataFrame]
    elsewhere: pd.DataFrame


_READ: WeakKeyDictionary[Book, Positions] = WeakKeyDictionary()
"""The exposures of books that no scenario changed: words are turned into numbers once."""


def read_exposures(book: Book, tables: Mapping[str, pd.DataFrame], *, changed: bool) -> Exposures:
    """Return the exposures of a book; `changed` says that its tables differ from the book's own."""
    elsewhere, kept = set_apart(tables["exposures"], book)
    weighed = {**tables, "exposures": kept}
    if changed:
        return Exposures(read_positions(weighed).in_order(), weighed, elsewhere)
    if book not in _READ:
        _READ[book] = read_positions(weighed).in_order()
    return Exposures(_READ[book], weighed, elsewhere)


def weigh_exposures(book: Book, exposures: Exposures, rules: RuleSet) -> CreditRisk:
    """Return the credit risk of the exposures of a book."""
    positions, day = exposures.positions, np.datetime64(book.reference_date, "D")
    protections = read_protections(exposures.tables, positions)
    in_euro = book.entity.currency == "EUR"
    return credit_risk(positions, rules, day, in_euro=in_euro, protections=protections)


def set_apart(exposures: pd.DataFrame, book: Book) -> tuple[pd.DataFrame, pd.DataFrame]:
    """Return the exposures whose amount another system reports, and the ones to weigh here."""
    if not exposures["product"].isin(list(REPORTED_ELSEWHERE)).any():
        return exposures.iloc[:0], exposures
    positions = read_positions({**book.tables, "exposures": exposures})
    reported = frozenset(book.table("reported_amounts")["risk"].astype("str"))
    elsewhere = reported_elsewhere(positions, reported)
    return exposures.loc[elsewhere], exposures.loc[~elsewhere]
