"""The installation's services: what they are, how they start, stop and say how they are."""

from __future__ import annotations

__all__: list[str] = []
