"""One verdict per report package: pass, fail, or not evaluated, which is never a pass.

What judges loads on first use: whoever only reads or fills a report does not pay for the rule engines.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

from plimsoll.returns.verdict.model import LAYERS, Finding, Layer, Verdict

if TYPE_CHECKING:
    from plimsoll.returns.verdict.judging import validate
    from plimsoll.returns.verdict.together import JointVerdict, validate_together

__all__ = ["LAYERS", "Finding", "JointVerdict", "Layer", "Verdict", "validate", "validate_together"]

_LATER = {"validate": "judging", "validate_together": "together", "JointVerdict": "together"}


def __getattr__(name: str) -> object:
    if name not in _LATER:
        raise AttributeError(f"plimsoll.returns.verdict has no {name!r}")
    found: object = getattr(import_module(f"plimsoll.returns.verdict.{_LATER[name]}"), name)
    return found
