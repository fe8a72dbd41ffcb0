"""The analyst's workspace: save what he made, submit it."""

from __future__ import annotations

import io
import math
from dataclasses import replace
from typing import TYPE_CHECKING

from harbour.artefacts import Run, RunRecord, Runs
from harbour.db import Session
from harbour.submissions import Submission, SubmissionStore

if TYPE_CHECKING:
    from harbour.execution import RunManifest
    from plimsoll.simulation import Result

__all__ = ["Workspace"]

SIMULATION = "simulation"
RATIOS = ("cet1_ratio", "tier1_ratio", "total_ratio")
AMOUNTS = ("cet1", "tier1", "own_funds", "rwa")


class Workspace:
    """What one saves and submits."""

    def __init__(self, session: Session) -> None:
        self._runs = Runs(session)
        self._submissions = SubmissionStore(session)

    def save(self, made: RunRecord | RunManifest | Result, name: str | None = None) -> Run:
        """Keep a run or a simulation; the same name again is a new version, and nothing is overwritten.

        Parameters
        ----------
        made : RunManifest, RunRecord or Result
            What `harbour.execute` returned, a record of one's own, or a simulation. A simulation is kept to
            look at and compare: it has no package and no verdict, so it cannot be submitted.
        name : str, optional
            Default: the record's own, or the template's.
        """
        if isinstance(made, RunRecord):
            return self._runs.record(made if name is None else replace(made, name=name))
        # The notebook machinery is for who has executed something; a dashboard never loads it.
        from harbour.execution import RunManifest  # noqa: PLC0415  # see above
        from harbour.execution.records import record_of  # noqa: PLC0415  # see above

        if isinstance(made, RunManifest):
            return self._runs.record(record_of(made, name))
        return self._runs.record(_record_of_simulation(made, name or SIMULATION))

    def submit(self, run_id: int, note: str = "") -> Submission:
        """Put one's own run before a reviewer."""
        return self._submissions.submit(run_id, note)


def _record_of_simulation(result: Result, name: str) -> RunRecord:
    entity, date = result.book.entity, result.book.reference_date.isoformat()
    lines = io.BytesIO()
    result.lines.to_parquet(lines, index=False)
    return RunRecord(
        name=name,
        template=SIMULATION,
        parameters={"scenario": result.scenario.name, "entity": entity.lei, "reference_date": date},
        digests={"data": result.book.digest},
        summary={
            "entity": {"name": entity.name, "lei": entity.lei, "scope": entity.scope},
            "reference_date": date,
            "scenario": result.scenario.name,
            "ratios": {ratio: _number(result.ratios.get(ratio)) for ratio in RATIOS},
            "amounts": {amount: _number(result.ratios.get(amount)) for amount in AMOUNTS},
            "notices": list(result.notices),
            "book_digest": result.book.digest,
            "rules_digest": result.rules.digest,
        },
        artefacts={"lines.parquet": lines.getvalue()},
    )


def _number(value: float | None) -> float | None:
    """Return a number JSON can hold: None for what is absent or not a number."""
    return None if value is None or math.isnan(value) else float(value)
