"""Files of any size: none is held whole, neither here nor in the database; every lie about one is found."""

from __future__ import annotations

import hashlib
import subprocess
import sys
import textwrap
import threading
import time
from pathlib import Path

import psutil
import psycopg
import pytest
from sqlalchemy import text

from harbour import errors

MIB = 1 << 20
LARGE = 200 * MIB


def anonymous(process: psutil.Process) -> int:
    """Return the bytes of memory a process has for itself alone (shared buffers apart)."""
    with Path(f"/proc/{process.pid}/status").open(encoding="ascii") as stream:
        return next(int(line.split()[1]) * 1024 for line in stream if line.startswith("RssAnon"))


class Watch(threading.Thread):
    """Watches what the server's processes hold, until told to stop."""

    def __init__(self, port: int) -> None:
        super().__init__(daemon=True)
        server = {
            c.pid for c in psutil.net_connections("tcp") if c.laddr.port == port and c.status == "LISTEN"
        }
        self.server, self.peak, self.ended = psutil.Process(server.pop()), 0, threading.Event()

    def run(self) -> None:
        while not self.ended.is_set():
            for child in self.server.children():
                try:
                    self.peak = max(self.peak, anonymous(child))
                except (OSError, StopIteration):
                    continue  # it ended meanwhile
            time.sleep(0.005)


SENDER = """
import pathlib, resource, sys
import harbour
path, copy = map(pathlib.Path, sys.argv[1:3])
def peak():
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss * 1024
with harbour.connect(sys.argv[3]) as me:
    me.artefacts.get(me.artefacts.put(b"warm"))
    before = peak()
    sha256 = me.artefacts.put(path)
    me.artefacts.save(sha256, copy)
    print(sha256, peak() - before)
"""


def test_200_mb_go_there_and_back_without_being_held(banks, tmp_path):
    path, copy = tmp_path / "book", tmp_path / "copy"
    block = hashlib.sha256(b"book").digest() * (MIB // 32)
    with path.open("wb") as stream:
        for number in range(LARGE // MIB):
            stream.write(number.to_bytes(8, "big") + block[8:])
    watch = Watch(banks.port)
    watch.start()
    command = [sys.executable, "-c", textwrap.dedent(SENDER), path, copy, banks.dsn("m_port_amelie")]
    ran = subprocess.run(command, capture_output=True, text=True, check=True)
    watch.ended.set()
    watch.join()
    sha256, grown = ran.stdout.split()
    with path.open("rb") as sent, copy.open("rb") as got:
        assert sha256 == hashlib.file_digest(sent, "sha256").hexdigest()
        assert sha256 == hashlib.file_digest(got, "sha256").hexdigest()
    assert int(grown) < 40 * MIB
    assert 0 < watch.peak < 60 * MIB
    with banks.superuser() as root:
        kept = "SELECT checked, size FROM harbour.artefacts WHERE sha256 = %s"
        assert root.execute(kept, [sha256]).fetchone() == (False, LARGE)


def upload(connection, pieces: list[bytes], sha256: str | None) -> str:
    """Send pieces as raw SQL and finish with any claim."""
    with connection.transaction():
        started = connection.execute("SELECT harbour.start_upload()").fetchone()[0]
        for position, piece in enumerate(pieces):
            connection.execute("SELECT harbour.put_chunk(%s, %s, %s)", [started, position, piece])
        return connection.execute("SELECT harbour.finish_upload(%s, %s)", [started, sha256]).fetchone()[0]


def test_a_false_name_of_a_small_file_is_refused(banks):
    with banks.raw("m_port_amelie") as amelie:
        with pytest.raises(psycopg.errors.CheckViolation, match="not what was sent"):
            upload(amelie, [b"content"], "0" * 64)
        assert upload(amelie, [b"content"], None) == hashlib.sha256(b"content").hexdigest()


def large(seed: str) -> list[bytes]:
    return [hashlib.sha256(f"{seed}{n}".encode()).digest() * (MIB // 32) for n in range(17)]


def test_a_false_name_of_a_large_file_harms_nobody(banks, tmp_path):
    true, false = large("true"), large("false")
    name = hashlib.sha256(b"".join(true)).hexdigest()
    with banks.raw("m_port_bruno") as bruno, banks.member("port-amelie") as amelie:
        assert upload(bruno, false, name) == name  # taken at its word …
        with pytest.raises(errors.DatabaseError, match="are not those stored"):
            amelie.artefacts.save(name, tmp_path / "got")  # … which nobody who reads does
        assert not (tmp_path / "got").exists()
        assert amelie.artefacts.put(b"".join(true)) == name  # and the true bytes take their place
        assert amelie.artefacts.get(name) == b"".join(true)
        assert "replaced" in amelie.audit.events(f"artefact:{name}")[0].detail
        with pytest.raises(psycopg.errors.CheckViolation, match="not what was sent"):
            upload(bruno, false, name)
        assert amelie.artefacts.get(name) == b"".join(true)


@pytest.mark.parametrize(
    ("pieces", "said"),
    [([b"short", b"x"], "1 MiB"), ([bytes(MIB), b"x", b"y"], "1 MiB"), ([b"x", bytes(MIB)], "1 MiB")],
)
def test_one_content_has_one_root(banks, pieces, said):
    with banks.raw("m_port_amelie") as amelie, pytest.raises(psycopg.errors.CheckViolation, match=said):
        upload(amelie, pieces, None)


def test_a_large_file_comes_with_its_name(banks):
    with banks.raw("m_port_amelie") as amelie:
        for claim in (None, "", "x" * 64):
            with pytest.raises(psycopg.errors.CheckViolation, match="comes with its SHA-256"):
                upload(amelie, large("unnamed"), claim)


def test_the_same_file_again_is_kept_once(banks):
    content = b"".join(large("again"))
    with banks.member("port-amelie") as amelie, banks.superuser() as root:
        name = amelie.artefacts.put(content)
        count = "SELECT count(*) FROM harbour.artefact_chunks"
        before = root.execute(count).fetchone()
        assert amelie.artefacts.put(content) == name
        assert root.execute(count).fetchone() == before


def test_a_file_read_by_halves_leaves_no_transaction(banks):
    with banks.member("port-amelie") as amelie, banks.superuser() as root:
        name = amelie.artefacts.put(bytes(3 * MIB))
        half = amelie.artefacts.pieces(name)
        next(half)
        half.close()
        with amelie.session.transaction() as connection:
            assert connection.execute(text("SELECT 1")).scalar_one() == 1
        busy = (
            "SELECT count(*) FROM pg_stat_activity WHERE usename = 'm_port_amelie' AND state LIKE 'idle in%'"
        )
        assert root.execute(busy).fetchone()[0] == 0
