"""`harbour doctor` on a platform something is wrong with: it says what, and what to do."""

from __future__ import annotations

import json
import os
import re
import signal
import time
from collections.abc import Iterator
from contextlib import contextmanager

import pytest
from tests.platform_fixture import RunningPlatform


def examine(platform: RunningPlatform, **settings: object) -> tuple[int, dict[str, tuple[bool, str]]]:
    """Return the exit code and what was found, by subject; settings stand in the file, as an administrator's would."""
    file = platform.data / "settings.toml"
    before = file.read_text() if file.is_file() else None
    file.write_text((before or "") + "".join(f"{key} = {value}\n" for key, value in settings.items()))
    try:
        done = platform.harbour("doctor")
    finally:
        file.unlink() if before is None else file.write_text(before)
    found = re.findall(r"^(ok|bad) +(\S+(?: check)?) +(.+)$", done.stdout, re.MULTILINE)
    return done.returncode, {subject: (mark == "ok", said) for mark, subject, said in found}


@contextmanager
def halted(platform: RunningPlatform, name: str) -> Iterator[int]:
    """Stop one service where it stands: it keeps its port and answers nobody."""
    pid = int(json.loads((platform.data / "run" / "processes" / f"{name}.json").read_text())["pid"])
    os.kill(pid, signal.SIGSTOP)
    try:
        yield pid
    finally:
        os.kill(pid, signal.SIGCONT)


@pytest.mark.parametrize("name", ["cockpit", "proxy"])
def test_a_service_that_hangs_is_named_with_what_ends_it(
    running_platform: RunningPlatform, name: str
) -> None:
    with halted(running_platform, name) as pid:
        code, found = examine(running_platform)
    assert code == 1
    assert found[name] == (
        False,
        f"runs and does not answer: `kill -9 {pid}`, and it is started anew; "
        f"its log is {running_platform.data}/logs/{name}.log",
    )
    assert found["returns"][0], "and the others are well"
    end = time.monotonic() + 120
    while examine(running_platform)[1][name] != (True, "answers"):
        assert time.monotonic() < end


def test_too_little_disk_is_said(running_platform: RunningPlatform) -> None:
    code, found = examine(running_platform, least_free_gb=1_000_000)
    good, said = found["disk"]
    assert (code, good) == (1, False)
    assert "1000000 are needed: make room" in said


def test_events_without_an_anchor_are_said(running_platform: RunningPlatform) -> None:
    anchors = running_platform.data / "anchors" / "anchors.jsonl"
    end = time.monotonic() + 60
    while not (anchors.is_file() and anchors.read_bytes().endswith(b"\n")):
        assert time.monotonic() < end
        time.sleep(0.2)
    assert examine(running_platform)[1]["anchors"][0]
    with halted(running_platform, "worker"):
        before = anchors.read_bytes()
        try:
            anchors.write_bytes(before.splitlines(keepends=True)[0])  # as if it had stopped long ago
            code, found = examine(running_platform, anchor_minutes=0)
            assert (code, found["anchors"][0]) == (1, False)
            assert re.search(
                r"the last is of 20..-..-.. ..:.. UTC, and \d logs? .*`harbour audit anchor`",
                found["anchors"][1],
            )
        finally:
            anchors.write_bytes(before)


def test_no_backup_in_time_is_said(running_platform: RunningPlatform) -> None:
    note = running_platform.data / "run" / "last_backup.json"
    before = note.read_bytes() if note.is_file() else None
    note.write_text(json.dumps({"taken": "2020-01-01T00:00:00Z", "bytes": 1}))
    try:
        code, found = examine(running_platform)
        assert (code, found["backup"][0]) == (1, False)
        assert "days ago: `harbour backup --out" in found["backup"][1]
    finally:
        note.unlink() if before is None else note.write_bytes(before)
