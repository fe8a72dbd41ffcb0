"""Returns: filled from a simulation, packaged for the supervisor, judged, explained."""

from __future__ import annotations

from plimsoll.returns.comparison import Comparison, compare
from plimsoll.returns.contributions import cells_of
from plimsoll.returns.definitions import CellName, Definitions, Formula
from plimsoll.returns.explanation import Explanation, explain
from plimsoll.returns.filing import fill
from plimsoll.returns.packaging import Package, package
from plimsoll.returns.reproduction import Reproduction, Step, reproduce
from plimsoll.returns.return_ import Fact, Return, open_return
from plimsoll.returns.summary import summarise

__all__ = [
    "CellName",
    "Comparison",
    "Definitions",
    "Explanation",
    "Fact",
    "Formula",
    "Package",
    "Reproduction",
    "Return",
    "Step",
    "cells_of",
    "compare",
    "explain",
    "fill",
    "open_return",
    "package",
    "reproduce",
    "summarise",
]
