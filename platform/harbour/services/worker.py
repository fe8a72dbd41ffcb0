"""The worker: takes queued runs, executes each as its maker, keeps the result.

A run is never lost: stopped with the worker it goes back to the queue, a dead worker's run is taken up again,
and after `ATTEMPTS` of them it is kept as failed with the reason. Start: `python -m harbour.services.worker`.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import tempfile
import threading
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

import procrastinate
from procrastinate.jobs import Job, Status
from procrastinate.retry import BaseRetryStrategy, RetryDecision

from harbour.artefacts import ClaimedRun, RunRecord, claim
from harbour.connection import Connection, connect
from harbour.db.anchors import watch
from harbour.db.server import wait_ready
from harbour.errors import BadParameters, HarbourError, NotFound, RunFailed, RunStopped
from harbour.execution import RunManifest, execute
from harbour.execution.paths import BOOKS, SAMPLE, find_artefact
from harbour.execution.records import record_of

__all__ = ["Executor", "main", "make_app"]

QUEUE = "runs"
TASK = "harbour.execute_run"
ATTEMPTS = 3
PAUSE = 10
"""Seconds before a run that met an error of the platform is tried again."""
GRACE = 15.0
"""Seconds a run may still take once the worker is asked to stop; then it goes back to the queue."""
BEAT = 5.0
DEAD = 20.0
"""Seconds without a beat after which a worker counts as dead."""
MISCONFIGURED = 78

log = logging.getLogger("harbour.worker")


@dataclass(frozen=True)
class Executor:
    """Executes runs; `dsn` is that of the login harbour_worker."""

    dsn: str

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
        log.info("run %s of %s for %s", run_id, claimed.template, claimed.member)
        try:
            with connect(self.dsn, member=claimed.member) as maker:
                self._finish(maker, claimed, stop)
        except RunStopped:
            raise
        except Exception as error:
            if last:
                self.give_up(run_id, f"the platform could not execute it: {error}")
            raise

    def _finish(self, maker: Connection, claimed: ClaimedRun, stop: threading.Event) -> None:
        with tempfile.TemporaryDirectory(prefix="plimsoll-run-") as scratch:
            try:
                _fetch_book(maker, claimed, Path(scratch) / "books")
                manifest = execute(claimed.template, claimed.parameters, Path(scratch) / "out", stop=stop)
                record = record_of(manifest, claimed.name)
            except RunFailed as failure:
                if stop.is_set() or not isinstance(failure.manifest, RunManifest):
                    raise
                record = record_of(failure.manifest, claimed.name)
            except (BadParameters, NotFound) as refusal:
                record = _refused(claimed, str(refusal))
            kept = maker.runs.finish(claimed.run_id, record)
            log.info("run %s %s", kept.id, kept.state)

    def give_up(self, run_id: int, reason: str) -> None:
        """Keep a run as failed for a reason that is not its own."""
        with suppress(NotFound), connect(self.dsn) as own:
            claimed = claim(own, run_id)
            with connect(self.dsn, member=claimed.member) as maker:
                maker.runs.finish(run_id, _refused(claimed, reason))


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


def _fetch_book(maker: Connection, claimed: ClaimedRun, folder: Path) -> None:
    """Put the book the run asks for where its kernel looks; the worker opens no path on a member's word."""
    book = str(claimed.parameters.get("book", SAMPLE))
    artefact = find_artefact(book)
    if artefact is None and not book.startswith(SAMPLE):
        reason = (
            "a queued run opens `sample:` and `artefact:` books: store yours with harbour.pack_book first"
        )
        raise BadParameters(f"book must not be {book!r}: {reason}")
    folder.mkdir()
    os.environ[BOOKS] = str(folder)  # one run at a time
    if artefact is not None:
        maker.artefacts.save(artefact, folder / artefact)


class TryAgain(BaseRetryStrategy):
    """Put a run back: at once when the worker stops, after a pause when the platform failed it."""

    def get_retry_decision(self, *, exception: BaseException, job: Job) -> RetryDecision | None:
        """Return when to try again, or None."""
        if isinstance(exception, asyncio.CancelledError):
            return RetryDecision(retry_in={"seconds": 0})
        if job.attempts + 1 < ATTEMPTS:
            return RetryDecision(retry_in={"seconds": PAUSE})
        return None


def make_app(executor: Executor) -> procrastinate.App:
    """Return the queue's application with its one task."""
    connector = procrastinate.PsycopgConnector(conninfo=executor.dsn, min_size=1, max_size=4)
    app = procrastinate.App(connector=connector)

    @app.task(name=TASK, queue=QUEUE, pass_context=True, retry=TryAgain())
    async def execute_run(context: procrastinate.JobContext, run_id: int) -> None:
        stop = threading.Event()
        last = context.job.attempts + 1 >= ATTEMPTS
        work = asyncio.create_task(asyncio.to_thread(executor.execute, run_id, stop, last=last))
        try:
            await asyncio.shield(work)
        except asyncio.CancelledError:
            stop.set()
            await asyncio.wait([work])
            if work.exception() is not None:
                raise

    return app


async def take_up_stalled(app: procrastinate.App, executor: Executor) -> None:
    """Put the runs of dead workers back in the queue, or give them up when several have died on them."""
    for job in await app.job_manager.get_stalled_jobs(queue=QUEUE, seconds_since_heartbeat=DEAD):
        if job.attempts + 1 < ATTEMPTS:
            log.warning("job %s goes back to the queue: its worker died", job.id)
            await app.job_manager.retry_job(job)
            continue
        log.error("job %s is given up: %s workers died on it", job.id, ATTEMPTS)
        reason = f"the worker died {ATTEMPTS} times while executing it"
        await asyncio.to_thread(executor.give_up, _run_of(job), reason)
        await app.job_manager.finish_job(job, Status.FAILED, delete_job=False)


def _run_of(job: Job) -> int:
    return int(str(job.task_kwargs["run_id"]))


async def _look_after(app: procrastinate.App, executor: Executor, heartbeat: Path | None) -> None:
    while True:
        await take_up_stalled(app, executor)
        if heartbeat is not None:
            heartbeat.touch()
        await asyncio.sleep(BEAT)


async def serve(app: procrastinate.App, executor: Executor, heartbeat: Path | None) -> None:
    """Work until asked to stop (SIGTERM, SIGINT)."""
    async with app.open_async():
        care = asyncio.create_task(_look_after(app, executor, heartbeat))
        work = asyncio.create_task(
            app.run_worker_async(
                queues=[QUEUE],
                concurrency=1,
                shutdown_graceful_timeout=GRACE,
                update_heartbeat_interval=BEAT,
                stalled_worker_timeout=DEAD,
                delete_jobs="successful",
            )
        )
        await asyncio.wait([care, work], return_when=asyncio.FIRST_COMPLETED)
        for task in (care, work):
            task.cancel()
        for outcome in await asyncio.gather(care, work, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome


def main() -> None:
    """Run the worker of this installation."""
    logging.basicConfig(level=logging.INFO, format="%(asctime)s %(name)s %(levelname)s %(message)s")
    dsn, heartbeat = os.environ.get("PLIMSOLL_DSN"), os.environ.get("PLIMSOLL_HEARTBEAT")
    if not dsn:
        sys.stderr.write("PLIMSOLL_DSN is not set: the worker is started by `harbour up`\n")
        raise SystemExit(MISCONFIGURED)
    try:
        wait_ready(dsn)
    except HarbourError as error:
        raise SystemExit(str(error)) from error
    executor = Executor(dsn)
    if anchors := os.environ.get("PLIMSOLL_ANCHORS"):
        # Beside the runs, which may take minutes: an approval is anchored within a second.
        keeper = threading.Thread(
            target=watch, args=(connect(dsn), Path(anchors), threading.Event()), daemon=True, name="anchors"
        )
        keeper.start()
    asyncio.run(serve(make_app(executor), executor, Path(heartbeat) if heartbeat else None))


if __name__ == "__main__":
    main()
