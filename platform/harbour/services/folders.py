"""The data folder and, when root, the system user of the services: who may enter what."""

from __future__ import annotations

import os
import pwd
import shutil
import subprocess
from pathlib import Path

from harbour.errors import StartFailed
from harbour.services.programs import SERVICE_USER
from harbour.settings import REPOSITORY, Settings

__all__ = ["check_owner", "ensure_folders", "ensure_service_user", "isolation_warning"]


def check_owner(settings: Settings) -> None:
    """Refuse to work on somebody else's installation: half of it could not even be seen.

    Raises
    ------
    StartFailed
        When the data folder is another user's.
    """
    if settings.data.exists() and (owner := settings.data.stat().st_uid) != os.geteuid():
        try:
            name = pwd.getpwuid(owner).pw_name
        except KeyError:
            name = str(owner)
        raise StartFailed(
            f"{settings.data} belongs to {name}: run this as {name}, or set PLIMSOLL_DATA to one of your own"
        )


def ensure_folders(settings: Settings) -> None:
    """Create the folders with their modes; members may pass through, not look.

    Raises
    ------
    StartFailed
        When other users could not reach what they must: a private folder lies above.
    """
    passable, private = 0o711, 0o700
    modes = {
        settings.data: passable,
        settings.run: passable,
        settings.run / "members": passable,
        settings.homes: passable,
        settings.dictionary: 0o755,
        settings.secrets: private,
        settings.logs: private,
        settings.packages: private,
    }
    for folder, mode in modes.items():
        folder.mkdir(mode=mode, parents=True, exist_ok=True)
        folder.chmod(mode)
    if settings.isolated:
        _check_reachable(settings.data)
        _check_reachable(REPOSITORY)


def _check_reachable(folder: Path) -> None:
    for above in (folder, *folder.parents):
        if not above.stat().st_mode & 0o001:
            raise StartFailed(
                f"members and services, which run as other users, cannot enter {above}: move the checkout "
                "to a place everyone may enter (for example /opt/plimsoll), or set PLIMSOLL_DATA to one"
            )


def ensure_service_user(settings: Settings) -> str:
    """Return the system user that runs the services, created when absent; this user when not root.

    Raises
    ------
    StartFailed
        When it cannot be created.
    """
    if not settings.isolated:
        return pwd.getpwuid(os.geteuid()).pw_name
    try:
        pwd.getpwnam(SERVICE_USER)
    except KeyError:
        add = shutil.which("useradd", path="/usr/sbin:/sbin:/usr/bin")
        if add is None:
            raise StartFailed(f"no `useradd` here: create the system user {SERVICE_USER} yourself") from None
        command = [add, "--system", "--user-group", "--no-create-home", "--shell", "/usr/sbin/nologin"]
        command += ["--home-dir", "/nonexistent", SERVICE_USER]
        done = subprocess.run(command, check=False, capture_output=True, text=True)  # noqa: S603  # fixed words
        if done.returncode:
            raise StartFailed(f"the system user {SERVICE_USER} was not created: {done.stderr}") from None
    return SERVICE_USER


def isolation_warning(settings: Settings) -> str | None:
    """Return what isolation is missing here, for every start to say; None when none is."""
    if settings.isolated:
        return None
    user = pwd.getpwuid(os.geteuid()).pw_name
    return (
        f"For evaluation only: not started by root, so every member's notebooks run as the user {user}. "
        "A member who runs code can read the other members' files, the database's folder and the secrets, "
        "and act as anybody. For real data, start as root: then each member is a system user of his own."
    )
