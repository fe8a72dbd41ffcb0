"""Fixtures: a throwaway Postgres of our own for every test process, with two banks in it."""

from __future__ import annotations

import os
import pwd
import secrets
import shutil
import signal
import socket
import subprocess
import tempfile
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import IO, Any

import psycopg
import pytest

import harbour
from harbour import db
from harbour.artefacts import DIGEST_PARTS
from harbour.db import server
from harbour.identity import accounts, logins, names

RUNNER = "nobody"  # Postgres refuses to run as root


@dataclass
class Harbour:
    """A running database: its address, and a password file that opens it for everyone created here."""

    port: int
    pgpass: Path
    passwords: dict[str, str] = field(default_factory=dict)
    one_time: dict[str, str] = field(default_factory=dict)

    def dsn(self, login: str, database: str = db.DATABASE) -> str:
        return f"host=127.0.0.1 port={self.port} dbname={database} user={login} passfile={self.pgpass}"

    def learn(self, login: str, password: str) -> None:
        self.passwords[login] = password
        lines = [f"127.0.0.1:{self.port}:*:{who}:{secret}" for who, secret in self.passwords.items()]
        self.pgpass.write_text("\n".join(lines) + "\n")
        self.pgpass.chmod(0o600)

    def raw(self, login: str, database: str = db.DATABASE) -> psycopg.Connection:
        """Connect as a login with nothing of ours in between: the attacker's way."""
        return psycopg.connect(self.dsn(login, database), autocommit=True)

    def superuser(self) -> psycopg.Connection:
        return self.raw("postgres")

    def admin(self) -> harbour.Connection:
        return harbour.connect(self.dsn("harbour_admin"))

    def member(self, name: str) -> harbour.Connection:
        """Connect as a member's own kernel would."""
        return harbour.connect(self.dsn(names.role_of(name)))

    def through(self, service: str, name: str) -> harbour.Connection:
        """Connect as a trusted service acting for a member."""
        return harbour.connect(self.dsn(service), member=name)

    def add(self, name: str, *roles: str) -> str:
        with self.admin() as admin:
            self.one_time[name] = accounts.create_member(admin, name, name.title(), roles=roles)
            self.learn(names.role_of(name), logins.issue_login(admin, name))
        return name


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        return int(probe.getsockname()[1])


def start(folder: Path, port: int, log: IO[bytes], setting: str = "fsync=off") -> subprocess.Popen[bytes]:
    root = os.geteuid() == 0
    return subprocess.Popen(
        [*server.command(folder / "data", port=port), "-c", setting],
        stderr=log,
        cwd=folder,
        user=RUNNER if root else None,
        group=pwd.getpwnam(RUNNER).pw_gid if root else None,
        extra_groups=[] if root else None,
    )


@contextmanager
def serve() -> Iterator[Harbour]:
    """Start an empty server with our roles, databases and schema; stop it and remove it at the end."""
    folder = Path(tempfile.mkdtemp(prefix="plimsoll-postgres-"))
    folder.chmod(0o711)
    started = Harbour(free_port(), folder / "pgpass")
    started.learn("postgres", secrets.token_urlsafe(16))
    password = folder / "password"
    password.write_text(started.passwords["postgres"])
    password.chmod(0o600)
    server.initialise(folder / "data", password, RUNNER if os.geteuid() == 0 else None)
    with (folder / "log").open("wb") as log:
        running = start(folder, started.port, log)
    try:
        server.wait_ready(started.dsn("postgres", "postgres"))
        services = {login: secrets.token_urlsafe(16) for login in db.SERVICE_LOGINS}
        db.bootstrap(started.dsn("postgres", "postgres"), services)
        for login, secret in services.items():
            started.learn(login, secret)
        db.migrate(started.dsn("harbour_migrator"))
        yield started
    finally:
        running.send_signal(signal.SIGINT)
        running.wait(30)
        shutil.rmtree(folder)


@pytest.fixture(scope="session")
def postgres() -> Iterator[Harbour]:
    """Give one server to all tests of a process."""
    with serve() as started:
        yield started


@pytest.fixture(scope="session")
def banks(postgres: Harbour) -> Harbour:
    """Add Banque du Port and Nordhaven Sparbank, with somebody in every role."""
    with postgres.admin() as admin:
        accounts.create_organisation(admin, "port", "Banque du Port")
        accounts.create_organisation(admin, "nordhaven", "Nordhaven Sparbank")
    postgres.add("port-amelie", "analyst")
    postgres.add("port-bruno", "analyst", "reviewer")
    postgres.add("port-chloe", "reviewer")
    postgres.add("port-dario", "viewer")
    postgres.add("port-elsa", "org_admin")
    postgres.add("nordhaven-nils", "analyst")
    postgres.add("nordhaven-olga", "reviewer")
    postgres.add("nordhaven-pia", "viewer")
    postgres.add("platform-root", "platform_admin")
    return postgres


def records(name: str = "own funds", cet1: float = 0.1532, **changes: Any) -> harbour.RunRecord:
    """Make what an execution would have to say, with figures of one's choice."""
    parts = {part: f"{place:x}" * 64 for place, part in enumerate(DIGEST_PARTS, 1)}
    summary = {
        "entity": {"name": "Banque du Port", "lei": "969500PORT0000000001"},
        "reference_date": "2026-06-30",
        "scenario": "baseline",
        "ratios": {"cet1_ratio": cet1},
    }
    content = {"package.zip": f"package of {name} {cet1}".encode()}
    values: dict[str, Any] = {"digests": parts, "summary": summary, "artefacts": content} | changes
    return harbour.RunRecord(
        name=name, template="corep_own_funds", parameters={"scenario": "baseline"}, **values
    )


@pytest.fixture
def record() -> Callable[..., harbour.RunRecord]:
    """Give the maker of run records."""
    return records
