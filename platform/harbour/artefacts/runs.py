"""Runs as the database keeps them: recorded once, never changed."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from pathlib import Path
from typing import Any, Literal

from sqlalchemy import Row

from harbour.artefacts.store import Artefacts
from harbour.db import Session, json_text
from harbour.errors import NotFound

__all__ = ["DIGEST_PARTS", "Run", "RunRecord", "Runs"]

LONGEST_MESSAGE = 4000
COLOURS = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")
CONTROLS = re.compile(r"[\x00-\x08\x0b-\x1f\x7f]")
DIGEST_PARTS = ("code", "data", "parameters", "environment", "outputs", "verdict")


@dataclass(frozen=True)
class RunRecord:
    """What an execution has to say about itself.

    Attributes
    ----------
    digests : mapping of str to str
        SHA-256 in hex of each of DIGEST_PARTS. A part may be left out (a failed run, a simulation without a
        verdict), but only a run with all of them can be submitted.
    summary : mapping
        The figures people read; JSON without NaN.
    artefacts : mapping of str to bytes or Path
        File name → content.
    """

    name: str
    template: str
    parameters: Mapping[str, Any]
    digests: Mapping[str, str]
    summary: Mapping[str, Any]
    artefacts: Mapping[str, bytes | Path] = field(default_factory=dict)
    state: Literal["succeeded", "failed"] = "succeeded"
    error_cell: int | None = None
    error_message: str | None = None


@dataclass(frozen=True)
class Run:
    """A run as kept. `executed_by` is the database login that recorded it: a kernel's own, or the worker's.

    `digest` covers everything a reviewer sees of it; the database computes it.
    """

    id: int
    name: str
    version: int
    template: str
    parameters: Mapping[str, Any]
    state: str
    maker: str
    executed_by: str | None
    digests: Mapping[str, str]
    digest: str
    summary: Mapping[str, Any]
    error_cell: int | None
    error_message: str | None
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    artefacts: Mapping[str, str]


class Runs:
    """The runs of one's organisation."""

    def __init__(self, session: Session) -> None:
        self._session = session

    def record(self, record: RunRecord) -> Run:
        """Keep a run one executed oneself, with its files; the same name again is a new version."""
        outcome = self._session.call(
            "record_run",
            name=record.name,
            template=record.template,
            parameters=json_text(dict(record.parameters)),
            result=self._result(record),
        )
        return self.get(outcome["id"])

    def again(self, run: Run) -> Run:
        """Keep a finished run once more, as the newest version of its name; its files are there already."""
        result = {
            "state": run.state,
            "digests": dict(run.digests),
            "summary": dict(run.summary),
            "artefacts": dict(run.artefacts),
            "error_cell": run.error_cell,
            "error_message": run.error_message,
        }
        outcome = self._session.call(
            "record_run",
            name=run.name,
            template=run.template,
            parameters=json_text(dict(run.parameters)),
            result=json_text(result),
        )
        return self.get(outcome["id"])

    def request(self, template: str, parameters: Mapping[str, Any], *, name: str | None = None) -> Run:
        """Queue a run for the worker and return it, queued."""
        outcome = self._session.call(
            "request_run", name=name or template, template=template, parameters=json_text(dict(parameters))
        )
        return self.get(outcome["id"])

    def finish(self, run_id: int, record: RunRecord) -> Run:
        """Keep the result of a claimed run; for the worker, acting for its maker."""
        outcome = self._session.call("finish_run", run=run_id, result=self._result(record))
        return self.get(outcome["id"])

    def get(self, run_id: int) -> Run:
        """Return a run; NotFound when there is none that one may see."""
        row = self._session.row("run", id=run_id)
        if row is None:
            raise NotFound(f"There is no run {run_id} that you may see.")
        return _run(row)

    def list(self, *, limit: int = 50, before: int | None = None) -> list[Run]:
        """Return runs, newest first; `before` is the last id of the page before."""
        return [_run(row) for row in self._session.rows("runs", limit=limit, before=before)]

    def versions(self, name: str) -> tuple[Run, ...]:
        """Return the versions of a name, newest first."""
        return tuple(_run(row) for row in self._session.rows("versions", name=name))

    def made_with(self, template: str, *, limit: int = 200) -> tuple[Run, ...]:
        """Return what succeeded with a template, newest first."""
        return tuple(_run(row) for row in self._session.rows("made_with", template=template, limit=limit))

    def _result(self, record: RunRecord) -> str:
        store = Artefacts(self._session)
        return json_text(
            {
                "state": record.state,
                "digests": dict(record.digests),
                "summary": dict(record.summary),
                "artefacts": {name: store.put(content) for name, content in sorted(record.artefacts.items())},
                "error_cell": record.error_cell,
                "error_message": _plain(record.error_message),
            }
        )


def _plain(message: str | None) -> str | None:
    """Return a message as the database can hold it: a notebook may say any bytes, and at any length."""
    if message is None:
        return None
    plain = COLOURS.sub("", message.encode("utf-8", "replace").decode("utf-8"))
    plain = CONTROLS.sub("\N{REPLACEMENT CHARACTER}", plain)
    return plain if len(plain) <= LONGEST_MESSAGE else f"{plain[:LONGEST_MESSAGE]} …"


def _run(row: Row[Any]) -> Run:
    return Run(**row._mapping)
