"""A member's home: the folder, the system user it belongs to, the example notebooks and report templates in it."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
import sys
import tempfile
from dataclasses import dataclass
from pathlib import Path

from harbour.errors import StartFailed
from harbour.hub import copying
from harbour.identity import names
from harbour.settings import REPOSITORY, Settings

__all__ = ["Home", "ensure_home", "owner_of"]

EXAMPLES = REPOSITORY / "notebooks" / "examples"
REPORTS = REPOSITORY / "notebooks" / "reports"
DASHBOARDS = REPOSITORY / "notebooks" / "voila"
SOCKET_NAME = len("/kernel-") + 36 + len("-ipc-1")
"""Length of the name Jupyter gives a kernel's socket: 36 characters of it are a UUID."""


@dataclass(frozen=True)
class Home:
    """Where a member works, and as whom; `user` is None where all share one user."""

    folder: Path
    runtime: Path
    """Where his kernels keep their sockets."""
    user: str | None


def ensure_home(settings: Settings, member: str) -> Home:
    """Create a member's home (0700) and, when isolated, the system user it belongs to; put the examples in.

    Raises
    ------
    StartFailed
        When the system user cannot be created.
    """
    folder = settings.homes / member
    folder.mkdir(mode=0o700, exist_ok=True)
    folder.chmod(0o700)
    owner = owner_of(settings, member)
    if owner:
        os.chown(folder, *owner)
    _run_copy(folder, owner)
    return Home(folder, _runtime_folder(folder, owner), names.system_user(member) if owner else None)


def owner_of(settings: Settings, member: str) -> tuple[int, int] | None:
    """Return uid and gid of a member's system user, created when absent; None where all share one user."""
    return _ensure_user(names.system_user(member)) if settings.isolated else None


def _runtime_folder(home: Path, owner: tuple[int, int] | None) -> Path:
    # Kernels talk over unix sockets in it, and the system allows such paths 107 characters.
    inside = home / ".run"
    if len(str(inside)) + SOCKET_NAME <= 107:
        return inside
    outside = Path(tempfile.mkdtemp(prefix="plimsoll-"))
    if owner:
        os.chown(outside, *owner)
    return outside


def _ensure_user(name: str) -> tuple[int, int]:
    try:
        person = pwd.getpwnam(name)
    except KeyError:
        add = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin") or "useradd"
        command = [
            add,
            "--user-group",
            "--no-create-home",
            "--home-dir",
            "/nonexistent",
            "--shell",
            "/bin/sh",
            name,
        ]
        done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603  # checked name
        if done.returncode:
            raise StartFailed(f"the system user {name} was not created: {done.stderr.strip()}") from None
        person = pwd.getpwnam(name)
    return person.pw_uid, person.pw_gid


def _run_copy(folder: Path, owner: tuple[int, int] | None) -> None:
    # As the member, never as root: he owns the folder and could have put links to others' files there.
    identity = {"user": owner[0], "group": owner[1], "extra_groups": []} if owner else {}
    command = [
        sys.executable,
        "-I",
        copying.__file__,
        str(folder),
        str(EXAMPLES),
        str(REPORTS),
        str(DASHBOARDS),
    ]
    subprocess.run(command, check=True, cwd="/", **identity)  # type: ignore[call-overload]  # noqa: S603  # ours
