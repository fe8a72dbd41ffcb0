"""`python -m plimsoll.dictionary build`: the set-up step; `… changes MODULE DATE DATE`: what a release changed."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from datetime import date
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from plimsoll.dictionary import sources
from plimsoll.dictionary.build import build_dictionary
from plimsoll.dictionary.changes import list_changes
from plimsoll.dictionary.reading import dictionary_folder, open_dictionary
from plimsoll.dictionary.taxonomy import ensure_taxonomy
from plimsoll.errors import DictionaryError

_FAILED = 3


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code: 0, or 3 when it cannot be done."""
    parser = argparse.ArgumentParser(prog="python -m plimsoll.dictionary", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    build = commands.add_parser("build", help="build the dictionary, unless it is there already")
    build.add_argument(
        "--into", type=Path, default=dictionary_folder(), help="the folder (default: %(default)s)"
    )
    changes = commands.add_parser("changes", help="what changed in a module between two reference dates")
    changes.add_argument("module", help="such as COREP_OF")
    changes.add_argument("before", type=date.fromisoformat, help="a reference date, such as 2025-12-31")
    changes.add_argument("after", type=date.fromisoformat, help="a later one, such as 2026-06-30")
    changes.add_argument("--kind", help="only changes of this kind: table, row, cell, rule, …")
    asked = parser.parse_args(arguments)
    console = Console(stderr=True)
    try:
        done = _build(asked, console) if asked.command == "build" else _changes(asked)
    except DictionaryError as error:
        console.print(str(error), style="red", markup=False, soft_wrap=True)
        return _FAILED
    sys.stdout.write(f"{done}\n")
    return 0


def _build(asked: argparse.Namespace, console: Console) -> str:
    """Build the dictionary and its taxonomy; return where it is."""
    with _bars(console) as progress:
        built = build_dictionary(asked.into, progress)
        progress("write the taxonomy", 0, 1)
        ensure_taxonomy(open_dictionary(built))
        progress("write the taxonomy", 1, 1)
    return str(built)


def _changes(asked: argparse.Namespace) -> str:
    """Return what changed, a line a change, and the counts."""
    found = list_changes(asked.module, asked.before, asked.after)
    lines = [str(change) for change in found.items if asked.kind in (None, change.kind)]
    counts = ", ".join(f"{number} {kind}s {action}" for (kind, action), number in found.counts().items())
    return "\n".join([*lines, f"{found.module} {found.before} → {found.after}: {counts or 'no change'}"])


@contextmanager
def _bars(console: Console) -> Iterator[sources.Progress]:
    columns = (TextColumn("{task.description}"), BarColumn(), TimeElapsedColumn())
    with Progress(*columns, console=console) as shown:
        tasks: dict[str, int] = {}

        def tell(step: str, done: int, total: int) -> None:
            if step not in tasks:
                tasks[step] = shown.add_task(step)
            shown.update(shown.task_ids[list(tasks).index(step)], completed=done, total=total or None)

        yield tell


if __name__ == "__main__":
    sys.exit(main())
