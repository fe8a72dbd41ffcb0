"""A movement between two positions: what moved them, adding up to the cent."""

from __future__ import annotations

import datetime
from dataclasses import replace

import pandas as pd
import pytest
from hypothesis import HealthCheck, given, reject, settings
from hypothesis import strategies as st

import plimsoll
from plimsoll.data import Book
from plimsoll.errors import ReturnError, SimulationError
from plimsoll.scenarios import Scenario, Shock
from plimsoll.simulation import MOVEMENT_STEPS, Movement, Result, simulate

JUNE, SEPTEMBER = datetime.date(2026, 6, 30), datetime.date(2026, 9, 30)


@pytest.fixture(scope="module")
def june() -> Result:
    return simulate(plimsoll.sample_book(exposures=400))


def _moved(before: Result, after: Result) -> Movement:
    moved = plimsoll.compare(before, after)
    change = round(after.ratios["rwa"] * 100) - round(before.ratios["rwa"] * 100)
    assert round((moved.steps["rwa_change"] * 100).round().sum()) == change
    last = moved.steps.iloc[-1]
    assert last["rwa"] == after.ratios["rwa"]
    for ratio in ("cet1_ratio", "tier1_ratio", "total_ratio"):
        assert last[ratio] == after.ratios[ratio]
        changes = moved.steps[f"{ratio}_change"].sum()
        assert changes == pytest.approx(after.ratios[ratio] - before.ratios[ratio], abs=1e-12)
    return moved


def _book(june: Result, **tables: pd.DataFrame) -> Book:
    return june.book.replace(**tables)


def _changes(moved: Movement) -> dict[str, float]:
    """Return what each step did, without the ones that did nothing."""
    steps = moved.steps
    return {
        step: change for step, change in zip(steps["step"], steps["rwa_change"], strict=True) if change != 0
    }


def test_nothing_moved(june: Result) -> None:
    assert _moved(june, june).steps["step"].tolist() == ["start"]


def test_a_scenario_is_told_shock_by_shock(june: Result) -> None:
    shocks = (Shock("residential_property_value", relative=-0.2), Shock("credit_quality_step", steps=1))
    moved = _moved(june, simulate(june.book, scenario=Scenario("both", shocks)))
    assert moved.steps["step"].tolist() == ["start", "scenario", "scenario"]
    assert moved.steps["detail"].tolist() == ["", "residential_property_value", "credit_quality_step"]
    alone = simulate(june.book, scenario=Scenario("houses", shocks[:1]))
    assert moved.steps["rwa"][1] == alone.ratios["rwa"]


def test_another_scenario_is_one_step(june: Result) -> None:
    before = simulate(june.book, scenario="house_prices_down_20")
    moved = _moved(before, simulate(june.book, scenario="rating_downgrade_1"))
    assert moved.steps["step"].tolist() == ["start", "scenario"]


def test_business_that_ended_and_began(june: Result) -> None:
    exposures = june.book.exposures
    loans = exposures.loc[(exposures["product"] == "loan") & ~exposures["defaulted"]]
    gone, come = loans["exposure_id"].iloc[0], loans["exposure_id"].iloc[1]
    before = simulate(_book(june, **_without(june.book, come)))
    after = simulate(_book(june, **_without(june.book, gone)))
    moved = _moved(before, after)
    assert set(_changes(moved)) <= {"matured", "new"}
    steps = moved.steps["step"].tolist()
    assert moved.exposures(steps.index("matured"))["exposure_id"].tolist()[0] == gone
    assert moved.exposures(steps.index("new"))["exposure_id"].tolist()[0] == come


def _without(book: Book, exposure_id: str) -> dict[str, pd.DataFrame]:
    names = [name for name in book.tables if "exposure_id" in book.table(name)]
    return {
        name: frame.loc[frame["exposure_id"] != exposure_id] for name in names for frame in [book.table(name)]
    }


@pytest.mark.parametrize(
    ("table", "column", "change", "step"),
    [
        ("exposures", "amount", lambda values: values * 2, "volume"),
        ("counterparties", "credit_quality_step", lambda values: values.clip(lower=4), "rating"),
        ("collateral", "property_value", lambda values: (values * 0.7).round(2), "collateral"),
        ("exposures", "retail_eligible", lambda values: values & False, "terms"),
        ("own_funds_items", "amount", lambda values: values * 2, "own_funds"),
        ("reported_amounts", "amount", lambda values: values * 3, "other_risks"),
    ],
)
def test_a_change_is_laid_to_its_own_step(june: Result, table: str, column: str, change, step: str) -> None:  # type: ignore[no-untyped-def]  # a lambda on a series
    frame = june.book.table(table)
    frame[column] = change(frame[column])
    moved = _moved(june, simulate(_book(june, **{table: frame})))
    assert moved.steps["step"].tolist() == ["start", step]
    ratios = moved.steps.loc[1, ["rwa_change", "total_ratio_change"]]
    assert ratios.abs().max() > 0


def test_two_dates_of_two_banks_add_up_and_name_their_exposures(june: Result) -> None:
    book = plimsoll.sample_book(seed=8, exposures=420, reference_date=SEPTEMBER)
    moved = _moved(june, simulate(book, scenario="commercial_property_down_20"))
    taken = [name for name in MOVEMENT_STEPS if name in set(moved.steps["step"])]
    assert moved.steps["step"].drop_duplicates().tolist() == ["start", *taken], "in the stated order"
    said = " ".join(moved.steps["detail"])
    assert "volume + " in said, "another bank's amounts do not fit these contracts: they joined a later step"
    assert {"new", "time", "scenario"} <= set(taken)
    for row in range(1, len(moved.steps)):
        touched = moved.exposures(row)
        if moved.steps["step"][row] not in {"own_funds", "other_risks"}:
            assert touched["change"].sum() == pytest.approx(moved.steps["rwa_change"][row], abs=0.01)


def test_inputs_that_only_fit_together_are_one_step(june: Result) -> None:
    """A loan becomes a guarantee: without the terms, its new bucket has no meaning; the steps join."""
    exposures = june.book.exposures
    at = exposures.index[(exposures["product"] == "loan") & ~exposures["defaulted"]][0]
    exposures.loc[at, ["product", "on_balance", "ccf_bucket"]] = ["guarantee_issued", False, 1]
    moved = _moved(june, simulate(_book(june, exposures=exposures)))
    assert moved.steps["step"].tolist() == ["start", "terms"]


def test_a_program_that_gives_other_figures_is_named(june: Result) -> None:
    other = replace(june, ratios={**june.ratios, "rwa": june.ratios["rwa"] + 1.0})
    moved = plimsoll.compare(june, other)
    assert moved.steps["step"].tolist() == ["start", "program"]
    assert moved.steps["rwa_change"].tolist() == [0.0, 1.0]


def test_two_banks_do_not_compare(june: Result) -> None:
    entity = plimsoll.Entity("Nordhaven Sparbank", "549300DEMONORD000184", "IND", "SE", "EUR", "gaap")
    with pytest.raises(
        SimulationError, match="have not the same lei: 969500DEMOPORT000140 and 549300DEMONORD000184"
    ):
        plimsoll.compare(june, simulate(plimsoll.sample_book(exposures=200, entity=entity)))


def test_a_return_and_a_result_do_not_compare(june: Result) -> None:
    with pytest.raises(ReturnError, match="two returns, or two results"):
        plimsoll.compare(june, object())  # type: ignore[call-overload]  # what a user may try


@settings(max_examples=8, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(seed=st.integers(0, 1000), exposures=st.integers(100, 300))
def test_any_two_books_add_up(june: Result, seed: int, exposures: int) -> None:
    try:
        after = simulate(plimsoll.sample_book(seed=seed, exposures=exposures))
    except (
        SimulationError
    ):  # so small a bank may hold more than the tenth of its own funds that Article 133(5) allows
        reject()
    _moved(june, after)
