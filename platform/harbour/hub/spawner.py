"""Start a member's server, JupyterLab or dashboards: as his system user, with his short-lived database login."""

from __future__ import annotations

import asyncio
import os
import subprocess
import sys
import time
from collections.abc import Callable, Mapping
from pathlib import Path

from jupyterhub.spawner import LocalProcessSpawner, set_user_setuid
from tornado import web

import harbour
from harbour.credentials import pgpass_line, write_private
from harbour.errors import NotAllowed, QuotaReached
from harbour.hub.access import DASHBOARDS, groups_of, may_view
from harbour.hub.homes import Home, ensure_home, owner_of
from harbour.hub.profiles import VIEWING, Profile, get_profile
from harbour.identity import accounts, logins, names, organisations
from harbour.limits import can_limit_memory, limit_server
from harbour.settings import REPOSITORY, Settings, load_settings

__all__ = ["MemberSpawner", "member_environment"]

LOGIN_HOURS = 24
LARGEST_LOG = 10 * 2**20
USUAL = "small"
VIEWING_COMMAND = [sys.executable, "-s", "-P", "-m", "harbour.services.viewing"]
RENEW_SECONDS = LOGIN_HOURS * 3600 / 2


def member_environment(settings: Settings, member: str, home: Home, passwords: Path) -> dict[str, str]:
    """Return what a member's server finds in its environment: his own database login, no secret of ours."""
    port = settings.port_of("postgres")
    return {
        "HOME": str(home.folder),
        "USER": member,
        "SHELL": "/bin/sh",
        "PLIMSOLL_DSN": f"host=127.0.0.1 port={port} dbname=plimsoll user={names.role_of(member)}",
        "PGPASSFILE": str(passwords),
        "PLIMSOLL_DICTIONARY": str(settings.dictionary),
        "PLIMSOLL_ADDRESS": settings.address,
        "JUPYTER_RUNTIME_DIR": str(home.runtime),
        "JUPYTER_CONFIG_PATH": str(REPOSITORY / "hub_config" / "jupyter"),
        "JUPYTER_PATH": str(REPOSITORY / "hub_config" / "jupyter" / "share"),
    }


class MemberSpawner(LocalProcessSpawner):  # type: ignore[misc]  # the Hub has no types
    """One local server per analyst; a system user of his own where the Hub runs as root."""

    home: Home | None = None
    profile: Profile | None = None
    issued: float | None = None
    """When the present database password was issued, in seconds of the monotonic clock."""

    async def start(self) -> tuple[str, int]:
        """Prepare home and login, then start.

        Raises
        ------
        HTTPError
            403 when the member's roles give no server, or his organisation runs as many as it may.
        """
        settings, member = load_settings(), str(self.user.name)
        self.profile = await asyncio.to_thread(_profile, settings, member, self.name, self.user_options)
        await asyncio.to_thread(_begin_server, member, self.name)
        self.home = await asyncio.to_thread(ensure_home, settings, member)
        self.notebook_dir = str(self.home.folder)
        passwords = await asyncio.to_thread(_issue_login, settings, member)
        self.issued = time.monotonic()
        self.environment = member_environment(settings, member, self.home, passwords)
        # A file, not the Hub's own output: that ends with the Hub, and the server goes on without it.
        if self.name == DASHBOARDS:
            self.cmd, self.args = VIEWING_COMMAND, list[str]()
        log = settings.logs / f"server-{member}.log"
        _turn_over(log)
        with log.open("ab") as stream:
            self.popen_kwargs = {"stdout": stream, "stderr": subprocess.STDOUT}
            result: tuple[str, int] = await super().start()
        return result

    async def poll(self) -> int | None:
        """Look whether the server runs, and renew its database password before it ends."""
        status: int | None = await super().poll()
        due = self.issued is None or time.monotonic() - self.issued > RENEW_SECONDS
        if status is None and self.pid and due:
            self.issued = time.monotonic()
            await asyncio.to_thread(_issue_login, load_settings(), str(self.user.name))
        return status

    async def run_post_stop_hook(self) -> None:
        """End what a server has: its database login and its place among the organisation's; also of one that died."""
        await asyncio.to_thread(_end_server, str(self.user.name), self.name)

    def options_from_form(self, form_data: dict[str, list[str]]) -> dict[str, str]:
        """Take the size of server that was asked for; whether it may be had is looked at when it starts."""
        return {"profile": form_data.get("profile", [USUAL])[0]}

    def user_env(self, env: dict[str, str]) -> dict[str, str]:
        """Leave the environment as `member_environment` made it: the Hub would look up another name."""
        return env

    def make_preexec_fn(self, name: str) -> Callable[[], None]:
        """Return what the new process does before it becomes the server: cap, user, folder."""
        settings, home, profile = load_settings(), self.home, self.profile
        if home is None or profile is None:
            raise RuntimeError("a server is started only after its home was made")
        become = set_user_setuid(home.user, chdir=False) if home.user else None
        capped = settings.isolated and can_limit_memory()
        groups = limit_server(name, profile.memory_mb, profile.cpus) if capped else []

        def prepare() -> None:
            for group in groups:
                group.write_text(str(os.getpid()), encoding="ascii")
            os.umask(0o077)
            if become:
                become()
            os.chdir(home.folder)

        return prepare


def _turn_over(log: Path) -> None:
    """Put a log that has grown large aside, in place of the one before; the supervisor does so for the others."""
    if log.is_file() and log.stat().st_size > LARGEST_LOG:
        log.replace(log.with_name(f"{log.name}.1"))


def _profile(settings: Settings, member: str, server: str, options: Mapping[str, str]) -> Profile:
    with harbour.connect() as admin:
        groups = groups_of(names.organisation_of(member), accounts.roles_of(admin, member))
    if server == DASHBOARDS:
        found = VIEWING if may_view(groups) else None
    else:
        found = None if server else get_profile(settings, groups, options.get("profile") or USUAL)
    if found is None:
        raise _refused("Notebooks are for analysts: ask your administrator for the role.")
    return found


def _issue_login(settings: Settings, member: str) -> Path:
    with harbour.connect() as admin:
        password = logins.issue_login(admin, member, hours=LOGIN_HOURS)
    folder = settings.run / "members" / member
    folder.mkdir(exist_ok=True)
    folder.chmod(0o711)  # ours, so that he cannot put a link in it; his is the file alone
    path = folder / "pgpass"
    owner = owner_of(settings, member)
    write_private(path, pgpass_line(settings, names.role_of(member), password), owner=owner)
    return path


def _begin_server(member: str, server: str) -> None:
    """Take a place among the organisation's servers; the Hub shows the sentence of a refusal."""
    with harbour.connect() as admin:
        try:
            organisations.start_server(admin, member, server)
        except (QuotaReached, NotAllowed) as error:
            raise _refused(str(error)) from error


def _refused(sentence: str) -> ServerRefused:
    return ServerRefused(403, sentence, reason="Forbidden")


class ServerRefused(web.HTTPError):  # named for what happened
    """A server may not be started."""

    @property
    def jupyterhub_message(self) -> str:
        """Return what the Hub's page shows of a start that failed."""
        return str(self.log_message)


def _end_server(member: str, server: str) -> None:
    with harbour.connect() as admin:
        organisations.stop_server(admin, member, server)
        logins.revoke_login(admin, member)
