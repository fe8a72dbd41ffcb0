"""Scenarios change what they say and nothing else."""

from __future__ import annotations

import pytest
from tests.smallbook import small_book

from plimsoll.errors import ScenarioError
from plimsoll.scenarios import Scenario, Shock, commercial_prices, get_scenario, house_prices, list_scenarios

BOOK = small_book(
    [{"exposure_id": "home"}, {"exposure_id": "shop"}, {"exposure_id": "site"}],
    [{"credit_quality_step": 6}, {"counterparty_id": "other"}],
    [
        {"collateral_id": "1", "exposure_id": "home", "property_value": 100.01},
        {"collateral_id": "2", "exposure_id": "shop", "property_type": "commercial", "property_value": 100.0},
        {"collateral_id": "3", "exposure_id": "site", "property_type": "adc", "property_value": 100.0},
    ],
)


def test_shelf() -> None:
    names = [scenario.name for scenario in list_scenarios()]

    assert names == ["baseline", "house_prices_down_20", "commercial_property_down_20", "rating_downgrade_1"]
    assert get_scenario("baseline").shocks == ()
    with pytest.raises(ScenarioError, match="no scenario 'boom'; there are baseline,"):
        get_scenario("boom")


def test_house_prices_change_homes_only_to_the_cent() -> None:
    before = BOOK.collateral["property_value"].tolist()
    shocked = get_scenario("house_prices_down_20").apply(BOOK.tables)

    assert shocked["collateral"]["property_value"].tolist() == [80.01, 100.0, 100.0]
    assert BOOK.collateral["property_value"].tolist() == before


def test_commercial_prices_change_shops_only() -> None:
    shocked = commercial_prices(relative=0.1).apply(BOOK.tables)

    assert shocked["collateral"]["property_value"].tolist() == [100.01, 110.0, 100.0]


def test_downgrade_moves_the_rated_within_the_scale() -> None:
    steps = get_scenario("rating_downgrade_1").apply(BOOK.tables)["counterparties"]["credit_quality_step"]

    assert steps.tolist()[0] == 6
    assert steps.isna().tolist() == [False, True]
    better = Scenario("up", (Shock("credit_quality_step", steps=-2),)).apply(BOOK.tables)["counterparties"]
    assert better["credit_quality_step"].tolist()[0] == 4


def test_any_size_can_be_had() -> None:
    assert house_prices(relative=-0.2).shocks == get_scenario("house_prices_down_20").shocks
    assert house_prices(relative=-0.2).name == "house_prices_down_20"
    assert house_prices(relative=-0.125).name == "house_prices_down_12_5"


@pytest.mark.parametrize(
    "wrong",
    [
        {"target": "weather", "relative": 0.1},
        {"target": "residential_property_value"},
        {"target": "residential_property_value", "steps": 1},
        {"target": "residential_property_value", "relative": -1.1},
        {"target": "residential_property_value", "relative": float("nan")},
        {"target": "credit_quality_step", "relative": 0.1},
        {"target": "credit_quality_step"},
    ],
)
def test_shocks_that_make_no_sense_are_refused(wrong: dict[str, object]) -> None:
    with pytest.raises(ScenarioError):
        Shock(**wrong)  # type: ignore[arg-type]  # the point of the test
