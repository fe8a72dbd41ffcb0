"""Answers of `risk-weighted-assets` as a black box: `ask_risk_weighted_assets.py TOPIC < grid.csv > answers.csv`.

It is called by its public formula functions only.
"""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable
from datetime import date

from rwa_engine import formula_api as peer

Row = dict[str, str]

FLOOR, QRRE_FLOOR = (
    0.0005,
    0.001,
)  # Articles 160(1) and 163(1): its formulas leave the input floor to their caller


def yes(row: Row, name: str) -> bool:
    """Return a flag."""
    return row[name] == "1"


def corporate(row: Row) -> float:
    """Return the weight of a corporate under internal ratings."""
    pd, sales = max(float(row["pd"]), FLOOR), float(row["turnover_meur"]) if row["turnover_meur"] else None
    correlation = peer.irb_asset_correlation(pd, annual_sales_million=sales)
    return 12.5 * peer.irb_capital_requirement(pd, float(row["lgd"]), correlation, float(row["maturity"]))


def retail(subclass: str) -> Callable[[Row], float]:
    """Return the weight function of a retail class under internal ratings."""

    def weight(row: Row) -> float:
        pd = max(float(row["pd"]), QRRE_FLOOR if subclass == "RETAIL_QRRE" else FLOOR)
        correlation = peer.irb_retail_correlation(pd, subclass)
        return 12.5 * peer.irb_capital_requirement(
            pd, float(row["lgd"]), correlation, 1.0, apply_maturity_adjustment=False
        )

    return weight


def real_estate(kind: str, counterparty: float) -> Callable[[Row], float]:
    """Return the effective weight function of a loan on a property."""

    def weight(row: Row) -> float:
        value, ltv = 1_000_000.0, float(row["ltv"])
        return peer.real_estate_risk_weight(
            value * ltv, value, kind, yes(row, "income_producing"), counterparty
        )[0]

    return weight


def rated(name: str) -> Callable[[Row], float]:
    """Return the weight function of a class with credit quality steps; 0 is unrated."""
    return lambda row: peer.sa_risk_weight(
        name, int(row["step"]) or None, short_term=row.get("short_term") == "1"
    )


TOPICS: dict[str, Callable[[Row], float]] = {
    "irb_corporate": corporate,
    "irb_mortgage": retail("RETAIL_RESIDENTIAL"),
    "irb_qrre": retail("RETAIL_QRRE"),
    "irb_other_retail": retail("RETAIL_OTHER"),
    "sa_corporate": rated("CORPORATE"),
    "sa_residential": real_estate("RESIDENTIAL", 0.75),
    "sa_commercial": real_estate("COMMERCIAL", 1.0),
    "sme_factor": lambda row: peer.sme_supporting_factor(float(row["owed"])),
    "settlement": lambda row: peer.settlement_risk_factor(int(row["days"])),
    "maturity_mismatch": lambda row: peer.crm_maturity_factor(float(row["t"]), float(row["T"])),
    "output_floor": lambda row: peer.applicable_output_floor_factor(date.fromisoformat(row["date"])),
    "npe_unsecured": lambda row: peer.npe_unsecured_coverage_factor(int(row["year"])),
}


def main(topic: str) -> None:
    """Answer every row of the grid on standard input."""
    answer, writer = TOPICS[topic], csv.writer(sys.stdout)
    for row in csv.DictReader(sys.stdin):
        writer.writerow([repr(float(answer(row)))])


if __name__ == "__main__":
    main(sys.argv[1])
