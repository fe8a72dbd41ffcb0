"""What the worker does with one run: claim it, see that it can run, execute it as its maker, keep the result."""

from __future__ import annotations

import logging
import os
import tempfile
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path

from harbour.artefacts import ClaimedRun, RunRecord, claim
from harbour.connection import Connection, connect
from harbour.errors import (
    BadParameters,
    DatabaseError,
    NotAllowed,
    NotFound,
    RunFailed,
    RunStopped,
)
from harbour.execution import Pool, RunManifest, check_book, execute
from harbour.execution.paths import BOOKS, SAMPLE, find_artefact
from harbour.execution.records import record_of

__all__ = ["Executor"]

TIME_LIMIT = 3600.0
WATCH = 1.0
"""Seconds between two looks whether a run has been cancelled."""

log = logging.getLogger("harbour.worker")


@dataclass(frozen=True)
class Executor:
    """Executes runs; `dsn` is that of the login harbour_worker, `pool` keeps kernels prepared."""

    dsn: str
    pool: Pool | None = None

    def execute(self, run_id: int, stop: threading.Event, *, last: bool) -> None:
        """Claim a run, execute it as its maker and keep the result.

        Parameters
        ----------
        stop
            Set it to end the run; it stays claimed, for the next worker.
        last
            Keep the run as failed if even this attempt ends in an error of the platform.
        """
        try:
            with connect(self.dsn) as own:
                claimed = claim(own, run_id)
        except NotFound:
            log.info("run %s has its result already", run_id)  # its worker died between the two transactions
            return
        except NotAllowed as refusal:
            self.give_up(run_id, str(refusal))  # its maker is suspended: nobody may run in his name
            return
        log.info("run %s of %s for %s", run_id, claimed.template, claimed.member)
        try:
            with connect(self.dsn, member=claimed.member) as maker:
                self._finish(maker, claimed, stop)
        except RunStopped:
            raise
        except NotAllowed as refusal:
            self.give_up(run_id, f"its result could not be kept: {refusal}")
        except Exception as error:
            if last:
                self.give_up(run_id, f"the platform could not execute it: {error}")
            raise

    def give_up(self, run_id: int, reason: str) -> None:
        """Keep a run as failed for a reason that is not its own."""
        with connect(self.dsn) as own:
            try:
                own.session.call("abandon_run", run=run_id, reason=reason)
            except NotFound:
                return
        log.error("run %s is given up; why stands with the run", run_id)

    def _finish(self, maker: Connection, claimed: ClaimedRun, stop: threading.Event) -> None:
        with tempfile.TemporaryDirectory(prefix="plimsoll-run-") as scratch:
            record = self._execute(maker, claimed, Path(scratch), stop)
            kept = maker.runs.finish(claimed.run_id, record)
            log.info("run %s %s", kept.id, kept.state)

    def _execute(
        self, maker: Connection, claimed: ClaimedRun, scratch: Path, stop: threading.Event
    ) -> RunRecord:
        seconds, needs = self._orders(claimed.run_id)
        ended = threading.Event()
        with self._watched(claimed.run_id, stop, ended) as cancelled_by:
            try:
                _fetch_book(maker, claimed, needs, scratch / "books")
                manifest = execute(
                    claimed.template,
                    claimed.parameters,
                    scratch / "out",
                    stop=ended,
                    time_limit=seconds,
                    pool=self.pool,
                )
                return record_of(manifest, claimed.name)
            except RunFailed as failure:
                if stop.is_set() or not isinstance(failure.manifest, RunManifest):
                    raise
                record = record_of(failure.manifest, claimed.name)
                who = cancelled_by()
                return record if who is None else replace(record, error_message=f"cancelled by {who}")
            except (BadParameters, NotFound) as refusal:
                return _refused(claimed, str(refusal))

    def _orders(self, run_id: int) -> tuple[float, tuple[str, ...]]:
        with connect(self.dsn) as own:
            row = own.session.row("orders_of_run", run=run_id)
        return (TIME_LIMIT, ()) if row is None else (float(row.time_limit_seconds), tuple(row.needs))

    @contextmanager
    def _watched(
        self, run_id: int, stop: threading.Event, ended: threading.Event
    ) -> Iterator[Callable[[], str | None]]:
        """Set `ended` when the worker stops or somebody cancels the run; yield who cancelled it."""
        found: list[str] = []
        over = threading.Event()

        def watch() -> None:
            with connect(self.dsn) as own:
                while not over.wait(WATCH / 4 if stop.is_set() else WATCH):
                    try:
                        row = own.session.row("cancelled_by", run=run_id)
                    except DatabaseError as error:
                        log.warning("cannot see whether run %s is cancelled: %s", run_id, error)
                        continue
                    if row is not None and row[0] is not None:
                        found.append(str(row[0]))
                        ended.set()
                        return

        def pass_on() -> None:
            while not over.is_set():
                if stop.wait(WATCH / 4):
                    ended.set()
                    return

        threads = [threading.Thread(target=task, daemon=True) for task in (watch, pass_on)]
        for thread in threads:
            thread.start()
        try:
            yield lambda: found[0] if found else None
        finally:
            over.set()
            for thread in threads:
                thread.join()


def _refused(claimed: ClaimedRun, reason: str) -> RunRecord:
    return RunRecord(
        name=claimed.name,
        template=claimed.template,
        parameters=claimed.parameters,
        digests={},
        summary={},
        state="failed",
        error_message=reason,
    )


def _fetch_book(maker: Connection, claimed: ClaimedRun, needs: tuple[str, ...], folder: Path) -> None:
    """Put the books the run asks for where its kernel looks; the worker opens no path on a member's word."""
    folder.mkdir()
    os.environ[BOOKS] = str(folder)  # one run at a time
    for book in dict.fromkeys((str(claimed.parameters.get("book", SAMPLE)), *needs)):
        artefact = find_artefact(book)
        if artefact is None and not book.startswith(SAMPLE):
            reason = (
                "a queued run opens `sample:` and `artefact:` books: store yours with harbour.pack_book first"
            )
            raise BadParameters(f"book must not be {book!r}: {reason}")
        if artefact is not None:
            try:
                maker.artefacts.save(artefact, folder / artefact)
            except NotFound as absent:
                raise NotFound(f"the book is missing: {absent}") from absent
    for book in needs:
        if problem := check_book(book):
            raise BadParameters(f"the book {book} is not valid: {problem}")
