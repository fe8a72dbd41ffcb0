"""One supervisor over all programs: write its configuration, start it, ask it, stop it and what it left."""

from __future__ import annotations

import contextlib
import json
import shlex
import signal
import subprocess
import sys
import time
import xmlrpc.client
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import psutil
from supervisor.xmlrpc import SupervisorTransport

from harbour.credentials import write_private
from harbour.errors import StartFailed
from harbour.services.launch import record_path
from harbour.services.ports import find_taken
from harbour.services.programs import PROGRAMS, Program, shared_environment
from harbour.settings import Settings

__all__ = [
    "SOCKET_LONGEST",
    "is_dead",
    "is_running",
    "log_tail",
    "process_of",
    "render_configuration",
    "start_program",
    "start_supervisor",
    "states",
    "stop_everything",
    "stop_leftovers",
]

SOCKET_LONGEST = 100
"""Longest path of its socket: the system allows 108 characters, the supervisor adds a process number."""
STOP_SECONDS = 75
DEAD = {"FATAL", "EXITED"}


def render_configuration(settings: Settings) -> str:
    """Return the supervisor's configuration; it holds no secret."""
    run, logs = _escaped(settings.run), _escaped(settings.logs)
    shared = shared_environment(settings).items()
    environment = ",".join(f'{key}="{_escaped(value)}"' for key, value in shared)
    programs = [line for program in PROGRAMS.values() for line in _section(program, logs)]
    head = [
        "[unix_http_server]",
        f"file={run}/supervisor.sock",
        "chmod=0700",
        "[rpcinterface:supervisor]",
        "supervisor.rpcinterface_factory=supervisor.rpcinterface:make_main_rpcinterface",
        "[supervisord]",
        *(["user=root"] if settings.isolated else []),
        f"logfile={logs}/supervisor.log",
        f"pidfile={run}/supervisor.pid",
        f"childlogdir={logs}",
        "umask=077",
        f"environment={environment}",
    ]
    return "\n".join([*head, *programs]) + "\n"


def _section(program: Program, logs: str) -> Iterator[str]:
    yield f"[program:{program.name}]"
    yield f"command={_escaped(shlex.quote(sys.executable))} -m harbour.services.launch {program.name}"
    yield "autostart=false"
    yield "autorestart=true"
    # A killed Postgres refuses its first restart over its stale pid file: several tries are normal.
    yield "startretries=6"
    yield "startsecs=1"
    yield f"stopsignal={program.stop_signal}"
    yield f"stopwaitsecs={STOP_SECONDS - 15}"
    yield "killasgroup=true"
    yield "redirect_stderr=true"
    yield f"stdout_logfile={logs}/{program.name}.log"
    yield "stdout_logfile_maxbytes=10MB"
    yield "stdout_logfile_backups=3"


def _escaped(value: object) -> str:
    return str(value).replace("%", "%%")


def start_supervisor(settings: Settings) -> None:
    """Start the supervisor in the background; it starts no program by itself.

    Raises
    ------
    StartFailed
        When it does not come up, or its socket's path would be too long.
    """
    socket = settings.run / "supervisor.sock"
    if len(str(socket)) > SOCKET_LONGEST:
        raise StartFailed(f"{settings.data} is too long a path for a socket: set PLIMSOLL_DATA to a shorter")
    configuration = settings.run / "supervisord.conf"
    write_private(configuration, render_configuration(settings))
    if not is_running(settings):
        (settings.run / "supervisor.pid").unlink(missing_ok=True)
        socket.unlink(missing_ok=True)
    command = [sys.executable, "-m", "supervisor.supervisord", "--configuration", str(configuration)]
    done = subprocess.run(  # noqa: S603  # our own interpreter and file
        command,
        check=False,
        capture_output=True,
        text=True,
        env=shared_environment(settings),
        cwd="/",
    )
    if done.returncode or not _wait(lambda: is_running(settings), 10):
        reason = done.stderr.strip() or log_tail(settings, "supervisor")
        raise StartFailed(f"the supervisor did not start: {reason}")


def _wait(ready: Callable[[], bool], seconds: float) -> bool:
    end = time.monotonic() + seconds
    while not ready():
        if time.monotonic() > end:
            return False
        time.sleep(0.1)
    return True


@contextlib.contextmanager
def _asking(settings: Settings) -> Iterator[Any]:
    """Yield the supervisor's own interface; calls raise OSError when nobody listens."""
    transport = SupervisorTransport(None, None, serverurl=f"unix://{settings.run}/supervisor.sock")
    with xmlrpc.client.ServerProxy("http://127.0.0.1", transport=transport) as server:
        yield server.supervisor


def is_running(settings: Settings) -> bool:
    """Say whether this installation's supervisor answers."""
    try:
        with _asking(settings) as supervisor:
            return bool(supervisor.getState()["statename"] == "RUNNING")
    except (OSError, xmlrpc.client.Error):
        return False


def states(settings: Settings) -> dict[str, str]:
    """Return the state of each program by name; empty when the supervisor does not answer."""
    try:
        with _asking(settings) as supervisor:
            return {entry["name"]: entry["statename"] for entry in supervisor.getAllProcessInfo()}
    except (OSError, xmlrpc.client.Error):
        return {}


def start_program(settings: Settings, name: str) -> None:
    """Start a program, unless it runs or is on its way; returns at once."""
    if states(settings).get(name) in {"RUNNING", "STARTING", "BACKOFF"}:
        return
    try:
        with _asking(settings) as supervisor:
            supervisor.startProcess(name, False)
    except (OSError, xmlrpc.client.Error) as error:
        raise StartFailed(f"{name} could not be started: {error}") from error


def is_dead(settings: Settings, name: str) -> bool:
    """Say whether the supervisor has given a program up."""
    return states(settings).get(name, "FATAL") in DEAD


def process_of(settings: Settings, name: str) -> int:
    """Return the number of a program's process; 0 when it does not run."""
    process = _recorded(settings, name)
    return 0 if process is None else process.pid


def log_tail(settings: Settings, name: str, lines: int = 12) -> str:
    """Return the end of a program's log."""
    path = settings.logs / f"{name}.log"
    if not path.is_file():
        return f"(no log at {path})"
    return "\n".join(path.read_text(encoding="utf-8", errors="replace").splitlines()[-lines:])


def stop_everything(settings: Settings) -> list[str]:
    """Stop all programs and the supervisor, wait until they are gone, and return what ran.

    Raises
    ------
    StartFailed
        When a port of ours is still held afterwards.
    """
    stopped = [name for name, state in states(settings).items() if state in {"RUNNING", "STARTING"}]
    if is_running(settings):
        _shut_down(settings)
    stopped += stop_leftovers(settings)
    if not _wait(lambda: not find_taken(settings), 10):
        ports = ", ".join(f"{settings.port_of(name)} ({name})" for name in find_taken(settings))
        raise StartFailed(f"still taken after stopping everything of ours: port {ports}")
    return stopped


def _shut_down(settings: Settings) -> None:
    with _asking(settings) as supervisor:
        itself = psutil.Process(supervisor.getPID())
        # The Hub first, while its proxy and database still answer: it stops the members' servers itself.
        with contextlib.suppress(xmlrpc.client.Fault):
            supervisor.stopProcess("hub")
        supervisor.shutdown()
    with contextlib.suppress(psutil.NoSuchProcess, psutil.TimeoutExpired):
        itself.wait(STOP_SECONDS * 2)


def stop_leftovers(settings: Settings) -> list[str]:
    """Stop what outlived a killed supervisor: programs of ours and members' servers; return their names.

    Their log was a pipe into the supervisor; without it some do not end by themselves: they get little time.
    """
    recorded = {name: found for name in PROGRAMS if (found := _recorded(settings, name)) is not None}
    postgres = recorded.pop("postgres", None)
    servers = {f"server of {server.cwd()}": server for server in _member_servers(settings)}
    _end([*recorded.values(), *servers.values()], signal.SIGTERM, seconds=5)
    if postgres is not None:
        _end([postgres], signal.SIGINT, seconds=30)
        recorded["postgres"] = postgres
    return [*recorded, *servers]


def _end(processes: list[psutil.Process], number: signal.Signals, *, seconds: float) -> None:
    for process in processes:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.send_signal(number)
    _, alive = psutil.wait_procs(processes, timeout=seconds)
    for process in alive:
        with contextlib.suppress(psutil.NoSuchProcess):
            process.kill()
    psutil.wait_procs(alive, timeout=5)


def _member_servers(settings: Settings) -> Iterator[psutil.Process]:
    for process in psutil.process_iter(["cmdline"]):
        if any(part.endswith("jupyterhub-singleuser") for part in process.info["cmdline"] or ()):
            with contextlib.suppress(psutil.Error):
                if settings.homes in Path(process.cwd()).parents:
                    yield process


def _recorded(settings: Settings, name: str) -> psutil.Process | None:
    path: Path = record_path(settings, name)
    try:
        record = json.loads(path.read_text(encoding="utf-8"))
        process = psutil.Process(record["pid"])
        same = abs(process.create_time() - record["started"]) < 0.01
    except (OSError, ValueError, TypeError, KeyError, psutil.NoSuchProcess):
        return None
    return process if same else None
