"""How long a report waits for its first cell: python -m bench.reports [runs].

From asking for the run until a first cell that imports what the report templates import has run: from the pool of
prepared kernels, cold, and by Papermill's own command line in the same notebook.
"""

from __future__ import annotations

import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Callable
from pathlib import Path

import nbformat
from nbformat.v4 import new_code_cell, new_notebook

from bench.harness import report
from harbour.execution import Pool, execute

NAME = "first_cell"
PARAMETERS = 'mark: str = ""\nout: str = "."'
CELL = """
import json
from pathlib import Path

import pandas as pd

import harbour
import plimsoll
from plimsoll.returns import summarise

import time
Path(mark).write_text(str(time.time()))
"""


def make_template(folder: Path) -> Path:
    """Write the notebook, where `execute` finds it."""
    cells = [
        new_code_cell(PARAMETERS, id="parameters", metadata={"tags": ["parameters"]}),
        new_code_cell(CELL, id="first"),
    ]
    notebook = new_notebook(cells=cells, metadata={"plimsoll": {"module": NAME}})
    path = folder / NAME / "report.ipynb"
    path.parent.mkdir(parents=True)
    nbformat.write(notebook, path)
    os.environ["PLIMSOLL_TEMPLATES"] = str(folder)
    return path


def first_cell(start: Callable[[Path, Path], object]) -> float:
    """Return the seconds from the start of a run until its first cell has run."""
    with tempfile.TemporaryDirectory() as folder:
        mark = Path(folder) / "mark"
        asked = time.time()
        start(mark, Path(folder) / "out")
        return float(mark.read_text()) - asked


def by_papermill(path: Path) -> Callable[[Path, Path], object]:
    """Return what runs the notebook by the command line."""
    command = [sys.executable, "-m", "papermill", str(path)]
    options = ["-k", "python3", "--language", "python", "--log-level", "ERROR", "--no-progress-bar"]
    return lambda mark, out: subprocess.run(
        [*command, f"{out}.ipynb", "-p", "mark", str(mark), *options], check=True, capture_output=True
    )


def main(runs: int) -> None:
    """Print one line for the pool and one for a cold start, each against the command line."""
    with tempfile.TemporaryDirectory() as folder:
        plain = by_papermill(make_template(Path(folder)))
        pool = Pool(1)
        pool.fill()

        def warm(mark: Path, out: Path) -> object:
            return execute(NAME, {"mark": str(mark)}, out, pool=pool)

        def cold(mark: Path, out: Path) -> object:
            return execute(NAME, {"mark": str(mark)}, out)

        baseline = [first_cell(plain) for _ in range(runs)]
        times = []
        for _ in range(runs):
            pool.wait(120)
            times.append(first_cell(warm))
        report("report.first_cell.pool", 1, times, against="papermill command line", baseline=baseline)
        times = [first_cell(cold) for _ in range(runs)]
        report("report.first_cell.cold", 1, times, against="papermill command line", baseline=baseline)
        pool.close()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
