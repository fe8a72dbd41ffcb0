"""Plimsoll: how much risk a bank may carry, and the proof.

The public names load on first use, so that `import plimsoll` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from importlib.metadata import version

__all__ = ["__version__"]

__version__ = version("plimsoll")

_ROOMS: dict[str, str] = {}


def __getattr__(name: str) -> object:
    if name not in _ROOMS:
        raise AttributeError(f"plimsoll has no {name!r}; its names are {', '.join(__all__)}")
    return getattr(import_module(_ROOMS[name]), name)
