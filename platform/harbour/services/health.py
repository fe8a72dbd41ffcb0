"""Whether each service truly answers, asked the way its users would."""

from __future__ import annotations

import time
import urllib.error
import urllib.request
from collections.abc import Callable, Mapping

import psycopg

from harbour.credentials import read_secret
from harbour.errors import StartFailed
from harbour.services.programs import database_dsn
from harbour.services.supervision import is_dead, log_tail, process_of, states
from harbour.settings import ROOMS, Settings

__all__ = ["CHECKS", "HEARTBEAT_SECONDS", "OPEN_CHECKS", "find_fault", "wait_until_healthy"]

HEARTBEAT_SECONDS = 45
"""A worker that has not shown itself for this long is not there."""


def _postgres(settings: Settings) -> bool:
    password = read_secret(settings, "postgres_password")
    try:
        dsn = database_dsn(settings, "postgres", "postgres")
        with psycopg.connect(dsn, password=password, connect_timeout=2) as connection:
            return connection.execute("SELECT 1").fetchone() == (1,)
    except psycopg.Error:
        return False


def _answers(url: str, token: str | None = None) -> bool:
    request = urllib.request.Request(url)  # noqa: S310  # our own loopback address
    if token:
        request.add_header("Authorization", f"token {token}")
    try:
        with urllib.request.urlopen(request, timeout=3) as response:  # noqa: S310  # as above
            return bool(response.status == 200)
    except (OSError, urllib.error.HTTPError):
        return False


def _proxy(settings: Settings) -> bool:
    address = f"http://127.0.0.1:{settings.port_of('proxy_api')}/api/routes"
    return _answers(address, read_secret(settings, "proxy_token"))


def _hub(settings: Settings) -> bool:
    # Through the proxy: the Hub is of use only once its routes are in place.
    return _answers(f"{settings.address}hub/health")


def _room(name: str) -> Callable[[Settings], bool]:
    def answers(settings: Settings) -> bool:
        return _answers(f"http://127.0.0.1:{settings.port_of(name)}/services/{name}/health")

    return answers


def _worker(settings: Settings) -> bool:
    try:
        return time.time() - (settings.run / "worker" / "heartbeat").stat().st_mtime < HEARTBEAT_SECONDS
    except OSError:
        return False


CHECKS: Mapping[str, Callable[[Settings], bool]] = {
    "postgres": _postgres,
    "proxy": _proxy,
    "hub": _hub,
    **{name: _room(name) for name in ROOMS},
    "worker": _worker,
}


OPEN_CHECKS = ("hub", *ROOMS, "worker")
"""Those that read no secret, so that a room may ask too; the Hub is asked through the proxy."""


def find_fault(settings: Settings, name: str) -> str:
    """Return what is wrong with a program and what to do about it; "" when it does its work."""
    state = states(settings).get(name, "STOPPED")
    if state == "RUNNING" and (name not in CHECKS or CHECKS[name](settings)):
        return ""
    log = f"its log is {settings.logs / name}.log"
    if state == "RUNNING":
        return _own_word(settings, name) or (
            f"runs and does not answer: `kill -9 {process_of(settings, name)}`, and it is started anew; {log}"
        )
    if state in {"STARTING", "BACKOFF"}:
        return f"is being started again: look in a minute; {log}"
    return f"is stopped: `make up` starts it; {log}"


def _own_word(settings: Settings, name: str) -> str:
    """Return what a service itself says is wrong, where it can still speak."""
    if name not in (*ROOMS, "worker"):
        return ""
    path = f"/services/{name}/health" if name in ROOMS else "/health"
    try:
        with urllib.request.urlopen(f"http://127.0.0.1:{settings.port_of(name)}{path}", timeout=3):  # ours
            return ""
    except urllib.error.HTTPError as error:
        return error.read().decode("utf-8", "replace").strip()
    except OSError:
        return ""


def wait_until_healthy(settings: Settings, name: str, *, seconds: float = 90) -> None:
    """Return once a service answers.

    Raises
    ------
    StartFailed
        When the supervisor gives it up, or time is over; with the end of its log.
    """
    end = time.monotonic() + seconds
    while not CHECKS[name](settings):
        if is_dead(settings, name) or time.monotonic() > end:
            reason = "stopped" if is_dead(settings, name) else f"did not answer within {seconds:.0f} s"
            tail = log_tail(settings, name)
            raise StartFailed(f"{name} {reason}. The end of {settings.logs / name}.log:\n{tail}")
        time.sleep(0.2)
