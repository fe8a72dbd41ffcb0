"""Which past reference dates a correction is filed again for.

References
----------
EBA Guidelines on resubmission of historical data under the EBA reporting framework (EBA/GL/2024/04), paragraph 8.
"""

from __future__ import annotations

import datetime
from dataclasses import dataclass

from plimsoll import rules
from plimsoll.returns.calendar import frequency_of

__all__ = ["Resubmission", "plan_resubmission"]

_MONTHS = {"monthly": 1, "quarterly": 3, "semi_annual": 6, "annual": 12}


@dataclass(frozen=True)
class Resubmission:
    """What a correction means for one module.

    Attributes
    ----------
    module, frequency
        What is filed again.
    current
        The reference date of the current data, which is always filed again.
    past
        The past reference dates to be filed again, the oldest first.
    beyond
        Reference dates the error touches that lie further back than the guidelines ask for; the authority may
        still ask for them.
    article
        The paragraph it answers to.
    """

    module: str
    frequency: str
    current: datetime.date
    past: tuple[datetime.date, ...]
    beyond: tuple[datetime.date, ...]
    article: str

    @property
    def dates(self) -> tuple[datetime.date, ...]:
        """Every date to be filed again, the oldest first."""
        return (*self.past, self.current)


def plan_resubmission(
    module: str,
    current: datetime.date,
    *,
    wrong_since: datetime.date | None = None,
    small: bool = False,
) -> Resubmission:
    """Return which reference dates of a module a correction is filed again for.

    Parameters
    ----------
    module
        The module's code, such as `COREP_OF`.
    current
        The reference date of the current data: the last one filed.
    wrong_since
        The first reference date the error touches; every date looked back to, when omitted.
    small
        Whether the institution is small and non-complex (its liquidity metrics are quarterly).

    Raises
    ------
    ReturnError
        The module's frequency is not known.
    """
    in_force = rules.on(current)
    frequency = frequency_of(module, current, small=small)
    rule = in_force["reporting.resubmission.past_dates"]
    oldest = _back(current, int(rule.names[frequency]) * _MONTHS[frequency])
    if frequency == "monthly":
        oldest = min(oldest, _year_end_before(current))
    touched = _dates(wrong_since or oldest, current, _MONTHS[frequency])
    return Resubmission(
        module=module.upper(),
        frequency=frequency,
        current=current,
        past=tuple(day for day in touched if day >= oldest),
        beyond=tuple(day for day in touched if day < oldest),
        article=rule.article,
    )


def _year_end_before(current: datetime.date) -> datetime.date:
    month, day = map(
        int, str(rules.on(current)["reporting.resubmission.monthly_to_year_end"].value).split("-")
    )
    return datetime.date(current.year - 1, month, day)


def _back(current: datetime.date, months: int) -> datetime.date:
    """Return the month end so many months before a month end."""
    first_after = current.year * 12 + current.month - months  # months since year 0, of the month after
    return datetime.date(first_after // 12, first_after % 12 + 1, 1) - datetime.timedelta(days=1)


def _dates(since: datetime.date, current: datetime.date, step: int) -> tuple[datetime.date, ...]:
    """Return the reference dates from `since` up to the current one, which is left out, the oldest first."""
    found = []
    months = step
    while (day := _back(current, months)) >= since:
        found.append(day)
        months += step
    return tuple(reversed(found))
