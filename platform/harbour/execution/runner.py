"""The process that drives one notebook with Papermill: `python -m harbour.execution.runner`.

It reads its orders as one JSON line on standard input and tells events as JSON lines on standard output.
When standard input closes, the one who asked is gone: the kernel and this process end at once. Started with
`--warm` it prepares a kernel before the orders come, tells that it is ready, and runs one notebook in it, once.
"""

from __future__ import annotations

import json
import os
import re
import resource
import signal
import sys
import threading
from contextlib import suppress
from typing import Any, TextIO

import nbformat
import papermill
from jupyter_core.utils import run_sync
from nbclient.exceptions import DeadKernelError
from nbformat import NotebookNode

from harbour.execution.kernel import RunKernel, WarmKernel

__all__ = ["main"]

START_SECONDS = 60
LONGEST_LINE = 500
ANSI = re.compile(r"\x1b\[[0-9;]*[A-Za-z]")


class Runner:
    """One notebook being run."""

    def __init__(self, orders: dict[str, Any], events: TextIO) -> None:
        self.orders = orders
        self.events = events
        self.kernel: int | None = None
        self.prepared: WarmKernel | None = None

    def tell(self, **event: object) -> None:
        """Send one event to the one who asked."""
        self.events.write(json.dumps(event) + "\n")
        self.events.flush()

    def note_kernel(self, pid: int) -> None:
        """Remember the kernel, so that it can be ended."""
        self.kernel = pid
        self.tell(kernel=pid)

    def end_kernel(self) -> None:
        """End the kernel and whatever it started: they share one session."""
        if self.kernel is not None:
            with suppress(ProcessLookupError):
                os.killpg(self.kernel, signal.SIGKILL)

    def watch(self) -> None:
        """Wait for the one who asked to go away."""
        sys.stdin.read()
        self.end_kernel()
        os._exit(1)

    def prepare(self) -> None:
        """Start the kernel that the notebook will have, and wait until it answers."""
        self.prepared = WarmKernel()
        run_sync(self.prepared.start_kernel)()
        client = self.prepared.client()
        client.start_channels()
        run_sync(client.wait_for_ready)(timeout=START_SECONDS)

    def run(self) -> None:
        """Run the notebook and tell how it ended."""
        try:
            executed = papermill.execute_notebook(
                self.orders["template"],
                self.orders["notebook"],
                self.orders["parameters"],
                kernel_name="python3",
                language="python",
                progress_bar=False,
                cwd=self.orders["folder"],
                record_timing=False,
                on_cell_execute=lambda cell, cell_index: self.tell(cell=cell_index, id=cell["id"]),
                **self._kernel(),
            )
        except papermill.PapermillExecutionError as error:
            message = error.evalue or self.last_line(error.source)
            self.tell(failed=error.ename, message=message, source=error.source)
        except DeadKernelError:
            self.tell(failed="DeadKernelError", message="the kernel died (out of memory?)", source=None)
        else:
            self.tell(**_ending(executed))
        finally:
            self.end_kernel()

    def last_line(self, source: str) -> str:
        """Return the last line a cell printed: where a traceback of its own making says what went wrong."""
        executed = nbformat.read(self.orders["notebook"], as_version=4)
        outputs = [out for cell in executed.cells if cell.source == source for out in cell.get("outputs", ())]
        text = "\n".join(out.get("text") or out.get("data", {}).get("text/plain", "") for out in outputs)
        lines = [line.strip() for line in ANSI.sub("", text).splitlines() if line.strip()]
        return lines[-1][:LONGEST_LINE] if lines else "it said nothing"

    def _kernel(self) -> dict[str, Any]:
        """Return how Papermill comes to its kernel: the prepared one, moved to where a fresh one would be."""
        if self.prepared is None:
            return {"kernel_manager_class": RunKernel}
        folder, variables = self.orders["folder"], self.orders["environment"]
        move = f"[__import__('os').chdir({folder!r}), __import__('os').environ.update({variables!r})]"
        # Silent and without history: the notebook's own first cell is still the first.
        run_sync(self.prepared.client().execute_interactive)(
            move, silent=True, store_history=False, allow_stdin=False, timeout=START_SECONDS
        )
        return {"km": self.prepared}


def _ending(executed: NotebookNode) -> dict[str, Any]:
    """Return how a notebook ended that Papermill calls done: a polite exit is done to it, and not to us."""
    for cell in executed.cells:
        for output in cell.get("outputs", ()):
            if output.output_type == "error":
                return {"failed": output.ename, "message": output.evalue, "source": cell.source}
    return {"done": True}


def main() -> None:
    """Take the orders, keep the event stream to ourselves, run."""
    events = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what the kernel prints past its own capture must not mix into the events
    if megabytes := os.environ.pop("PLIMSOLL_RUN_MEMORY_MB", ""):
        most = int(megabytes) * 2**20
        resource.setrlimit(resource.RLIMIT_DATA, (most, most))  # the kernel inherits it
    runner = Runner({}, events)
    RunKernel.on_start = staticmethod(runner.note_kernel)
    if "--warm" in sys.argv:
        runner.prepare()
        runner.tell(ready=True)
    orders = sys.stdin.readline()
    if not orders:
        runner.end_kernel()
        os._exit(0)  # an open channel of the kernel would hold an ordinary exit up
    runner.orders = json.loads(orders)
    threading.Thread(target=runner.watch, daemon=True).start()
    runner.run()


if __name__ == "__main__":
    main()
