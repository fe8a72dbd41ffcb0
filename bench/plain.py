"""The numpy baseline: one vectorised pass over a flat table of eight classes, as such scripts are written.

The same steps for every exposure (collateral, loan splitting, currency mismatch, SME factor; floors, correlation by
class, maturity adjustment; sums by class; the floor), with the law's constants but none of its conditions: no rating of
governments, no off-balance sheet, no default by coverage, no cents, no audit.
"""

from __future__ import annotations

import numpy as np
from scipy.special import ndtr, ndtri

__all__ = ["drawn", "weigh_plainly"]

CLASSES = 8
STATE, BANK, FIRM, SMALL_FIRM, RETAIL, HOME, SHOP, DEFAULT = range(CLASSES)
CHANCES = (0.03, 0.05, 0.15, 0.20, 0.30, 0.20, 0.05, 0.02)
WEIGHTS = np.array(
    [
        [0.0, 0.2, 0.5, 1.0, 1.0, 1.5, 1.0],
        [0.2, 0.3, 0.5, 1.0, 1.0, 1.5, 0.75],
        [0.2, 0.5, 0.75, 1.0, 1.5, 1.5, 1.0],
        [0.2, 0.5, 0.75, 1.0, 1.5, 1.5, 1.0],
        [0.75] * 7,
        [0.75] * 7,
        [1.0] * 7,
        [1.5] * 7,
    ]
)
LGD_FLOOR = np.array([0.0, 0.25, 0.25, 0.25, 0.30, 0.10, 0.10, 0.0])
FLOOR, HAIRCUT, CONFIDENCE = 0.55, 0.15, ndtri(0.999)
Columns = dict[str, np.ndarray]


def drawn(size: int) -> Columns:
    """Return random columns."""
    random = np.random.default_rng(7)
    return {
        "class": random.choice(CLASSES, size, p=CHANCES).astype(np.int8),
        "step": random.integers(0, 7, size).astype(np.int8),
        "mismatch": random.random(size) < 0.05,
        "ltv": random.uniform(0.2, 1.2, size),
        "maturity": random.uniform(0.5, 8, size),
        "pd": np.exp(random.uniform(np.log(2e-4), np.log(0.2), size)),
        "lgd": random.uniform(0.02, 0.6, size),
        "amount": random.lognormal(12, 1.5, size),
        "collateral": random.lognormal(9, 2, size),
        "turnover": random.uniform(1, 100, size),
    }


def weigh_plainly(columns: Columns) -> float:
    """Return the floored risk-weighted amount."""
    standard, rated = _standardised(columns), _rated(columns)
    rated = np.where(columns["class"] == DEFAULT, standard, rated)
    by_standard = np.bincount(columns["class"], standard, CLASSES)
    by_ratings = np.bincount(columns["class"], rated, CLASSES)
    return max(float(by_ratings.sum()), FLOOR * float(by_standard.sum()))


def _standardised(columns: Columns) -> np.ndarray:
    kind = columns["class"]
    amount = np.maximum(0.0, columns["amount"] - columns["collateral"] * (1 - HAIRCUT))
    weight = WEIGHTS[kind, columns["step"]]
    share = np.minimum(1.0, 0.55 / columns["ltv"])
    weight = np.where(kind == HOME, 0.2 * share + weight * (1 - share), weight)
    weight = np.where(kind == SHOP, 0.6 * share + weight * (1 - share), weight)
    raised = columns["mismatch"] & ((kind == RETAIL) | (kind == HOME))
    weight = np.where(raised, np.minimum(1.5 * weight, 1.5), weight)
    small = (np.minimum(amount, 2.5e6) * 0.7619 + np.maximum(amount - 2.5e6, 0) * 0.85) / np.maximum(
        amount, 1e-9
    )
    return amount * weight * np.where(kind == SMALL_FIRM, small, 1)


def _rated(columns: Columns) -> np.ndarray:
    kind = columns["class"]
    pd = np.maximum(columns["pd"], 5e-4)
    lgd = np.maximum(columns["lgd"], LGD_FLOOR[kind])
    decay = (1 - np.exp(-50 * pd)) / (1 - np.exp(-50))
    r = 0.12 * decay + 0.24 * (1 - decay)
    r = np.where(kind == SMALL_FIRM, r - 0.04 * (1 - (np.clip(columns["turnover"], 5, 50) - 5) / 45), r)
    decay = (1 - np.exp(-35 * pd)) / (1 - np.exp(-35))
    r = np.where(kind == RETAIL, 0.03 * decay + 0.16 * (1 - decay), r)
    r = np.where(kind == HOME, 0.15, r)
    capital = lgd * (ndtr((ndtri(pd) + np.sqrt(r) * CONFIDENCE) / np.sqrt(1 - r)) - pd)
    b = np.square(0.11852 - 0.05478 * np.log(pd))
    adjusted = capital * (1 + (np.clip(columns["maturity"], 1, 5) - 2.5) * b) / (1 - 1.5 * b)
    capital = np.where((kind == RETAIL) | (kind == HOME), capital, adjusted)
    return 12.5 * capital * columns["amount"]
