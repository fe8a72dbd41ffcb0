"""Which code and which environment a run used, as digests an auditor can recompute."""

from __future__ import annotations

import importlib.metadata
import importlib.util
import platform
import sys
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from harbour.execution.manifest import digest_file, digest_json
from harbour.settings import REPOSITORY

__all__ = ["describe_environment", "digest_code", "fingerprint_code"]

PACKAGES = ("harbour", "plimsoll")
LOCK = "requirements.lock"


def digest_code(template: Path, version: str) -> str:
    """Return the digest of the template and of every source file of our two packages."""
    files = {
        f"{package}/{path.relative_to(folder).as_posix()}": digest_file(path)
        for package in PACKAGES
        for folder in [_folder_of(package)]
        for path in _sources(folder)
    }
    return digest_json({"files": files, "template": digest_file(template), "version": version})


def describe_environment() -> dict[str, Any]:
    """Return the interpreter, the lock's digest and what is truly installed (the lock is a promise)."""
    lock = REPOSITORY / LOCK
    return {
        "python": platform.python_version(),
        "platform": f"{sys.platform}-{platform.machine()}",
        "lock": digest_file(lock) if lock.is_file() else None,
        "distributions": {
            d.name: d.version
            for d in sorted(importlib.metadata.distributions(), key=lambda d: d.name.lower())
        },
    }


def fingerprint_code() -> str:
    """Return what changes whenever a source file of ours is written: to see it fast, not to prove it."""
    stamps = [
        (str(path), path.stat().st_size, path.stat().st_mtime_ns)
        for package in PACKAGES
        for path in _sources(_folder_of(package))
    ]
    return digest_json(stamps)


def _folder_of(package: str) -> Path:
    spec = importlib.util.find_spec(package)
    if spec is None or spec.origin is None:
        raise ModuleNotFoundError(package)
    return Path(spec.origin).parent


def _sources(folder: Path) -> Iterator[Path]:
    for path in sorted(folder.rglob("*")):
        hidden = any(part.startswith(".") or part == "__pycache__" for part in path.relative_to(folder).parts)
        if path.is_file() and not hidden:
            yield path
