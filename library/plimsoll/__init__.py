"""Plimsoll: how much risk a bank may carry, and the proof.

The public names load on first use, so that `import plimsoll` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from plimsoll import rules, scenarios
    from plimsoll.accounting import reconcile
    from plimsoll.data import Book, Entity, load, load_transparency, sample_book, save
    from plimsoll.exports import Standing, write_report, write_workbook
    from plimsoll.reproduction import reproduce
    from plimsoll.returns import (
        Return,
        cells_of,
        compare,
        explain,
        fill,
        find_gaps,
        open_return,
        package,
        read_package,
    )
    from plimsoll.returns.verdict import Verdict, validate, validate_together
    from plimsoll.scenarios import Scenario
    from plimsoll.simulation.derivation import derive
    from plimsoll.simulation.movement import Movement
    from plimsoll.simulation.result import Result
    from plimsoll.simulation.simulate import simulate
    from plimsoll.simulation.streaming import Streamed, simulate_stream

__all__ = [
    "Book",
    "Entity",
    "Movement",
    "Result",
    "Return",
    "Scenario",
    "Standing",
    "Streamed",
    "Verdict",
    "__version__",
    "cells_of",
    "compare",
    "derive",
    "explain",
    "fill",
    "find_gaps",
    "load",
    "load_transparency",
    "open_return",
    "package",
    "read_package",
    "reconcile",
    "reproduce",
    "rules",
    "sample_book",
    "save",
    "scenarios",
    "simulate",
    "simulate_stream",
    "validate",
    "validate_together",
    "write_report",
    "write_workbook",
]

__version__ = version("plimsoll")

_ROOMS = {
    "Book": "plimsoll.data",
    "Entity": "plimsoll.data",
    "Movement": "plimsoll.simulation",
    "Result": "plimsoll.simulation",
    "Return": "plimsoll.returns",
    "Scenario": "plimsoll.scenarios",
    "Standing": "plimsoll.exports",
    "Streamed": "plimsoll.simulation.streaming",
    "Verdict": "plimsoll.returns.verdict",
    "cells_of": "plimsoll.returns",
    "compare": "plimsoll.returns",
    "derive": "plimsoll.simulation",
    "explain": "plimsoll.returns",
    "fill": "plimsoll.returns",
    "find_gaps": "plimsoll.returns",
    "load": "plimsoll.data",
    "load_transparency": "plimsoll.data",
    "open_return": "plimsoll.returns",
    "package": "plimsoll.returns",
    "read_package": "plimsoll.returns",
    "reconcile": "plimsoll.accounting",
    "reproduce": "plimsoll.reproduction",
    "sample_book": "plimsoll.data",
    "save": "plimsoll.data",
    "simulate": "plimsoll.simulation",
    "simulate_stream": "plimsoll.simulation.streaming",
    "validate": "plimsoll.returns.verdict",
    "validate_together": "plimsoll.returns.verdict",
    "write_report": "plimsoll.exports",
    "write_workbook": "plimsoll.exports",
}


def __getattr__(name: str) -> object:
    if name in {"rules", "scenarios"}:
        return import_module(f"plimsoll.{name}")
    if name not in _ROOMS:
        raise AttributeError(f"plimsoll has no {name!r}; its names are {', '.join(__all__)}")
    return getattr(import_module(_ROOMS[name]), name)
