"""The worker: takes queued runs, keeps the clock of the schedules, sends what is to be told.

A run is never lost: stopped with the worker it goes back to the queue, a dead worker's run is taken up again,
and after `ATTEMPTS` of them it is kept as failed with the reason. Start: `python -m harbour.services.worker`.
"""

from __future__ import annotations

import asyncio
import logging
import os
import sys
import threading
from collections.abc import Callable
from pathlib import Path

import procrastinate
from procrastinate.jobs import Job, Status
from procrastinate.retry import BaseRetryStrategy, RetryDecision

from harbour.connection import connect
from harbour.db.anchors import watch
from harbour.db.server import wait_ready
from harbour.errors import HarbourError
from harbour.execution import Pool
from harbour.notifications import Post, mail_server_of
from harbour.scheduling import Clock
from harbour.services.executor import Executor
from harbour.services.figures import show
from harbour.telemetry import bind, start_logging

__all__ = ["main", "make_app"]

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
    async def execute_run(context: procrastinate.JobContext, run_id: int, request: str = "") -> None:
        stop = threading.Event()
        last = context.job.attempts + 1 >= ATTEMPTS
        with bind(run=run_id, request=request):  # in each line of this run, the thread's too
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


async def _repeat(task: Callable[[], int], what: str) -> None:
    """Do it at every beat; what the database or a mail server refuses now is asked again at the next."""
    while True:
        try:
            await asyncio.to_thread(task)
        except HarbourError as error:
            log.warning("%s must wait: %s", what, error)
        await asyncio.sleep(BEAT)


async def serve(
    app: procrastinate.App, executor: Executor, heartbeat: Path | None, repeated: dict[str, Callable[[], int]]
) -> None:
    """Work until asked to stop (SIGTERM, SIGINT)."""
    async with app.open_async():
        show(dict(os.environ), executor.dsn)
        beats = [asyncio.create_task(_repeat(task, what)) for what, task in repeated.items()]
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
        tasks = [care, work, *beats]
        await asyncio.wait(tasks, return_when=asyncio.FIRST_COMPLETED)
        for task in tasks:
            task.cancel()
        for outcome in await asyncio.gather(*tasks, return_exceptions=True):
            if isinstance(outcome, Exception):
                raise outcome


def main() -> None:
    """Run the worker of this installation."""
    start_logging("worker")
    dsn, heartbeat = os.environ.get("PLIMSOLL_DSN"), os.environ.get("PLIMSOLL_HEARTBEAT")
    if not dsn:
        sys.stderr.write("PLIMSOLL_DSN is not set: the worker is started by `harbour up`\n")
        raise SystemExit(MISCONFIGURED)
    try:
        wait_ready(dsn)
    except HarbourError as error:
        raise SystemExit(str(error)) from error
    pool = Pool(int(os.environ.get("PLIMSOLL_WARM_KERNELS", "0")))
    pool.fill()
    executor = Executor(dsn, pool)
    if anchors := os.environ.get("PLIMSOLL_ANCHORS"):
        # Beside the runs, which may take minutes: an approval is anchored within a second.
        keeper = threading.Thread(
            target=watch, args=(connect(dsn), Path(anchors), threading.Event()), daemon=True, name="anchors"
        )
        keeper.start()
    post = Post(dsn, mail_server_of(os.environ), os.environ.get("PLIMSOLL_LINK_ADDRESS", ""))
    repeated = {"the clock": Clock(dsn).tick, "the post": post.deliver}
    try:
        asyncio.run(serve(make_app(executor), executor, Path(heartbeat) if heartbeat else None, repeated))
    finally:
        pool.close()


if __name__ == "__main__":
    main()
