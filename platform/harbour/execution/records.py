"""A finished run as the database takes it."""

from __future__ import annotations

from harbour.artefacts import RunRecord
from harbour.execution.manifest import MANIFEST, RunManifest

__all__ = ["record_of"]


def record_of(manifest: RunManifest, name: str | None = None) -> RunRecord:
    """Return the record of a run: its digests and figures, and every file of its folder.

    Parameters
    ----------
    manifest
        Of a run whose folder is still there.
    name
        What to keep it under; None: the template's name.
    """
    files = {output: manifest.folder / output for output in manifest.outputs}
    failure = manifest.failure
    return RunRecord(
        name=name or manifest.template,
        template=manifest.template,
        parameters=manifest.parameters,
        digests={part: digest for part, digest in manifest.digests.items() if digest is not None},
        summary=manifest.summary(),
        artefacts=files | {MANIFEST: manifest.folder / MANIFEST},
        state=manifest.state,
        error_cell=None if failure is None else failure.cell,
        error_message=None if failure is None else str(failure),
    )
