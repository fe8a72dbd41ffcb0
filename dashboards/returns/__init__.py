"""The returns room: a filed return as the supervisor prints it, each cell with what stands behind it."""

from dashboards.returns.app import build

__all__ = ["build"]
