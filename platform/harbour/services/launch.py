"""Become one supervised program: read its secrets, drop to its user, then execute it.

The supervisor's configuration and every command line stay free of secrets this way: they pass from files
only the installing user reads into the environment of the one process that needs them.
"""

from __future__ import annotations

import json
import os
import pwd
import sys
from pathlib import Path

import psutil

from harbour.credentials import pgpass_line, read_secret, write_private
from harbour.services.programs import PROGRAMS, SERVICE_USER, Program, shared_environment
from harbour.settings import Settings, load_settings

__all__ = ["launch", "record_path"]


def record_path(settings: Settings, name: str) -> Path:
    """Return the file that says which process a program is, so that only ours is ever stopped."""
    return settings.run / "processes" / f"{name}.json"


def launch(settings: Settings, program: Program) -> None:
    """Replace this process by the program; does not return."""
    person = pwd.getpwnam(SERVICE_USER) if settings.isolated and not program.as_root else None
    owner = (person.pw_uid, person.pw_gid) if person else None
    home = _own_folder(settings.run / program.name, owner)
    if "harbour_worker" in program.logins:
        _own_folder(settings.data / "anchors", owner)  # it anchors the audit log
    command = program.command(settings)
    environment = shared_environment(settings) | {"HOME": str(home)} | program.environment(settings)
    if program.logins:
        passwords = home / "pgpass"
        write_private(passwords, _password_lines(settings, program), owner=owner)
        environment["PGPASSFILE"] = str(passwords)
    _record(settings, program.name)
    os.chdir(home)
    os.umask(0o077)
    if person:
        os.setgroups([])
        os.setgid(person.pw_gid)
        os.setuid(person.pw_uid)
    os.execve(command[0], command, environment)  # noqa: S606  # our own table of commands, no shell


def _password_lines(settings: Settings, program: Program) -> str:
    secrets = {user: read_secret(settings, f"{user}_password") for user in program.logins}
    return "".join(pgpass_line(settings, user, password) for user, password in secrets.items())


def _own_folder(folder: Path, owner: tuple[int, int] | None) -> Path:
    folder.mkdir(mode=0o700, exist_ok=True)
    if owner:
        os.chown(folder, *owner)
    return folder


def _record(settings: Settings, name: str) -> None:
    # Executing keeps both the number and the start time, which together name one process for ever.
    this = psutil.Process()
    path = record_path(settings, name)
    path.parent.mkdir(mode=0o700, exist_ok=True)
    write_private(path, json.dumps({"pid": this.pid, "started": this.create_time()}))


if __name__ == "__main__":
    launch(load_settings(), PROGRAMS[sys.argv[1]])
