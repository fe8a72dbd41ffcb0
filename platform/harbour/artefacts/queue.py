"""The worker's side of the queue: take a run, learn whose it is."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Protocol

from harbour.db import Session
from harbour.errors import NotFound

__all__ = ["ClaimedRun", "claim"]


class Holder(Protocol):
    """Anything that holds a session: a `harbour.Connection`."""

    @property
    def session(self) -> Session:
        """The way into the database."""


@dataclass(frozen=True)
class ClaimedRun:
    """A run to execute: act for `member` (his Hub name) in everything that follows."""

    run_id: int
    member: str
    organisation: str
    name: str
    template: str
    parameters: Mapping[str, Any]


def claim(worker: Holder, run_id: int) -> ClaimedRun:
    """Mark a queued run as running (again, after a crash); `worker` is `harbour_worker` itself."""
    row = worker.session.row("claim_run", run=run_id)
    if row is None:
        raise NotFound(f"Run {run_id} is not waiting to be executed.")
    return ClaimedRun(**row._mapping)
