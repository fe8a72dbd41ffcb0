"""One verdict per report package: pass, fail, or not evaluated, which is never a pass.

`validate` loads on first use: whoever only reads or fills a report does not pay for the rule engines.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from plimsoll.returns.verdict.model import LAYERS, Finding, Layer, Verdict

if TYPE_CHECKING:
    from plimsoll.returns.verdict.judging import validate

__all__ = ["LAYERS", "Finding", "Layer", "Verdict", "validate"]


def __getattr__(name: str) -> object:
    if name != "validate":
        raise AttributeError(f"plimsoll.returns.verdict has no {name!r}")
    return import_module("plimsoll.returns.verdict.judging").validate
