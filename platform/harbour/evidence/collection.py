"""Read everything about a submission, with the rights of who asks."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any
from urllib.parse import quote

from harbour.artefacts import Artefacts
from harbour.db import Session
from harbour.errors import HarbourError, NotAllowed, NotFound
from harbour.evidence.changes import list_changes

__all__ = ["Anchor", "Collection", "collect"]

Anchor = Mapping[str, Any]
"""A head of an organisation's audit chain kept outside the database: organisation, seq, hash."""

KINDS = {
    "executed_notebook": ".ipynb",
    "report_page": ".html",
    "return_with_lineage": ".return",
    "package": ".zip",
    "verdict": "verdict.json",
    "rules_used": "rules_used.json",
    "figures": "summary.json",
    "run_manifest": "manifest.json",
}
"""What a reader looks for, by how the run's file is called."""


@dataclass(frozen=True)
class Collection:
    """Plain documents by member name, and the run's files by theirs."""

    documents: Mapping[str, Any]
    events: list[dict[str, Any]]
    files: Mapping[str, Path]


def collect(session: Session, submission_id: int, folder: Path, anchors: tuple[Anchor, ...]) -> Collection:
    """Read a submission whole; the run's files go into `folder`, one by one.

    Raises
    ------
    NotFound, NotAllowed
        When who asks sees no such submission, or not all that belongs to it.
    HarbourError
        When someone acted on it meanwhile.
    """
    slice_ = _slice(session, submission_id)
    submission = _one(session, "evidence_submission", submission_id)
    run = _one(session, "evidence_run", submission["run"])
    files = _files(session, submission["run"], folder)
    held = [{"name": name, "sha256": sha, "member": member} for name, sha, member, _ in files]
    approvals = _all(session, "evidence_approvals", submission=submission_id)
    events = _all(session, "evidence_events", first=slice_["first"], last=slice_["last"])
    documents = {
        "submission.json": submission,
        "run.json": run | {"artefacts": held},
        "parameters.json": json.loads(run["parameters"]),
        "index.json": {kind: _named(held, ending) for kind, ending in KINDS.items()},
        "comments.json": _all(session, "evidence_comments", submission=submission_id),
        "approvals.json": approvals,
        "changes.json": _changes(session, run, approvals),
        "audit/slice.json": slice_ | {"head": events[-1]["hash"], "organisation": submission["organisation"]},
        "audit/anchors.json": _within(anchors, submission["organisation"], slice_),
    }
    if _slice(session, submission_id) != slice_:
        raise HarbourError("Someone acted on this submission just now: ask again.")
    return Collection(documents, events, {member: path for _, _, member, path in files})


def _slice(session: Session, submission_id: int) -> dict[str, Any]:
    _one(session, "evidence_submission", submission_id)
    row = session.row("evidence_slice", submission=submission_id)
    if row is None or row.first is None:
        raise NotAllowed(
            "Evidence holds the audit log, which you may not see: it takes a role that makes,"
            " reviews or administers."
        )
    return dict(row._mapping)


def _one(session: Session, name: str, key: int) -> dict[str, Any]:
    row = session.row(name, id=key)
    if row is None:
        raise NotFound(f"There is no submission {key} that you may see.")
    return dict(row._mapping)


def _all(session: Session, name: str, **values: object) -> list[dict[str, Any]]:
    return [dict(row._mapping) for row in session.rows(name, **values)]


def _files(session: Session, run: int, folder: Path) -> list[tuple[str, str, str, Path]]:
    store = Artefacts(session)
    found = []
    for number, row in enumerate(session.rows("evidence_artefacts", run=run)):
        path = store.save(row.sha256, folder / str(number))
        found.append((row.name, row.sha256, _member_name(row.name), path))
    return found


def _member_name(name: str) -> str:
    # A run's file may be called anything; in an archive a name must not climb out of its folder.
    parts = (quote(part, safe="") for part in name.split("/"))
    return "/".join(
        ["artefacts", *(part.replace(".", "%2E") if set(part) <= {"."} else part for part in parts)]
    )


def _named(held: list[dict[str, str]], ending: str) -> str | None:
    return next((file["member"] for file in held if file["name"].endswith(ending)), None)


def _changes(session: Session, run: Mapping[str, Any], approvals: list[dict[str, Any]]) -> dict[str, object]:
    after = json.loads(run["summary"])
    approved = [decision["decided_at"] for decision in approvals if decision["decision"] == "approve"]
    row = session.row(
        "evidence_before",
        template=run["template"],
        entity=dict(after.get("entity") or {}).get("lei", ""),
        scenario=after.get("scenario") or "",
        reference_date=after.get("reference_date") or "",
        at=approved[-1] if approved else None,
    )
    if row is None:
        return {"since": None, "figures": list_changes({}, after)}
    since = {key: value for key, value in row._mapping.items() if key != "summary"}
    return {"since": since, "figures": list_changes(row.summary, after)}


def _within(
    anchors: tuple[Anchor, ...], organisation: str, slice_: Mapping[str, Any]
) -> list[dict[str, Any]]:
    ours = {
        (anchor["seq"], anchor["hash"])
        for anchor in anchors
        if anchor["organisation"] == organisation and slice_["first"] <= anchor["seq"] <= slice_["last"]
    }
    return [{"organisation": organisation, "seq": seq, "hash": hash_} for seq, hash_ in sorted(ours)]
