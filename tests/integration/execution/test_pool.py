"""A run from the pool is the run it would have been: the same digests, a kernel of its own, nothing left behind."""

from __future__ import annotations

import os
import threading
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.integration.execution.test_execute import assert_all_gone, wait_for

from harbour.errors import RunFailed, RunStopped
from harbour.execution import Pool, execute
from harbour.execution.manifest import PARTS

LOOK = """
import os, sys, json
from pathlib import Path
seen = {
    "place": os.getcwd() == str(Path(out).resolve()),
    "variables": sorted(k for k in os.environ if not k.startswith(("JPY", "PWD"))),
    "names": sorted(k for k in globals() if not k.startswith("_")),
    "count": len(In),
    "argv": [Path(a).name.split(".")[0] for a in sys.argv[:1]],
}
Path(out, "seen.json").write_text(json.dumps(seen))
seen
"""
PIDS = "import os\nfrom pathlib import Path\nPath(out, 'pids').write_text(f'{os.getpid()} {os.getppid()}')\n"


@pytest.fixture
def pool() -> Iterator[Pool]:
    kept = Pool(1)
    kept.fill()
    assert kept.wait(120)
    yield kept
    kept.close()


def test_warm_and_cold_are_the_same_run(make_template, tmp_path, pool, monkeypatch):
    monkeypatch.setenv("PLIMSOLL_BOOKS", str(tmp_path))
    name = make_template("look", LOOK, "amount * 2")
    cold = execute(name, {"amount": 3}, tmp_path / "cold")
    warm = execute(name, {"amount": 3}, tmp_path / "warm", pool=pool)
    assert '"place": true' in (tmp_path / "warm" / "seen.json").read_text()
    assert (tmp_path / "warm" / "seen.json").read_text() == (tmp_path / "cold" / "seen.json").read_text()
    assert [warm.digests[part] for part in PARTS] == [cold.digests[part] for part in PARTS]
    assert warm.outputs == cold.outputs


@pytest.mark.slow
def test_each_run_has_a_kernel_nobody_used_before(make_template, tmp_path, pool):
    name = make_template("mark", PIDS + "assert 'left' not in globals()\nleft = 1")
    pids = set()
    for number in range(2):
        assert pool.wait(120)
        execute(name, {"amount": 1}, tmp_path / str(number), pool=pool)
        pids |= set((tmp_path / str(number) / "pids").read_text().split())
        assert_all_gone(tmp_path / str(number) / "pids")
    assert len(pids) == 4


@pytest.mark.slow
def test_a_warm_run_that_fails_or_is_cancelled_says_so_and_leaves_nothing(make_template, tmp_path, pool):
    with pytest.raises(RunFailed, match="ZeroDivisionError"):
        execute(make_template("broken", PIDS + "amount / 0"), {"amount": 1}, tmp_path / "broken", pool=pool)
    assert_all_gone(tmp_path / "broken" / "pids")
    assert pool.wait(120)
    stop = threading.Event()

    def cancel() -> None:
        wait_for(tmp_path / "endless" / "pids")
        stop.set()

    canceller = threading.Thread(target=cancel)
    canceller.start()
    name = make_template("endless", PIDS + "import time\ntime.sleep(600)")
    with pytest.raises(RunStopped):
        execute(name, {"amount": 1}, tmp_path / "endless", stop=stop, pool=pool)
    canceller.join()
    assert_all_gone(tmp_path / "endless" / "pids")


def test_a_kernel_of_other_code_is_not_used(make_template, tmp_path, pool, monkeypatch):
    monkeypatch.setattr("harbour.execution.pool.fingerprint_code", lambda: "of an upgrade")
    assert pool.take() is None
    manifest = execute(make_template("plain", "amount"), {"amount": 1}, tmp_path / "out", pool=pool)
    assert manifest.state == "succeeded"


@pytest.mark.slow
def test_a_prepared_kernel_that_died_is_replaced(make_template, tmp_path, pool):
    (kept,) = pool._ready
    os.kill(kept[1].runner.pid, 9)
    kept[1].runner.wait()
    manifest = execute(make_template("plain", "amount"), {"amount": 1}, tmp_path / "out", pool=pool)
    assert manifest.state == "succeeded"


@pytest.mark.slow
def test_closing_the_pool_ends_its_kernels(tmp_path: Path):
    pool = Pool(1)
    pool.fill()
    assert pool.wait(120)
    started = pool._ready[0][1]
    pids = tmp_path / "pids"
    pids.write_text(f"{started.runner.pid} {started.kernel}")
    pool.close()
    assert_all_gone(pids)
    assert not Path(started.scratch.name).exists()
