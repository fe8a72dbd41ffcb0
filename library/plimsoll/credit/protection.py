"""Pledges and guarantees behind exposures, as arrays: one entry for each, with the place of its exposure."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
import pandas as pd
import pyarrow as pa

from plimsoll.credit.reading import (
    ABSENT,
    Bools,
    Codes,
    Floats,
    Ints,
    codes,
    flags,
    numbers,
    places,
    text,
    whole,
)
from plimsoll.credit.vocabulary import PLEDGES, PROTECTIONS
from plimsoll.units import cents

__all__ = ["NO_DATE", "Guarantees", "Pledges", "days_of", "read_guarantees", "read_pledges"]

NO_DATE = np.iinfo(np.int64).min


@dataclass(frozen=True)
class Pledges:
    """Pledges, shape (k,), sorted by id; amounts in cents, days since 1970, `NO_DATE` and -1 for what is absent.

    `currency` is the place in the positions' `currencies`, -2 for one that no exposure has. `issuer` is the row of
    the issuer among the counterparties; `step` that of the security itself, 0 where it has none.
    """

    ids: pa.Array
    exposure: Ints
    kind: Codes
    amount: Ints
    currency: Codes
    issuer: Ints
    step: Codes
    security_due: Ints
    start: Ints
    due: Ints
    revaluation: Ints
    eligible: Bools

    def __len__(self) -> int:
        return len(self.exposure)


@dataclass(frozen=True)
class Guarantees:
    """Guarantees and credit derivatives, shape (k,), sorted by id; as for `Pledges`."""

    ids: pa.Array
    exposure: Ints
    provider: Ints
    provider_id: pa.Array
    kind: Codes
    amount: Ints
    currency: Codes
    start: Ints
    due: Ints
    restructuring: Bools
    pd: Floats
    eligible: Bools

    def __len__(self) -> int:
        return len(self.exposure)


def days_of(series: pd.Series) -> Ints:
    """Return dates as days since 1970, `NO_DATE` where missing."""
    days = series.to_numpy("datetime64[D]")
    return np.where(np.isnat(days), NO_DATE, days.astype(np.int64))


def read_pledges(
    pledges: pd.DataFrame, exposure_id: pa.Array, party_id: pd.Series, currencies: tuple[str, ...]
) -> Pledges:
    """Return a book's pledges; those of exposures that are not weighed here are left out."""
    table, exposure = _of_exposures(pledges, "pledge_id", exposure_id)
    return Pledges(
        ids=text(table["pledge_id"]),
        exposure=exposure,
        kind=codes(table["pledge_type"], PLEDGES),
        amount=cents(table["amount"].to_numpy(np.float64)),
        currency=_currency(table["currency"], currencies),
        issuer=places(table["issuer_id"], party_id),
        step=whole(table["credit_quality_step"], 0).astype(np.int16),
        security_due=days_of(table["security_maturity_date"]),
        start=days_of(table["start_date"]),
        due=days_of(table["maturity_date"]),
        revaluation=whole(table["revaluation_days"], 1),
        eligible=flags(table["eligible"]),
    )


def read_guarantees(
    guarantees: pd.DataFrame, exposure_id: pa.Array, party_id: pd.Series, currencies: tuple[str, ...]
) -> Guarantees:
    """Return a book's guarantees; those of exposures that are not weighed here are left out."""
    table, exposure = _of_exposures(guarantees, "guarantee_id", exposure_id)
    return Guarantees(
        ids=text(table["guarantee_id"]),
        exposure=exposure,
        provider=places(table["provider_id"], party_id),
        provider_id=text(table["provider_id"]),
        kind=codes(table["guarantee_type"], PROTECTIONS),
        amount=cents(table["amount"].to_numpy(np.float64)),
        currency=_currency(table["currency"], currencies),
        start=days_of(table["start_date"]),
        due=days_of(table["maturity_date"]),
        restructuring=flags(table["restructuring_covered"]),
        pd=numbers(table["provider_pd"], np.nan),
        eligible=flags(table["eligible"]),
    )


def _of_exposures(table: pd.DataFrame, key: str, exposure_id: pa.Array) -> tuple[pd.DataFrame, Ints]:
    """Return the rows of the exposures given, sorted by key, and the place of each one's exposure."""
    ordered = table.sort_values(key, kind="stable")
    exposure = places(ordered["exposure_id"], exposure_id)
    known = exposure != ABSENT
    return ordered[known], exposure[known]


def _currency(series: pd.Series, currencies: tuple[str, ...]) -> Codes:
    found = codes(series, currencies) if currencies else np.full(len(series), ABSENT, np.int16)
    return np.where(found == ABSENT, np.int16(-2), found)
