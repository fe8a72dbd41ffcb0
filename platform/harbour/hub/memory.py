"""Cap the memory of a member's server by a control group, where the machine allows it."""

from __future__ import annotations

from pathlib import Path

__all__ = ["can_limit", "limit_folder"]

GROUPS = Path("/sys/fs/cgroup")
OURS = "plimsoll"


def can_limit(groups: Path = GROUPS) -> bool:
    """Say whether control groups of version 2 with a memory controller can be made here."""
    try:
        controllers = (groups / "cgroup.controllers").read_text(encoding="ascii").split()
        (groups / OURS).mkdir(exist_ok=True)
        for folder in (groups, groups / OURS):
            (folder / "cgroup.subtree_control").write_text("+memory", encoding="ascii")
    except OSError:
        return False
    return "memory" in controllers


def limit_folder(member: str, megabytes: int, groups: Path = GROUPS) -> Path:
    """Make a member's control group with its limit; a process joins by its number in `cgroup.procs`."""
    folder = groups / OURS / member
    folder.mkdir(exist_ok=True)
    (folder / "memory.max").write_text(str(megabytes * 2**20), encoding="ascii")
    swap = folder / "memory.swap.max"
    if swap.exists():
        swap.write_text("0", encoding="ascii")
    return folder
