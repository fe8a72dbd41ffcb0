"""Harbour: the platform around the library: identity, runs, approvals, services.

The public names load on first use, so that `import harbour` costs nothing.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harbour.artefacts import RunRecord
    from harbour.connection import Connection, connect
    from harbour.errors import HarbourError, NotAllowed, RunFailed
    from harbour.execution import RunManifest, execute
    from harbour.execution.books import open_book, pack_book
    from harbour.execution.reproduction import reproduce

__all__ = [
    "Connection",
    "HarbourError",
    "NotAllowed",
    "RunFailed",
    "RunManifest",
    "RunRecord",
    "connect",
    "execute",
    "open_book",
    "pack_book",
    "reproduce",
]

_ROOMS = {
    "Connection": "harbour.connection",
    "HarbourError": "harbour.errors",
    "NotAllowed": "harbour.errors",
    "RunFailed": "harbour.errors",
    "RunManifest": "harbour.execution",
    "RunRecord": "harbour.artefacts",
    "connect": "harbour.connection",
    "execute": "harbour.execution",
    "open_book": "harbour.execution.books",
    "pack_book": "harbour.execution.books",
    "reproduce": "harbour.execution.reproduction",
}


def __getattr__(name: str) -> object:
    if name not in _ROOMS:
        raise AttributeError(f"harbour has no {name!r}; its names are {', '.join(__all__)}")
    return getattr(import_module(_ROOMS[name]), name)
