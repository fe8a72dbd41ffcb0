"""Bring the whole installation up, step by step, from whatever state it was left in."""

from __future__ import annotations

import hashlib
import os
import subprocess
import sys

from harbour.credentials import ensure_secrets
from harbour.errors import StartFailed
from harbour.limits import can_limit_memory
from harbour.services.database import initialise_cluster, prepare_database
from harbour.services.folders import ensure_folders, ensure_service_user
from harbour.services.health import CHECKS, wait_until_healthy
from harbour.services.ports import check_ports_free
from harbour.services.programs import PROGRAMS
from harbour.services.steps import Steps
from harbour.services.supervision import is_running, start_program, start_supervisor, states, stop_leftovers
from harbour.settings import REPOSITORY, Settings

__all__ = ["code_changed", "start_everything"]

CODE = ("library", "platform", "dashboards", "hub_config", "notebooks", "requirements.lock")
"""What the running programs were started from."""


def start_everything(settings: Settings, steps: Steps) -> bool:
    """Start what does not run yet, wait until everything answers, and say whether it ran before.

    Safe to repeat, and after a crash: programs a killed supervisor left behind are stopped first.

    Raises
    ------
    StartFailed
        Naming the step that failed and what to do; PortTaken before anything was started.
    """
    os.umask(0o022)  # members read the dictionary; what is private is made so by name
    running = is_running(settings)
    if not running:
        settings.run.mkdir(parents=True, exist_ok=True)
        (settings.run / "code").write_text(_fingerprint(), encoding="ascii")
    steps.run("folders", lambda: _make_folders(settings, running=running))
    steps.run("dictionary", lambda: _build_dictionary(settings))
    steps.run("database", lambda: _start_database(settings))
    steps.run("services", lambda: _start_services(settings))
    return running


def code_changed(settings: Settings) -> bool:
    """Say whether files of this checkout changed since the running programs were started."""
    record = settings.run / "code"
    return not record.is_file() or record.read_text(encoding="ascii") != _fingerprint()


def _fingerprint() -> str:
    files = (path for name in CODE for path in sorted([REPOSITORY / name, *(REPOSITORY / name).rglob("*")]))
    kept = (path for path in files if path.is_file() and "__pycache__" not in path.parts)
    stamps = (f"{path} {path.stat().st_size} {path.stat().st_mtime_ns}" for path in kept)
    return hashlib.sha256("\n".join(stamps).encode()).hexdigest()


def _make_folders(settings: Settings, *, running: bool) -> str:
    left = [] if running else stop_leftovers(settings)
    if not running:
        check_ports_free(settings)
    user = ensure_service_user(settings)
    ensure_folders(settings)
    made = ensure_secrets(settings)
    notes = [f"services run as {user}"]
    notes += ["members' memory cannot be capped here"] if settings.isolated and not can_limit_memory() else []
    notes += [f"{made} secrets made"] if made else []
    notes += [f"stopped what a crash had left: {', '.join(left)}"] if left else []
    return "; ".join(notes)


def _build_dictionary(settings: Settings) -> str:
    # In a process of its own: it reads hundreds of megabytes that should not stay in this one.
    command = [sys.executable, "-m", "plimsoll.dictionary", "build", "--into", str(settings.dictionary)]
    kept = any(settings.dictionary.glob("*.sqlite"))
    shown = subprocess.PIPE if kept else None  # its progress bars are worth a new line only when it is long
    if not kept:
        sys.stderr.write("\n")
    done = subprocess.run(command, check=False, stdout=subprocess.PIPE, stderr=shown, text=True)  # noqa: S603  # ours
    if done.returncode:
        reason = done.stderr or "the reason stands above."
        raise StartFailed(f"the EBA dictionary could not be built: {reason} Then run `make up` again.")
    return "kept" if kept else "built"


def _start_database(settings: Settings) -> str:
    made = initialise_cluster(settings)
    if not is_running(settings):
        start_supervisor(settings)
    start_program(settings, "postgres")
    wait_until_healthy(settings, "postgres")
    return f"{made}, {prepare_database(settings)}"


def _start_services(settings: Settings) -> str:
    before = {name for name, state in states(settings).items() if state == "RUNNING"}
    if "worker" not in before:
        (settings.run / "worker" / "heartbeat").unlink(missing_ok=True)
    # All at once: the Hub waits for each room that is not there yet, and the rooms ask the Hub.
    for name in PROGRAMS:
        start_program(settings, name)
    for name in CHECKS:
        wait_until_healthy(settings, name)
    new = [name for name in PROGRAMS if name not in before]
    return f"started {', '.join(new)}" if new else "all were running"
