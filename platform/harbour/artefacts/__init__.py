"""What runs leave behind: files by their SHA-256, and the runs themselves."""

from __future__ import annotations

from harbour.artefacts.queue import ClaimedRun, claim
from harbour.artefacts.runs import DIGEST_PARTS, Run, RunRecord, Runs
from harbour.artefacts.store import Artefacts

__all__ = ["DIGEST_PARTS", "Artefacts", "ClaimedRun", "Run", "RunRecord", "Runs", "claim"]
