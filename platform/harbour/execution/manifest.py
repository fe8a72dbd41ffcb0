"""What a run was: the digests of everything that went in and came out, and where it stopped if it did."""

from __future__ import annotations

import datetime
import hashlib
import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any, Literal

__all__ = ["CellFailure", "RunManifest", "canonical_json", "digest_file", "digest_json", "read_manifest"]

MANIFEST = "manifest.json"
PARTS = ("code", "data", "parameters", "environment", "outputs", "verdict")


@dataclass(frozen=True)
class CellFailure:
    """Where a run stopped: the cell of the template (from 0), its source and what it said."""

    cell: int | None
    heading: str
    source: str
    error: str
    message: str

    def __str__(self) -> str:
        """Return the sentence a person reads."""
        where = "before its first cell" if self.cell is None else f"at cell {self.cell}"
        under = f" ({self.heading})" if self.heading else ""
        return f"the notebook stopped {where}{under}: {self.error}: {self.message}"


@dataclass(frozen=True)
class RunManifest:
    """The record of one run; `digests` holds a SHA-256 for each of `PARTS` (None: there was nothing)."""

    template: str
    version: str
    state: Literal["succeeded", "failed"]
    parameters: Mapping[str, Any]
    digests: Mapping[str, str | None]
    outputs: Mapping[str, str]
    """Every file of the run, name → SHA-256, by name."""
    environment: Mapping[str, Any]
    started: datetime.datetime
    finished: datetime.datetime
    failure: CellFailure | None = None
    folder: Path = field(default=Path(), compare=False)

    @property
    def digest(self) -> str:
        """Return one SHA-256 over all parts: what an approval binds to. Times are not part of it."""
        return digest_json({part: self.digests[part] for part in PARTS})

    def find_output(self, suffix: str) -> Path | None:
        """Return the run's file whose name ends so, or None."""
        return next((self.folder / name for name in self.outputs if name.endswith(suffix)), None)

    def summary(self) -> dict[str, Any]:
        """Return the figures the dashboards show; empty for a run that stopped before writing them."""
        path = self.folder / "summary.json"
        return dict(json.loads(path.read_text(encoding="utf-8"))) if path.is_file() else {}

    def as_json(self) -> dict[str, Any]:
        """Return the manifest as plain data."""
        plain = {key: value for key, value in asdict(self).items() if key != "folder"}
        times = {key: plain[key].isoformat(timespec="seconds") for key in ("started", "finished")}
        return plain | times | {"digest": self.digest}

    def write(self) -> Path:
        """Write ``manifest.json`` beside the outputs and return its path."""
        path = self.folder / MANIFEST
        text = json.dumps(self.as_json(), indent=1, sort_keys=True, ensure_ascii=False)
        path.write_text(text + "\n", encoding="utf-8")
        return path


def read_manifest(folder: Path) -> RunManifest:
    """Read back the manifest of a run's folder."""
    plain = json.loads((folder / MANIFEST).read_text(encoding="utf-8"))
    plain.pop("digest")
    times = {key: datetime.datetime.fromisoformat(plain[key]) for key in ("started", "finished")}
    failure = CellFailure(**plain["failure"]) if plain["failure"] else None
    return RunManifest(**plain | times | {"failure": failure, "folder": folder})


def canonical_json(value: object) -> bytes:
    """Return the one spelling of plain data: sorted keys, no spaces, UTF-8, no NaN."""
    text = json.dumps(value, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False)
    return text.encode("utf-8")


def digest_json(value: object) -> str:
    """Return the SHA-256 of plain data in its canonical spelling."""
    return hashlib.sha256(canonical_json(value)).hexdigest()


def digest_file(path: Path) -> str:
    """Return the SHA-256 of a file's bytes."""
    with path.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()
