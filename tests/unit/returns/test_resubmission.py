"""How far back a correction goes, by frequency."""

from __future__ import annotations

import datetime

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plimsoll.errors import ReturnError
from plimsoll.returns.resubmission import plan_resubmission

D = datetime.date


def test_quarterly_data_go_back_four_dates() -> None:
    plan = plan_resubmission("COREP_OF", D(2026, 9, 30))
    assert plan.past == (D(2025, 9, 30), D(2025, 12, 31), D(2026, 3, 31), D(2026, 6, 30))
    assert plan.dates[-1] == D(2026, 9, 30)
    assert plan.beyond == ()
    assert plan.article == "EBA/GL/2024/04 paragraph 8"


@pytest.mark.parametrize(
    ("current", "oldest", "count"),
    [
        (D(2026, 2, 28), D(2025, 8, 31), 6),  # six months reach past the year-end
        (D(2026, 6, 30), D(2025, 12, 31), 6),  # exactly to it
        (D(2026, 7, 31), D(2025, 12, 31), 7),  # they do not: back to it
        (D(2026, 11, 30), D(2025, 12, 31), 11),
        (D(2026, 12, 31), D(2025, 12, 31), 12),
    ],
)
def test_monthly_data_go_back_six_months_and_to_the_year_end(current: D, oldest: D, count: int) -> None:
    plan = plan_resubmission("COREP_LCR_DA", current)
    assert plan.past[0] == oldest
    assert len(plan.past) == count


def test_only_dates_the_error_touches_are_filed_again() -> None:
    plan = plan_resubmission("FINREP9", D(2026, 9, 30), wrong_since=D(2026, 3, 31))
    assert plan.past == (D(2026, 3, 31), D(2026, 6, 30))
    old = plan_resubmission("FINREP9", D(2026, 9, 30), wrong_since=D(2025, 3, 31))
    assert old.beyond == (D(2025, 3, 31), D(2025, 6, 30))
    assert old.past[0] == D(2025, 9, 30)
    none = plan_resubmission("FINREP9", D(2026, 9, 30), wrong_since=D(2026, 9, 30))
    assert none.dates == (D(2026, 9, 30),)


def test_an_unknown_module_is_refused() -> None:
    with pytest.raises(ReturnError, match="how often"):
        plan_resubmission("NOVEL", D(2026, 9, 30))


@given(st.integers(2025 * 12 + 6, 2035 * 12), st.sampled_from(["COREP_OF", "COREP_LCR_DA"]))
def test_past_dates_are_month_ends_in_order(month: int, module: str) -> None:
    current = D((month + 1) // 12, (month + 1) % 12 + 1, 1) - datetime.timedelta(days=1)
    plan = plan_resubmission(module, current)
    assert list(plan.past) == sorted(set(plan.past))
    assert all((day + datetime.timedelta(days=1)).day == 1 for day in plan.past)
    assert plan.past[-1] < current
    assert (current - plan.past[0]).days <= 366
