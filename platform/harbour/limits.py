"""Cap the memory and processors of a member's server by control groups, where the machine allows it."""

from __future__ import annotations

from pathlib import Path

__all__ = ["can_limit_memory", "limit_server"]

GROUPS = Path("/sys/fs/cgroup")
OURS = "plimsoll"
PERIOD = 100_000  # microseconds over which processor time is counted out


def can_limit_memory(groups: Path = GROUPS) -> bool:
    """Say whether this process may make control groups with a memory limit; only root can, and not always."""
    try:
        return bool(_prepare(groups))
    except OSError:
        return False


def limit_server(member: str, megabytes: int, cpus: float, groups: Path = GROUPS) -> list[Path]:
    """Make a member's control groups with their limits, and return the files through which a process joins them.

    Parameters
    ----------
    cpus
        Processors at most, such as 1.5; not capped where the machine has no control group for it.

    Raises
    ------
    OSError
        When the machine cannot cap memory after all.
    """
    prepared = _prepare(groups)
    if not prepared:
        raise OSError("this machine has no control groups with a memory limit")
    limits = {
        "memory.max": str(megabytes * 2**20),
        "memory.limit_in_bytes": str(megabytes * 2**20),
        "cpu.max": f"{int(cpus * PERIOD)} {PERIOD}",
        "cpu.cfs_quota_us": str(int(cpus * PERIOD)),
    }
    joined = []
    for ours, names in prepared.items():
        folder = ours / member
        folder.mkdir(exist_ok=True)
        for name in names:
            (folder / name).write_text(limits[name], encoding="ascii")
        joined.append(folder / "cgroup.procs")
    return joined


def _prepare(groups: Path) -> dict[Path, list[str]]:
    """Return our folder in each hierarchy and the limits' files in it; empty where memory cannot be capped."""
    controllers = groups / "cgroup.controllers"
    if controllers.is_file():
        return _prepare_unified(groups, controllers.read_text(encoding="ascii").split())
    if not (groups / "memory" / "memory.limit_in_bytes").is_file():
        return {}
    prepared = {groups / "memory" / OURS: ["memory.limit_in_bytes"]}
    if (groups / "cpu" / "cpu.cfs_quota_us").is_file():
        prepared[groups / "cpu" / OURS] = ["cpu.cfs_quota_us"]
    for ours in prepared:
        ours.mkdir(exist_ok=True)
    return prepared


def _prepare_unified(groups: Path, controllers: list[str]) -> dict[Path, list[str]]:
    """Prepare version 2, where one hierarchy has every controller."""
    if "memory" not in controllers:
        return {}
    ours = groups / OURS
    ours.mkdir(exist_ok=True)
    held = [name for name in ("memory", "cpu") if name in controllers]
    for folder in (groups, ours):
        (folder / "cgroup.subtree_control").write_text(
            " ".join(f"+{name}" for name in held), encoding="ascii"
        )
    return {ours: [f"{name}.max" for name in held]}
