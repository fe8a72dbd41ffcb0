"""A report notebook runs, or is refused, or fails, and each leaves the right evidence."""

from __future__ import annotations

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from pathlib import Path

import pytest

from harbour.errors import BadParameters, NotFound, RunFailed, RunStopped
from harbour.execution import execute, read_manifest

WRITE = "from pathlib import Path\nPath(out, 'figure.txt').write_text(str(amount * rate))\nprint('written')"
WAIT = """
import os, pathlib, subprocess, time
child = subprocess.Popen(["sleep", "600"])
pathlib.Path("pids").write_text(f"{os.getpid()} {child.pid}")
time.sleep(600)
"""


def test_a_run_leaves_its_files_and_their_digests(make_template, tmp_path):
    seen = []
    manifest = execute(
        make_template("small", WRITE),
        {"amount": 4},
        tmp_path / "out",
        progress=lambda done, total, heading: seen.append((done, total, heading)),
    )
    assert manifest.state == "succeeded"
    assert sorted(manifest.outputs) == ["executed.ipynb", "figure.txt", "report.html"]
    assert (tmp_path / "out" / "figure.txt").read_text() == "2.0"
    assert manifest.parameters == {"amount": 4, "day": "2026-06-30", "rate": 0.5}
    assert all(re.fullmatch("[0-9a-f]{64}", d) for d in manifest.outputs.values())
    assert read_manifest(tmp_path / "out") == manifest
    assert seen[-1] == (4, 4, "done")
    assert (3, 4, "The work") in seen


def test_same_run_same_bytes(make_template, tmp_path):
    name = make_template("small", WRITE, "import pandas\npandas.DataFrame({'a': [1.5]})")
    first, second = (execute(name, {"amount": 4}, tmp_path / out) for out in ("one", "two"))
    assert first.outputs == second.outputs
    assert first.digests == second.digests
    assert first.digest == second.digest


def test_another_parameter_or_template_is_another_run(make_template, tmp_path):
    name, other = make_template("small", WRITE), make_template("other", WRITE + "\n")
    runs = [
        execute(template, {"amount": amount}, tmp_path / f"{template}{amount}")
        for template, amount in ((name, 4), (name, 5), (other, 4))
    ]
    four, five, elsewhere = (run.digests for run in runs)
    assert four["parameters"] != five["parameters"]
    assert four["outputs"] != five["outputs"]
    assert four["code"] == five["code"] != elsewhere["code"]
    assert len({run.digest for run in runs}) == 3


def test_a_template_answers_to_its_return(make_template, tmp_path):
    make_template("small", WRITE)
    assert execute("SMALL_OF", {"amount": 1}, tmp_path / "out").template == "small"
    with pytest.raises(NotFound, match=r"'absent'; there are: small \(small_of\)"):
        execute("absent", {}, tmp_path / "none")


@pytest.mark.parametrize(
    ("given", "said"),
    [
        ({}, "amount is missing"),
        ({"amount": 1, "mood": "good"}, "mood is unknown"),
        ({"amount": "many"}, r"amount must be int, not 'many' \(str\)"),
        ({"amount": True}, r"amount must be int, not True \(bool\)"),
        ({"amount": 1, "day": "30/06/2026"}, "day must be a date like 2026-06-30"),
        ({"amount": 1, "out": "/etc"}, "out is set by the run"),
        ({"day": 3, "mood": 1}, "mood is unknown; amount is missing; day must be date"),
    ],
)
def test_wrong_parameters_are_refused_before_anything_starts(make_template, tmp_path, given, said):
    name = make_template("small", WRITE)
    with pytest.raises(BadParameters, match=said) as refused:
        execute(name, given, tmp_path / "out")
    assert "It declares: amount: int; day: date = '2026-06-30'; rate: float = 0.5" in str(refused.value)
    assert not (tmp_path / "out").exists()


def test_a_folder_in_use_is_refused(make_template, tmp_path):
    (tmp_path / "out").mkdir()
    (tmp_path / "out" / "thesis.txt").write_text("mine")
    with pytest.raises(BadParameters, match="needs an empty folder"):
        execute(make_template("small", WRITE), {"amount": 1}, tmp_path / "out")
    assert (tmp_path / "out" / "thesis.txt").read_text() == "mine"


def test_a_failing_cell_makes_a_failed_run_with_its_evidence(make_template, tmp_path):
    name = make_template("broken", WRITE, "shares = 0\namount / shares", "print('never')")
    with pytest.raises(RunFailed, match=r"stopped at cell 4 \(The work\): ZeroDivisionError") as failed:
        execute(name, {"amount": 4}, tmp_path / "out")
    manifest = read_manifest(tmp_path / "out")
    assert failed.value.cell == 4
    assert failed.value.manifest == manifest
    assert manifest.state == "failed"
    assert manifest.failure.source == "shares = 0\namount / shares"
    assert manifest.failure.message == "division by zero"
    assert manifest.digests["verdict"] is None
    kept = (tmp_path / "out" / "executed.ipynb").read_text()
    assert "written" in kept
    assert "ZeroDivisionError" in kept
    assert "The run stopped here." in (tmp_path / "out" / "report.html").read_text()


def test_a_dying_kernel_is_a_failed_run(make_template, tmp_path):
    name = make_template("dying", "import os\nos._exit(9)")
    with pytest.raises(RunFailed, match=r"stopped at cell 3 \(The work\): DeadKernelError"):
        execute(name, {"amount": 4}, tmp_path / "out")


def test_a_failed_run_leaves_a_log_and_a_good_one_none(make_template, tmp_path):
    name = make_template("loud", "import os\nos.write(2, b'past the notebook')\namount / (amount - 4)")
    with pytest.raises(RunFailed):
        execute(name, {"amount": 4}, tmp_path / "failed")
    log = (tmp_path / "failed" / "run.log").read_text()
    assert "cell 3 (The work)" in log
    assert "ZeroDivisionError: division by zero" in log
    execute(name, {"amount": 5}, tmp_path / "good")
    assert not (tmp_path / "good" / "run.log").exists()


def test_the_run_sees_no_secret_and_nothing_of_its_owner(make_template, tmp_path, monkeypatch):
    monkeypatch.setenv("PGPASSWORD", "do-not-tell")
    monkeypatch.setenv("PLIMSOLL_DSN", "user=harbour_worker")
    monkeypatch.setenv("PYTHONPATH", str(tmp_path))
    monkeypatch.chdir(tmp_path)
    (tmp_path / "json.py").write_text("raise SystemExit('imported from the working folder')")
    name = make_template("nosy", "import os, json, sys\nprint(dict(os.environ))\nprint(sys.path)")
    execute(name, {"amount": 1}, tmp_path / "out")
    kept = "".join(path.read_text() for path in (tmp_path / "out").iterdir())
    assert "do-not-tell" not in kept
    assert "harbour_worker" not in kept
    assert "imported from" not in kept


def test_the_page_asks_the_network_for_nothing(make_template, tmp_path):
    shown = (
        "from IPython.display import HTML, Javascript, display\n"
        "display(HTML('<b>ok</b><script src=\"https://example.com/x.js\"></script>'))\n"
        'display(HTML(\'<img src="https://example.com/x.png"><style>@import "https://example.com/x.css"</style>\'))\n'
        "display(Javascript('fetch(\"https://example.com\")'))"
    )
    execute(make_template("loud", shown), {"amount": 1}, tmp_path / "out")
    page = (tmp_path / "out" / "report.html").read_text()
    assert "<b>ok</b>" in page
    assert "<script" not in page
    assert not re.findall(r"<link[^>]*>", page)
    assert "default-src 'none'; img-src data:; style-src 'unsafe-inline'" in page


def test_out_of_time_stops_the_kernel_and_its_children(make_template, tmp_path):
    name = make_template("endless", WAIT)
    with pytest.raises(RunStopped, match="TimeLimit"):
        execute(name, {"amount": 1}, tmp_path / "out", time_limit=6)
    assert_all_gone(tmp_path / "out" / "pids")
    assert read_manifest(tmp_path / "out").failure.cell == 3


def test_cancelling_from_another_thread(make_template, tmp_path):
    name, stop = make_template("endless", WAIT), threading.Event()

    def cancel_once_under_way() -> None:
        wait_for(tmp_path / "out" / "pids")
        stop.set()

    canceller = threading.Thread(target=cancel_once_under_way)
    canceller.start()
    with pytest.raises(RunStopped, match="the run was cancelled"):
        execute(name, {"amount": 1}, tmp_path / "out", stop=stop)
    canceller.join()
    assert_all_gone(tmp_path / "out" / "pids")


@pytest.mark.parametrize("kill", [signal.SIGINT, signal.SIGTERM, signal.SIGKILL])
def test_whatever_ends_the_caller_ends_the_kernel(make_template, tmp_path, kill):
    name = make_template("endless", WAIT)
    out = str(tmp_path / "out")
    # A shell starts what runs in its background with SIGINT ignored, and that is inherited: set it back.
    code = (
        "import signal\nsignal.signal(signal.SIGINT, signal.default_int_handler)\n"
        f"from harbour.execution import execute\nexecute({name!r}, {{'amount': 1}}, {out!r})"
    )
    with subprocess.Popen([sys.executable, "-c", code], stderr=subprocess.DEVNULL) as caller:
        try:
            wait_for(tmp_path / "out" / "pids")
            caller.send_signal(kill)
            caller.wait(timeout=30)
        finally:
            caller.kill()  # nothing of this test outlives it, whatever went wrong
    assert_all_gone(tmp_path / "out" / "pids")
    if kill == signal.SIGINT:
        assert json.loads((tmp_path / "out" / "manifest.json").read_text())["failure"]["error"] == "Cancelled"


def wait_for(path: Path) -> None:
    while not (path.is_file() and len(path.read_text().split()) == 2):
        time.sleep(0.05)


def assert_all_gone(pids: Path) -> None:
    waiting = {int(pid) for pid in pids.read_text().split()}
    for _ in range(200):
        waiting = {pid for pid in waiting if is_running(pid)}
        if not waiting:
            return
        time.sleep(0.05)
    raise AssertionError(f"still running: {waiting}")


def is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    status = Path(f"/proc/{pid}/stat")
    return not status.is_file() or status.read_text().rsplit(")", 1)[1].split()[0] != "Z"
