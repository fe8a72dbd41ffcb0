"""Run a report notebook and record what it was: `execute`."""

from __future__ import annotations

import datetime
import json
import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat

import plimsoll
from harbour.errors import BadParameters, RunFailed, RunStopped
from harbour.execution.launch import LOGIN, PASSED_ON, Ending, Event, Started, follow
from harbour.execution.manifest import MANIFEST, CellFailure, RunManifest, digest_file, digest_json
from harbour.execution.page import INJECTED, clean_notebook, render_page
from harbour.execution.paths import absolute_book
from harbour.execution.pool import Pool
from harbour.execution.provenance import describe_environment, digest_code
from harbour.execution.templates import OUT, Template, get_template

__all__ = ["Progress", "execute", "execute_dashboard"]

Progress = Callable[[int, int, str], None]
"""Called with cells done, cells in all, and the heading being worked on."""

TIME_LIMIT = 3600.0
NOTEBOOK = "executed.ipynb"
PAGE = "report.html"
LOG = "run.log"
EXCERPT = 2000
STOPPED = {"Cancelled", "TimeLimit"}


def execute(  # noqa: PLR0913  # two things to say, and four that a caller may leave unsaid
    template: str,
    parameters: Mapping[str, object],
    out_dir: Path | str,
    *,
    progress: Progress | None = None,
    time_limit: float = TIME_LIMIT,
    stop: threading.Event | None = None,
    pool: Pool | None = None,
) -> RunManifest:
    """Run a report notebook into an empty folder and return the run's manifest.

    The notebook works inside ``out_dir`` and writes its files there; beside them come the executed
    notebook, the same as one HTML page, and ``manifest.json`` with the SHA-256 of code, data,
    parameters, environment, outputs and verdict.

    Parameters
    ----------
    template
        Name of a folder of ``notebooks/reports``, or the module code of its return (``corep_of``).
    parameters
        Values for the notebook's ``parameters`` cell, except ``out``, which is ``out_dir``.
    out_dir
        An empty or absent folder. What it raises from ``progress`` ends the run, kernel included.
    time_limit
        Seconds of wall time.
    stop
        Set it from another thread to cancel.
    pool
        Prepared runners, for a start without delay; the run is the same without.

    Raises
    ------
    NotFound
        When there is no such template.
    BadParameters
        Before anything starts, for unknown, missing or mistyped parameters, or a folder in use.
    RunFailed
        When a cell failed: its number, source and message are in ``error.manifest`` and in the folder,
        with the notebook up to there. RunStopped when cancelled or out of time.
    """
    found = get_template(template)
    values = found.check_parameters(_anchored(parameters))
    folder = _empty_folder(Path(out_dir))
    run = _Run(found, values, folder, progress or (lambda _done, _total, _heading: None))
    started = _now()
    try:
        ending = follow(
            run.orders(),
            on_event=run.tell,
            time_limit=time_limit,
            stop=stop or threading.Event(),
            started=None if pool is None else pool.take(),
        )
    except BaseException:
        run.record(Ending(cell_id=run.cell_id, error="Cancelled", message="the run was cancelled"), started)
        raise
    return _judge(run.record(ending, started))


def execute_dashboard(
    template: Template, folder: Path, *, progress: Progress | None = None, time_limit: float = TIME_LIMIT
) -> RunManifest:
    """Run a dashboard's notebook once, in a clean kernel that has the caller's own database login.

    Parameters
    ----------
    template
        Of a notebook without parameters that lies in ``folder``; what else lies there is part of the record.

    Raises
    ------
    RunFailed
        When a cell failed; RunStopped when out of time.
    """
    run = _Run(template, {}, folder, progress or (lambda _done, _total, _heading: None))
    started = _now()
    ending = follow(
        run.orders() | {"parameters": {}},
        on_event=run.tell,
        time_limit=time_limit,
        stop=threading.Event(),
        started=Started(passed_on=(*PASSED_ON, *LOGIN)),
    )
    return _judge(run.record(ending, started))


@dataclass
class _Run:
    """One run under way."""

    template: Template
    values: dict[str, Any]
    folder: Path
    progress: Progress
    cell_id: str | None = None
    log: list[str] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.code = digest_code(self.template.path, plimsoll.__version__)  # before it runs: what is about to
        self.cells: list[Any] = nbformat.read(self.template.path, as_version=4).cells
        self.positions = {cell.id: position for position, cell in enumerate(self.cells)}

    def orders(self) -> dict[str, Any]:
        """Return the runner's orders: the notebook's folder is its working folder, so it writes to ``.``."""
        return {
            "template": str(self.template.path),
            "notebook": str(self.folder / NOTEBOOK),
            "folder": str(self.folder),
            "parameters": self.values | {OUT: "."},
        }

    def tell(self, event: Event) -> None:
        """Pass a cell's start on as progress."""
        if (cell := event.get("id")) in self.positions:
            self.cell_id = cell
            self.progress(self.positions[cell], len(self.cells), self.heading(self.positions[cell]))
            self.note(f"cell {self.positions[cell]} ({self.heading(self.positions[cell])})")
        if event.get("done"):
            self.progress(len(self.cells), len(self.cells), "done")

    def note(self, what: str) -> None:
        """Write down a moment of the run."""
        self.log.append(f"{_now():%Y-%m-%d %H:%M:%S} UTC  {what}")

    def write_log(self, ending: Ending) -> None:
        """Leave beside the notebook when each cell began and what was written past it; of a failed run only."""
        self.note(f"{ending.error}: {ending.message}")
        text = "\n".join([*self.log, "", ending.words]).rstrip() + "\n"
        (self.folder / LOG).write_text(text, encoding="utf-8", errors="replace")

    def heading(self, position: int) -> str:
        """Return the last heading at or above a cell."""
        lines = [
            line
            for cell in self.cells[: position + 1]
            if cell.cell_type == "markdown"
            for line in cell.source.splitlines()
            if line.startswith("#")
        ]
        return lines[-1].lstrip("# ").strip() if lines else ""

    def failure(self, ending: Ending) -> CellFailure | None:
        """Return where the run stopped, or None when it did not."""
        if ending.error is None:
            return None
        cell = ending.cell_id if ending.cell_id != INJECTED else None
        position = self.positions.get(cell or "")
        source = ending.source or ("" if position is None else self.cells[position].source)
        heading = "" if position is None else self.heading(position)
        return CellFailure(position, heading, source[:EXCERPT], ending.error, ending.message)

    def record(self, ending: Ending, started: datetime.datetime) -> RunManifest:
        """Make the folder complete: page, digests, manifest."""
        if (self.folder / NOTEBOOK).is_file():
            clean_notebook(self.folder / NOTEBOOK)
            render_page(self.folder / NOTEBOOK, self.folder / PAGE, self.template.name)
        if ending.error is not None:
            self.write_log(ending)
        environment = describe_environment()
        outputs = _outputs(self.folder)
        failure = self.failure(ending)
        manifest = RunManifest(
            template=self.template.name,
            version=plimsoll.__version__,
            state="succeeded" if failure is None else "failed",
            parameters=self.values,
            digests={
                "code": self.code,
                "data": _book_digest(self.folder),
                "parameters": digest_json(self.values),
                "environment": digest_json(environment),
                "outputs": digest_json(outputs),
                "verdict": outputs.get("verdict.json"),
            },
            outputs=outputs,
            environment=environment,
            started=started,
            finished=_now(),
            failure=failure,
            folder=self.folder,
        )
        manifest.write()
        return manifest


def _judge(manifest: RunManifest) -> RunManifest:
    failure = manifest.failure
    if failure is None:
        return manifest
    kind = RunStopped if failure.error in STOPPED else RunFailed
    raise kind(f"{manifest.template}: {failure}", cell=failure.cell, manifest=manifest)


def _anchored(parameters: Mapping[str, object]) -> dict[str, object]:
    book = parameters.get("book")
    return dict(parameters) | ({"book": absolute_book(book)} if isinstance(book, str) else {})


def _empty_folder(folder: Path) -> Path:
    folder = folder.resolve()
    if folder.exists() and (not folder.is_dir() or any(folder.iterdir())):
        raise BadParameters(f"{folder} is in use: a run needs an empty folder of its own")
    folder.mkdir(parents=True, exist_ok=True)
    return folder


def _outputs(folder: Path) -> dict[str, str]:
    files = (path for path in folder.rglob("*") if path.is_file() and path.name != MANIFEST)
    return {
        name: digest_file(folder / name) for name in sorted(p.relative_to(folder).as_posix() for p in files)
    }


def _book_digest(folder: Path) -> str | None:
    path = folder / "summary.json"
    return str(json.loads(path.read_text(encoding="utf-8"))["book_digest"]) if path.is_file() else None


def _now() -> datetime.datetime:
    return datetime.datetime.now(datetime.UTC).replace(microsecond=0)
