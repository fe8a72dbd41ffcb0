from __future__ import annotations

from pathlib import Path

import pytest

from harbour.limits import can_limit_memory, limit_server


def test_version_two_groups_get_the_limits(tmp_path: Path) -> None:
    (tmp_path / "cgroup.controllers").write_text("cpu memory pids\n")
    assert can_limit_memory(tmp_path)
    (joined,) = limit_server("port-amelie", 512, 1.5, tmp_path)
    assert joined == tmp_path / "plimsoll" / "port-amelie" / "cgroup.procs"
    assert (joined.parent / "memory.max").read_text() == str(512 * 2**20)
    assert (joined.parent / "cpu.max").read_text() == "150000 100000"


def test_version_one_groups_get_the_limits(tmp_path: Path) -> None:
    for controller, limit in (("memory", "memory.limit_in_bytes"), ("cpu", "cpu.cfs_quota_us")):
        (tmp_path / controller).mkdir()
        (tmp_path / controller / limit).write_text("0")
    memory, cpu = limit_server("port-amelie", 512, 2, tmp_path)
    assert (memory.parent / "memory.limit_in_bytes").read_text() == str(512 * 2**20)
    assert (cpu.parent / "cpu.cfs_quota_us").read_text() == "200000"


def test_memory_is_capped_where_processors_cannot_be(tmp_path: Path) -> None:
    (tmp_path / "cgroup.controllers").write_text("memory\n")
    (joined,) = limit_server("port-amelie", 512, 1, tmp_path)
    assert not (joined.parent / "cpu.max").exists()


def test_without_a_memory_controller_it_says_no(tmp_path: Path) -> None:
    assert not can_limit_memory(tmp_path)
    (tmp_path / "cgroup.controllers").write_text("cpu pids\n")
    assert not can_limit_memory(tmp_path)
    with pytest.raises(OSError, match="memory limit"):
        limit_server("port-amelie", 512, 1, tmp_path)
