"""Generated grids: what every engine is asked, topic by topic, at least 10,000 rows each."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
import pandas as pd

__all__ = ["GRIDS", "SIZE", "make_grid"]

SIZE = 10_000
Random = np.random.Generator


def _flags(random: Random) -> np.ndarray:
    return random.integers(0, 2, SIZE)


def _internal(random: Random, *, turnover: bool = False) -> pd.DataFrame:
    sales = np.round(random.uniform(0.5, 80, SIZE), 3).astype(object)
    sales[random.random(SIZE) < 0.3] = ""
    return pd.DataFrame(
        {
            "pd": np.exp(random.uniform(np.log(1e-5), np.log(0.5), SIZE)),
            "lgd": random.uniform(0.05, 0.95, SIZE),
            "maturity": random.uniform(0.2, 7.0, SIZE),
            "turnover_meur": sales if turnover else "",
        }
    )


def _rated(random: Random) -> pd.DataFrame:
    return pd.DataFrame(
        {"step": random.integers(0, 7, SIZE), "amount": np.round(random.lognormal(12, 1, SIZE), 2)}
    )


def _institutions(random: Random) -> pd.DataFrame:
    grid = _rated(random)
    grades = random.choice(np.array(["A", "B", "C"]), SIZE)
    return grid.assign(grade=np.where(grid["step"] == 0, grades, ""), short_term=_flags(random))


def _property(random: Random) -> pd.DataFrame:
    return pd.DataFrame({"ltv": random.uniform(0.05, 1.6, SIZE), "income_producing": _flags(random)})


GRIDS: dict[str, Callable[[Random], pd.DataFrame]] = {
    "irb_corporate": lambda random: _internal(random, turnover=True),
    "irb_mortgage": _internal,
    "irb_qrre": _internal,
    "irb_other_retail": _internal,
    "sa_government": lambda random: _rated(random).assign(domestic=_flags(random)),
    "sa_institution": _institutions,
    "sa_corporate": _rated,
    "sa_retail": lambda random: _rated(random).assign(eligible=_flags(random), mismatch=_flags(random)),
    "sa_residential": _property,
    "sa_commercial": _property,
    "sa_default": lambda random: _rated(random).assign(coverage=np.round(random.uniform(0, 0.6, SIZE), 4)),
    "sa_covered_bond": lambda random: _rated(random).assign(step=random.integers(1, 7, SIZE)),
    "sme_factor": lambda random: pd.DataFrame({"owed": np.round(random.uniform(1_000, 2e7, SIZE), 2)}),
    "business_indicator": lambda random: pd.DataFrame(
        {"indicator": np.round(np.exp(random.uniform(np.log(1e6), np.log(2e11), SIZE)), 2)}
    ),
    "settlement": lambda random: pd.DataFrame({"days": random.integers(0, 90, SIZE)}),
    "maturity_mismatch": lambda random: pd.DataFrame(
        {"t": random.uniform(0.05, 6, SIZE), "T": random.uniform(1.0, 8, SIZE)}
    ),
    "output_floor": lambda random: pd.DataFrame(
        {
            "date": [
                f"{y}-{m:02}-28"
                for y, m in zip(random.integers(2025, 2034, SIZE), random.integers(1, 13, SIZE), strict=True)
            ]
        }
    ),
    "npe_unsecured": lambda random: pd.DataFrame({"year": random.integers(1, 15, SIZE)}),
}
"""By topic."""


def make_grid(topic: str) -> pd.DataFrame:
    """Return a topic's grid; the same every time."""
    seed = int.from_bytes(topic.encode(), "little") % 2**63
    return GRIDS[topic](np.random.default_rng(seed))
