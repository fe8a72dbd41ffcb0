"""The analyst's workspace: save what he made, submit it."""

from __future__ import annotations

from dataclasses import replace

from harbour.artefacts import Run, RunRecord, Runs
from harbour.db import Session
from harbour.execution import RunManifest
from harbour.execution.records import record_of
from harbour.submissions import Submission, SubmissionStore

__all__ = ["Workspace"]


class Workspace:
    """What one saves and submits."""

    def __init__(self, session: Session) -> None:
        self._runs = Runs(session)
        self._submissions = SubmissionStore(session)

    def save(self, run: RunRecord | RunManifest, name: str | None = None) -> Run:
        """Keep a run under a name; the same name again is a new version, and nothing is overwritten."""
        record = record_of(run) if isinstance(run, RunManifest) else run
        return self._runs.record(record if name is None else replace(record, name=name))

    def submit(self, run_id: int, note: str = "") -> Submission:
        """Put one's own run before a reviewer."""
        return self._submissions.submit(run_id, note)
