"""What an asset is in the financial statements, row by row."""

from __future__ import annotations

import datetime
from typing import Any

import pandas as pd
import pytest

from plimsoll.accounting import financial_assets
from plimsoll.data import SAMPLE_ENTITIES, Book

PARTIES = pd.DataFrame(
    [
        ("firm", "corporate", 4.0e7, "G46", None),
        ("giant", "corporate", 9.0e8, "c", None),
        ("trader", "corporate", 1.0e5, "G47", "household"),
        ("person", "natural_person", None, None, None),
        ("mdb", "multilateral_development_bank", None, None, None),
        ("club", "other", None, None, None),
    ],
    columns=["counterparty_id", "counterparty_type", "turnover", "nace_code", "sector"],
).assign(country="FR")


def asset(**facts: Any) -> pd.Series:
    row = {
        "exposure_id": "E",
        "counterparty_id": "firm",
        "product": "loan",
        "on_balance": True,
        "amount": 100.0,
        "specific_provision": 3.0,
        "currency": "EUR",
        "defaulted": False,
        "stage": 1,
        "accounting_portfolio": "amortised_cost",
        **facts,
    }
    tables = {"counterparties": PARTIES, "exposures": pd.DataFrame([row])}
    book = Book(SAMPLE_ENTITIES["banque_du_port"], datetime.date(2026, 6, 30), "test", tables)
    found = financial_assets(book.tables, 5.0e7)
    assert len(found) == 1
    return found.iloc[0]


@pytest.mark.parametrize(
    ("facts", "item"),
    [
        ({}, "amortised_cost_loans"),
        ({"product": "bond", "accounting_portfolio": "fair_value_oci"}, "fair_value_oci_debt_securities"),
        ({"product": "equity", "equity_type": "listed", "accounting_portfolio": "trading"}, "trading_equity"),
        (
            {"product": "equity", "equity_type": "unlisted", "accounting_portfolio": "group"},
            "subsidiaries_and_associates",
        ),
        ({"product": "derivative", "accounting_portfolio": "hedging"}, "hedging_derivatives"),
        ({"product": "cash", "counterparty_id": None, "accounting_portfolio": None}, "cash_on_hand"),
        ({"product": "other_asset", "cet1_item": "goodwill", "accounting_portfolio": None}, "goodwill"),
        ({"product": "other_asset", "accounting_portfolio": None}, "other_assets"),
        ({"product": "interbank", "counterparty_id": "mdb"}, "other_demand_deposits"),
        (
            {"product": "interbank", "counterparty_id": "mdb", "maturity_date": "2026-07-01"},
            "amortised_cost_loans",
        ),
        ({"accounting_portfolio": None}, ""),
        ({"product": "equity", "equity_type": "listed"}, ""),  # no share is measured at amortised cost
    ],
)
def test_the_item_follows_product_and_measurement(facts: dict[str, Any], item: str) -> None:
    assert asset(**facts)["item"] == item


@pytest.mark.parametrize(
    ("facts", "carrying", "gross", "impairment", "loss"),
    [
        ({}, 97.0, 100.0, 3.0, 0.0),
        # fair value 97; amortised cost 104 before an allowance of 3, which is in equity
        ({"accounting_portfolio": "fair_value_oci", "gross_carrying_amount": 104.0}, 97.0, 104.0, 3.0, 0.0),
        # through profit or loss there is no allowance; a fall due to credit risk is added back (Annex V, Part 1, 34)
        (
            {
                "accounting_portfolio": "mandatory_fair_value",
                "specific_provision": 0.0,
                "fair_value_credit_loss": 8.0,
            },
            100.0,
            108.0,
            0.0,
            8.0,
        ),
    ],
)
def test_amounts_follow_the_measurement(
    facts: dict[str, Any], carrying: float, gross: float, impairment: float, loss: float
) -> None:
    found = asset(**facts)
    names = ["carrying_amount", "gross_carrying_amount", "impairment", "fair_value_credit_loss"]
    assert found[names].tolist() == [carrying, gross, impairment, loss]


@pytest.mark.parametrize(
    ("days", "band"),
    [(0, "none"), (1, "up_to_30"), (30, "up_to_30"), (31, "up_to_90"), (90, "up_to_90"), (91, "over_90")],
)
def test_days_past_due_fall_into_their_band(days: int, band: str) -> None:
    found = asset(days_past_due=days)
    assert found["past_due"] == band
    assert found["non_performing"] == (days > 90)


@pytest.mark.parametrize(
    ("party", "sector", "enterprise", "nace"),
    [
        ("firm", "non_financial_corporation", "sme", "G"),
        ("giant", "non_financial_corporation", "large", "C"),
        ("trader", "household", "", "G"),
        ("person", "household", "", ""),
        ("mdb", "credit_institution", "", ""),
        ("club", "", "", ""),
    ],
)
def test_the_counterparty_gives_sector_size_and_section(
    party: str, sector: str, enterprise: str, nace: str
) -> None:
    found = asset(counterparty_id=party)
    assert (found["sector"], found["enterprise"], found["nace"]) == (sector, enterprise, nace)


def test_an_asset_without_a_counterparty_says_its_own_sector() -> None:
    items = {"product": "cash_in_collection", "counterparty_id": None}
    assert asset(**items)["sector"] == ""
    assert asset(**items, sector="credit_institution")["sector"] == "credit_institution"


def test_what_was_bought_impaired_stands_apart_from_the_stages() -> None:
    assert asset(stage=3, purchased_credit_impaired=True)["stage"] == "poci"
    assert asset(stage=None)["stage"] == ""
    assert asset(stage=3)["non_performing"]
    assert not asset(stage=2)["non_performing"]


def test_loans_have_their_product() -> None:
    assert asset()["loan_product"] == "other_term_loans"
    assert asset(finance_lease=True)["loan_product"] == "finance_leases"
    assert asset(product="bond", finance_lease=True)["loan_product"] == ""
    assert asset(product="interbank", counterparty_id="mdb")["loan_product"] == "on_demand"


def test_write_offs_are_in_part_where_something_is_left() -> None:
    columns = ["partial_write_off", "total_write_off"]
    assert asset(written_off=5.0)[columns].tolist() == [5.0, 0.0]
    assert asset(amount=0.0, specific_provision=0.0, written_off=5.0)[columns].tolist() == [0.0, 5.0]


def test_no_firm_has_a_size_where_the_threshold_cannot_be_held_against_it() -> None:
    row = pd.DataFrame(
        {
            "exposure_id": ["E"],
            "counterparty_id": ["firm"],
            "product": ["loan"],
            "on_balance": [True],
            "amount": [1.0],
            "currency": ["SEK"],
            "defaulted": [False],
        }
    )
    tables = {"counterparties": PARTIES, "exposures": row}
    book = Book(SAMPLE_ENTITIES["banque_du_port"], datetime.date(2026, 6, 30), "test", tables)
    assert financial_assets(book.tables)["enterprise"].tolist() == [""]
