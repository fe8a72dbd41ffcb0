"""Weigh N exposures by internal ratings: python -m bench.irb [N].

Compared in the same run with a loop in plain Python over as many of the same exposures as fit, one by one,
scaled up to N; both must give the same weights.
"""

from __future__ import annotations

import datetime
import math
import sys
from statistics import NormalDist

import numpy as np

from bench.harness import measure, report
from plimsoll import rules
from plimsoll.credit import irb

DEFAULT_SIZE = 1_000_000
LOOPED = 20_000
NORMAL = NormalDist()
IN_FORCE = rules.on(datetime.date(2026, 6, 30))
Columns = tuple[np.ndarray, np.ndarray, np.ndarray, np.ndarray]


def columns(size: int) -> Columns:
    """Return PD, LGD, maturity and turnover of random corporates."""
    random = np.random.default_rng(7)
    return (
        random.uniform(0.0005, 0.3, size),
        random.uniform(0.05, 0.75, size),
        random.uniform(1, 5, size),
        random.uniform(1, 100, size),
    )


def weigh(pd: np.ndarray, lgd: np.ndarray, maturity: np.ndarray, turnover: np.ndarray) -> np.ndarray:
    """Return the weights of corporates, all at once."""
    return irb.risk_weight(
        pd, lgd, maturity, exposure_class="corporate", turnover_meur=turnover, rules=IN_FORCE
    )


def weigh_one(pd: float, lgd: float, maturity: float, turnover: float) -> float:
    """Return the weight of one corporate."""
    share = (1 - math.exp(-50 * pd)) / (1 - math.exp(-50))
    r = 0.12 * share + 0.24 * (1 - share) - 0.04 * (1 - (min(max(turnover, 5), 50) - 5) / 45)
    stressed = NORMAL.cdf((NORMAL.inv_cdf(pd) + math.sqrt(r) * NORMAL.inv_cdf(0.999)) / math.sqrt(1 - r))
    b = (0.11852 - 0.05478 * math.log(pd)) ** 2
    return 12.5 * lgd * (stressed - pd) * (1 + (maturity - 2.5) * b) / (1 - 1.5 * b)


def main(size: int) -> None:
    """Time all at once against one by one."""
    book = columns(size)
    looped = min(size, LOOPED)
    rows = list(zip(*(column[:looped].tolist() for column in book), strict=True))
    one_by_one = np.array([weigh_one(*row) for row in rows])
    np.testing.assert_allclose(weigh(*book)[:looped], one_by_one, rtol=1e-10)
    scale = size / looped
    baseline = [seconds * scale for seconds in measure(lambda: [weigh_one(*row) for row in rows])]
    against = f"plain Python loop, {looped} exposures scaled by {scale:g}"
    report("irb_risk_weight", size, measure(lambda: weigh(*book)), against=against, baseline=baseline)


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else DEFAULT_SIZE)
