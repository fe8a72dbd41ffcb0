"""Start the runner in a closed environment, follow it, and leave nothing of it behind."""

from __future__ import annotations

import json
import os
import selectors
import signal
import subprocess
import sys
import tempfile
import threading
import time
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harbour.execution.paths import BOOKS

__all__ = ["FIXED", "LOGIN", "PASSED_ON", "Ending", "Event", "Started", "follow"]

Event = dict[str, Any]
PASSED_ON = (
    "HOME",
    "LD_LIBRARY_PATH",
    "PATH",
    BOOKS,
    "PLIMSOLL_DATA",
    "PLIMSOLL_DICTIONARY",
    "PLIMSOLL_RUN_MEMORY_MB",
    "PLIMSOLL_TAXONOMY",
    "TMPDIR",
    "USER",
)
"""The only variables a run sees: no login, no token, no setting of the one who started it."""
LOGIN = ("PGPASSFILE", "PLIMSOLL_DSN")
"""What a dashboard sees besides: it reads what is published, with the login of the one it runs for."""
FIXED = {
    "LANG": "C.UTF-8",
    "MPLBACKEND": "agg",
    "PYTHONHASHSEED": "0",
    "PYTHONNOUSERSITE": "1",
    "TZ": "UTC",
}
BEAT = 0.2
LAST_WORDS = 2000


@dataclass
class Ending:
    """How a run ended, as far as is known so far."""

    cell_id: str | None = None
    error: str | None = "RunnerLost"
    message: str = ""
    source: str | None = None
    words: str = ""
    """The end of what runner and kernel wrote past the notebook."""

    def hear(self, event: Event) -> None:
        """Take in one event of the runner."""
        self.cell_id = event.get("id", self.cell_id)
        if "failed" in event:
            self.error, self.message, self.source = event["failed"], event["message"], event["source"]
        if event.get("done"):
            self.error = None


class Started:
    """A runner process that waits for its orders, or works on them; it has a folder of its own."""

    def __init__(self, *options: str, passed_on: tuple[str, ...] = PASSED_ON) -> None:
        self.scratch = tempfile.TemporaryDirectory(prefix="plm-")
        self.kernel: int | None = None
        self.runner = _start(Path(self.scratch.name), options, passed_on)

    def order(self, orders: dict[str, Any]) -> None:
        """Give it its orders; a runner that is gone says so by its events' end."""
        if self.runner.stdin is not None:
            with suppress(BrokenPipeError):
                self.runner.stdin.write(json.dumps(orders) + "\n")
                self.runner.stdin.flush()

    def events(self, deadline: float, stop: threading.Event) -> Iterator[Event]:
        """Yield what it tells, until its end, the deadline (monotonic seconds) or the stop."""
        for event in _events(self.runner, deadline, stop):
            self.kernel = event.get("kernel", self.kernel)
            yield event

    def end(self) -> str:
        """End it, its kernel and its folder, and return the end of what it wrote on standard error."""
        with self.runner:
            _end(self.runner, self.kernel)
        words = (Path(self.scratch.name) / "stderr").read_text(errors="replace")[-LAST_WORDS:]
        self.scratch.cleanup()
        return words


def follow(
    orders: dict[str, Any],
    *,
    on_event: Callable[[Event], None],
    time_limit: float,
    stop: threading.Event,
    started: Started | None = None,
) -> Ending:
    """Run the orders to their end, or stop them.

    Parameters
    ----------
    orders
        template, notebook, folder, parameters of the runner.
    on_event
        Called with each event; what it raises stops the run and is raised on.
    time_limit
        Seconds, wall time, for the whole run.
    stop
        Set it from another thread to stop the run.
    started
        A prepared runner, used up by this; None starts one.
    """
    ending = Ending()
    running = started or Started()
    try:
        running.order(orders | {"environment": {BOOKS: os.environ.get(BOOKS, "")}})
        for event in running.events(time.monotonic() + time_limit, stop):
            ending.hear(event)
            on_event(event)
    finally:
        ending.words = running.end()
    if ending.error == "RunnerLost":
        ending.message = ending.words
    if stop.is_set():
        ending.error, ending.message = "Cancelled", "the run was cancelled"
    return ending


def _start(scratch: Path, options: tuple[str, ...], passed_on: tuple[str, ...]) -> subprocess.Popen[str]:
    environment = {name: os.environ[name] for name in passed_on if name in os.environ} | FIXED
    environment |= {
        "IPYTHONDIR": str(scratch),
        "JUPYTER_RUNTIME_DIR": str(scratch),
        "JUPYTER_PLATFORM_DIRS": "1",
    }
    with (scratch / "stderr").open("w") as stderr:
        return subprocess.Popen(  # noqa: S603  # our own interpreter and module
            [sys.executable, "-s", "-P", "-m", "harbour.execution.runner", *options],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=environment,
            cwd=scratch,
            encoding="utf-8",
            start_new_session=True,  # Ctrl-C reaches us alone, and we end the rest in order
        )


def _events(runner: subprocess.Popen[str], deadline: float, stop: threading.Event) -> Iterator[Event]:
    with selectors.DefaultSelector() as selector:
        stream = runner.stdout
        if stream is None:
            return
        os.set_blocking(stream.fileno(), False)
        selector.register(stream, selectors.EVENT_READ)
        pending = ""
        while not stop.is_set():
            if time.monotonic() > deadline:
                yield {"failed": "TimeLimit", "message": "the run took longer than it may", "source": None}
                return
            if not selector.select(BEAT):
                continue
            chunk = os.read(stream.fileno(), 65536)
            if not chunk:
                return
            *lines, pending = (pending + chunk.decode("utf-8")).split("\n")
            yield from (json.loads(line) for line in lines)


def _end(runner: subprocess.Popen[str], kernel: int | None) -> None:
    if runner.stdin is not None:
        with suppress(BrokenPipeError):
            runner.stdin.close()
    try:
        runner.wait(timeout=5)
    except subprocess.TimeoutExpired:
        runner.kill()
    if kernel is not None:
        with suppress(ProcessLookupError):
            os.killpg(kernel, signal.SIGKILL)
