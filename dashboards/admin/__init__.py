"""The administrator's room: members and roles, what is used, rules, schedules, the audit log."""

from dashboards.admin.app import build

__all__ = ["build"]
