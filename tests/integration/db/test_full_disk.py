"""A disk that is full: a clear error, nothing half-done, and work again when there is room."""

from __future__ import annotations

import os
import secrets
import signal
import subprocess
import tempfile
from pathlib import Path

import pytest
from tests.database import RUNNER as OWNER
from tests.database import Harbour, free_port, records, start

from harbour import db
from harbour.db import server
from harbour.errors import DatabaseError, HarbourError
from harbour.identity import accounts


@pytest.fixture
def small():
    """Run a server whose whole folder is on a disk of 160 MB; skip where no such disk can be made."""
    if os.geteuid() != 0:
        pytest.skip("only root can mount a small disk")
    folder = Path(tempfile.mkdtemp(prefix="plimsoll-full-"))
    mounted = subprocess.run(
        ["mount", "-t", "tmpfs", "-o", "size=160m,mode=711", "tmpfs", folder],
        capture_output=True,
        check=False,
    )
    if mounted.returncode:
        folder.rmdir()
        pytest.skip("this machine lets nobody mount a small disk")
    running = None
    try:
        # The file of passwords is the client's, and stays on a disk with room.
        with tempfile.TemporaryDirectory() as apart, (Path(apart) / "log").open("wb") as log:
            found = Harbour(free_port(), Path(apart) / "pgpass")
            found.learn("postgres", secrets.token_urlsafe(16))
            password = folder / "password"
            password.write_text(found.passwords["postgres"])
            password.chmod(0o600)
            server.initialise(folder / "data", password, OWNER)
            running = start(folder, found.port, log, "max_wal_size=32MB")
            server.wait_ready(found.dsn("postgres", "postgres"))
            services = {login: secrets.token_urlsafe(16) for login in db.SERVICE_LOGINS}
            db.bootstrap(found.dsn("postgres", "postgres"), services)
            for login, word in services.items():
                found.learn(login, word)
            db.migrate(found.dsn("harbour_migrator"))
            with found.admin() as admin:
                accounts.create_organisation(admin, "port", "Banque du Port")
            found.add("port-amelie", "analyst")
            yield found, folder
    finally:
        if running is not None:
            running.send_signal(signal.SIGINT)
            running.wait(30)
        subprocess.run(["umount", folder], check=True)
        folder.rmdir()


def test_a_full_disk_says_so_and_leaves_nothing_half_done(small):
    postgres, folder = small
    with postgres.member("port-amelie") as amelie:
        with postgres.superuser() as root:
            root.execute(
                "SELECT pg_switch_wal()"
            )  # a whole segment of log is there: it is the data that finds no room
        kept = amelie.workspace.save(records("before"))
        before = amelie.audit.head()
        ballast = folder / "ballast"
        free = os.statvfs(folder).f_bavail * os.statvfs(folder).f_frsize
        with ballast.open("wb") as stream:
            stream.write(bytes(free - 4 * 2**20))
        big = folder.parent / f"{folder.name}.book"
        big.write_bytes(os.urandom(12 * 2**20))
        try:
            with pytest.raises(DatabaseError, match=r"No space left on device"):
                amelie.artefacts.put(big)
            ballast.unlink()
            # What was there is there; the file is not, in no part that counts; and the same call works now.
            assert amelie.runs.get(kept.id) == kept
            assert amelie.audit.head() == before
            with postgres.superuser() as root:
                assert root.execute("SELECT count(*) FROM harbour.artefacts").fetchone() == (1,)
            sha256 = amelie.artefacts.put(big)
            assert amelie.artefacts.save(sha256, big.with_suffix(".copy")).read_bytes() == big.read_bytes()
        finally:
            big.unlink()
            big.with_suffix(".copy").unlink(missing_ok=True)
        with pytest.raises(HarbourError):
            amelie.artefacts.get("0" * 64)
