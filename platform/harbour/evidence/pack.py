"""Write the evidence of a submission as one signed archive. The same state of it gives the same bytes."""

from __future__ import annotations

import json
import tempfile
from dataclasses import dataclass
from pathlib import Path

from harbour.db import Session
from harbour.evidence.archive import Member, describe, write_archive
from harbour.evidence.collection import Anchor, Collection, collect
from harbour.evidence.signing import SigningKey

__all__ = ["Pack", "write_pack"]

README = """\
The evidence of one submission: what was filed, how it was made, who decided, and what the audit log says.

Check it on any computer with Python 3.9 or newer, without a network and without the product:

    python3 check_evidence.py THIS_FILE.zip --key FINGERPRINT

FINGERPRINT is that of the installation's key, as the bank gave it to you by another way than this file.
check_evidence.py is one file of standard Python that you can read.

    manifest.json      every member with its SHA-256
    signature.json     Ed25519 over the bytes of manifest.json
    submission.json    the submission; run.json the run behind it; index.json where to find which file
    parameters.json    comments.json    approvals.json
    changes.json       the figures beside those of the last approved period
    audit/             the part of the hash chain from the first to the last event about it, and anchors
    artefacts/         the run's files: package, executed notebook, page, return with lineage, verdict
"""


@dataclass(frozen=True)
class Pack:
    """An evidence archive as written."""

    path: Path
    sha256: str
    fingerprint: str
    members: tuple[str, ...]


def write_pack(
    session: Session, submission_id: int, folder: Path, key: SigningKey, *, anchors: tuple[Anchor, ...] = ()
) -> Pack:
    """Write `evidence-<organisation>-<submission>.zip` into a folder.

    Parameters
    ----------
    session
        Of who asks: he gets what he may see, or NotAllowed.
    folder
        Made when absent; a pack of that name in it is replaced once the new one is whole.
    anchors
        Heads of audit chains kept outside the database; those within the slice go in.
    """
    folder.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(prefix=".evidence-", dir=folder) as scratch:
        collected = collect(session, submission_id, Path(scratch), anchors)
        members = _members(collected, key)
        draft = Path(scratch) / "pack.zip"
        write_archive(draft, members)
        organisation = collected.documents["submission.json"]["organisation"]
        path = folder / f"evidence-{organisation}-{submission_id}.zip"
        whole = describe(path.name, draft)
        draft.replace(path)
    return Pack(path, whole.sha256, key.fingerprint, tuple(member.name for member in members))


def _members(collected: Collection, key: SigningKey) -> list[Member]:
    contents: dict[str, bytes | Path] = {"README.txt": README.encode()}
    contents |= {name: _text(document) for name, document in collected.documents.items()}
    contents["audit/events.jsonl"] = b"".join(_line(event) for event in collected.events)
    contents |= collected.files
    members = [describe(name, contents[name]) for name in sorted(contents)]
    submission = collected.documents["submission.json"]
    manifest = _text(
        {
            "format": "plimsoll evidence 1",
            "organisation": submission["organisation"],
            "submission": submission["id"],
            "digest": submission["digest"],
            "members": [{"name": m.name, "size": m.size, "sha256": m.sha256} for m in members],
        }
    )
    signature = _text(
        {
            "algorithm": "Ed25519",
            "fingerprint": key.fingerprint,
            "public_key": key.public.hex(),
            "signature": key.sign(manifest).hex(),
        }
    )
    return [describe("manifest.json", manifest), describe("signature.json", signature), *members]


def _text(document: object) -> bytes:
    return (
        json.dumps(document, ensure_ascii=False, indent=1, sort_keys=True, allow_nan=False) + "\n"
    ).encode()


def _line(event: object) -> bytes:
    return (json.dumps(event, ensure_ascii=False) + "\n").encode()
