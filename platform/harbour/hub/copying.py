"""Put the examples and the report templates into a member's home: `python copying.py HOME EXAMPLES REPORTS`.

Run as the member, by its path and with nothing of ours imported: a server waits for it at every start.
"""

from __future__ import annotations

import shutil
import sys
from pathlib import Path

__all__ = ["copy_examples", "copy_reports"]


def copy_examples(source: Path, target: Path) -> int:
    """Copy the example files a member does not have yet, and return how many; his own changes stay."""
    copied = 0
    for file in sorted(source.rglob("*")):
        own = target / file.relative_to(source)
        hidden = any(part.startswith(".") for part in file.relative_to(source).parts)
        if file.is_file() and not hidden and not own.exists():
            own.parent.mkdir(mode=0o700, parents=True, exist_ok=True)
            shutil.copyfile(file, own)
            copied += 1
    return copied


def copy_reports(source: Path, target: Path) -> int:
    """Put the report templates of this version in place, to read and to copy, and return how many files.

    They are not his to change, for a run is made from the installation's own: an older or changed copy gives way.
    """
    draft = target.with_name(f".{target.name}")
    for old in (draft, target):
        _take_away(old)
    shutil.copytree(source, draft, ignore=shutil.ignore_patterns(".*", "__pycache__"))
    files = [path for path in draft.rglob("*") if path.is_file()]
    for path in files:
        path.chmod(0o444)
    draft.replace(target)
    return len(files)


def _take_away(path: Path) -> None:
    if path.is_symlink() or path.is_file():
        path.unlink()
    elif path.is_dir():
        shutil.rmtree(path)


if __name__ == "__main__":
    home, examples, reports, dashboards = map(Path, sys.argv[1:])
    copy_examples(examples, home / "examples")
    copy_examples(dashboards, home / "examples" / "voila")
    copy_reports(reports, home / "reports")
