"""`harbour evidence`: everything about one submission, in one signed file."""

from __future__ import annotations

import json
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console

import harbour
from harbour.cli.exits import DONE
from harbour.errors import NotFound, SettingsError
from harbour.evidence import ensure_key, write_pack
from harbour.evidence.collection import Anchor
from harbour.identity import accounts, names
from harbour.services.database import as_login, as_member
from harbour.settings import Settings, load_settings

__all__ = ["evidence"]

SEES_WORK = {"analyst", "reviewer", "org_admin"}
ANCHORS = "anchors"


def evidence(console: Console, submission: int, out: Path, *, login: str | None, anchors: Path | None) -> int:
    """Write the pack, and print what a checker needs."""
    settings = load_settings()
    key = ensure_key(settings)
    with _someone(settings, submission, login) as connection:
        held = _read_anchors(anchors or settings.data / ANCHORS)
        pack = write_pack(connection.session, submission, out, key, anchors=held)
        console.print(f"evidence     {pack.path}", highlight=False, soft_wrap=True)
        console.print(f"sha256       {pack.sha256}", highlight=False)
        console.print(f"signed by    {pack.fingerprint}", highlight=False)
        console.print(f"seen by      {connection.me.name}, {len(held)} anchors known", highlight=False)
    command = f"python3 tools/check_evidence.py {pack.path} --key {pack.fingerprint}"
    console.print(f"check it     {command}", highlight=False, soft_wrap=True)
    return DONE


@contextmanager
def _someone(settings: Settings, submission: int, login: str | None) -> Iterator[harbour.Connection]:
    """Connect as the member named, as oneself in a notebook, or as anyone who sees the submission."""
    if login is None and os.environ.get("PLIMSOLL_DSN"):
        with harbour.connect() as connection:
            yield connection
        return
    member = names.hub_name(login) if login else _who_sees(settings, submission)
    with as_member(settings, member) as connection:
        yield connection


def _who_sees(settings: Settings, submission: int) -> str:
    with as_login(settings, "harbour_admin") as dsn, harbour.connect(dsn) as admin:
        able = [m for m in accounts.list_members(admin) if m.state == "active" and SEES_WORK & set(m.roles)]
    # Within an organisation all of them see the same: one of each is enough to ask.
    for member in {m.organisation: m.name for m in reversed(able)}.values():
        with as_member(settings, member) as connection:
            try:
                connection.submissions.get(submission)
            except NotFound:
                continue
            return member
    raise NotFound(f"There is no submission {submission}.")


def _read_anchors(path: Path) -> tuple[Anchor, ...]:
    files = sorted(path.glob("*.jsonl")) if path.is_dir() else [path] if path.is_file() else []
    try:
        lines = [line for file in files for line in file.read_text(encoding="utf-8").splitlines() if line]
        return tuple(
            {name: anchor[name] for name in ("organisation", "seq", "hash")}
            for anchor in map(json.loads, lines)
        )
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise SettingsError(f"{path} does not hold anchors as JSON lines: {error}") from error
