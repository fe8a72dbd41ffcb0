"""Executes a run again and says, step by step, whether every file of it comes out the same: `reproduce`."""

from __future__ import annotations

import os
import tempfile
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path

import plimsoll
from harbour.artefacts import Artefacts, Run
from harbour.errors import BadParameters
from harbour.execution.manifest import MANIFEST, RunManifest, digest_file, digest_json, read_manifest
from harbour.execution.paths import BOOKS, find_artefact
from harbour.execution.run import NOTEBOOK, PAGE, Progress, execute
from plimsoll.reproduction import Reproduction, Step, compare_steps
from plimsoll.returns import Return

__all__ = ["fetched", "reproduce"]

RETURN, PACKAGE = ".return", ".zip"
LAST = (NOTEBOOK, PAGE)
SURROUNDINGS = ("code", "environment")


def reproduce(run: RunManifest | Path | str, *, progress: Progress | None = None) -> Reproduction:
    """Execute a run again, with its own parameters and today's program, and compare every file by its SHA-256.

    Parameters
    ----------
    run
        The run, or its folder. Its book must lie where the parameters say, or be in the folder of books.
    progress
        As `execute` takes it.

    Returns
    -------
    Reproduction
        First `record`: whether the folder still holds what the run recorded. Then the steps of its return, so that
        a drift is named by where it began, then its package, its other files, its notebook and its page.

    Raises
    ------
    BadParameters
        The run failed, or there is no run in the folder: there is nothing to come to again.
    RunFailed
        It fails today.
    """
    if isinstance(run, RunManifest):
        then = run
    elif (Path(run) / MANIFEST).is_file():
        then = read_manifest(Path(run))
    else:
        raise BadParameters(f"{run} is no folder of a run: there is no {MANIFEST} in it")
    if then.state != "succeeded":
        raise BadParameters("a run that failed has nothing to come to again: execute it anew")
    with tempfile.TemporaryDirectory(prefix="plm-again-") as scratch:
        now = execute(then.template, then.parameters, Path(scratch) / "out", progress=progress)
        steps = tuple(_steps(then, now))
    return Reproduction(steps, tuple(_step(name, then.digests, now.digests) for name in SURROUNDINGS))


@contextmanager
def fetched(run: Run, artefacts: Artefacts) -> Iterator[Path]:
    """Yield a folder with the files of a run that is kept, its book where a run looks for it."""
    before = os.environ.get(BOOKS)
    with tempfile.TemporaryDirectory(prefix="plm-kept-") as scratch:
        folder, books = Path(scratch) / "run", Path(scratch) / "books"
        for name, sha256 in run.artefacts.items():
            path = folder / name
            path.parent.mkdir(parents=True, exist_ok=True)
            artefacts.save(sha256, path)
        books.mkdir()
        if book := find_artefact(str(run.parameters.get("book", ""))):
            artefacts.save(book, books / book)
        os.environ[BOOKS] = str(books)
        try:
            yield folder
        finally:
            os.environ.pop(BOOKS)
            os.environ |= {} if before is None else {BOOKS: before}


def _steps(then: RunManifest, now: RunManifest) -> Iterator[Step]:
    yield Step("record", digest_json(then.outputs), digest_json(_held(then)))
    before, after = _return_of(then), _return_of(now)
    if before is not None and after is not None:
        yield from compare_steps(before, after)
    names = sorted({*then.outputs, *now.outputs} - set(LAST), key=lambda name: (_rank(name), name))
    for name in names:
        yield _named("package" if name.endswith(PACKAGE) else name, name, then, now)
    yield _named("notebook", NOTEBOOK, then, now)
    yield _named("page", PAGE, then, now)


def _rank(name: str) -> int:
    """Return where a file stands: the return before the package, and both before what is said of them."""
    return 0 if name.endswith(RETURN) else 1 if name.endswith(PACKAGE) else 2


def _named(step: str, name: str, then: RunManifest, now: RunManifest) -> Step:
    return Step(step, then.outputs.get(name, ""), now.outputs.get(name, ""))


def _step(name: str, then: Mapping[str, str | None], now: Mapping[str, str | None]) -> Step:
    return Step(name, then.get(name) or "", now.get(name) or "")


def _held(run: RunManifest) -> dict[str, str]:
    """Return what the files that a run recorded have for a digest today; what is gone has none."""
    paths = {name: run.folder / name for name in run.outputs}
    return {name: digest_file(path) if path.is_file() else "" for name, path in paths.items()}


def _return_of(run: RunManifest) -> Return | None:
    path = run.find_output(RETURN)
    return None if path is None or not path.is_file() else plimsoll.open_return(path)
