"""Pledges and guarantees behind the contracts of a sample bank."""

from __future__ import annotations

import datetime
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plimsoll.data.sample_contracts import Draw, numbered

__all__ = ["draw_guarantees", "draw_pledges"]

_DAY = np.timedelta64(1, "D")
_ISSUERS = ("central_government", "credit_institution")
_SHORTENED = 0.15  # part of the protection that ends before its exposure


def draw_pledges(rng: np.random.Generator, draw: Draw, day: datetime.date) -> pd.DataFrame:
    """Return the pledges of a bank: financial collateral, receivables and equipment."""
    rows, kinds = _chosen(rng, draw, "pledged")
    size = len(rows)
    issuers = draw.counterparties.loc[
        draw.counterparties["counterparty_type"].isin(_ISSUERS), "counterparty_id"
    ].to_numpy(dtype=object)
    issuer = np.full(size, None, dtype=object)
    issuer[kinds == "debt_security"] = rng.choice(issuers, size)[kinds == "debt_security"]
    today = np.datetime64(day, "D")
    matures = today + rng.integers(90, 12 * 365, size) * _DAY
    abroad = rng.random(size) < np.where(np.isin(kinds, ["cash", "debt_security"]), 0.12, 0.0)
    slow = np.isin(kinds, ["receivables", "other_physical"])
    return pd.DataFrame(
        {
            "pledge_id": numbered("L", size),
            "exposure_id": rows["exposure_id"].to_numpy(dtype=object),
            "pledge_type": kinds,
            "amount": np.round(rows["amount"].to_numpy() * rng.uniform(0.1, 0.9, size), 2),
            "currency": np.where(abroad, "USD", draw.currency),
            "issuer_id": issuer,
            "security_maturity_date": np.where(kinds == "debt_security", matures, np.datetime64("NaT", "D")),
            **_dates(rng, rows, size),
            "revaluation_days": np.where(slow, 1, rng.choice(np.array([1, 1, 1, 5, 20]), size)),
            "eligible": rng.random(size) < 0.96,
        }
    )


def draw_guarantees(rng: np.random.Generator, draw: Draw, probability: pd.Series) -> pd.DataFrame:
    """Return the guarantees and credit derivatives behind a bank's contracts.

    Parameters
    ----------
    probability
        Of default, by counterparty_id, for the providers that the bank rates.
    """
    rows, pools = _chosen(rng, draw, "covered")
    size = len(rows)
    kinds = {name: facts["type"] for name, facts in draw.assumptions["pools"].items()}
    parties = draw.counterparties
    provider = np.full(size, None, dtype=object)
    for pool in sorted(set(pools.tolist())):
        mine = pools == pool
        known = parties.loc[parties["counterparty_type"] == kinds[pool], "counterparty_id"]
        provider[mine] = rng.choice(known.to_numpy(dtype=object), int(mine.sum()))
    rated = np.isin(pools, ["bank"])
    derivative = rated & (rng.random(size) < 0.25)
    return pd.DataFrame(
        {
            "guarantee_id": numbered("G", size),
            "exposure_id": rows["exposure_id"].to_numpy(dtype=object),
            "provider_id": provider,
            "guarantee_type": np.where(derivative, "credit_derivative", "guarantee"),
            "amount": np.round(rows["amount"].to_numpy() * rng.uniform(0.2, 1.0, size), 2),
            "currency": np.where(rng.random(size) < 0.08, "USD", draw.currency),
            **_dates(rng, rows, size),
            "restructuring_covered": ~derivative | (rng.random(size) < 0.7),
            "provider_pd": np.where(rated, probability.loc[provider].to_numpy(), np.nan),
            "eligible": rng.random(size) < 0.97,
        }
    )


def _chosen(rng: np.random.Generator, draw: Draw, what: str) -> tuple[pd.DataFrame, NDArray[Any]]:
    """Return the rows that have such protection, and its kind, segment by segment."""
    parts, kinds = [], []
    for name, segment in draw.assumptions["ratings"]["segments"].items():
        if what not in segment:
            continue
        rows = draw.exposures[(draw.segments == name).to_numpy()]
        taken = rows[rng.random(len(rows)) < segment[f"{what}_part"]]
        parts.append(taken)
        kinds.append(rng.choice(np.array(segment[what], dtype=object), len(taken)))
    return pd.concat(parts), np.concatenate(kinds)


def _dates(rng: np.random.Generator, rows: pd.DataFrame, size: int) -> dict[str, object]:
    """Return start and end: with the exposure, but for some that end earlier."""
    start = rows["start_date"].to_numpy("datetime64[D]")
    end = rows["maturity_date"].to_numpy("datetime64[D]")
    left = (end - start).astype(np.int64)
    earlier = end - (left * rng.uniform(0.05, 0.5, size)).astype(np.int64) * _DAY
    short = (rng.random(size) < _SHORTENED) & ~np.isnat(end)
    return {"start_date": start, "maturity_date": np.where(short, earlier, np.datetime64("NaT", "D"))}
