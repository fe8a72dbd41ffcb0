"""`harbour backup` and `harbour restore`."""

from __future__ import annotations

from pathlib import Path

from rich.console import Console

from harbour.cli.exits import DONE
from harbour.errors import StartFailed
from harbour.services.backup import back_up
from harbour.services.restoring import restore
from harbour.services.supervision import is_running
from harbour.settings import load_settings

__all__ = ["backup", "restore_backup"]


def backup(console: Console, out: Path) -> int:
    """Write a backup and print where it is."""
    folder = back_up(load_settings(), out)
    size = sum(path.stat().st_size for path in folder.rglob("*") if path.is_file())
    console.print(f"backup   {folder}  ({size:,} bytes)", highlight=False, soft_wrap=True)
    console.print(
        "The secrets folder is not in it: keep secrets/evidence_key apart, or packs get a new key.",
        highlight=False,
    )
    return DONE


def restore_backup(console: Console, folder: Path) -> int:
    """Restore a backup into an installation without a database, and print what was checked."""
    settings = load_settings()
    if is_running(settings):
        raise StartFailed("The platform is running: stop it with `make down` first.")
    console.print(f"restored {restore(settings, folder)}", highlight=False, soft_wrap=True)
    console.print("Start it with `make up`.", highlight=False)
    return DONE
