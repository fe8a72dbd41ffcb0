"""Back a running platform up, and restore it elsewhere."""

from __future__ import annotations

import hashlib
import json
import random
import re
import shutil
import tempfile
from collections.abc import Iterator
from pathlib import Path

import pytest
from tests.platform_fixture import RunningPlatform

from harbour.services.ports import free_block

pytestmark = pytest.mark.xdist_group("platform")


@pytest.fixture(scope="module")
def backup(running_platform: RunningPlatform) -> Iterator[Path]:
    folder = Path(tempfile.mkdtemp(prefix="plimsoll-backups-"))
    done = running_platform.harbour("backup", "--out", str(folder))
    assert done.returncode == 0, done.stderr
    noted = json.loads((running_platform.data / "run" / "last_backup.json").read_text())
    assert noted["bytes"] == sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    yield next(folder.iterdir())
    shutil.rmtree(folder)


@pytest.fixture
def elsewhere() -> Iterator[RunningPlatform]:
    folder = Path(tempfile.mkdtemp(prefix="plimsoll-restored-"))
    folder.chmod(0o755)
    yield RunningPlatform(folder / "data", free_block(random.randrange(20000, 30000)))
    shutil.rmtree(folder)


def restore(platform: RunningPlatform, backup: Path) -> tuple[int, str]:
    platform.data.mkdir(mode=0o711, exist_ok=True)
    done = platform.harbour("restore", str(backup))
    return done.returncode, re.sub(r"\s+", " ", done.stdout + done.stderr)


def test_a_backup_is_whole_and_closed_to_others(backup):
    manifest = json.loads((backup / "manifest.json").read_text())
    assert manifest["rows"]["harbour.submissions"] >= 1
    assert {"plimsoll.dump", "hub.dump", "roles.sql", "heads.jsonl"} <= set(manifest["files"])
    assert backup.stat().st_mode & 0o077 == 0
    assert not [path for path in backup.rglob("*") if path.is_file() and path.stat().st_mode & 0o077]
    assert "SCRAM-SHA-256" not in (backup / "roles.sql").read_text()


def test_it_is_restored_elsewhere_and_proved(backup, elsewhere):
    code, said = restore(elsewhere, backup)
    rows = sum(json.loads((backup / "manifest.json").read_text())["rows"].values())
    assert (code, f"restored {rows} rows" in said, "whole:" in said) == (0, True, True), said
    assert (elsewhere.data / "postgres" / "PG_VERSION").is_file()
    code, said = restore(elsewhere, backup)  # what is there is never overwritten
    assert (code, "holds a database" in said) == (5, True), said


@pytest.mark.parametrize("name", ["plimsoll.dump", "heads.jsonl", "roles.sql"])
def test_a_spoiled_backup_is_refused(backup, elsewhere, tmp_path, name):
    spoiled = shutil.copytree(backup, tmp_path / "spoiled")
    content = bytearray((spoiled / name).read_bytes())
    content[len(content) // 2] ^= 1
    (spoiled / name).write_bytes(content)
    code, said = restore(elsewhere, spoiled)
    assert (code, f"{name} is not as it was written" in said) == (5, True), said
    assert not (elsewhere.data / "postgres").exists()
    code, said = restore(elsewhere, tmp_path)
    assert (code, "is no whole backup" in said) == (5, True), said


def test_a_head_that_the_restored_log_does_not_meet_undoes_the_restore(backup, elsewhere, tmp_path):
    forged = shutil.copytree(backup, tmp_path / "forged")
    heads = [json.loads(line) for line in (forged / "heads.jsonl").read_text().splitlines()]
    heads[-1]["seq"] += 1  # as if the dump had lost its last event
    (forged / "heads.jsonl").write_text("".join(json.dumps(head) + "\n" for head in heads))
    manifest = json.loads((forged / "manifest.json").read_text())
    manifest["files"]["heads.jsonl"] = _sha256(forged / "heads.jsonl")
    (forged / "manifest.json").write_text(json.dumps(manifest))
    code, said = restore(elsewhere, forged)
    assert (code, "was anchored and is missing" in said) == (5, True), said
    assert not (elsewhere.data / "postgres").exists()


def test_a_backup_of_nothing_says_what_is_missing(elsewhere):
    elsewhere.data.mkdir(mode=0o711)
    done = elsewhere.harbour("backup", "--out", str(elsewhere.data / "backups"))
    assert done.returncode == 5
    assert "Traceback" not in done.stderr
    assert list((elsewhere.data / "backups").iterdir()) == []


def _sha256(path: Path) -> str:

    return hashlib.sha256(path.read_bytes()).hexdigest()
