"""A pool of prepared runners: a report starts in a kernel that has imported everything and run nothing.

Each is handed out once and ended with its run. One that was prepared from other code than is there now is thrown
away: the code that runs is the code whose digest the run records.
"""

from __future__ import annotations

import logging
import threading
import time
from collections import deque

from harbour.execution.launch import Started
from harbour.execution.provenance import fingerprint_code

__all__ = ["Pool"]

READY_SECONDS = 120.0
PAUSE = 2.0
"""Seconds that a run just started has the machine for itself."""

log = logging.getLogger("harbour.worker")


class Pool:
    """Keeps so many runners prepared; `close` ends them."""

    def __init__(self, size: int) -> None:
        self._size = size
        self._ready: deque[tuple[str, Started]] = deque()
        self._lock = threading.Lock()
        self._closed = threading.Event()
        self._filling: threading.Thread | None = None

    def fill(self, after: float = 0.0) -> None:
        """Prepare what is missing, in the background, after so many seconds."""
        with self._lock:
            busy = self._filling is not None and self._filling.is_alive()
            if self._size and not busy and not self._closed.is_set():
                self._filling = threading.Thread(
                    target=self._fill, args=(after,), daemon=True, name="warm kernels"
                )
                self._filling.start()

    def take(self) -> Started | None:
        """Return a prepared runner of today's code, or None; the next is prepared once this one is under way."""
        code = fingerprint_code()
        found = None
        while found is None and (kept := self._pop()) is not None:
            made_from, started = kept
            if made_from == code and started.runner.poll() is None:
                found = started
            else:
                started.end()
        self.fill(PAUSE if found else 0.0)
        return found

    def wait(self, seconds: float) -> bool:
        """Wait until the pool is full, and say whether it is; for tests and measurements."""
        if self._filling is not None:
            self._filling.join(seconds)
        return len(self._ready) == self._size

    def close(self) -> None:
        """End every prepared runner."""
        self._closed.set()
        if self._filling is not None:
            self._filling.join(READY_SECONDS)
        while (kept := self._pop()) is not None:
            kept[1].end()

    def _pop(self) -> tuple[str, Started] | None:
        with self._lock:
            return self._ready.popleft() if self._ready else None

    def _fill(self, after: float) -> None:
        self._closed.wait(after)
        while len(self._ready) < self._size and not self._closed.is_set():
            code = fingerprint_code()
            started = Started("--warm")
            events = started.events(time.monotonic() + READY_SECONDS, self._closed)
            if not any(event.get("ready") for event in events):
                words = started.end()
                if not self._closed.is_set():
                    log.warning("no kernel could be prepared: %s", words)
                return  # the next run starts cold, and its own error says what is wrong
            with self._lock:
                self._ready.append((code, started))
