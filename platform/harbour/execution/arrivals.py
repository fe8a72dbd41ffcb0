"""Books on their way in: where a member's files are put as they arrive, and the process that examines them."""

from __future__ import annotations

import contextlib
import json
import os
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from harbour.errors import BadParameters, RunFailed, RunStopped
from harbour.execution.launch import FIXED, PASSED_ON
from harbour.execution.unpacking import LIMITS

__all__ = ["PACKED", "PROBLEMS", "REPORT", "Arrival", "Offered"]

PACKED, PROBLEMS, REPORT = "book.zip", "problems.csv", "report.json"
AT_ONCE = threading.BoundedSemaphore(2)
"""Books examined at the same time in one service: each may take a processor and gigabytes."""
SECONDS = 900
BEAT = 0.2


@dataclass(frozen=True)
class Offered:
    """A file that is about to be sent."""

    name: str
    size: int


class Arrival:
    """Files of one member, in a folder of their own, until the book is kept or given up; a context manager."""

    def __init__(self, offered: Sequence[Offered]) -> None:
        """Prepare for files; BadParameters for none, too many or too much, and for names that are no file's."""
        size = sum(file.size for file in offered)
        if not offered or len(offered) > LIMITS.files:
            raise BadParameters(f"Choose one to {LIMITS.files} files.")
        if size > LIMITS.sent:
            raise BadParameters(
                f"The files have {size >> 20} MiB: at most {LIMITS.sent >> 20} MiB are taken in."
            )
        for file in offered:
            if file.size < 0 or not file.name or file.name in {".", ".."} or set(file.name) & set("/\\:\0"):
                raise BadParameters(f"{file.name!r} is no name of a file.")
        if len({file.name for file in offered}) < len(offered):
            raise BadParameters("Two of the files have the same name.")
        self.offered, self.size = tuple(offered), size
        self.received = 0
        self.folder = Path(tempfile.mkdtemp(prefix="plm-import-"))
        (self.folder / "sent").mkdir()
        self._child: subprocess.Popen[str] | None = None
        self._stopped = threading.Event()
        for file in offered:
            self._sent(file).touch()

    @property
    def wanted(self) -> tuple[int, int] | None:
        """Return the next piece: number of the file and first byte; None once everything is there."""
        for number, file in enumerate(self.offered):
            have = self._sent(file).stat().st_size
            if have < file.size:
                return number, have
        return None

    def take(self, number: int, position: int, content: bytes) -> None:
        """Add the piece that is wanted; BadParameters for any other, or for more than was offered."""
        if self.wanted != (number, position) or not content:
            raise BadParameters("The file did not arrive as it was offered: choose it again.")
        file = self.offered[number]
        if position + len(content) > file.size:
            raise BadParameters("The file did not arrive as it was offered: choose it again.")
        with self._sent(file).open("ab") as stream:
            stream.write(content)
        self.received += len(content)

    def examine(self, stated: Mapping[str, str], tell: Callable[[str], None]) -> dict[str, Any]:
        """Return what the examination says (`harbour.execution.importing`); it blocks until then.

        Raises
        ------
        RunStopped
            Somebody called `stop`. RunFailed when the examination ended without an answer.
        """
        tell("turn")
        while not AT_ONCE.acquire(timeout=BEAT):
            self._check_running()
        try:
            self._check_running()
            return self._examine(stated, tell)
        finally:
            AT_ONCE.release()

    def _examine(self, stated: Mapping[str, str], tell: Callable[[str], None]) -> dict[str, Any]:
        environment = {name: os.environ[name] for name in PASSED_ON if name in os.environ} | FIXED
        command = [sys.executable, "-s", "-P", "-m", "harbour.execution.importing"]
        files = [str(self._sent(file)) for file in self.offered]
        orders = {"files": files, "folder": str(self.folder), "stated": dict(stated)}
        with (self.folder / "words").open("w") as words:
            self._child = subprocess.Popen(  # noqa: S603  # our own interpreter and module
                command,
                stdin=subprocess.PIPE,
                stdout=subprocess.PIPE,
                stderr=words,
                env=environment,
                cwd=self.folder,
                encoding="utf-8",
                start_new_session=True,
            )
        clock = threading.Timer(SECONDS, self._kill)
        clock.start()
        try:
            with self._child as child:
                if child.stdin is not None and child.stdout is not None:
                    with contextlib.suppress(BrokenPipeError):
                        child.stdin.write(json.dumps(orders) + "\n")
                        child.stdin.close()
                    for line in child.stdout:
                        tell(str(json.loads(line)["step"]))
        finally:
            clock.cancel()
        self._check_running()
        report = self.folder / REPORT
        if not report.is_file():
            raise RunFailed(
                "The book could not be read to its end: it needs more time or memory than a book may."
            )
        found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
        return found

    def _check_running(self) -> None:
        if self._stopped.is_set():
            raise RunStopped("The import was cancelled.")

    @property
    def packed(self) -> Path:
        """Return the valid book as one file, for the store."""
        return self.folder / PACKED

    def problems(self) -> bytes:
        """Return every problem as CSV."""
        return (self.folder / PROBLEMS).read_bytes()

    def stop(self) -> None:
        """End the examination, if one runs, and take no more pieces."""
        self._stopped.set()
        self._kill()

    def close(self) -> None:
        """Stop, and leave nothing on the disk."""
        self.stop()
        shutil.rmtree(self.folder, ignore_errors=True)

    def _kill(self) -> None:
        if self._child is not None and self._child.poll() is None:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(self._child.pid, signal.SIGKILL)

    def _sent(self, file: Offered) -> Path:
        return self.folder / "sent" / file.name
