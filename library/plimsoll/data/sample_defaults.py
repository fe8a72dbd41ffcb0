"""Since when the defaulted exposures of a sample bank are in default."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd

__all__ = ["date_defaults"]

_STREAM = 178
"""A generator of its own, so that no other draw of the sample moves."""
_OLDEST_DAYS = 900


def date_defaults(seed: int, exposures: pd.DataFrame, reference_date: datetime.date) -> pd.DataFrame:
    """Return the exposures with `default_date`: drawn evenly over some thirty months, not before the contract."""
    rng = np.random.Generator(np.random.PCG64([seed, _STREAM]))
    ago = rng.integers(0, _OLDEST_DAYS, len(exposures)).astype("timedelta64[D]")
    drawn = np.datetime64(reference_date) - ago
    start = exposures["start_date"].to_numpy("datetime64[D]")
    since = np.where(np.isnat(start), drawn, np.maximum(drawn, start))
    dated = np.where(exposures["defaulted"].to_numpy(np.bool_), since, np.datetime64("NaT"))
    return exposures.assign(default_date=dated.astype("datetime64[us]"))
