"""A notebook made ready to be published as a dashboard: its source in one spelling, run once in a clean kernel."""

from __future__ import annotations

import json
import re
import unicodedata
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import nbformat

from harbour.errors import BadParameters
from harbour.execution.manifest import RunManifest, digest_json
from harbour.execution.run import Progress, execute_dashboard
from harbour.execution.templates import Template

__all__ = ["DASHBOARD", "SOURCE", "cells_of", "make_dashboard", "name_of"]

DASHBOARD = "dashboard"
"""Template of every run that is a dashboard."""
SOURCE = "dashboard.ipynb"
"""The notebook as it is opened: sources only."""
KERNEL = {"name": "python3", "display_name": "Python 3", "language": "python"}
LARGEST = 4 << 20


def name_of(title: str) -> str:
    """Return the name a title is kept under: versions of one name replace each other.

    Raises
    ------
    BadParameters
        When the title has no letter or digit to make a name of, or is too long.
    """
    plain = unicodedata.normalize("NFKD", title).encode("ascii", "ignore").decode().lower()
    name = re.sub(r"[^a-z0-9]+", "_", plain).strip("_")
    if not name or len(title) > 120:
        raise BadParameters(f"{title!r} is no title: give a few words, 120 characters at most")
    return name


def make_dashboard(
    path: Path,
    folder: Path,
    facts: Mapping[str, Any],
    in_force: Sequence[str],
    progress: Progress | None = None,
) -> RunManifest:
    """Run a notebook in an empty folder and leave there what a reviewer sees and a viewer opens.

    Parameters
    ----------
    facts
        title, description, entity and scenario (the dashboard's name), for ``summary.json``.
    in_force
        Digests of the figures in force: the data it was seen with.

    Raises
    ------
    BadParameters
        When the file is no notebook. RunFailed when a cell fails.
    """
    source = _read_source(path)
    (folder / SOURCE).write_text(source, encoding="utf-8")
    data = digest_json(sorted(in_force))
    summary = dict(facts) | {"book_digest": data, "cells": len(cells_of(source))}
    verdict = {
        "outcome": "not_evaluated",
        "reason": "A dashboard is no return: no rule of a supervisor applies.",
    }
    for name, said in (("summary.json", summary), ("verdict.json", verdict)):
        text = json.dumps(said, indent=1, sort_keys=True, ensure_ascii=False)
        (folder / name).write_text(f"{text}\n", encoding="utf-8")
    return execute_dashboard(Template(DASHBOARD, folder / SOURCE, "", ()), folder, progress=progress)


def cells_of(source: str) -> tuple[str, ...]:
    """Return the sources of a notebook's cells, in order."""
    return tuple(str(cell.source) for cell in nbformat.reads(source, as_version=4).cells)


def _read_source(path: Path) -> str:
    try:
        if path.stat().st_size > LARGEST:
            raise BadParameters(f"{path} has more than {LARGEST >> 20} MiB: clear its outputs first")
        notebook: Any = nbformat.read(path, as_version=4)
        nbformat.validate(notebook)
    except (OSError, ValueError, nbformat.ValidationError) as error:
        raise BadParameters(f"{path} is no notebook that can be published ({error})") from error
    for cell in notebook.cells:
        cell.metadata = {}
        if cell.cell_type == "code":
            cell.outputs, cell.execution_count = [], None
    # Metadata could choose another kernel, or another page than ours.
    notebook.metadata = {"kernelspec": KERNEL, "language_info": {"name": "python"}}
    written: str = nbformat.writes(notebook)
    return f"{written}\n"
