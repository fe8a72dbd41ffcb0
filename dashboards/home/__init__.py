"""The first page: what waits for one, what is due, the figures in force, and the doors to everything else."""

from __future__ import annotations

from dashboards.home.app import build

__all__ = ["build"]
