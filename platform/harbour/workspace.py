"""The analyst's workspace: save what he made, submit it."""

from __future__ import annotations

from dataclasses import replace

from harbour.artefacts import Run, RunRecord, Runs
from harbour.db import Session
from harbour.execution import RunManifest
from harbour.submissions import Submission, SubmissionStore

__all__ = ["Workspace", "record_of"]


def record_of(manifest: RunManifest, name: str | None = None) -> RunRecord:
    """Return what is kept of an executed report: its digests, figures, and every file of its folder."""
    failure = manifest.failure
    paths = {path.name: path for path in (manifest.folder / "manifest.json",) if path.is_file()}
    paths |= {file: manifest.folder / file for file in manifest.outputs}
    return RunRecord(
        name=name or manifest.template,
        template=manifest.template,
        parameters=manifest.parameters,
        digests={part: digest for part, digest in manifest.digests.items() if digest is not None},
        summary=manifest.summary(),
        artefacts=paths,
        state=manifest.state,
        error_cell=None if failure is None else failure.cell,
        error_message=None if failure is None else str(failure),
    )


class Workspace:
    """What one saves and submits."""

    def __init__(self, session: Session) -> None:
        self._runs = Runs(session)
        self._submissions = SubmissionStore(session)

    def save(self, made: RunRecord | RunManifest, name: str | None = None) -> Run:
        """Keep a run under a name; the same name again is a new version, and nothing is overwritten.

        Parameters
        ----------
        made : RunManifest or RunRecord
            What `harbour.execute` returned, or a record of one's own.
        name : str, optional
            Default: the record's own, or the template's.
        """
        if isinstance(made, RunManifest):
            return self._runs.record(record_of(made, name))
        return self._runs.record(made if name is None else replace(made, name=name))

    def submit(self, run_id: int, note: str = "") -> Submission:
        """Put one's own run before a reviewer."""
        return self._submissions.submit(run_id, note)
