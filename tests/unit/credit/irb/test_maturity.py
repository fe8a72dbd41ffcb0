"""Maturity keeps within what Article 162 allows; categories are looked up, never guessed."""

from __future__ import annotations

import datetime

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plimsoll import rules
from plimsoll.credit import irb
from plimsoll.errors import ParameterError

RULES = rules.on(datetime.date(2026, 6, 30))


def test_fixed_maturity() -> None:
    found = irb.foundation_maturity(np.array([False, True]), rules=RULES)
    assert found.tolist() == [2.5, 0.5]


@pytest.mark.parametrize(
    ("kind", "floor"),
    [
        ("general", 1.0),
        ("collateralised_netted", 10 / 365.25),
        ("repo_netted", 5 / 365.25),
        ("secured_lending_netted", 20 / 365.25),
        ("short_term", 1 / 365.25),
    ],
)
def test_maturity_has_the_floor_of_its_kind_and_a_cap_of_five_years(kind: str, floor: float) -> None:
    found = irb.effective_maturity([-1.0, 0.0, 3.2, 30.0, np.nan], kind=kind, rules=RULES)

    np.testing.assert_allclose(found, [floor, floor, 3.2, 5.0, np.nan], rtol=1e-15)


def test_flows_are_weighed_by_time() -> None:
    flows = np.array([[50.0, 0.0, 50.0], [0.0, 0.0, 10.0], [1.0, 0.0, 0.0]])
    found = irb.cash_flow_maturity([0.5, 2.0, 3.5], flows, rules=RULES)

    np.testing.assert_allclose(found, [2.0, 3.5, 1.0], rtol=1e-15)


@given(st.lists(st.tuples(st.floats(0, 40), st.floats(0.01, 1e6)), min_size=1, max_size=20))
def test_maturity_of_flows_is_between_one_and_five_years(flows: list[tuple[float, float]]) -> None:
    years, amounts = np.array(flows).T
    found = irb.cash_flow_maturity(years, amounts[np.newaxis, :], rules=RULES)

    assert found.shape == (1,)
    assert 1 <= found[0] <= 5


def test_every_category_has_weight_and_loss() -> None:
    category = np.arange(1, 6)
    short, long = 2.49, 2.5

    np.testing.assert_allclose(
        irb.slotting_weight(category, short, rules=RULES), [0.5, 0.7, 1.15, 2.5, 0], atol=0
    )
    np.testing.assert_allclose(
        irb.slotting_weight(category, long, rules=RULES), [0.7, 0.9, 1.15, 2.5, 0], atol=0
    )
    np.testing.assert_allclose(
        irb.slotting_expected_loss(category, short, rules=RULES), [0, 0.004, 0.028, 0.08, 0.5], atol=0
    )
    np.testing.assert_allclose(
        irb.slotting_expected_loss(category, long, rules=RULES), [0.004, 0.008, 0.028, 0.08, 0.5], atol=0
    )
    assert np.isnan(irb.slotting_weight(1, np.nan, rules=RULES))


@pytest.mark.parametrize(
    ("call", "sentence"),
    [
        (lambda: irb.effective_maturity(1.0, kind="repo", rules=RULES), "'repo' is no kind of maturity"),
        (lambda: irb.effective_maturity(np.inf, rules=RULES), "years: 1 of 1 values outside finite numbers"),
        (lambda: irb.cash_flow_maturity([1.0], [[0.0]], rules=RULES), "cash_flows: 1 instruments have none"),
        (lambda: irb.cash_flow_maturity([-1.0], [[1.0]], rules=RULES), "years: 1 of 1 values outside 0"),
        (lambda: irb.slotting_weight(0, 1.0, rules=RULES), "category: whole numbers 1 to 5"),
        (lambda: irb.slotting_weight([1, 6], 1.0, rules=RULES), "category: whole numbers 1 to 5"),
        (lambda: irb.slotting_weight(1.0, 1.0, rules=RULES), "category: whole numbers 1 to 5"),
        (lambda: irb.slotting_weight(1, -0.5, rules=RULES), "remaining_years: 1 of 1 values"),
        (lambda: irb.foundation_maturity(1.0, rules=RULES), "securities_financing: must be true or false"),
    ],
)
def test_what_the_article_does_not_know_is_refused_by_name(call: object, sentence: str) -> None:
    with pytest.raises(ParameterError, match=sentence):
        call()  # type: ignore[operator]  # a case, called here
