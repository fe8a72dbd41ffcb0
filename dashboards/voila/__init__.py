"""The published notebooks: which are in force, who approved them, and what the next version changes."""

from dashboards.voila.app import build

__all__ = ["build"]
