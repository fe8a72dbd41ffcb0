"""Any one program of the platform is killed: it is there again by itself, and who was signed in still is."""

from __future__ import annotations

import json
import os
import signal
import time
from collections.abc import Callable

import httpx
import psutil
import pytest
from tests.kernels import open_lab, run_code
from tests.platform_fixture import RunningPlatform

import harbour
from harbour.services.database import as_login
from harbour.services.health import find_fault
from harbour.services.programs import PROGRAMS
from harbour.settings import Settings, load_settings

pytestmark = pytest.mark.slow  # each restart takes seconds, and there are fourteen programs

LOGIN, NAME = "anders@nordhaven", "nordhaven-anders"
SECONDS = 180


def settings_of(platform: RunningPlatform) -> Settings:
    return load_settings({"PLIMSOLL_DATA": str(platform.data), "PLIMSOLL_PORT": str(platform.port)})


def process_of(platform: RunningPlatform, name: str) -> psutil.Process:
    record = json.loads((platform.data / "run" / "processes" / f"{name}.json").read_text())
    process = psutil.Process(record["pid"])
    assert abs(process.create_time() - record["started"]) < 1
    return process


def until(true: Callable[[], object], what: str) -> None:
    end = time.monotonic() + SECONDS
    while True:
        try:
            if true():
                return
        except (
            httpx.HTTPError,
            harbour.errors.HarbourError,
            OSError,
            psutil.Error,
            AssertionError,
            ValueError,
        ):
            pass
        assert time.monotonic() < end, what
        time.sleep(0.5)


def is_well(platform: RunningPlatform) -> bool:
    settings = settings_of(platform)
    return not [fault for name in PROGRAMS if (fault := find_fault(settings, name))]


def a_run_ends(platform: RunningPlatform) -> bool:
    """Ask for a run that fails at once, and see the worker take it."""
    with (
        as_login(settings_of(platform), "harbour_dashboards") as dsn,
        harbour.connect(dsn, member="port-amelie") as room,
    ):
        run = room.runs.request("no_such_report", {})
        until(lambda: room.runs.get(run.id).state == "failed", "the worker takes no run")
        return True


@pytest.mark.parametrize("name", PROGRAMS)
def test_a_killed_program_is_there_again_and_sessions_are_kept(
    running_platform: RunningPlatform, name: str
) -> None:
    platform = running_platform
    with platform.signed_in(LOGIN) as client:
        assert client.get("/services/home/").url.path == "/services/home/"
        killed = process_of(platform, name)
        os.kill(killed.pid, signal.SIGKILL)
        until(lambda: process_of(platform, name).pid != killed.pid, f"{name} was not started again")
        until(lambda: is_well(platform), f"something does not answer after {name} was killed")
        # The cookie of before, in the room that was killed or another: nobody signs in again.
        room = name if name in {"review", "cockpit", "returns", "explorer", "calendar", "voila"} else "home"
        until(
            lambda: client.get(f"/services/{room}/").url.path == f"/services/{room}/", "the session is gone"
        )
        assert client.get("/hub/home").status_code == 200
    assert a_run_ends(platform)


def test_a_killed_backend_of_postgres_takes_nothing_with_it(running_platform: RunningPlatform) -> None:
    # One backend killed makes Postgres end them all and recover: every pool of ours must connect anew.
    postmaster = process_of(running_platform, "postgres")
    with running_platform.signed_in(LOGIN) as client:
        backend = next(
            child for child in postmaster.children() if "harbour_dashboards" in " ".join(child.cmdline())
        )
        backend.send_signal(signal.SIGKILL)
        until(lambda: is_well(running_platform), "it did not recover")
        assert process_of(running_platform, "postgres").pid == postmaster.pid
        until(lambda: client.get("/services/home/").url.path == "/services/home/", "the session is gone")
    assert a_run_ends(running_platform)


def test_an_analysts_notebook_outlives_hub_and_proxy(running_platform: RunningPlatform) -> None:
    with running_platform.signed_in(LOGIN) as client:
        open_lab(client, NAME)
        home = str(running_platform.data / "homes" / NAME)
        servers = {p.pid for p in psutil.process_iter() if _is_in(p, home)}
        assert servers
        for name in ("hub", "proxy"):
            killed = process_of(running_platform, name)
            killed.kill()
            until(lambda killed=killed, name=name: process_of(running_platform, name).pid != killed.pid, name)
            until(lambda: is_well(running_platform), f"something does not answer after {name} was killed")
        assert servers <= {p.pid for p in psutil.process_iter() if _is_in(p, home)}
        until(lambda: client.get(f"/user/{NAME}/lab").url.path.startswith(f"/user/{NAME}/"), "no way to it")
        assert run_code(client, NAME, "import harbour\nprint(harbour.connect().me.name)") == f"{NAME}\n"


def _is_in(process: psutil.Process, folder: str) -> bool:
    try:
        return process.cwd().startswith(folder)
    except psutil.Error:
        return False
