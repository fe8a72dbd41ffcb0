"""A real Hub with proxy and database, signing in through a real OpenID provider; no rooms and no worker.

What the supervisor does on a whole platform is done here by hand, with the very same programs, so that this
costs seconds.
"""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import httpx
import psycopg
import pytest
from tests.oidc_provider import SECRET, Directory, running_directory
from tests.platform_fixture import free_port, platform_folder

import harbour
from harbour.credentials import ensure_secrets, read_secret
from harbour.identity import accounts
from harbour.services.database import as_login, initialise_cluster, prepare_database
from harbour.services.folders import ensure_folders, ensure_service_user
from harbour.services.health import CHECKS
from harbour.settings import ROOMS, Settings, load_settings

GROUPS = (
    ("pl-analysts", "port", "analyst"),
    ("pl-readers", "port", "viewer"),
    ("nb-readers", "nordhaven", "viewer"),
)


@dataclass
class Bank:
    """A Hub, the directory it asks (none for the platform's own accounts), and the way to look behind them."""

    settings: Settings
    directory: Directory = field(default_factory=Directory)

    @property
    def address(self) -> str:
        return self.settings.address.rstrip("/")

    def hire(self, sub: str, name: str, *groups: str) -> None:
        """Put a person into the directory."""
        self.directory.people[sub] = {
            "preferred_username": name,
            "name": name.title(),
            "groups": list(groups),
        }

    @contextmanager
    def visitor(self) -> Iterator[httpx.Client]:
        with httpx.Client(base_url=self.address, follow_redirects=True, timeout=60) as client:
            yield client

    def sign_in(self, client: httpx.Client, sub: str) -> httpx.Response:
        """Go through the provider as a browser would, with its redirects and cookies."""
        self.directory.signs_in = sub
        return client.get("/hub/oauth_login", params={"next": "/hub/home"})

    def member(self, name: str) -> object:
        with as_login(self.settings, "harbour_admin") as dsn, harbour.connect(dsn) as admin:
            return accounts.find_member(admin, name)

    @contextmanager
    def admin(self) -> Iterator[harbour.Connection]:
        with as_login(self.settings, "harbour_admin") as dsn, harbour.connect(dsn) as connection:
            yield connection

    def sql(self, statement: str) -> list[tuple[object, ...]]:
        password = read_secret(self.settings, "postgres_password")
        dsn = f"host=127.0.0.1 port={self.settings.port_of('postgres')} dbname=plimsoll user=postgres"
        with psycopg.connect(dsn, password=password) as connection:
            return connection.execute(statement.encode()).fetchall()

    def logs(self) -> str:
        return "".join(path.read_text() for path in self.settings.logs.glob("*.log"))


class Absent(BaseHTTPRequestHandler):
    """Stands where a room would: the Hub waits half a minute for each that does not answer."""

    def do_GET(self) -> None:
        self.send_response(200)
        self.end_headers()

    def log_message(self, *args: object) -> None:
        pass


@pytest.fixture(scope="module")
def bank() -> Iterator[Bank]:
    with platform_folder() as folder, running_directory() as directory:
        lines = [f'[[groups]]\ngroup = "{g}"\norganisation = "{o}"\nrole = "{r}"\n' for g, o, r in GROUPS]
        secret = folder / "client_secret"
        secret.write_text(SECRET)
        head = f'issuer = "{directory.issuer}"\nclient_id = "plimsoll"\nlabel = "Banque du Port"\n'
        head += f'client_secret_file = "{secret}"\n'
        (folder / "oidc.toml").write_text(head + "".join(lines))
        settings = load_settings({"PLIMSOLL_DATA": str(folder), "PLIMSOLL_PORT": str(free_port())})
        with running_hub(settings):
            yield Bank(settings, directory)


@pytest.fixture(scope="module")
def own_accounts() -> Iterator[Bank]:
    """A Hub without a directory: the platform's own accounts."""
    with platform_folder() as folder:
        settings = load_settings({"PLIMSOLL_DATA": str(folder), "PLIMSOLL_PORT": str(free_port())})
        with running_hub(settings):
            yield Bank(settings)


@contextmanager
def running_hub(settings: Settings) -> Iterator[None]:
    """Run database, proxy and Hub, with nothing where the rooms would be."""
    settings.run.mkdir(parents=True)
    ensure_service_user(settings)
    ensure_folders(settings)
    ensure_secrets(settings)
    initialise_cluster(settings)
    stands = [ThreadingHTTPServer(("127.0.0.1", settings.port_of(room)), Absent) for room in ROOMS]
    for stand in stands:
        threading.Thread(target=stand.serve_forever, daemon=True).start()
    running: list[subprocess.Popen[bytes]] = []
    try:
        running.append(launch(settings, "postgres"))
        prepare_database(settings)
        with as_login(settings, "harbour_admin") as dsn, harbour.connect(dsn) as admin:
            accounts.create_organisation(admin, "port", "Banque du Port")
            accounts.create_organisation(admin, "nordhaven", "Nordhaven Sparbank")
        running += [launch(settings, "proxy"), launch(settings, "hub")]
        yield
    finally:
        for stand in stands:
            stand.shutdown()
            stand.server_close()
        for program in reversed(running):
            program.send_signal(signal.SIGINT if program is running[0] else signal.SIGTERM)
            program.wait(30)


def launch(settings: Settings, name: str) -> subprocess.Popen[bytes]:
    kept = {
        "PLIMSOLL_DATA": str(settings.data),
        "PLIMSOLL_PORT": str(settings.port),
        "PATH": os.environ["PATH"],
    }
    with (settings.logs / f"{name}.log").open("ab") as log:
        command = [sys.executable, "-m", "harbour.services.launch", name]
        program = subprocess.Popen(command, env=kept, stdout=log, stderr=subprocess.STDOUT, cwd=settings.data)
    end = time.monotonic() + 60
    while not CHECKS[name](settings):
        assert program.poll() is None, (settings.logs / f"{name}.log").read_text()
        assert time.monotonic() < end, (settings.logs / f"{name}.log").read_text()[-4000:]
        time.sleep(0.1)
    return program
