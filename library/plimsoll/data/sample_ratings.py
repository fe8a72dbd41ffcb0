"""How a sample bank with internal models rates its contracts, and what it holds against them beside property.

Everything is drawn from a generator of its own, after the contracts; a bank without ratings is left as it is.
"""

from __future__ import annotations

import datetime
from dataclasses import replace
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from plimsoll.data.sample_contracts import Draw, numbered
from plimsoll.data.sample_protection import draw_guarantees, draw_pledges

__all__ = ["rate"]

_STREAM = 11  # sets these draws apart from those of the contracts
_DEFAULT_GRADE = "D"
_CATEGORY_WIDTH = 2.5  # grades a category of specialised lending spans
_WORST_PERFORMING = 4


def rate(seed: int, draw: Draw, day: datetime.date) -> Draw:
    """Return the contracts with ratings, pledges and guarantees, where the bank's assumptions have any.

    Parameters
    ----------
    seed
        The bank's.
    draw
        Contracts as drawn.
    day
        Reference date.
    """
    if "ratings" not in draw.assumptions:
        return draw
    rng = np.random.Generator(np.random.PCG64([seed, _STREAM]))
    facts = draw.assumptions["ratings"]
    parties = _mark_parties(rng, draw)
    grades = _grades(rng, draw, facts)
    exposures = draw.exposures.copy()
    for column, values in _neutral(len(exposures)).items():
        exposures[column] = values
    parts = [
        _rated(rng, exposures[(draw.segments == name).to_numpy()], segment, grades, facts["scale"])
        for name, segment in facts["segments"].items()
    ]
    rated = pd.concat(parts)
    for column in rated.columns:
        exposures.loc[rated.index, column] = rated[column]
    whole = replace(draw, counterparties=parties, exposures=exposures)
    probability = pd.Series(np.array(facts["scale"])[grades.to_numpy()], index=grades.index)
    tables = {
        "pledges": draw_pledges(rng, whole, day),
        "guarantees": draw_guarantees(rng, whole, probability),
    }
    return replace(whole, protection=tables)


def _mark_parties(rng: np.random.Generator, draw: Draw) -> pd.DataFrame:
    """Return the counterparties, some financial ones of them large."""
    share = {
        facts["type"]: facts["large"] for facts in draw.assumptions["pools"].values() if "large" in facts
    }
    chance = draw.counterparties["counterparty_type"].map(share).fillna(0.0).to_numpy(np.float64)
    return draw.counterparties.assign(large_financial=rng.random(len(chance)) < chance)


def _grades(rng: np.random.Generator, draw: Draw, facts: dict[str, Any]) -> pd.Series:
    """Return the place of each counterparty on the scale, by counterparty_id; obligors have one grade each."""
    pools = draw.assumptions["pools"]
    labels = {pools[name]["label"]: spread for name, spread in facts["pools"].items()}
    label = draw.counterparties["name"].str.rsplit(" ", n=1).str[0]
    mean = label.map({name: spread[0] for name, spread in labels.items()}).fillna(1.0).to_numpy(np.float64)
    spread = label.map({name: spread[1] for name, spread in labels.items()}).fillna(0.0).to_numpy(np.float64)
    drawn = np.rint(mean + spread * rng.standard_normal(len(mean))).astype(np.int64)
    ids = draw.counterparties["counterparty_id"].to_numpy(dtype=object)
    return pd.Series(np.clip(drawn, 1, len(facts["scale"])) - 1, index=ids)


def _neutral(rows: int) -> dict[str, Any]:
    """Return the columns of ratings with nothing in them."""
    nothing = np.full(rows, np.nan)
    return {
        "approach": np.full(rows, "standardised", dtype=object),
        **{name: np.full(rows, None, dtype=object) for name in ("sa_use", "irb_class", "rating_grade")},
        **dict.fromkeys(("pd", "lgd", "elbe", "own_ccf", "effective_maturity"), nothing),
        "slotting_category": pd.array([None] * rows, "Int64"),
        "specialised_lending": np.full(rows, None, dtype=object),
    }


def _rated(
    rng: np.random.Generator,
    rows: pd.DataFrame,
    segment: dict[str, Any],
    grades: pd.Series,
    scale: list[float],
) -> pd.DataFrame:
    """Return the columns of ratings of a segment's rows."""
    if "use" in segment:
        return pd.DataFrame({"sa_use": segment["use"]}, index=rows.index)
    place = grades.loc[rows["counterparty_id"]].to_numpy()
    defaulted = rows["defaulted"].to_numpy(dtype=bool)
    names = numbered("R", len(scale)).str.replace("R-00000", "R").to_numpy(dtype=object)
    columns: dict[str, object] = {
        "approach": segment["approach"],
        "irb_class": segment["class"],
        "rating_grade": np.where(defaulted, _DEFAULT_GRADE, names[place]),
    }
    if segment["approach"] == "slotting":
        category = np.minimum(1 + (place / _CATEGORY_WIDTH).astype(np.int64), _WORST_PERFORMING)
        columns |= {"specialised_lending": segment["kind"], "slotting_category": category}
    else:
        columns["pd"] = np.where(defaulted, np.nan, np.array(scale)[place])
    if segment["approach"] == "advanced":
        columns |= _own_estimates(rng, segment, defaulted, ~rows["on_balance"].to_numpy(dtype=bool))
    return pd.DataFrame(columns, index=rows.index)


def _own_estimates(
    rng: np.random.Generator,
    segment: dict[str, Any],
    defaulted: NDArray[np.bool_],
    undrawn: NDArray[np.bool_],
) -> dict[str, object]:
    rows = len(defaulted)
    performing = segment["lgd"] * rng.lognormal(0.0, 0.25, rows)
    expected = segment["default_lgd"] * rng.uniform(0.7, 1.0, rows)
    in_default = expected + rng.uniform(0.03, 0.10, rows)
    estimates: dict[str, object] = {
        "lgd": np.round(np.clip(np.where(defaulted, in_default, performing), 0.02, 1.0), 4),
        "elbe": np.round(np.where(defaulted, np.minimum(expected, 0.97), np.nan), 4),
    }
    if "ccf" in segment:
        ccf = np.clip(segment["ccf"] * rng.lognormal(0.0, 0.2, rows), 0.02, 1.0)
        estimates["own_ccf"] = np.round(np.where(undrawn, ccf, np.nan), 4)
    return estimates
