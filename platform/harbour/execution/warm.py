"""A kernel that has imported what reports import before it is asked for: `python -m harbour.execution.warm`.

Nothing has run in it and no name is defined: a report finds it as it finds a fresh one, sooner.
"""

from __future__ import annotations

import importlib
import sys

from ipykernel import kernelapp

__all__ = ["main"]

IMPORTED = (
    "pandas",
    "pyarrow",
    "pyarrow.parquet",
    "xarray",
    "IPython.display",
    "harbour.execution.books",
    "plimsoll.data",
    "plimsoll.dictionary",
    "plimsoll.returns",
    "plimsoll.simulation",
)
"""Slow to import, and used by the report templates."""


def main() -> None:
    """Import, then be an ordinary kernel."""
    for name in IMPORTED:
        importlib.import_module(name)
    # As ipykernel's own launcher leaves it: a notebook that looks at its arguments sees the same.
    sys.argv[0] = "ipykernel_launcher.py"
    kernelapp.launch_new_instance()


if __name__ == "__main__":
    main()
