"""A suspended member is out everywhere within seconds: Hub, JupyterLab with its kernels, open dashboards."""

from __future__ import annotations

import time
from collections.abc import Callable
from contextlib import contextmanager
from pathlib import Path

import psutil
import pytest
from tests.integration.ops.test_signing_in import in_database
from tests.kernels import open_lab, run_code
from tests.platform_fixture import RunningPlatform

from harbour.limits import can_limit_memory

pytestmark = pytest.mark.xdist_group("platform")

CONTROL = Path("/sys/fs/cgroup")
LOGIN, NAME = "anders@nordhaven", "nordhaven-anders"


def until(true: Callable[[], bool], seconds: float = 30) -> None:
    end = time.monotonic() + seconds
    while not true():
        assert time.monotonic() < end, "it did not happen"
        time.sleep(0.2)


@contextmanager
def suspended(platform: RunningPlatform):
    done = platform.harbour("member", "suspend", LOGIN)
    assert done.returncode == 0, done.stderr
    try:
        yield
    finally:
        assert platform.harbour("member", "reinstate", LOGIN).returncode == 0


def processes_in(folder: str) -> list[int]:
    found = []
    for process in psutil.process_iter():
        try:
            if process.cwd().startswith(folder):
                found.append(process.pid)
        except psutil.Error:
            continue
    return found


def test_a_suspension_ends_what_is_open(running_platform: RunningPlatform) -> None:
    home = str(running_platform.data / "homes" / NAME)
    with running_platform.signed_in(LOGIN) as client:
        open_lab(client, NAME)
        assert run_code(client, NAME, "import harbour\nprint(harbour.connect().me.name)") == f"{NAME}\n"
        for room in ("home", "review"):
            assert client.get(f"/services/{room}/").url.path == f"/services/{room}/"
        assert processes_in(home)
        with suspended(running_platform):
            until(lambda: not processes_in(home))
            until(lambda: client.get(f"/user/{NAME}/lab").url.path == "/hub/login")
            for room in ("home", "review"):
                until(lambda room=room: client.get(f"/services/{room}/").url.path == "/hub/login")
            with pytest.raises(AssertionError), running_platform.signed_in(LOGIN):
                pass
        in_database(
            running_platform, "UPDATE harbour.credentials SET failed_attempts = 0, locked_until = NULL"
        )
    with running_platform.signed_in(LOGIN) as client:
        assert client.get("/services/home/").url.path == "/services/home/"


@pytest.mark.slow  # that the server goes is seen by every `stop_server` below, too
def test_who_is_no_analyst_any_more_loses_his_server_and_keeps_his_session(
    running_platform: RunningPlatform,
) -> None:
    home = str(running_platform.data / "homes" / NAME)
    with running_platform.signed_in(LOGIN) as client:
        open_lab(client, NAME)
        try:
            assert running_platform.harbour("member", "roles", LOGIN, "--role", "viewer").returncode == 0
            until(lambda: not processes_in(home))
            assert client.get("/services/home/").url.path == "/services/home/"
            assert client.get("/hub/spawn").status_code == 403
        finally:
            running_platform.harbour("member", "roles", LOGIN, "--role", "analyst")


@pytest.mark.skipif(not can_limit_memory(), reason="this machine has no control groups with a memory limit")
def test_the_large_server_has_the_large_caps(running_platform: RunningPlatform) -> None:
    with running_platform.signed_in(LOGIN) as client:
        client.get("/hub/spawn", params={"opt-profile": "large"})
        open_lab(client, NAME)
        groups = run_code(client, NAME, "print(open('/proc/self/cgroup').read())")
        assert f"/plimsoll/{NAME}" in groups
    found = [
        *CONTROL.glob(f"plimsoll/{NAME}/memory.max"),
        *CONTROL.glob(f"memory/plimsoll/{NAME}/memory.limit_in_bytes"),
    ]
    assert [int(path.read_text()) for path in found] == [16384 * 2**20]
    stop_server(running_platform)


def test_an_organisation_runs_no_more_servers_than_it_may(running_platform: RunningPlatform) -> None:
    quota = "INSERT INTO harbour.quotas (organisation_id, servers) SELECT id, {} FROM harbour.organisations"
    quota += (
        " WHERE slug = 'nordhaven' ON CONFLICT (organisation_id) DO UPDATE SET servers = EXCLUDED.servers"
    )
    in_database(running_platform, quota.format(0))
    try:
        with running_platform.signed_in(LOGIN) as client:
            refused = client.get("/hub/spawn")
            said = "Your organisation may have 0 notebook servers at once"
            assert (refused.status_code, said in refused.text) == (403, True)
            assert "Votre organisation a atteint sa limite" in refused.text
            assert said in client.get(f"/user/{NAME}/lab").text
    finally:
        in_database(running_platform, quota.format("NULL"))
    with running_platform.signed_in(LOGIN) as client:
        open_lab(client, NAME)
    stop_server(running_platform)


def stop_server(platform: RunningPlatform) -> None:
    """Stop the server as the Hub does for who loses his role: with all that follows."""
    home = str(platform.data / "homes" / NAME)
    platform.harbour("member", "roles", LOGIN, "--role", "viewer")
    until(lambda: not processes_in(home))
    platform.harbour("member", "roles", LOGIN, "--role", "analyst")
