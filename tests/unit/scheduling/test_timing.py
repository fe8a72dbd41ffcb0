"""Every moment a schedule is due comes exactly once, whatever the clocks do."""

from __future__ import annotations

import datetime
from collections import Counter
from zoneinfo import ZoneInfo

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from harbour.errors import BadParameters
from harbour.scheduling.timing import Timing, period_end

PARIS = ZoneInfo("Europe/Paris")
ZONES = (
    "Europe/Paris",
    "Europe/Stockholm",
    "America/New_York",
    "Australia/Lord_Howe",
    "Africa/Casablanca",
    "UTC",
)
DAY = datetime.timedelta(days=1)


def utc(text: str) -> datetime.datetime:
    return datetime.datetime.fromisoformat(text).replace(tzinfo=datetime.UTC)


def moments(timing: Timing, start: datetime.datetime, end: datetime.datetime) -> list[datetime.datetime]:
    """Ask as the clock does: each moment from the one before it."""
    found, moment = [], timing.next_due(start)
    while moment < end:
        found.append(moment)
        moment = timing.next_due(moment)
    return found


@pytest.mark.parametrize(
    ("night", "due"),
    [
        ("2026-03-29", ["2026-03-29T01:00"]),  # 02:30 does not exist: at 03:00 summer time
        ("2026-10-25", ["2026-10-25T00:30"]),  # 02:30 comes twice: the first
        ("2026-06-01", ["2026-06-01T00:30"]),
    ],
)
def test_half_past_two_is_due_once_in_the_night_the_clocks_change(night, due):
    timing = Timing("Europe/Paris", cron="30 2 * * *")
    midnight = datetime.datetime.fromisoformat(night).replace(tzinfo=PARIS)
    found = moments(timing, midnight, midnight + DAY)
    assert found == [utc(moment) for moment in due]


def test_a_schedule_resumed_in_the_repeated_hour_is_not_due_a_second_time():
    timing = Timing("Europe/Paris", cron="30 2 * * *")
    second_two_ten = utc("2026-10-25T01:10")
    assert timing.next_due(second_two_ten) == utc("2026-10-26T01:30")


@settings(max_examples=15, deadline=None)
@given(
    zone=st.sampled_from(ZONES),
    hour=st.integers(0, 23),
    minute=st.integers(0, 59),
    year=st.integers(2025, 2028),
)
def test_a_daily_schedule_is_due_on_every_day_of_a_year_once(zone, hour, minute, year):
    start = datetime.datetime(year, 1, 1, tzinfo=ZoneInfo(zone)) - datetime.timedelta(minutes=1)
    found = moments(Timing(zone, cron=f"{minute} {hour} * * *"), start, start + 366 * DAY)
    local = Counter(moment.astimezone(ZoneInfo(zone)).date() for moment in found)
    assert set(local.values()) == {1}
    assert found == sorted(set(found))
    assert len(local) in {365, 366, 367}


def test_the_fifth_working_day_after_a_quarter_knows_the_holidays_of_the_country():
    timing = Timing(
        "Europe/Paris", period="quarter", days_after=5, at_time=datetime.time(7, 30), country="FR"
    )
    # Good Friday is no holiday in France, Easter Monday (6 April 2026) is.
    assert timing.next_due(utc("2026-04-01T00:00")) == utc("2026-04-08T05:30")
    assert timing.reference_date(utc("2026-04-08T05:30")) == datetime.date(2026, 3, 31)
    germany = Timing(
        "Europe/Berlin", period="quarter", days_after=5, at_time=datetime.time(7, 30), country="DE"
    )
    assert germany.next_due(utc("2026-04-01T00:00")) == utc("2026-04-09T05:30")  # Good Friday too


def test_each_reference_date_of_a_rule_comes_once_and_in_order():
    timing = Timing("Europe/Paris", period="month", days_after=12, at_time=datetime.time(2, 30), country="FR")
    found = moments(timing, utc("2026-01-01T00:00"), utc("2027-12-31T00:00"))
    dates = [timing.reference_date(moment) for moment in found]
    assert len(dates) == 24
    assert dates == sorted(set(dates))
    assert all((day + DAY).day == 1 for day in dates)


def test_a_cron_run_speaks_of_the_last_whole_period_before_its_day():
    timing = Timing("Europe/Paris", cron="0 6 * * *", period="quarter")
    assert timing.reference_date(utc("2026-06-30T04:00")) == datetime.date(2026, 3, 31)
    assert timing.reference_date(utc("2026-07-01T04:00")) == datetime.date(2026, 6, 30)
    # Half past midnight in Paris is still the day before in UTC.
    early = Timing("Europe/Paris", cron="30 0 1 * *", period="month")
    assert early.reference_date(utc("2026-06-30T22:30")) == datetime.date(2026, 6, 30)


@given(
    day=st.dates(datetime.date(2000, 1, 1), datetime.date(2100, 1, 1)),
    period=st.sampled_from(["month", "quarter", "half_year", "year"]),
)
def test_a_period_end_is_the_last_one_up_to_the_day(day, period):
    found = period_end(day, period)
    assert found <= day < period_end(day, period, ahead=1)
    assert (found + DAY).day == 1


def test_missed_moments_are_counted_up_to_now():
    timing = Timing("UTC", cron="0 6 * * *")
    first = utc("2026-06-01T06:00")
    assert timing.last_due(first, utc("2026-06-01T06:01")) == (first, 1)
    assert timing.last_due(first, utc("2026-06-04T05:00")) == (utc("2026-06-03T06:00"), 3)
    each_minute = Timing("UTC", cron="* * * * *")
    assert each_minute.last_due(first, utc("2026-06-04T05:00")) == (utc("2026-06-04T05:00"), 4261)


@pytest.mark.parametrize(
    ("wrong", "sentence"),
    [
        ({"zone": "Europe/Atlantis", "cron": "0 6 * * *"}, "no time zone 'Europe/Atlantis'"),
        ({"zone": "../../etc/passwd", "cron": "0 6 * * *"}, "no time zone"),
        ({"zone": "UTC", "cron": "61 6 * * *"}, "Bad minute"),
        ({"zone": "UTC", "cron": "0 6 30 2 *"}, "is not understood"),
        ({"zone": "UTC", "cron": "soon"}, "is not understood"),
        ({"zone": "UTC"}, "either a cron line, or"),
        ({"zone": "UTC", "cron": "0 6 * * *", "days_after": 3}, "either a cron line, or"),
        ({"zone": "UTC", "days_after": 3, "period": "quarter"}, "need a period, a time and a country"),
        (
            {"zone": "UTC", "days_after": 3, "period": "week", "at_time": datetime.time(6), "country": "FR"},
            "period is one of month, quarter",
        ),
        (
            {"zone": "UTC", "days_after": 3, "period": "month", "at_time": datetime.time(6), "country": "XX"},
            "holidays of XX are not known",
        ),
    ],
)
def test_what_can_never_be_due_is_refused_with_the_reason(wrong, sentence):
    with pytest.raises(BadParameters, match=sentence):
        Timing(**wrong).check()
