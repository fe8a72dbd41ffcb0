"""What a person may turn: sliders, their ranges, and a scenario as one line of text."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

import plimsoll
from plimsoll.errors import ScenarioError
from plimsoll.scenarios import Shock, get_scenario, list_parameters, make_scenario, parse_scenario
from plimsoll.simulation import simulate


def test_every_shock_can_be_turned_within_what_it_takes() -> None:
    assert {parameter.target for parameter in list_parameters()} == set(Shock.TARGETS)
    for parameter in list_parameters():
        assert parameter.minimum <= 0 <= parameter.maximum
        assert parameter.step > 0
        for end in (parameter.minimum, parameter.maximum):
            if end:
                assert make_scenario({parameter.target: end}).shocks[0].size == end
        assert "Article" in parameter.article
        assert parameter.about.endswith(".")


def test_a_scenario_says_all_of_itself_in_its_name() -> None:
    made = make_scenario({"credit_quality_step": 1, "residential_property_value": -0.2, "loan_growth": 0.0})
    assert made.name == "residential_property_value=-0.2,credit_quality_step=1"
    assert get_scenario(made.name) == made
    assert make_scenario({}).name == "baseline"


@pytest.mark.parametrize(
    ("text", "reason"),
    [
        ("loan_growth=", "write target=size"),
        ("loan_growth=0.1,loan_growth=0.2", "each target once"),
        ("loan_growth=nan", "write target=size"),
        ("boom=0.1", "no shock to 'boom'"),
        ("credit_quality_step=0.5", "whole steps"),
        ("credit_losses=-0.1", "from 0 to 1"),
        ("residential_property_value=-1.5", "all is lost"),
    ],
)
def test_what_is_no_scenario_is_refused(text: str, reason: str) -> None:
    with pytest.raises(ScenarioError, match=reason):
        get_scenario(text)


def test_a_size_that_is_no_number_is_refused() -> None:
    with pytest.raises(ScenarioError, match="no size nan"):
        make_scenario({"loan_growth": float("nan")})


_SIZES = st.fixed_dictionaries(
    {},
    optional={
        parameter.target: (
            st.integers(int(parameter.minimum), int(parameter.maximum))
            if parameter.unit == "steps"
            else st.floats(parameter.minimum, parameter.maximum)
        )
        for parameter in list_parameters()
    },
)


@given(_SIZES)
def test_names_are_read_back(sizes: dict[str, float]) -> None:
    made = make_scenario(sizes)
    assert get_scenario(made.name).shocks == made.shocks
    if made.shocks:
        assert parse_scenario(made.name) == made


def test_growth_scales_performing_loans_only() -> None:
    book = plimsoll.sample_book(exposures=200)
    before, after = book.exposures, make_scenario({"loan_growth": 0.1}).apply(book.tables)["exposures"]
    grew = after["amount"] != before["amount"]
    assert grew.any()
    assert not (grew & before["defaulted"]).any()
    assert not (grew & ~before["on_balance"]).any()
    assert after["amount"][grew].tolist() == pytest.approx((before["amount"][grew] * 1.1).tolist(), abs=0.006)


def test_credit_losses_take_capital_and_exposure_to_the_cent() -> None:
    book = plimsoll.sample_book(exposures=400)
    calm, lossy = simulate(book), simulate(book, scenario="credit_losses=0.02")
    before = book.exposures["specific_provision"].sum()
    lost = round(
        make_scenario({"credit_losses": 0.02}).apply(book.tables)["exposures"]["specific_provision"].sum()
        - before,
        2,
    )
    items = book.own_funds_items.groupby("item")["amount"].sum()
    uncounted = min(items.get("profit_not_eligible", 0.0), items["profit_attributable"])
    assert lost > uncounted, "more than the interim profit that does not count is lost"
    fell = calm.ratios["cet1"] - lossy.ratios["cet1"]
    assert fell == pytest.approx(lost - uncounted, abs=0.01)
    assert lossy.ratios["rwa"] < calm.ratios["rwa"], "what is provided for carries no weight any more"


def test_credit_losses_need_capital() -> None:
    book = plimsoll.sample_book(exposures=200)
    poor = book.replace(own_funds_items=book.own_funds_items.iloc[:0])
    with pytest.raises(ScenarioError, match="own_funds_items"):
        simulate(poor, scenario="credit_losses=0.02")
