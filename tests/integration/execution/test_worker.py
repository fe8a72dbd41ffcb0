"""The worker executes what members ask for, as them, and loses nothing."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from pathlib import Path

import pytest

from harbour.errors import NotAllowed, NotFound

PARAMETERS = 'amount: int = 1\nbook: str = "sample:savings_bank"\nout: str = "."'
WRITE = "from pathlib import Path\nPath(out, 'figure.txt').write_text(str(amount * 2))"
SLOW_ONCE = """
import os, pathlib, time
mark = pathlib.Path(os.environ["TMPDIR"], "begun")
if not mark.exists():
    mark.write_text(str(os.getpid()))
    time.sleep(600)
"""


@pytest.fixture
def working(banks, tmp_path, monkeypatch) -> Callable[[], object]:
    """Return what starts a worker on the test's database; it is stopped at the end."""
    monkeypatch.setenv("PLIMSOLL_DSN", banks.dsn("harbour_worker"))
    monkeypatch.setenv("PLIMSOLL_HEARTBEAT", str(tmp_path / "heartbeat"))

    @contextmanager
    def start() -> Iterator[subprocess.Popen[bytes]]:
        with (tmp_path / "worker.log").open("ab") as log:
            worker = subprocess.Popen([sys.executable, "-m", "harbour.services.worker"], stderr=log)
        try:
            yield worker
        finally:
            worker.terminate()
            assert worker.wait(timeout=60) is not None

    return start


def wait_until(true: Callable[[], bool]) -> None:
    while not true():
        time.sleep(0.1)


def finished(analyst, run_id: int):
    wait_until(lambda: analyst.runs.get(run_id).state in {"succeeded", "failed"})
    return analyst.runs.get(run_id)


def test_a_requested_run_is_executed_as_its_maker(banks, make_template, working, tmp_path):
    make_template("small", WRITE, parameters=PARAMETERS)
    make_template("broken", "amount / 0", parameters=PARAMETERS)
    with banks.member("port-amelie") as amelie, working() as worker:
        asked = [
            amelie.runs.request("small", {"amount": 21}),
            amelie.runs.request("broken", {}),
            amelie.runs.request("small", {"amount": "many"}),
            amelie.runs.request("absent", {}),
            amelie.runs.request("small", {"book": "/etc"}),
            amelie.runs.request("small", {"book": f"artefact:{'0' * 64}"}),
        ]
        small, broken, mistyped, absent, path, unknown = (finished(amelie, run.id) for run in asked)
        assert (tmp_path / "heartbeat").exists()
        worker.terminate()
        assert worker.wait(timeout=30) == 0
        assert (small.state, small.maker, small.executed_by) == ("succeeded", "port-amelie", "harbour_worker")
        assert amelie.artefacts.get(small.artefacts["figure.txt"]) == b"42"
        assert {"executed.ipynb", "report.html", "manifest.json"} <= set(small.artefacts)
    assert broken.state == "failed"
    assert broken.error_cell == 3
    assert "ZeroDivisionError: division by zero" in broken.error_message
    assert "executed.ipynb" in broken.artefacts
    assert "amount must be int, not 'many'" in mistyped.error_message
    assert "there is no report template 'absent'" in absent.error_message
    assert "book must not be '/etc'" in path.error_message
    assert "There is no artefact 0000" in unknown.error_message
    with banks.member("nordhaven-nils") as nils, pytest.raises(NotFound):
        nils.runs.get(small.id)


def test_another_banks_book_is_not_opened(banks, make_template, working):
    make_template("small", WRITE, parameters=PARAMETERS)
    with banks.member("port-amelie") as amelie:
        theirs = amelie.artefacts.put(b"a book of Banque du Port")
    with banks.member("nordhaven-nils") as nils, working():
        run = finished(nils, nils.runs.request("small", {"book": f"artefact:{theirs}"}).id)
    assert run.state == "failed"
    assert "There is no artefact" in run.error_message


def test_a_viewer_cannot_ask_for_a_run(banks):
    with banks.member("port-dario") as dario, pytest.raises(NotAllowed):
        dario.runs.request("small", {})


@pytest.mark.parametrize("kill", [signal.SIGTERM, signal.SIGKILL])
def test_a_run_outlives_its_worker(banks, make_template, working, tmp_path, monkeypatch, kill):
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    make_template("slow", SLOW_ONCE, WRITE, parameters=PARAMETERS)
    begun: Path = tmp_path / "begun"
    with banks.member("port-amelie") as amelie:
        with working() as worker:
            run = amelie.runs.request("slow", {"amount": 3})
            wait_until(lambda: begun.exists() and begun.read_text() != "")
            worker.send_signal(kill)
            worker.wait(timeout=60)
        kernel = int(begun.read_text())
        wait_until(lambda: not Path(f"/proc/{kernel}").exists() or not alive(kernel))
        assert amelie.runs.get(run.id).state == "running"
        with working():
            assert finished(amelie, run.id).state == "succeeded"


def test_a_run_no_worker_survives_is_given_up_with_the_reason(banks, make_template, working):
    make_template("deadly", WRITE, parameters=PARAMETERS)
    with banks.member("port-amelie") as amelie:
        run = amelie.runs.request("deadly", {})
        with banks.raw("harbour_worker") as queue:
            queue.execute(
                "UPDATE procrastinate_jobs SET status = 'doing', attempts = 2 WHERE args ->> 'run_id' = %s",
                [str(run.id)],
            )
        with working():
            failed = finished(amelie, run.id)
    assert failed.state == "failed"
    assert failed.error_message == "the worker died 3 times while executing it"


def alive(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    return True
