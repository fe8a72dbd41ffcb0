from __future__ import annotations

from pathlib import Path

import pytest

from harbour.limits import can_limit_memory, limit_memory


def test_version_two_groups_get_the_limit(tmp_path: Path) -> None:
    (tmp_path / "cgroup.controllers").write_text("cpu memory pids\n")
    assert can_limit_memory(tmp_path)
    joined = limit_memory("port-amelie", 512, tmp_path)
    assert joined == tmp_path / "plimsoll" / "port-amelie" / "cgroup.procs"
    assert (joined.parent / "memory.max").read_text() == str(512 * 2**20)


def test_version_one_groups_get_the_limit(tmp_path: Path) -> None:
    (tmp_path / "memory").mkdir()
    (tmp_path / "memory" / "memory.limit_in_bytes").write_text("0")
    joined = limit_memory("port-amelie", 512, tmp_path)
    assert (joined.parent / "memory.limit_in_bytes").read_text() == str(512 * 2**20)


def test_without_a_memory_controller_it_says_no(tmp_path: Path) -> None:
    assert not can_limit_memory(tmp_path)
    (tmp_path / "cgroup.controllers").write_text("cpu pids\n")
    assert not can_limit_memory(tmp_path)
    with pytest.raises(OSError, match="memory limit"):
        limit_memory("port-amelie", 512, tmp_path)
