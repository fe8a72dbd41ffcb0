"""Returns: filled from a simulation, packaged for the supervisor, judged, explained."""

from __future__ import annotations

from plimsoll.returns.adjustments import Adjustment, read_adjustments
from plimsoll.returns.causes import Attribution, attribute
from plimsoll.returns.comparison import Comparison, compare
from plimsoll.returns.contributions import cells_of
from plimsoll.returns.definitions import CellName, Definitions, Formula
from plimsoll.returns.explanation import Explanation, explain
from plimsoll.returns.filed import FiledCell, FiledFact, Filing, drill, read_package
from plimsoll.returns.filing import fill
from plimsoll.returns.gaps import find_gaps
from plimsoll.returns.instance_document import write_instance
from plimsoll.returns.layout import Grid, lay_out
from plimsoll.returns.packaging import Package, package
from plimsoll.returns.return_ import Fact, Return, open_return
from plimsoll.returns.sides import Sides, explain_finding
from plimsoll.returns.summary import summarise

__all__ = [
    "Adjustment",
    "Attribution",
    "CellName",
    "Comparison",
    "Definitions",
    "Explanation",
    "Fact",
    "FiledCell",
    "FiledFact",
    "Filing",
    "Formula",
    "Grid",
    "Package",
    "Return",
    "Sides",
    "attribute",
    "cells_of",
    "compare",
    "drill",
    "explain",
    "explain_finding",
    "fill",
    "find_gaps",
    "lay_out",
    "open_return",
    "package",
    "read_adjustments",
    "read_package",
    "summarise",
    "write_instance",
]
