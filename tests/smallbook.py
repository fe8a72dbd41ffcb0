"""Books of a few rows, written as a test reads best: only what matters is said."""

from __future__ import annotations

import datetime
from collections.abc import Mapping, Sequence
from typing import Any

import pandas as pd

from plimsoll.data import Book, Entity

__all__ = ["ENTITY", "REFERENCE_DATE", "small_book"]

ENTITY = Entity("Testbank", "529900T8BM49AURSDO55", "IND", "DE")
REFERENCE_DATE = datetime.date(2026, 6, 30)

_OBLIGOR = {"counterparty_id": "obligor", "counterparty_type": "corporate", "country": "DE"}
_EXPOSURE = {
    "exposure_id": "exposure",
    "counterparty_id": "obligor",
    "product": "loan",
    "on_balance": True,
    "amount": 100_000.0,
    "currency": "EUR",
    "defaulted": False,
}
_PROPERTY = {"collateral_id": "lien", "exposure_id": "exposure", "property_type": "residential"}

Rows = Sequence[Mapping[str, Any]]


def small_book(
    exposures: Rows = ({},),
    obligors: Rows = ({},),
    liens: Rows = (),
    *,
    date: datetime.date = REFERENCE_DATE,
    entity: Entity = ENTITY,
    **tables: Rows,
) -> Book:
    """Return a book of these rows; what a row does not say is a loan of 100,000 EUR to a German company."""
    given = {
        "exposures": [{**_EXPOSURE, **row} for row in exposures],
        "counterparties": [{**_OBLIGOR, **row} for row in obligors],
        "collateral": [{**_PROPERTY, **row} for row in liens],
        **tables,
    }
    frames = {name: pd.DataFrame(list(rows)) for name, rows in given.items() if len(rows)}
    return Book(entity, date, "test", frames)
