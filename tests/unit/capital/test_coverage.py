"""Coverage of non-performing exposures and years between days, on arrays."""

from __future__ import annotations

import datetime

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from plimsoll import rules
from plimsoll.capital.calendar_years import full_years, years_before
from plimsoll.capital.coverage import Protection, insufficient_coverage, required_coverage
from plimsoll.capital.non_performing import coverage_of

RULES = rules.on(datetime.date(2026, 6, 30))
NEVER = np.array(["NaT"], dtype="datetime64[D]")
DATES = st.dates(datetime.date(2019, 4, 26), datetime.date(2026, 6, 30))


def required(value: int, secured: int, since: datetime.date, day: datetime.date) -> float:
    nothing = np.zeros(1, dtype=np.int64)
    protection = Protection(np.array([secured]), nothing, nothing, nothing, nothing)
    days = np.array([since], dtype="datetime64[D]")
    return float(required_coverage(np.array([value]), protection, days, NEVER, day, RULES)[0])


@pytest.mark.parametrize(
    ("since", "day", "years"),
    [
        ("2024-06-30", datetime.date(2026, 6, 30), 1),
        ("2024-06-30", datetime.date(2026, 7, 1), 2),
        ("2024-02-29", datetime.date(2026, 2, 28), 1),
        ("2024-02-29", datetime.date(2026, 3, 1), 2),
        ("2026-06-30", datetime.date(2026, 6, 30), 0),
        ("2026-07-30", datetime.date(2026, 6, 30), 0),
    ],
)
def test_a_year_runs_up_to_its_anniversary(since: str, day: datetime.date, years: int) -> None:
    assert full_years(np.array([since], dtype="datetime64[D]"), day).tolist() == [years]


def test_five_years_before_a_leap_day() -> None:
    assert years_before(datetime.date(2028, 2, 29), 5) == datetime.date(2023, 2, 28)
    assert years_before(datetime.date(2029, 6, 30), 5) == datetime.date(2024, 6, 30)


@given(since=DATES, first=DATES, later=DATES, secured=st.integers(0, 1000))
def test_the_requirement_only_grows_with_time(
    since: datetime.date, first: datetime.date, later: datetime.date, secured: int
) -> None:
    early, late = sorted((first, later))
    assert required(1000, secured, since, early) <= required(1000, secured, since, late) <= 1000


@given(since=DATES, day=DATES, secured=st.integers(0, 999))
def test_more_security_never_needs_more(since: datetime.date, day: datetime.date, secured: int) -> None:
    assert required(1000, secured + 1, since, day) <= required(1000, secured, since, day)


def test_provisions_above_the_requirement_are_no_gain() -> None:
    found = insufficient_coverage(np.array([100.0, 100.4]), np.array([150, 60]))
    assert found.tolist() == [0, 40]


def test_the_part_of_a_deducted_shortfall_covers_its_exposure() -> None:
    row = {
        "exposure_id": "a", "on_balance": True, "ccf_bucket": None, "cet1_item": None, "start_date": "2020-01-01",
        "non_performing_since": "2022-01-01", "default_date": None, "exposure_increased_on": None,
        "first_forbearance_on": None, "amount": 1000.0, "specific_provision": 200.0,
        "other_own_funds_reduction": 0.0, "purchase_discount": 0.0, "written_off_since": 0.0,
        "protected_amount": 0.0, "protected_by": None,
    }  # fmt: skip
    lines = pd.DataFrame(
        {
            "exposure_id": ["a"], "part": ["whole"], "original_exposure": [1000.0], "covered_amount": [0.0],
            "provider_id": [""], "risk_weight": [1.5], "collateral_adjusted": [300.0],
        }
    )  # fmt: skip
    day = datetime.date(2026, 6, 30)

    found = coverage_of(pd.DataFrame([row]), lines, day, RULES, shortfall=pd.Series({"a": 50.0}))

    assert found["other"].tolist() == [300.0]
    assert found["required"].tolist() == [700.0 + 300.0 * 0.35]  # fifth year
    assert found["covered"].tolist() == [250.0]
    assert found["insufficient"].tolist() == [555.0]
