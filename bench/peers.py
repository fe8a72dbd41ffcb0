"""`creditriskengine` over the same flat table, one exposure at a time as its interface is: PYTHON peers.py N.

Runs in the environment that the differential suite keeps for it, not in ours, and prints the seconds it took.
"""

from __future__ import annotations

import random
import time

ROWS = 20_000


def main(rows: int) -> None:
    """Weigh every exposure by both approaches and print the seconds."""
    from creditriskengine.core.types import CreditQualityStep, Jurisdiction, SAExposureClass  # noqa: PLC0415  # only in its own environment
    from creditriskengine.rwa.irb.formulas import irb_risk_weight  # noqa: PLC0415  # only in its own environment
    from creditriskengine.rwa.standardized.credit_risk_sa import assign_sa_risk_weight  # noqa: PLC0415  # only in its own environment

    kinds = [
        (SAExposureClass.CORPORATE, "corporate"),
        (SAExposureClass.CORPORATE_SME, "corporate"),
        (SAExposureClass.RETAIL, "other_retail"),
        (SAExposureClass.RESIDENTIAL_MORTGAGE, "residential_mortgage"),
    ]
    draw = random.Random(7)  # noqa: S311  # a book, no secret
    book = [
        (
            draw.randrange(4),
            draw.uniform(0.2, 1.2),
            draw.uniform(1, 5),
            draw.uniform(5e-4, 0.2),
            draw.uniform(0.05, 0.6),
        )
        for _ in range(rows)
    ]
    start = time.perf_counter()
    total = 0.0
    for kind, ltv, maturity, pd, lgd in book:
        standard, rated = kinds[kind]
        total += assign_sa_risk_weight(standard, CreditQualityStep.UNRATED, Jurisdiction.EU, ltv=ltv)
        total += irb_risk_weight(pd, lgd, rated, maturity, 20.0 if kind == 1 else None)
    print(time.perf_counter() - start)


if __name__ == "__main__":
    main(ROWS)
