"""When a schedule is due: a cron line in a time zone, or so many working days after a reference date.

Every moment is computed from the one before it, by the rules of the zone. A local time that a clock change skips is
due when the clocks have jumped, and one that happens twice is due the first time only: each exactly once. Lines with
`*` or `*/n` in minutes or hours go by elapsed time instead, as in Debian's cron.
"""

from __future__ import annotations

import datetime
import itertools
from collections.abc import Iterator
from dataclasses import dataclass
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from cronsim import CronSim, CronSimError

from harbour.errors import BadParameters
from plimsoll.errors import ReturnError

__all__ = ["PERIODS", "Timing", "period_end"]

PERIODS = {"month": 1, "quarter": 3, "half_year": 6, "year": 12}
"""Months of each period whose end can be a reference date."""
DAY = datetime.timedelta(days=1)
CHANGE = datetime.timedelta(hours=3)
"""Longer than any clock is set back."""
FAR = 60
"""Reference dates looked at before a rule is said to have no next moment."""


@dataclass(frozen=True)
class Timing:
    """When something is due.

    Attributes
    ----------
    zone
        IANA name, such as `Europe/Paris`.
    cron
        Five fields; or None, and then the rule of `period`, `days_after`, `at_time` and `country`.
    period
        The period whose end is the reference date, or None when a run has none.
    days_after
        Working days of `country` (ISO 3166) after the reference date.
    at_time
        Local time of that day.
    """

    zone: str
    cron: str | None = None
    period: str | None = None
    days_after: int | None = None
    at_time: datetime.time | None = None
    country: str | None = None

    def check(self) -> None:
        """Refuse what can never be due.

        Raises
        ------
        BadParameters
            Naming the field and what it takes.
        """
        if (self.cron is None) == (self.days_after is None):
            raise BadParameters("say either a cron line, or so many working days after the reference date")
        if self.period is not None and self.period not in PERIODS:
            raise BadParameters(f"period is one of {', '.join(PERIODS)}, not {self.period!r}")
        self._zone()
        if self.cron is None and not (self.period and self.at_time is not None and self.country):
            raise BadParameters("working days after a reference date need a period, a time and a country")
        self.next_due(datetime.datetime.now(datetime.UTC))

    def next_due(self, after: datetime.datetime) -> datetime.datetime:
        """Return the first moment after another, in UTC.

        Raises
        ------
        BadParameters
            When there is none, or the cron line or the country is not understood.
        """
        for moment in self._moments(after):
            return moment
        raise BadParameters(f"{self} is never due again")

    def last_due(self, first: datetime.datetime, now: datetime.datetime) -> tuple[datetime.datetime, int]:
        """Return the last moment from a due one up to now, and how many there were."""
        last, count = first, 1
        for moment in itertools.takewhile(lambda moment: moment <= now, self._moments(first)):
            last, count = moment, count + 1
        return last, count

    def reference_date(self, due: datetime.datetime) -> datetime.date | None:
        """Return the reference date of a run due at a moment; None when its runs have none."""
        if self.period is None:
            return None
        day = due.astimezone(self._zone()).date()
        if self.days_after is None:
            return period_end(day - DAY, self.period)
        found = period_end(day, self.period)
        while self._moment(found) > due:
            found = period_end(found - DAY, self.period)
        return found

    def __str__(self) -> str:
        """Return the timing as one line."""
        if self.cron is not None:
            return f"cron {self.cron} ({self.zone})"
        at = "" if self.at_time is None else f"{self.at_time:%H:%M}"
        return f"{self.days_after} working days ({self.country}) after each {self.period}, {at} ({self.zone})"

    def _zone(self) -> ZoneInfo:
        try:
            return ZoneInfo(self.zone)
        except (ZoneInfoNotFoundError, ValueError, OSError):
            raise BadParameters(f"there is no time zone {self.zone!r}: write one like Europe/Paris") from None

    def _moments(self, after: datetime.datetime) -> Iterator[datetime.datetime]:
        moments = self._by_cron(after) if self.cron is not None else self._by_rule(after)
        return itertools.dropwhile(lambda moment: moment <= after, moments)

    def _by_cron(self, after: datetime.datetime) -> Iterator[datetime.datetime]:
        # From before any clock change, so that the second of two equal local times is never taken for a first one.
        start = (after - CHANGE).astimezone(self._zone())
        try:
            for moment in CronSim(self.cron or "", start):
                yield moment.astimezone(datetime.UTC)
        except CronSimError as error:
            raise BadParameters(f"the cron line {self.cron!r} is not understood: {error}") from None

    def _by_rule(self, after: datetime.datetime) -> Iterator[datetime.datetime]:
        period = self.period or "month"
        day = period_end(after.astimezone(self._zone()).date() - 400 * DAY, period)
        for _ in range(FAR):
            yield self._moment(day)
            day = period_end(day, period, ahead=1)

    def _moment(self, reference: datetime.date) -> datetime.datetime:
        # The returns are slow to import, and only a rule of working days needs them: every room imports this module.
        from plimsoll.returns.calendar import add_working_days  # noqa: PLC0415  # see above

        try:
            day = add_working_days(reference, self.days_after or 0, self.country or "")
        except ReturnError as error:
            raise BadParameters(str(error)) from None
        local = datetime.datetime.combine(day, self.at_time or datetime.time(), self._zone())
        return local.astimezone(datetime.UTC)


def period_end(day: datetime.date, period: str, *, ahead: int = 0) -> datetime.date:
    """Return the last period end up to a day, or so many periods after it."""
    months = PERIODS[period]
    # Count months from the year 0, and take the end of the last whole period.
    following = day + DAY
    index = (following.year * 12 + following.month - 1) // months * months + ahead * months
    return datetime.date(index // 12, index % 12 + 1, 1) - DAY
