"""`python -m plimsoll.dictionary build --into DIR`: the set-up step that builds the dictionary."""

from __future__ import annotations

import argparse
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from rich.console import Console
from rich.progress import BarColumn, Progress, TextColumn, TimeElapsedColumn

from plimsoll.dictionary import sources
from plimsoll.dictionary.build import build_dictionary
from plimsoll.dictionary.reading import dictionary_folder, open_dictionary
from plimsoll.dictionary.taxonomy import ensure_taxonomy
from plimsoll.errors import DictionaryError

_FAILED = 3


def main(arguments: list[str] | None = None) -> int:
    """Run the command and return its exit code: 0, or 3 when the dictionary cannot be built."""
    parser = argparse.ArgumentParser(prog="python -m plimsoll.dictionary", description=__doc__)
    commands = parser.add_subparsers(dest="command", required=True)
    build = commands.add_parser("build", help="build the dictionary, unless it is there already")
    build.add_argument(
        "--into", type=Path, default=dictionary_folder(), help="the folder (default: %(default)s)"
    )
    asked = parser.parse_args(arguments)
    console = Console(stderr=True)
    try:
        with _bars(console) as progress:
            built = build_dictionary(asked.into, progress)
            progress("write the taxonomy", 0, 1)
            ensure_taxonomy(open_dictionary(built))
            progress("write the taxonomy", 1, 1)
    except DictionaryError as error:
        console.print(str(error), style="red", markup=False, soft_wrap=True)
        return _FAILED
    sys.stdout.write(f"{built}\n")
    return 0


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
