"""The sample bank is believable, balances to the cent, and is the same bank for the same seed."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest

from plimsoll.data import SAMPLE_ENTITIES, Book, sample_book
from plimsoll.units import cents


@pytest.fixture(scope="module")
def book() -> Book:
    return sample_book("savings_bank", seed=7, exposures=10_000)


def total(amounts: pd.Series) -> int:
    return int(cents(amounts.to_numpy()).sum())


def test_it_has_the_exposures_asked_for_and_the_default_bank(book: Book) -> None:
    assert len(book.exposures) == 10_000
    assert book.entity == SAMPLE_ENTITIES["banque_du_port"]
    assert book.reference_date == datetime.date(2026, 6, 30)


@pytest.mark.parametrize("exposures", [100, 101, 997])
def test_any_size_gives_a_sound_book(exposures: int) -> None:
    small = sample_book(exposures=exposures, seed=3, entity=SAMPLE_ENTITIES["nordhaven"])
    assert len(small.exposures) == exposures
    assert small.entity.country == "SE"


def test_the_seed_decides(book: Book) -> None:
    assert sample_book(seed=7, exposures=10_000).digest == book.digest
    assert sample_book(seed=8, exposures=10_000).digest != book.digest


def test_wrong_orders_are_refused() -> None:
    with pytest.raises(ValueError, match="known are savings_bank, universal_bank"):
        sample_book("bad_bank")
    with pytest.raises(ValueError, match="at least 100"):
        sample_book(exposures=99)


def test_the_ledger_is_what_the_tables_add_up_to(book: Book) -> None:
    sides = book.ledger.assign(cents=cents(book.ledger["amount"])).groupby("side")["cents"].sum()
    assert sides["asset"] == sides["liability"] + sides["equity"]
    held = book.exposures[book.exposures["on_balance"]]
    assert sides["asset"] == total(held["amount"]) - total(held["specific_provision"])
    funding = book.ledger[book.ledger["account"].between("2100", "2499")]
    assert total(funding["amount"]) == total(book.deposits["amount"])
    items = book.own_funds_items.set_index("item")["amount"]
    capital = items[
        [
            "cet1_paid_up_capital",
            "cet1_share_premium",
            "other_reserves",
            "accumulated_oci",
            "profit_attributable",
            "retained_earnings_previous_years",
            "at1_paid_up",
        ]
    ]
    assert sides["equity"] == total(capital)
    tier_2 = book.deposits.loc[book.deposits["product"] == "subordinated_debt", "amount"]
    assert total(tier_2) == int(cents(items["t2_paid_up"]))


def test_deducted_assets_stand_in_own_funds_with_the_same_amount(book: Book) -> None:
    deducted = book.exposures.dropna(subset="cet1_item").set_index("cet1_item")["amount"]
    items = book.own_funds_items.set_index("item")["amount"]
    assert sorted(deducted.index) == ["dta_future_profitability", "goodwill", "other_intangibles"]
    assert (deducted == items[deducted.index]).all()


def test_a_banker_would_believe_it(book: Book) -> None:
    exposures = book.exposures
    held = exposures[exposures["on_balance"]]
    assets = held["amount"].sum()
    assert 1.5e9 < assets < 6e9
    share = held.groupby("product")["amount"].sum() / assets
    assert 0.22 < share["mortgage"] < 0.5
    assert 0.05 < share["central_bank_balance"] < 0.10
    assert 0.01 < exposures["defaulted"].mean() < 0.03
    assert exposures.loc[exposures["defaulted"], "stage"].eq(3).all()
    assert (exposures.loc[exposures["defaulted"], "specific_provision"] > 0).all()
    assert exposures["currency"].eq("EUR").mean() > 0.95
    homes = book.collateral[book.collateral["property_type"] == "residential"]
    loans = homes.merge(exposures, on="exposure_id")
    ltv = loans["amount"] / loans["property_value"]
    assert 150e3 < loans["amount"].mean() < 220e3
    assert ltv.min() > 0.15
    assert 1.0 < ltv.max() <= 1.11
    assert 0.5 < ltv.median() < 0.7
    assert 0.5 < book.deposits["amount"].sum() / assets < 0.95


def test_no_contract_is_over_or_not_begun(book: Book) -> None:
    day = pd.Timestamp(book.reference_date)
    exposures = book.exposures
    assert (exposures["start_date"].dropna() <= day).all()
    assert (exposures["maturity_date"].dropna() >= day).all()


def test_default_is_the_obligors(book: Book) -> None:
    """Article 178: all that an obligor in default owes is in default (shares apart)."""
    owed = book.exposures[book.exposures["product"] != "equity"].dropna(subset="counterparty_id")
    assert (owed.groupby("counterparty_id")["defaulted"].nunique() == 1).all()


def test_every_class_appears(book: Book) -> None:
    kinds = set(book.counterparties["counterparty_type"])
    assert kinds >= {
        *("central_government", "central_bank", "regional_government", "public_sector_entity"),
        *("multilateral_development_bank", "credit_institution", "corporate", "natural_person"),
    }
    exposures = book.exposures
    assert set(exposures["ccf_bucket"].dropna()) == {1, 2, 3, 4, 5}
    assert set(exposures["equity_type"].dropna()) == {"listed", "unlisted", "legislative_programme"}
    assert exposures["subordinated"].any()
    assert exposures["transactor"].any()
    assert set(book.collateral["property_type"]) == {"residential", "commercial", "adc"}
    assert (book.collateral["income_producing"] & book.collateral["ipre_exempt"]).any()
    assert set(book.securities["hqla_class"]) == {"level_1", "level_1_covered_bond", "none"}
    firms = book.counterparties[book.counterparties["counterparty_type"] == "corporate"]
    assert firms["turnover"].min() > 0
    assert np.isfinite(firms["turnover"]).all()
    assert 0 < (firms["turnover"] > 50e6).mean() < 0.5


def test_the_invented_says_so(book: Book) -> None:
    assert "invented" in book.source
    assert book.requirements["source"].str.contains("invented").all()
    assert book.reported_amounts["source"].str.contains("invented").all()


@pytest.fixture(scope="module")
def universal() -> Book:
    return sample_book("universal_bank", exposures=2_000)


def test_a_universal_bank_rates_most_of_its_credit_risk_and_keeps_the_rest_standard(universal: Book) -> None:
    exposures = universal.exposures
    rated = exposures[exposures["approach"] != "standardised"]
    assert universal.entity == SAMPLE_ENTITIES["union_universelle"]
    assert 0.5 < rated["amount"].sum() / exposures["amount"].sum() < 0.95
    assert set(rated["approach"]) == {"foundation", "advanced", "slotting"}
    assert set(exposures["sa_use"].dropna()) == {"permanent_partial_use", "roll_out"}
    assert exposures.loc[rated.index, "irb_class"].notna().all()
    own = exposures[exposures["approach"] == "advanced"]
    assert own["lgd"].notna().all()
    assert (own["pd"].notna() | own["defaulted"]).all()
    assert len(universal.pledges)
    assert len(universal.guarantees)


def test_a_universal_bank_balances_and_its_seed_decides(universal: Book) -> None:
    sides = universal.ledger.assign(cents=cents(universal.ledger["amount"])).groupby("side")["cents"].sum()
    assert sides["asset"] == sides["liability"] + sides["equity"]
    assert sample_book("universal_bank", exposures=2_000).digest == universal.digest
    assert sample_book("universal_bank", seed=8, exposures=2_000).digest != universal.digest
