"""How the rated obligors of a sample bank fared in past years: drawn around the PDs of their grades."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd

from plimsoll.data.sample_contracts import Draw

__all__ = ["draw_outcomes"]

_DRAW = 80_500  # apart from every other draw of the same seed
_YEARS = 5
_GRADED = ("foundation", "advanced")
_RETAIL = "retail"
_SME_TURNOVER = 50_000_000.0
_CAUTION = 0.85  # a bank's PDs are a little above what comes to pass
_GROUP = ["approach", "irb_class", "rating_grade", "pd", "is_sme"]


def draw_outcomes(seed: int, draw: Draw, day: datetime.date) -> dict[str, pd.DataFrame]:
    """Return the table `rating_outcomes`; none for a bank that does not rate.

    The obligors of each year are about as many in each grade as today's, a little fewer each year back.
    """
    if "ratings" not in draw.assumptions:
        return {}
    rng = np.random.Generator(np.random.PCG64([_DRAW, seed]))
    held = _today(draw)
    last = datetime.date(day.year - (1 if (day.month, day.day) == (12, 31) else 2), 12, 31)
    years = [_year(rng, held, last.replace(year=last.year - back)) for back in range(_YEARS)]
    table = pd.concat(years, ignore_index=True)
    table.insert(0, "outcome_id", [f"RO-{number:05d}" for number in range(1, len(table) + 1)])
    return {"rating_outcomes": table}


def _today(draw: Draw) -> pd.DataFrame:
    """Return how many are rated today, by approach, class and grade: obligors, in the retail class exposures."""
    exposures = draw.exposures[draw.exposures["approach"].isin(_GRADED)].copy()
    turnover = draw.counterparties.set_index("counterparty_id")["turnover"].reindex(
        exposures["counterparty_id"]
    )
    small = turnover.notna() & (turnover <= _SME_TURNOVER)
    exposures["is_sme"] = small.to_numpy(np.bool_)
    exposures["pd"] = exposures["pd"].astype(float).where(~exposures["defaulted"].astype(bool), 1.0)
    retail = exposures["irb_class"].str.startswith(_RETAIL)
    exposures["unit"] = exposures["exposure_id"].where(retail, exposures["counterparty_id"])
    return exposures.groupby(_GROUP, sort=True)["unit"].nunique().rename("obligors").reset_index()


def _year(rng: np.random.Generator, held: pd.DataFrame, end: datetime.date) -> pd.DataFrame:
    obligors = np.maximum(1, np.rint(held["obligors"].to_numpy() * rng.uniform(0.85, 1.05, len(held))))
    started = held["pd"].to_numpy(np.float64) >= 1.0
    chance = np.where(started, 0.0, held["pd"].to_numpy(np.float64) * _CAUTION)
    defaulted = rng.binomial(obligors.astype(np.int64), chance)
    return held.assign(
        year_end=end, obligors=pd.array(obligors, "Int64"), defaulted=pd.array(defaulted, "Int64")
    )
