"""The calendar: what is due to whom and how far it is, and the schedules that make it."""

from dashboards.calendar.app import build

__all__ = ["build"]
