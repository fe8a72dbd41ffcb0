"""What can go wrong with a scheduled run: no false success, no silence, no double.

All cases run in one worker, one after the other, each as a schedule with a deputy and one retry. Whatever happens,
the schedule says that it failed and why, its owner and his deputy are told once each, and what there is of the
notebook is kept.
"""

# ruff: noqa: E501  # a table of cases reads best a case a line

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import nbformat
import pytest
from nbformat.v4 import new_code_cell, new_notebook
from tests.database import Harbour
from tests.integration.scheduling.conftest import PARAMETERS, WRITE
from tests.integration.scheduling.test_schedules import make_due

from harbour.execution.books import pack_book
from harbour.identity import lifecycle
from harbour.scheduling import Fire, Plan, Timing

NIGHTLY = Timing("Europe/Paris", cron="30 2 * * *")
SECONDS = 240
HIDE = "import os, signal\n"


@dataclass(frozen=True)
class Case:
    """One thing that goes wrong: the notebook's cells, and what must be said."""

    says: str
    cells: tuple[str, ...] = (WRITE,)
    cell: int | None = 1
    kept: bool = True
    """Whether there is a notebook to keep."""
    plan: dict[str, Any] = field(default_factory=dict)
    spoil: Callable[[Harbour, int, Path], object] = lambda *_: None
    """Done after the schedule is made."""


def parameter(text: str) -> Callable[[Harbour, int, Path], object]:
    """Return what changes a kept schedule's parameters, as only a superuser could."""

    def spoil(banks: Harbour, schedule: int, _: Path) -> None:
        with banks.superuser() as root:
            root.execute("UPDATE harbour.schedules SET parameters = %s WHERE id = %s", [text, schedule])

    return spoil


def remove_template(_: Harbour, __: int, template: Path) -> None:
    template.unlink()


FAST = {
    "a failing cell": Case("ZeroDivisionError: division by zero", ("amount / 0",)),
    "bytes no database holds": Case("ValueError: bad \N{REPLACEMENT CHARACTER} byte", ("raise ValueError('bad \\0 byte')",)),
    "an invalid parameter": Case("amount must be int", cell=None, kept=False, spoil=parameter('{"amount": "many"}')),
    "a missing book": Case("the book is missing", cell=None, kept=False, plan={"parameters": {"book": f"artefact:{'0' * 64}"}}),
    "a missing report": Case("there is no report template", cell=None, kept=False, spoil=remove_template),
    "a path for a book": Case("book must not be '/etc'", cell=None, kept=False, spoil=parameter('{"book": "/etc"}')),
}  # fmt: skip
SLOW = {
    "the kernel dies": Case("DeadKernelError: the kernel died", (HIDE + "os.kill(os.getpid(), signal.SIGKILL)",)),
    "a rich traceback": Case("RuntimeError: too much", ("from rich.traceback import install\ninstall(show_locals=True)\nprint('x' * 100_000)\nraise RuntimeError('\\x1b[31mtoo much')",)),
    "a message nobody can write": Case("CellExecutionError", ("raise ValueError('half \\ud800 a sign')",)),
    "an error of no known kind": Case("ValueError", ("class Strange(BaseException):\n    def __str__(self): raise ValueError\nraise Strange",)),
    "out of memory": Case("MemoryError", ("hold = bytearray(6 << 30)",)),
    "out of time": Case("TimeLimit: the run took longer than it may", ("import time\ntime.sleep(600)",), plan={"time_limit_seconds": 25}),
    "a polite exit": Case("SystemExit", ("import sys\nsys.exit(0)",)),
    "an abrupt exit": Case("DeadKernelError", (HIDE + "os._exit(0)",)),
    "an interrupt": Case("KeyboardInterrupt", ("raise KeyboardInterrupt",)),
    "a forged success": Case("ZeroDivisionError", (HIDE + "for stream in (1, 2):\n    os.write(stream, b'{\"done\": true}\\n')\n1 / 0",)),
    "a syntax error": Case("SyntaxError", ("for",)),
    "the runner is killed": Case("RunnerLost", (HIDE + "os.kill(os.getppid(), signal.SIGKILL)\nimport time\ntime.sleep(60)",)),
    "an error in the last cell": Case("NameError", (WRITE, "undefined"), cell=2),
    "a book that is none": Case("is not valid", cell=None, kept=False, plan={"needs": ("artefact:SPOILT",)}),
    "a needed book that is missing": Case("the book is missing", cell=None, kept=False, plan={"needs": (f"artefact:{'1' * 64}",)}),
}  # fmt: skip
CASES = FAST | SLOW


@contextmanager
def working(banks: Harbour, folder: Path, **variables: str) -> Iterator[subprocess.Popen[bytes]]:
    """Start a worker that sees the templates of `folder`; it is stopped at the end."""
    ours = {
        "PLIMSOLL_DSN": banks.dsn("harbour_worker"),
        "PLIMSOLL_TEMPLATES": str(folder),
        "PLIMSOLL_RUN_MEMORY_MB": "3000",
    }
    with (folder / "worker.log").open("ab") as log:
        command = [sys.executable, "-m", "harbour.services.worker"]
        worker = subprocess.Popen(command, stderr=log, env=os.environ | ours | variables)
    try:
        yield worker
    finally:
        worker.terminate()
        worker.wait(timeout=60)


def write_template(folder: Path, name: str, cells: Sequence[str]) -> Path:
    parameters = new_code_cell(PARAMETERS, id="parameters", metadata={"tags": ["parameters"]})
    steps = [new_code_cell(source, id=f"step-{number}") for number, source in enumerate(cells)]
    path = folder / name / "report.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(new_notebook(cells=[parameters, *steps], metadata={"plimsoll": {"module": name}}), path)
    return path


def wait_until(true: Callable[[], object], seconds: float = SECONDS) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "nothing came of it"
        time.sleep(0.1)


@pytest.fixture(scope="module")
def folder(tmp_path_factory) -> Path:
    return tmp_path_factory.mktemp("templates")


@pytest.fixture(autouse=True)
def templates(folder: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("PLIMSOLL_TEMPLATES", str(folder))


@pytest.fixture(scope="module")
def outcomes(banks: Harbour, folder: Path, request: pytest.FixtureRequest) -> dict[str, Fire]:
    """Run the cases that this session asks for, in one worker, and return what came of each."""
    asked = [
        item.callspec.params["name"]
        for item in request.session.items
        if getattr(item, "module", None) is request.module and "outcomes" in getattr(item, "fixturenames", ())
    ]
    with pytest.MonkeyPatch.context() as patch, banks.member("port-amelie") as amelie:
        patch.setenv("PLIMSOLL_TEMPLATES", str(folder))
        spoilt = amelie.artefacts.put(b"this is no book")
        made = {}
        for name in dict.fromkeys(asked):
            case, template = CASES[name], name.replace(" ", "_")
            path = write_template(folder, template, case.cells)
            options = dict(case.plan)
            if "needs" in options:
                options["needs"] = tuple(book.replace("SPOILT", spoilt) for book in options["needs"])
            plan = Plan(name, template, NIGHTLY, deputy="port-bruno", retries=1, backoff_seconds=1, **options)
            schedule = amelie.schedules.create(plan)
            case.spoil(banks, schedule.id, path)
            made[name] = schedule.id
            make_due(banks, schedule.id)
        with working(banks, folder):
            ended = lambda id_: [f for f in amelie.schedules.fires(id_) if f.state != "open"]  # noqa: E731
            wait_until(lambda: all(ended(id_) for id_ in made.values()), 20 * SECONDS)
            time.sleep(1)
        return {name: amelie.schedules.fires(id_) for name, id_ in made.items()}


@pytest.mark.parametrize("name", [*FAST, *(pytest.param(name, marks=pytest.mark.slow) for name in SLOW)])
def test_it_fails_is_told_and_kept(banks, outcomes, name):
    case = CASES[name]
    assert len(outcomes[name]) == 1, "no double"
    (fire,) = outcomes[name]
    assert fire.state == "failed", "no false success"
    assert len(fire.attempts) == 2, "tried again once"
    assert case.says in fire.reason
    for attempt in fire.attempts:
        assert (attempt.state, attempt.cell) == ("failed", case.cell)
        assert case.says in attempt.message
        assert ({"executed.ipynb", "report.html", "run.log"} <= set(attempt.files)) is case.kept
    for reader in ("port-amelie", "port-bruno"):
        with banks.member(reader) as told:
            about = [n for n in told.notices.list(limit=200) if n.subject == f"fire:{fire.id}"]
        assert [(notice.kind, notice.times) for notice in about] == [("run_failed", 1)], "told once"


def schedule(amelie, folder: Path, name: str, *cells: str, **options: Any) -> int:
    template = name.replace(" ", "_")
    write_template(folder, template, cells or (WRITE,))
    return amelie.schedules.create(Plan(name, template, NIGHTLY, backoff_seconds=1, **options)).id


def only_fire(amelie, schedule_id: int) -> Fire:
    (fire,) = amelie.schedules.fires(schedule_id)
    return fire


def test_cancelling_stops_the_kernel_and_is_no_failure(banks, folder):
    wait = "import os, time\nfrom pathlib import Path\nPath(os.environ['TMPDIR'], 'pid').write_text(str(os.getpid()))\ntime.sleep(600)"
    with banks.member("port-amelie") as amelie, working(banks, folder, TMPDIR=str(folder)):
        made = schedule(amelie, folder, "to be cancelled", wait, retries=2)
        amelie.schedules.run_now(made)
        pid = folder / "pid"
        wait_until(lambda: pid.exists() and pid.read_text())
        amelie.schedules.cancel(only_fire(amelie, made).attempts[0].run)
        wait_until(lambda: only_fire(amelie, made).state != "open")
        fire = only_fire(amelie, made)
        wait_until(lambda: not Path(f"/proc/{pid.read_text()}").exists())
    assert (fire.state, len(fire.attempts)) == ("cancelled", 1)
    assert fire.reason == "cancelled by Port-Amelie"
    assert "executed.ipynb" in fire.attempts[0].files


def test_a_run_queued_when_its_owner_is_suspended_ends_and_is_told(banks, folder):
    banks.add("port-irene", "analyst")
    with banks.member("port-irene") as irene:
        made = schedule(irene, folder, "orphan", deputy="port-bruno")
        irene.schedules.run_now(made)
    with banks.admin() as admin:
        lifecycle.suspend(admin, "port-irene")
    with banks.member("port-bruno") as bruno, working(banks, folder):
        wait_until(lambda: only_fire(bruno, made).state != "open")
        fire = only_fire(bruno, made)
        assert fire.state == "failed"
        assert "Port-Irene was suspended" in fire.reason
        assert [n.kind for n in bruno.notices.list(limit=50) if n.subject == f"fire:{fire.id}"] == [
            "run_failed"
        ]


@pytest.mark.slow
@pytest.mark.parametrize("kill", [signal.SIGTERM, signal.SIGKILL])
def test_a_killed_worker_loses_nothing_and_doubles_nothing(banks, folder, kill):
    mark = folder / f"begun-{kill}"
    once = f"from pathlib import Path\nimport time\nmark = Path({str(mark)!r})\nif not mark.exists():\n    mark.write_text('x')\n    time.sleep(600)"
    with banks.member("port-amelie") as amelie:
        made = schedule(amelie, folder, f"worker killed by {int(kill)}", once, WRITE, retries=0)
        make_due(banks, made)
        with working(banks, folder) as worker:
            wait_until(mark.exists)
            worker.send_signal(kill)
            worker.wait(60)
        assert only_fire(amelie, made).state == "open"
        with working(banks, folder):
            wait_until(lambda: only_fire(amelie, made).state != "open")
        fire = only_fire(amelie, made)
    assert (fire.state, len(fire.attempts)) == ("succeeded", 1)


@pytest.mark.slow
def test_a_database_that_drops_everyone_at_the_hour_loses_nothing(banks, folder):
    with banks.member("port-amelie") as amelie:
        made = schedule(amelie, folder, "in a storm", retries=0)
        stop = threading.Event()

        def drop() -> None:
            with banks.superuser() as root:
                while not stop.wait(1.5):
                    root.execute(
                        "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE usename = 'harbour_worker'"
                    )

        dropping = threading.Thread(target=drop)
        dropping.start()
        make_due(banks, made)
        deadline = time.monotonic() + 25
        while time.monotonic() < deadline:  # as the supervisor would
            with working(banks, folder) as worker:
                wait_until(lambda w=worker: w.poll() is not None or time.monotonic() > deadline)
        stop.set()
        dropping.join()
        with working(banks, folder):
            wait_until(lambda: amelie.schedules.fires(made) and only_fire(amelie, made).state != "open")
        assert only_fire(amelie, made).state == "succeeded"
        assert len(only_fire(amelie, made).attempts) == 1


@pytest.mark.slow
def test_two_workers_share_the_work_and_do_none_of_it_twice(banks, folder):
    with banks.member("port-amelie") as amelie, working(banks, folder), working(banks, folder):
        made = [schedule(amelie, folder, f"shared {number}", retries=0) for number in range(4)]
        for id_ in made:
            make_due(banks, id_)
        wait_until(
            lambda: all(
                amelie.schedules.fires(id_) and only_fire(amelie, id_).state != "open" for id_ in made
            )
        )
        assert {(only_fire(amelie, id_).state, len(only_fire(amelie, id_).attempts)) for id_ in made} == {
            ("succeeded", 1)
        }


@pytest.mark.slow
@pytest.mark.skipif(os.geteuid() != 0, reason="mounts a small disk: needs root")
def test_a_full_disk_is_said(banks, folder, tmp_path):
    disk = tmp_path / "disk"
    disk.mkdir()
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=3m", "tmpfs", str(disk)], capture_output=True, check=False
    )
    if mounted.returncode:
        pytest.skip("this machine lets nobody mount a disk")
    try:
        with banks.member("port-amelie") as amelie, working(banks, folder, TMPDIR=str(disk)):
            made = schedule(
                amelie, folder, "full disk", "open('big', 'wb').write(bytes(16 << 20))", retries=0
            )
            amelie.schedules.run_now(made)
            wait_until(lambda: only_fire(amelie, made).state != "open")
            fire = only_fire(amelie, made)
        assert fire.state == "failed"
        assert "No space left on device" in fire.reason
        assert amelie.notices.list()[0].subject == f"fire:{fire.id}"
    finally:
        subprocess.run(["umount", str(disk)], check=True)


def test_a_spent_quota_is_said(banks, folder):
    with banks.member("nordhaven-nils") as nils:
        made = schedule(nils, folder, "one too many")
        with banks.admin() as admin:
            lifecycle.set_quota(admin, "nordhaven", runs_a_day=0)
        make_due(banks, made)
        from harbour.scheduling import Clock

        Clock(banks.dsn("harbour_worker")).tick()
        with banks.admin() as admin:
            lifecycle.set_quota(admin, "nordhaven")
        fire = only_fire(nils, made)
        assert (fire.state, fire.attempts) == ("failed", ())
        assert "runs a day" in fire.reason
        assert nils.notices.list()[0].kind == "run_failed"


def test_a_packed_book_is_what_a_run_needs(banks, folder):
    """The counterpart of a book that is none: a true one passes the same check."""
    from tests.smallbook import small_book

    from harbour.execution.checking import check_book
    from harbour.execution.paths import BOOKS

    with banks.member("port-amelie") as amelie:
        kept = amelie.artefacts.put(pack_book(small_book()))
        amelie.artefacts.save(kept, folder / kept)
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv(BOOKS, str(folder))
        assert check_book(f"artefact:{kept}") is None
