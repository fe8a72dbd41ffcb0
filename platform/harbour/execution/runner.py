"""The process that drives one notebook with Papermill: `python -m harbour.execution.runner`.

It reads its orders as one JSON line on standard input and tells events as JSON lines on standard output.
When standard input closes, the one who asked is gone: the kernel and this process end at once.
"""

from __future__ import annotations

import json
import os
import signal
import sys
import threading
from contextlib import suppress
from typing import Any, TextIO

import papermill
from nbclient.exceptions import DeadKernelError

from harbour.execution.kernel import RunKernel

__all__ = ["main"]


class Runner:
    """One notebook being run."""

    def __init__(self, orders: dict[str, Any], events: TextIO) -> None:
        self.orders = orders
        self.events = events
        self.kernel: int | None = None

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

    def run(self) -> None:
        """Run the notebook and tell how it ended."""
        RunKernel.on_start = staticmethod(self.note_kernel)
        try:
            papermill.execute_notebook(
                self.orders["template"],
                self.orders["notebook"],
                self.orders["parameters"],
                kernel_name="python3",
                language="python",
                progress_bar=False,
                cwd=self.orders["folder"],
                kernel_manager_class=RunKernel,
                record_timing=False,
                on_cell_execute=lambda cell, cell_index: self.tell(cell=cell_index, id=cell["id"]),
            )
        except papermill.PapermillExecutionError as error:
            self.tell(failed=error.ename, message=error.evalue, source=error.source)
        except DeadKernelError:
            self.tell(failed="DeadKernelError", message="the kernel died (out of memory?)", source=None)
        else:
            self.tell(done=True)
        finally:
            self.end_kernel()


def main() -> None:
    """Take the orders, keep the event stream to ourselves, run."""
    events = os.fdopen(os.dup(1), "w", encoding="utf-8")
    os.dup2(2, 1)  # what the kernel prints past its own capture must not mix into the events
    runner = Runner(json.loads(sys.stdin.readline()), events)
    threading.Thread(target=runner.watch, daemon=True).start()
    runner.run()


if __name__ == "__main__":
    main()
