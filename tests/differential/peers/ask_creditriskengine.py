"""Answers of `creditriskengine` as a black box: `python ask_creditriskengine.py TOPIC < grid.csv > answers.csv`."""

from __future__ import annotations

import csv
import sys
from collections.abc import Callable

from creditriskengine.core.types import CreditQualityStep, Jurisdiction
from creditriskengine.rwa import crm, operational_risk, settlement_risk
from creditriskengine.rwa.irb import formulas
from creditriskengine.rwa.standardized import cre, credit_risk_sa

EU = Jurisdiction.EU
Row = dict[str, str]


def step(row: Row) -> CreditQualityStep:
    """Return the credit quality step; 0 is unrated."""
    wanted = int(row["step"])
    return CreditQualityStep.UNRATED if wanted == 0 else CreditQualityStep(wanted)


def yes(row: Row, name: str) -> bool:
    """Return a flag."""
    return row[name] == "1"


def irb(name: str) -> Callable[[Row], float]:
    """Return the weight function of an internal-ratings class."""

    def weight(row: Row) -> float:
        turnover = float(row["turnover_meur"]) if row.get("turnover_meur") else None
        found = formulas.irb_risk_weight(
            float(row["pd"]), float(row["lgd"]), name, float(row["maturity"]), turnover_eur_millions=turnover
        )
        return found / 100

    return weight


def institution(row: Row) -> float:
    """Return the weight of a bank, by its step or else by its grade."""
    rated = step(row) if row["step"] != "0" else None
    return credit_risk_sa.get_bank_risk_weight(rated, EU, row["grade"] or None, yes(row, "short_term")) / 100


def residential(row: Row) -> float:
    """Return the weight of a whole mortgage."""
    ipre = yes(row, "income_producing")
    return (
        credit_risk_sa.get_residential_re_risk_weight(float(row["ltv"]), EU, is_income_producing=ipre) / 100
    )


TOPICS: dict[str, Callable[[Row], float]] = {
    "irb_corporate": irb("corporate"),
    "irb_mortgage": irb("residential_mortgage"),
    "irb_qrre": irb("qrre"),
    "irb_other_retail": irb("other_retail"),
    "sa_government": lambda row: (
        credit_risk_sa.get_sovereign_risk_weight(step(row), EU, yes(row, "domestic")) / 100
    ),
    "sa_institution": institution,
    "sa_corporate": lambda row: credit_risk_sa.get_corporate_risk_weight(step(row), EU) / 100,
    "sa_retail": lambda row: (
        credit_risk_sa.get_retail_risk_weight(yes(row, "eligible"), yes(row, "mismatch")) / 100
    ),
    "sa_residential": residential,
    "sa_commercial": lambda row: (
        cre.get_cre_risk_weight_eu(float(row["ltv"]), 100.0, yes(row, "income_producing")) / 100
    ),
    "sa_default": lambda row: credit_risk_sa.get_defaulted_risk_weight(float(row["coverage"])) / 100,
    "sa_covered_bond": lambda row: credit_risk_sa.get_covered_bond_risk_weight(step(row)) / 100,
    "sme_factor": lambda row: credit_risk_sa.eu_sme_supporting_factor(float(row["owed"])),
    "business_indicator": lambda row: operational_risk.calculate_bic(float(row["indicator"])),
    "settlement": lambda row: settlement_risk.dvp_settlement_multiplier(int(row["days"])),
    "maturity_mismatch": lambda row: crm.maturity_mismatch_adjustment(1.0, float(row["t"]), float(row["T"])),
}


def main(topic: str) -> None:
    """Answer every row of the grid on standard input."""
    answer, writer = TOPICS[topic], csv.writer(sys.stdout)
    for row in csv.DictReader(sys.stdin):
        writer.writerow([repr(float(answer(row)))])


if __name__ == "__main__":
    main(sys.argv[1])
