"""When reports are due: remittance days by module and frequency, moved to the next working day.

References
----------
Commission Implementing Regulation (EU) 2024/3117 (ITS on supervisory reporting), Articles 2, 3 and 5 to 21.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from functools import cache

import holidays

from plimsoll import rules
from plimsoll.errors import ReturnError

__all__ = ["DueDate", "add_working_days", "due_date", "due_dates", "frequency_of", "reference_dates"]

_DAY = datetime.timedelta(days=1)
_DEFERRED = datetime.date(2025, 3, 31)
"""The one reference date whose reports were due later (Article 24(1))."""
_WEEKEND = {5: "Saturday", 6: "Sunday"}


@dataclass(frozen=True, order=True)
class DueDate:
    """One report to be filed.

    Attributes
    ----------
    due
        The last day to file, by close of business.
    module, reference_date, frequency
        What is reported; `frequency` is the highest of the module's templates.
    nominal
        The remittance day before it was moved.
    moved_by
        Why it was moved, a reason a day: `Saturday`, `Sunday` or the holiday's name in English.
    article
        The article the nominal day answers to.
    """

    due: datetime.date
    module: str
    reference_date: datetime.date
    frequency: str
    nominal: datetime.date
    moved_by: tuple[str, ...]
    article: str


def due_date(
    module: str,
    reference_date: datetime.date,
    country: str,
    *,
    subdivision: str | None = None,
    small: bool = False,
) -> DueDate:
    """Return when a module's report for a reference date is due.

    Parameters
    ----------
    module
        The module's code, such as `COREP_OF` (either case).
    reference_date
        A calendar date; adjusted accounting year-ends (Articles 2(3) and 3(3)) are not computed.
    country
        ISO 3166 code of the competent authority's Member State, whose public holidays count (Article 3(2)).
    subdivision
        Part of that country whose own holidays count too, such as `HE` in Germany.
    small
        Whether the institution is small and non-complex (Article 18(b)).

    Raises
    ------
    ReturnError
        The module's frequency or the country's holidays are not known, or nothing is reported on that date.
    RuleError
        No reporting rule is in force on the reference date.
    """
    code = module.upper()
    frequency = frequency_of(code, reference_date, small=small)
    if not _is_reported(reference_date, frequency):
        raise ReturnError(f"{code} is reported {frequency}: {reference_date} is no reference date of it")
    nominal, article = _remittance(code, reference_date, frequency)
    due, moved_by = _working_day(nominal, country.upper(), subdivision)
    return DueDate(due, code, reference_date, frequency, nominal, moved_by, article)


def due_dates(
    modules: Iterable[str],
    first: datetime.date,
    last: datetime.date,
    country: str,
    *,
    subdivision: str | None = None,
    small: bool = False,
) -> tuple[DueDate, ...]:
    """Return every report due from `first` to `last`, both included, by due day, module and reference date.

    Raises
    ------
    ReturnError
        As `due_date`.
    """
    earliest = datetime.date(first.year - 1, 1, 1)
    found = (
        due_date(module, day, country, subdivision=subdivision, small=small)
        for module in modules
        for day in reference_dates(module, earliest, last, small=small)
    )
    return tuple(sorted(filing for filing in found if first <= filing.due <= last))


def frequency_of(module: str, reference_date: datetime.date, *, small: bool = False) -> str:
    """Return how often a module is reported: `monthly`, `quarterly`, `semi_annual` or `annual`.

    Raises
    ------
    ReturnError
        The rules do not say.
    """
    in_force = rules.on(reference_date)
    known = dict(in_force["reporting.frequency"].names)
    if small:
        known.update(in_force["reporting.frequency.small"].names)
    if module.upper() not in known:
        raise ReturnError(
            f"no rule says how often {module} is reported; the modules known are {', '.join(sorted(known))}"
        )
    return known[module.upper()]


def reference_dates(
    module: str, first: datetime.date, last: datetime.date, *, small: bool = False
) -> tuple[datetime.date, ...]:
    """Return the reference dates of a module from `first` to `last`, in order.

    Those of 2024 and before are left out: another regulation held then.
    """
    return tuple(
        day
        for day in _month_ends(max(first, _first_known()), last)
        if _is_reported(day, frequency_of(module, day, small=small))
    )


def add_working_days(
    day: datetime.date, number: int, country: str, *, subdivision: str | None = None
) -> datetime.date:
    """Return the working day so many working days after a day; the day itself does not count.

    Raises
    ------
    ReturnError
        The country's holidays are not known.
    """
    for _ in range(number):
        day, _reasons = _working_day(day + _DAY, country.upper(), subdivision)
    return day


def _first_known() -> datetime.date:
    return min(rule.valid_from for rule in rules.read_rules() if rule.id == "reporting.frequency")


def _month_ends(first: datetime.date, last: datetime.date) -> Iterator[datetime.date]:
    day = first
    while True:
        following = (day.replace(day=1) + 31 * _DAY).replace(day=1)
        if following - _DAY > last:
            return
        yield following - _DAY
        day = following


def _is_reported(day: datetime.date, frequency: str) -> bool:
    if (day + _DAY).day != 1:
        return False
    return frequency == "monthly" or f"{day:%m-%d}" in _remittance_days(day, frequency)


def _remittance_days(day: datetime.date, frequency: str) -> dict[str, str]:
    return dict(rules.on(day)[f"reporting.remittance.{frequency}"].names)


def _remittance(module: str, day: datetime.date, frequency: str) -> tuple[datetime.date, str]:
    """Return the remittance day as the regulation names it, and its article."""
    in_force = rules.on(day)
    deferred = in_force["reporting.remittance.deferred"]
    if day == _DEFERRED and module in deferred.names:
        return datetime.date.fromisoformat(deferred.names[module]), deferred.article
    if frequency == "monthly":
        rule = in_force["reporting.remittance.monthly_days"]
        return day + int(rule.number) * _DAY, rule.article
    month, date = map(int, _remittance_days(day, frequency)[f"{day:%m-%d}"].split("-"))
    found = datetime.date(day.year, month, date)
    if found < day:
        found = found.replace(year=day.year + 1)
    return found, in_force[f"reporting.remittance.{frequency}"].article


def _working_day(
    nominal: datetime.date, country: str, subdivision: str | None
) -> tuple[datetime.date, tuple[str, ...]]:
    """Return the first working day from the nominal one on, and what stood in the way of each before it."""
    day, moved_by = nominal, []
    while reason := _closed(day, country, subdivision):
        moved_by.append(reason)
        day += _DAY
    return day, tuple(moved_by)


def _closed(day: datetime.date, country: str, subdivision: str | None) -> str:
    """Return why nobody works on a day, or the empty string."""
    if day.weekday() in _WEEKEND:
        return _WEEKEND[day.weekday()]
    return _public_holidays(country, subdivision, day.year).get(day, "")


@cache
def _public_holidays(country: str, subdivision: str | None, year: int) -> dict[datetime.date, str]:
    try:
        found = holidays.country_holidays(country, subdiv=subdivision, years=year, language="en_US")
    except NotImplementedError as error:
        where = f"{country}-{subdivision}" if subdivision else country
        raise ReturnError(f"the public holidays of {where} are not known") from error
    return dict(found)
