"""The scenario explorer: what would move the bank's ratios, and by how much."""

from dashboards.explorer.app import build

__all__ = ["build"]
