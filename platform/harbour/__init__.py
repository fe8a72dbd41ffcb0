"""Harbour: the platform around the library: identity, runs, approvals, services.

The public names load on first use, so that `import harbour` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harbour.artefacts import RunRecord
    from harbour.connection import Connection, connect
    from harbour.execution import execute

__all__ = ["Connection", "RunRecord", "connect", "execute"]

_ROOMS = {
    "Connection": "harbour.connection",
    "RunRecord": "harbour.artefacts",
    "connect": "harbour.connection",
    "execute": "harbour.execution",
}


def __getattr__(name: str) -> object:
    if name not in _ROOMS:
        raise AttributeError(f"harbour has no {name!r}; its names are {', '.join(__all__)}")
    return getattr(import_module(_ROOMS[name]), name)
