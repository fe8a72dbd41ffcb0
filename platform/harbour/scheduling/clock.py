"""The clock: what is due is taken in the database once, and runs as its owner.

Any number of clocks may tick at once: whoever comes second finds the moment taken. What the platform slept through is
made up for, or skipped, as each schedule says; either way it is written down and told.
"""

from __future__ import annotations

import datetime
import logging
from dataclasses import dataclass
from typing import Any

from sqlalchemy import Row

from harbour.db import Session, json_text
from harbour.errors import BadParameters, DatabaseError, HarbourError, WrongState
from harbour.identity import names
from harbour.scheduling.schedules import parameters_at
from harbour.scheduling.timing import Timing

__all__ = ["LATE_SECONDS", "Clock"]

LATE_SECONDS = 300
"""After so long a moment counts as missed, and a waiting run as late."""

log = logging.getLogger("harbour.clock")


@dataclass(frozen=True)
class Clock:
    """Fires what is due; `dsn` is that of the login harbour_worker."""

    dsn: str

    def tick(self) -> int:
        """Fire everything due by the database's clock, tell what is late, and return how much was fired.

        Raises
        ------
        DatabaseError
            When it cannot be reached: nothing is lost, the next tick finds the same.
        """
        own = Session(self.dsn)
        fired = 0
        for due in own.rows("due_schedules"):
            try:
                fired += self._serve(own, due)
            except DatabaseError:
                raise
            except HarbourError as error:
                log.exception("schedule %s could not be fired", due.id)
                own.call(
                    "pass_due",
                    schedule=due.id,
                    claim=due.next_due,
                    due=due.next_due,
                    next=None,
                    reason=str(error),
                )
        own.row("tell_late", seconds=LATE_SECONDS)
        return fired

    def _serve(self, own: Session, due: Row[Any]) -> bool:
        timing = Timing(due.zone, due.cron, due.period, due.days_after, due.at_time, due.country)
        last, times = timing.last_due(due.next_due, due.now)
        following = _next_or_none(timing, last)
        moment = {"schedule": due.id, "claim": due.next_due, "due": last, "next": following}
        on_time = due.now - last <= datetime.timedelta(seconds=LATE_SECONDS)
        try:
            if due.able and (on_time or due.missed == "run_once"):
                values = json_text(parameters_at(due.parameters, timing, last))
                self._as_owner(due.owner, moment | {"parameters": values})
            else:
                many = f", {times} times" if times > 1 else ""
                own.call("pass_due", **moment, reason=f"The platform was down at its time{many}.")
        except WrongState:
            return False  # another worker has taken it
        log.info("schedule %s, due %s, taken", due.id, last.isoformat())
        return True

    def _as_owner(self, owner: str, moment: dict[str, object]) -> None:
        session = Session(self.dsn, role=names.role_of(owner))
        try:
            session.call("fire_due", **moment)
        finally:
            session.close()


def _next_or_none(timing: Timing, after: datetime.datetime) -> datetime.datetime | None:
    try:
        return timing.next_due(after)
    except BadParameters:
        return None
