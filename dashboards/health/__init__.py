"""How the platform stands: services, queue, mails, audit log, backup, disk."""

from dashboards.health.app import build

__all__ = ["build"]
