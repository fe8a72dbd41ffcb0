"""Imports: books brought in, what is wrong with them, and what changed; kept for everyone of the organisation."""

from dashboards.imports.app import build

__all__ = ["build"]
