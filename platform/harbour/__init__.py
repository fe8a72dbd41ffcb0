"""Harbour: the platform around the library: identity, runs, approvals, services."""

from __future__ import annotations

from harbour.artefacts import RunRecord
from harbour.connection import Connection, connect

__all__ = ["Connection", "RunRecord", "connect"]
