"""One verdict per report package: pass, fail, or not evaluated, which is never a pass."""

from __future__ import annotations

from plimsoll.returns.verdict.judging import validate
from plimsoll.returns.verdict.model import LAYERS, Finding, Layer, Verdict

__all__ = ["LAYERS", "Finding", "Layer", "Verdict", "validate"]
