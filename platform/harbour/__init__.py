"""Harbour: the platform around the library: identity, runs, approvals, services."""

from __future__ import annotations

__all__: list[str] = []
