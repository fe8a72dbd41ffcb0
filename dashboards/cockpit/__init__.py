"""The cockpit: a bank's approved capital position, for everyone who works with it."""

from dashboards.cockpit.app import build

__all__ = ["build"]
