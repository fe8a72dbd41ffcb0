"""Making the embedded server's folder: once, whole or not at all."""

from __future__ import annotations

import os
import pwd
import shutil
import tempfile
from pathlib import Path

import pytest
from tests.database import RUNNER, free_port

from harbour.db import server
from harbour.errors import DatabaseError, StartFailed

USER = RUNNER if os.geteuid() == 0 else None


@pytest.fixture
def place():
    folder = Path(
        tempfile.mkdtemp(prefix="plimsoll-server-")
    )  # not below pytest's own, which is closed to others
    folder.chmod(0o711)
    (folder / "password").write_text("a password\n")
    yield folder
    shutil.rmtree(folder)


def test_made_once_and_closed_to_others(place):
    left = place / "data.making"  # what a killed start leaves
    left.mkdir()
    (left / "PG_VERSION").write_text("18\n")
    assert server.initialise(place / "data", place / "password", USER) is True
    assert server.initialise(place / "data", place / "password", USER) is False
    found = (place / "data").stat()
    assert oct(found.st_mode & 0o777) == "0o700"
    assert found.st_uid == (pwd.getpwnam(RUNNER).pw_uid if USER else os.geteuid())
    assert sorted(path.name for path in place.iterdir()) == ["data", "password"]


def test_a_folder_that_cannot_be_made_is_said_and_not_left_half_made(place):
    (place / "data").mkdir()
    (place / "data" / "something").touch()
    with pytest.raises(OSError, match="not empty"):
        server.initialise(place / "data", place / "password", USER)
    assert not (place / "data" / "PG_VERSION").exists()


@pytest.mark.skipif(USER is None, reason="only root is refused")
def test_root_must_name_who_runs_it(place):
    with pytest.raises(StartFailed, match="refuses to run as root"):
        server.initialise(place / "data", place / "password")


def test_a_server_that_does_not_answer_is_said_to_be_silent():
    with pytest.raises(DatabaseError, match="did not answer within 0 s"):
        server.wait_ready(f"host=127.0.0.1 port={free_port()} dbname=x user=x", seconds=0)
