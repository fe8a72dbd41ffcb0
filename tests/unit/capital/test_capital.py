"""Own funds, ratios and marks, by hand."""

from __future__ import annotations

import datetime
import math

import pandas as pd
import pytest

from plimsoll import rules
from plimsoll.capital import (
    OWN_FUNDS_LINES,
    OWN_FUNDS_TABLES,
    RISKS,
    capital_ratios,
    complete_own_funds,
    draft_own_funds,
    marks,
    risk_exposure_amounts,
)
from plimsoll.data.schema import read_schema
from plimsoll.data.validation import check_table
from plimsoll.errors import SimulationError
from plimsoll.rules import RuleSet

DAY = datetime.date(2026, 6, 30)
RULES = rules.on(DAY)
NOTHING = pd.DataFrame({"risk": [], "amount": [], "source": []})


def items(**amounts: float) -> pd.DataFrame:
    return pd.DataFrame({"item": list(amounts), "amount": list(amounts.values())})


def own_funds(given: pd.DataFrame, credit_amount: float, rules: RuleSet) -> pd.DataFrame:
    schema = read_schema()
    tables = {name: check_table(pd.DataFrame(), schema[name])[0] for name in OWN_FUNDS_TABLES}
    draft = draft_own_funds({**tables, "own_funds_items": given}, DAY, rules)
    return complete_own_funds(draft, rules, standardised_amount=credit_amount).lines


def amounts_of(frame: pd.DataFrame) -> dict[str, float]:
    return dict(zip(frame["line"], frame["amount"], strict=True))


def test_every_item_of_the_schema_has_a_line() -> None:
    known = read_schema()["own_funds_items"].columns["item"].values
    assert known
    assert set(known) <= set(OWN_FUNDS_LINES)


def test_own_funds_by_hand() -> None:
    found = amounts_of(
        own_funds(
            items(
                cet1_paid_up_capital=1000.0,
                cet1_share_premium=100.0,
                own_cet1_direct=10.0,
                retained_earnings_previous_years=500.0,
                profit_attributable=80.0,
                profit_not_eligible=30.0,
                accumulated_oci=-20.0,
                other_reserves=40.0,
                cash_flow_hedge_reserve=5.0,
                prudent_valuation=2.0,
                goodwill=60.0,
                goodwill_dtl=6.0,
                other_intangibles=30.0,
                software_intangibles=8.0,
                other_intangibles_dtl=3.0,
                dta_future_profitability=12.0,
                pension_assets=4.0,
                npe_insufficient_coverage=1.0,
                at1_paid_up=150.0,
                t2_paid_up=200.0,
                t2_general_credit_risk_adjustments=99.0,
            ),
            credit_amount=4000.0,
            rules=RULES,
        )
    )

    assert found["cet1_instruments"] == 1090.0
    assert found["profit_eligible"] == 50.0
    assert found["retained_earnings"] == 550.0
    assert found["prudential_filters"] == -7.0
    assert found["goodwill_net"] == -54.0
    assert found["other_intangibles_net"] == -35.0
    assert found["cet1"] == 1090 + 550 - 20 + 40 - 7 - 54 - 35 - 12 - 4 - 1
    assert found["tier1"] == found["cet1"] + 150.0
    assert found["t2_general_credit_risk_adjustments"] == 50.0  # 1.25 % of 4,000
    assert found["own_funds"] == found["tier1"] + 250.0


def test_items_of_one_kind_add_up() -> None:
    twice = pd.concat([items(at1_paid_up=1.1), items(at1_paid_up=2.2)])
    assert amounts_of(own_funds(twice, 0.0, RULES))["at1"] == 3.3


def test_item_without_line_is_refused() -> None:
    with pytest.raises(SimulationError, match="no line for the item 'tier2'"):
        own_funds(items(tier2=1.0), 0.0, RULES)


def test_each_risk_has_a_row_and_the_missing_ones_say_so() -> None:
    reported = pd.DataFrame({"risk": ["operational"], "amount": [12.5], "source": ["SMA engine"]})

    found = risk_exposure_amounts(100.0, reported).set_index("risk")

    assert tuple(found.index) == tuple(risk for risk in RISKS if risk != "credit_irb")
    assert found.loc["operational"].tolist() == [12.5, "SMA engine"]
    assert found.loc["market"].tolist() == [0.0, "not reported in the book"]
    assert found["amount"].sum() == 112.5


def test_ratios_are_shares_of_the_total() -> None:
    funds = own_funds(items(cet1_paid_up_capital=15.0, at1_paid_up=3.0, t2_paid_up=2.0), 0.0, RULES)

    found = capital_ratios(funds, risk_exposure_amounts(100.0, NOTHING))

    assert (found["cet1_ratio"], found["tier1_ratio"], found["total_ratio"]) == (0.15, 0.18, 0.2)
    assert (found["cet1"], found["own_funds"], found["rwa"], found["rwa_credit"]) == (
        15.0,
        20.0,
        100.0,
        100.0,
    )


def test_unknown_own_funds_or_nothing_at_risk_give_no_ratio() -> None:
    none = own_funds(items(), 0.0, RULES)
    some = own_funds(items(cet1_paid_up_capital=1.0), 0.0, RULES)

    assert none.empty
    assert math.isnan(capital_ratios(none, risk_exposure_amounts(100.0, NOTHING))["cet1_ratio"])
    assert math.isnan(capital_ratios(some, risk_exposure_amounts(0.0, NOTHING))["cet1_ratio"])


def test_marks_stand_one_above_the_other() -> None:
    own = {
        "pillar_2_requirement": 0.02,
        "pillar_2_guidance": 0.01,
        "countercyclical_buffer": 0.0075,
        "systemic_risk_buffer": 0.005,
        "o_sii_buffer": 0.01,
        "g_sii_buffer": 0.015,
    }
    frame = marks(pd.DataFrame({"requirement": list(own), "ratio": list(own.values())}), RULES)
    levels = {ratio: group["level"].tolist() for ratio, group in frame.groupby("ratio", sort=False)}

    buffers = 0.025 + 0.0075 + 0.005 + 0.015
    assert levels["cet1_ratio"] == pytest.approx([0.045, 0.05625, 0.05625 + buffers, 0.06625 + buffers])
    assert levels["tier1_ratio"] == pytest.approx([0.06, 0.075, 0.075 + buffers, 0.085 + buffers])
    assert levels["total_ratio"] == pytest.approx([0.08, 0.1, 0.1 + buffers, 0.11 + buffers])
    assert frame["article"].iloc[0] == "CRR Art. 92(1)(a)"


def test_a_bank_without_own_requirements_has_the_law_s_marks() -> None:
    frame = marks(pd.DataFrame({"requirement": [], "ratio": []}), RULES)

    assert frame["mark"].tolist() == ["minimum", "combined_buffer"] * 3
    assert frame["level"].tolist() == pytest.approx([0.045, 0.07, 0.06, 0.085, 0.08, 0.105])


def test_the_excess_of_provisions_is_limited_and_says_so() -> None:
    schema = read_schema()
    tables = {name: check_table(pd.DataFrame(), schema[name])[0] for name in OWN_FUNDS_TABLES}
    draft = draft_own_funds({**tables, "own_funds_items": items(cet1_paid_up_capital=1000.0)}, DAY, RULES)
    found = complete_own_funds(draft, RULES, standardised_amount=0.0, irb_amount=10_000.0, excess=100.0)

    assert amounts_of(found.lines)["irb_excess"] == 60.0  # 0.6 % of 10,000
    of_line = found.parts[found.parts["line"] == "irb_excess"]
    assert dict(zip(of_line["origin"], of_line["amount"], strict=True)) == {
        "exposures": 100.0,
        "limit": -40.0,
    }
    assert found.memorandum["gross_excess"] == 100_00


def test_own_funds_without_a_row_are_unknown_not_zero() -> None:
    schema = read_schema()
    tables = {name: check_table(pd.DataFrame(), schema[name])[0] for name in OWN_FUNDS_TABLES}
    found = complete_own_funds(draft_own_funds(tables, DAY, RULES), RULES, standardised_amount=100.0)

    assert found.lines.empty
    assert found.parts.empty
    assert not found.memorandum
