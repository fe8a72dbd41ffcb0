"""A simulation as its users see it: exact, ordered, repeatable, and frank about what it assumed."""

from __future__ import annotations

import math
from typing import Any

import numpy as np
import pandas as pd
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.smallbook import small_book

import plimsoll.rules
from plimsoll.credit import CLASSES, COLUMNS
from plimsoll.data import Book, Entity, sample_book
from plimsoll.errors import RuleError, ScenarioError
from plimsoll.simulation import Result, simulate
from plimsoll.units import cents

AMOUNTS = ("original_exposure", "provision", "net_exposure", "ead", "rwa_before_factors", "rwa")


@pytest.fixture(scope="module")
def bank() -> Book:
    return sample_book("savings_bank", seed=7, exposures=2_000)


@pytest.fixture(scope="module")
def result(bank: Book) -> Result:
    return simulate(bank)


def test_lines_have_the_agreed_columns_and_order(result: Result) -> None:
    assert tuple(result.lines.columns) == COLUMNS
    assert result.lines["line_id"].is_monotonic_increasing
    assert result.lines["line_id"].is_unique
    assert set(result.lines["sa_class"]) <= set(CLASSES)
    assert set(result.lines["part"]) <= {"whole", "secured", "unsecured"}
    assert (result.lines["line_id"] == result.lines["exposure_id"] + "|" + result.lines["part"]).all()
    assert (result.lines["protection_id"] == "").all()


def test_parts_sum_to_the_exposure_exactly(bank: Book, result: Result) -> None:
    exposures = bank.exposures.set_index("exposure_id").sort_index()
    sums = (
        result.lines.assign(
            **{
                name: cents(result.lines[name])
                for name in ("original_exposure", "provision", "net_exposure", "ead")
            }
        )
        .groupby("exposure_id")[["original_exposure", "provision", "net_exposure", "ead"]]
        .sum()
    )

    assert sums.index.tolist() == exposures.index.tolist()
    assert sums["original_exposure"].tolist() == cents(exposures["amount"]).tolist()
    assert sums["provision"].tolist() == cents(exposures["specific_provision"]).tolist()
    assert (sums["net_exposure"] == sums["original_exposure"] - sums["provision"]).all()


def test_amounts_are_whole_cents_and_hang_together(result: Result) -> None:
    lines = result.lines
    for name in AMOUNTS:
        assert (lines[name].to_numpy() == cents(lines[name]) / 100).all()
    assert (lines["rwa"] >= 0).all()
    assert (lines["ead"] <= lines["original_exposure"]).all()
    assert (lines["sme_factor_reduction"] >= 0).all()
    assert (lines["currency_mismatch_addition"] >= 0).all()
    whole = cents(lines["rwa_before_factors"]) - cents(lines["sme_factor_reduction"])
    assert (whole - cents(lines["infrastructure_reduction"]) == cents(lines["rwa"])).all()
    product = lines["ead"] * lines["risk_weight"]
    assert np.abs(product - lines["rwa_before_factors"]).max() <= 0.005 + 1e-6


def test_credit_amount_is_the_sum_of_the_lines(result: Result) -> None:
    assert result.ratios["rwa_credit"] == cents(result.lines["rwa"]).sum() / 100
    assert result.ratios["rwa"] == cents(result.requirements["amount"]).sum() / 100
    assert result.ratios["cet1_ratio"] == result.ratios["cet1"] / result.ratios["rwa"]
    assert cents(result.by_class()["rwa"]).sum() == cents(result.lines["rwa"]).sum()


def test_every_rule_of_a_line_is_listed_with_its_citation(result: Result) -> None:
    listed = {use.id: use for use in result.rules_used}

    assert set(result.lines["rule_id"]) - {""} <= set(listed)
    assert all(use.citation for use in result.rules_used)
    assert {"capital.minimum.cet1", "credit.sa.residential.secured_share"} <= set(listed)


def shuffled(book: Book, seed: int) -> Book:
    return book.replace(
        **{name: table.sample(frac=1.0, random_state=seed) for name, table in book.tables.items()}
    )


def test_order_of_rows_changes_nothing(bank: Book, result: Result) -> None:
    again = simulate(shuffled(bank, 3))

    pd.testing.assert_frame_equal(again.lines, result.lines)
    pd.testing.assert_frame_equal(again.own_funds, result.own_funds)
    assert dict(again.ratios) == dict(result.ratios)
    assert again.notices == result.notices


@pytest.mark.parametrize(
    "scenario", ["house_prices_down_20", "commercial_property_down_20", "rating_downgrade_1"]
)
def test_bad_news_never_improves_the_ratio(bank: Book, result: Result, scenario: str) -> None:
    worse = simulate(bank, scenario=scenario)

    assert worse.ratios["rwa"] > result.ratios["rwa"]
    assert worse.ratios["cet1_ratio"] < result.ratios["cet1_ratio"]
    assert worse.ratios["cet1"] == result.ratios["cet1"]
    assert worse.scenario.name == scenario


def test_house_prices_move_loans_from_the_property_to_the_borrower() -> None:
    person = [{"counterparty_type": "natural_person"}]
    book = small_book(
        [{"product": "mortgage", "retail_eligible": True}], person, [{"property_value": 125_000.0}]
    )

    before, after = simulate(book), simulate(book, scenario="house_prices_down_20")

    assert before.ratios["rwa"] == 37_187.5
    assert after.lines["net_exposure"].tolist() == [55_000.0, 45_000.0]
    assert after.ratios["rwa"] == 44_750.0


LOANS = st.fixed_dictionaries(
    {
        "amount": st.integers(0, 10**9).map(lambda n: n / 100),
        "provided": st.floats(0, 1),
        "value": st.integers(0, 10**9).map(lambda n: n / 100),
        "prior": st.sampled_from([0.0, 0.0, 1234.56]),
        "lien": st.none() | st.integers(0, 10**9).map(lambda n: n / 100),
        "kind": st.sampled_from(["residential", "commercial", "adc"]),
        "income_producing": st.booleans(),
        "eligible": st.booleans(),
        "defaulted": st.booleans(),
        "on_balance": st.booleans(),
        "retail": st.booleans(),
    }
)


def book_of(loans: list[dict[str, Any]]) -> Book:
    exposures = [
        {
            "exposure_id": f"e{place}",
            "amount": loan["amount"],
            "specific_provision": int(loan["amount"] * loan["provided"] * 100) / 100,
            "defaulted": loan["defaulted"],
            "on_balance": loan["on_balance"],
            "ccf_bucket": None if loan["on_balance"] else 3,
            "retail_eligible": loan["retail"],
        }
        for place, loan in enumerate(loans)
    ]
    liens = [
        {
            "collateral_id": f"c{place}",
            "exposure_id": f"e{place}",
            "property_type": loan["kind"],
            "property_value": loan["value"],
            "prior_liens": loan["prior"],
            "lien_amount": loan["lien"],
            "income_producing": loan["income_producing"],
            "eligible": loan["eligible"],
        }
        for place, loan in enumerate(loans)
    ]
    return small_book(exposures, [{"counterparty_type": "natural_person"}], liens)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.too_slow])
@given(st.lists(LOANS, min_size=1, max_size=12))
def test_any_book_of_loans_keeps_its_sums_and_lower_prices_never_lower_rwa(
    loans: list[dict[str, Any]],
) -> None:
    book = book_of(loans)
    base, lower = simulate(book), simulate(book, scenario="house_prices_down_20")

    for found in (base, lower):
        lines = found.lines
        sums = lines.groupby("exposure_id")["original_exposure"].sum().round(2)
        amounts = book.exposures.set_index("exposure_id")["amount"].sort_index()
        assert sums.tolist() == amounts.tolist()
        assert (lines["rwa"] >= 0).all()
        assert (lines["ead"] <= lines["original_exposure"]).all()
        assert lines["risk_weight"].notna().all()
    per_loan = [found.lines.groupby("exposure_id")["rwa"].sum() for found in (base, lower)]
    assert (per_loan[1] >= per_loan[0] - 0.01).all()  # two parts round apart by at most a cent


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 10**9), st.lists(st.integers(0, 200), min_size=2, max_size=2, unique=True))
def test_weight_grows_with_loan_to_value(value: int, percents: list[int]) -> None:
    low, high = sorted(percents)
    loans = [
        {"exposure_id": str(place), "amount": value * percent / 100}
        for place, percent in enumerate((low, high))
    ]
    for loan in loans:
        loan["amount"] = round(float(loan["amount"]) / 100, 2) + 0.01
    liens = [
        {"collateral_id": str(n), "exposure_id": str(n), "property_value": round(value / 100, 2)}
        for n in range(2)
    ]
    lines = simulate(small_book(loans, [{"counterparty_type": "natural_person"}], liens)).lines

    by_loan = lines.groupby("exposure_id")[["rwa", "ead"]].sum()
    slack = 0.02 / by_loan["ead"].min()
    assert (
        by_loan.loc["0", "rwa"] / by_loan.loc["0", "ead"]
        <= by_loan.loc["1", "rwa"] / by_loan.loc["1", "ead"] + slack
    )


def test_book_without_own_funds_has_no_ratios_and_says_why() -> None:
    found = simulate(small_book())

    assert math.isnan(found.ratios["cet1_ratio"])
    assert found.own_funds.empty
    assert any("no own funds items" in notice for notice in found.notices)


def test_book_without_exposures_is_simulated() -> None:
    found = simulate(small_book([], []))

    assert found.lines.empty
    assert found.ratios["rwa"] == 0.0


def test_deducted_assets_are_kept_apart_and_checked_against_own_funds() -> None:
    rows = [
        {},
        {"exposure_id": "brand", "product": "other_asset", "amount": 50.0, "cet1_item": "other_intangibles"},
    ]
    items = [{"item_id": "1", "item": "cet1_paid_up_capital", "amount": 1000.0}]

    found = simulate(small_book(rows, own_funds_items=items))

    line = found.lines.set_index("exposure_id").loc["brand"]
    assert bool(line["deducted"])
    assert (line["ead"], line["rwa"], line["rule_id"]) == (0.0, 0.0, "")
    assert found.by_class()["class"].tolist() == ["corporates_other"]
    assert any("deducted as other_intangibles" in notice for notice in found.notices)


def test_thresholds_in_euro_are_not_held_against_other_currencies() -> None:
    bank = Entity("Provbank", "529900T8BM49AURSDO55", "IND", "SE", currency="SEK")

    found = simulate(small_book(obligors=[{"turnover": 1.0}], entity=bank))

    assert not found.lines["is_sme"].any()
    assert found.ratios["rwa"] == 100_000.0
    assert any("no exposure is treated as one to an SME" in notice for notice in found.notices)


def test_notices_tell_what_was_taken_as_given() -> None:
    rows = [
        {"exposure_id": "bank", "counterparty_id": "bank"},
        {"exposure_id": "line", "product": "commitment", "on_balance": False, "ccf_bucket": 5},
    ]
    obligors = [{}, {"counterparty_id": "bank", "counterparty_type": "credit_institution"}]

    notices = " ".join(simulate(small_book(rows, obligors)).notices)

    assert "grade C" in notices
    assert "Article 495d" in notices
    assert "output floor does not bind" in notices


def test_notices_tell_what_is_assumed_of_supervision_abroad() -> None:
    bank = {"counterparty_type": "credit_institution", "country": "US", "credit_quality_step": 1}

    abroad = simulate(small_book(obligors=[bank]))
    said = simulate(small_book(obligors=[{**bank, "equivalent_supervision": False}]))
    at_home = simulate(small_book(obligors=[{**bank, "country": "FR"}]))

    assert any("listed as equivalent" in notice for notice in abroad.notices)
    assert not any("equivalent" in notice for notice in (*said.notices, *at_home.notices))


def test_a_region_marked_as_the_state_ends_the_notice_that_none_is() -> None:
    region = {"counterparty_type": "regional_government"}

    plain = simulate(small_book(obligors=[region]))
    marked = simulate(small_book(obligors=[{**region, "treated_as_government": True}]))

    assert any("No region or public sector entity" in notice for notice in plain.notices)
    assert not any("No region or public sector entity" in notice for notice in marked.notices)


def test_what_infrastructure_saves_stands_in_its_own_column() -> None:
    line = simulate(small_book([{"infrastructure_eligible": True}], [{"turnover": 5e6}])).lines.iloc[0]

    assert (line["rwa_before_factors"], line["sme_factor_reduction"]) == (100_000.0, 23_810.0)
    assert (line["infrastructure_reduction"], line["rwa"]) == (19_047.5, 57_142.5)
    assert bool(line["infrastructure_factor_applied"])


def test_progress_tells_each_step_and_the_end() -> None:
    told: list[tuple[str, int, int]] = []

    simulate(small_book(), progress=lambda step, done, total: told.append((step, done, total)))

    assert [done for _, done, _ in told] == list(range(len(told)))
    assert told[-1] == ("done", 5, 5)


def test_view_labels_classes_and_ratios(result: Result) -> None:
    view = result.view()

    assert view.sizes["scenario"] == 1
    assert float(view["rwa"].sel(scenario="baseline", exposure_class="retail").item()) > 0
    assert view["cet1_ratio"].item() == result.ratios["cet1_ratio"]
    assert view.attrs["rules"] == result.rules.digest


def test_law_can_be_given_and_scenarios_must_exist() -> None:
    equity = small_book([{"product": "equity", "equity_type": "listed"}])
    later = plimsoll.rules.on(equity.reference_date.replace(year=2030))

    assert simulate(equity).ratios["rwa"] == 130_000.0
    assert simulate(equity, rules=later).ratios["rwa"] == 250_000.0
    with pytest.raises(ScenarioError, match="no scenario"):
        simulate(equity, scenario="doom")
    with pytest.raises(RuleError, match="no rules are known"):
        simulate(small_book(date=equity.reference_date.replace(year=2020)))


def test_only_exposures_that_lack_coverage_are_said_to_lack_it() -> None:
    result = simulate(sample_book("savings_bank", seed=7, exposures=10_000))
    (said,) = [notice for notice in result.notices if "Article 36(1)(m)" in notice]
    lacking = result.coverage["insufficient"]
    assert 0 < (lacking > 0).sum() < len(lacking), "some are covered: they must not be counted"
    assert said.startswith(f"{(lacking > 0).sum()} of {len(lacking)} non-performing exposure(s)")
    assert f"{lacking.sum():,.2f}, which is deducted" in said
    covered = simulate(sample_book("savings_bank", seed=7, exposures=2_000))
    assert not (covered.coverage["insufficient"] > 0).any()
    assert any("are covered as Article 47c CRR asks" in notice for notice in covered.notices)


def test_a_loan_in_another_currency_counts_as_a_mismatch_until_the_book_says_otherwise() -> None:
    person = {"counterparty_type": "natural_person"}
    loan = {"retail_eligible": True, "currency": "CHF"}

    silent = simulate(small_book([loan], [person]))
    matched = simulate(small_book([{**loan, "income_currency_mismatch": False}], [person]))

    assert (silent.lines["rwa"].sum(), matched.lines["rwa"].sum()) == (112_500.0, 75_000.0)
    assert any("do not say `income_currency_mismatch`" in notice for notice in silent.notices)
    assert not any("income_currency_mismatch" in notice for notice in matched.notices)
    assert "third_countries.domestic_currency" in silent.lines["rule_ids"].iloc[0].split()
