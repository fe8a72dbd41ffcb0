"""Cap the memory of a member's server by a control group, where the machine allows it."""

from __future__ import annotations

from pathlib import Path

__all__ = ["can_limit_memory", "limit_memory"]

GROUPS = Path("/sys/fs/cgroup")
OURS = "plimsoll"


def can_limit_memory(groups: Path = GROUPS) -> bool:
    """Say whether this process may make control groups with a memory limit; only root can, and not always."""
    try:
        return _prepare(groups) is not None
    except OSError:
        return False


def limit_memory(member: str, megabytes: int, groups: Path = GROUPS) -> Path:
    """Make a member's control group with its limit, and return the file through which a process joins it.

    Raises
    ------
    OSError
        When the machine does not allow it after all.
    """
    prepared = _prepare(groups)
    if prepared is None:
        raise OSError("this machine has no control groups with a memory limit")
    ours, limit = prepared
    folder = ours / member
    folder.mkdir(exist_ok=True)
    (folder / limit).write_text(str(megabytes * 2**20), encoding="ascii")
    return folder / "cgroup.procs"


def _prepare(groups: Path) -> tuple[Path, str] | None:
    """Return our folder and its limit file's name, in version 2 or the older version 1 of control groups."""
    controllers = groups / "cgroup.controllers"
    if controllers.is_file():
        if "memory" not in controllers.read_text(encoding="ascii").split():
            return None
        ours = groups / OURS
        ours.mkdir(exist_ok=True)
        for folder in (groups, ours):
            (folder / "cgroup.subtree_control").write_text("+memory", encoding="ascii")
        return ours, "memory.max"
    if (groups / "memory" / "memory.limit_in_bytes").is_file():
        ours = groups / "memory" / OURS
        ours.mkdir(exist_ok=True)
        return ours, "memory.limit_in_bytes"
    return None
