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

__all__ = ["Ending", "Event", "follow"]

Event = dict[str, Any]
PASSED_ON = (
    "HOME",
    "LD_LIBRARY_PATH",
    "PATH",
    BOOKS,
    "PLIMSOLL_DATA",
    "PLIMSOLL_DICTIONARY",
    "PLIMSOLL_TAXONOMY",
    "TMPDIR",
    "USER",
)
"""The only variables a run sees: no login, no token, no setting of the one who started it."""
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
    kernel: int | None = None

    def hear(self, event: Event) -> None:
        """Take in one event of the runner."""
        self.cell_id = event.get("id", self.cell_id)
        self.kernel = event.get("kernel", self.kernel)
        if "failed" in event:
            self.error, self.message, self.source = event["failed"], event["message"], event["source"]
        if event.get("done"):
            self.error = None


def follow(
    orders: dict[str, Any],
    *,
    on_event: Callable[[Event], None],
    time_limit: float,
    stop: threading.Event,
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
    """
    ending = Ending()
    with tempfile.TemporaryDirectory(prefix="plm-") as scratch, _start(orders, Path(scratch)) as runner:
        try:
            for event in _events(runner, time.monotonic() + time_limit, stop):
                ending.hear(event)
                on_event(event)
        finally:
            _end(runner, ending.kernel)
        if ending.error == "RunnerLost":
            ending.message = (Path(scratch) / "stderr").read_text(errors="replace")[-LAST_WORDS:]
    if stop.is_set():
        ending.error, ending.message = "Cancelled", "the run was cancelled"
    return ending


def _start(orders: dict[str, Any], scratch: Path) -> subprocess.Popen[str]:
    environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ} | FIXED
    environment |= {
        "IPYTHONDIR": str(scratch),
        "JUPYTER_RUNTIME_DIR": str(scratch),
        "JUPYTER_PLATFORM_DIRS": "1",
    }
    with (scratch / "stderr").open("w") as stderr:
        runner = subprocess.Popen(
            [sys.executable, "-s", "-P", "-m", "harbour.execution.runner"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=stderr,
            env=environment,
            encoding="utf-8",
            start_new_session=True,  # Ctrl-C reaches us alone, and we end the rest in order
        )
    if runner.stdin is not None:
        runner.stdin.write(json.dumps(orders) + "\n")
        runner.stdin.flush()
    return runner


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
