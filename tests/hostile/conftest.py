"""Two banks with work under way, for attackers with real logins and raw SQL."""

from __future__ import annotations

from dataclasses import dataclass

import pytest
from tests.database import Harbour, banks, postgres, record, records

from harbour.artefacts import Run
from harbour.submissions import Submission

__all__ = ["banks", "postgres", "record"]


@dataclass(frozen=True)
class Scene:
    """What the attackers are after."""

    banks: Harbour
    amelies: Submission
    brunos: Submission
    brunos_run: Run
    nilss: Submission
    nilss_run: Run
    published: Submission


@pytest.fixture(scope="session")
def scene(banks: Harbour) -> Scene:
    """Put a submission of each analyst before the reviewers, and publish one more in each bank."""
    found: dict[str, Submission] = {}
    runs: dict[str, Run] = {}
    for maker in ("port-amelie", "port-bruno", "nordhaven-nils"):
        with banks.member(maker) as analyst:
            runs[maker] = analyst.workspace.save(records(f"secret of {maker}"))
            found[maker] = analyst.workspace.submit(runs[maker].id, "please review")
    with banks.member("port-amelie") as analyst:
        other = analyst.workspace.submit(analyst.workspace.save(records("published")).id, "please review")
    with banks.member("port-chloe") as reviewer:
        published = reviewer.submissions.approve(other.id, other.digest)
    return Scene(
        banks,
        found["port-amelie"],
        found["port-bruno"],
        runs["port-bruno"],
        found["nordhaven-nils"],
        runs["nordhaven-nils"],
        published,
    )
