"""The review room: a reviewer reads what was submitted, and decides."""

from dashboards.review.app import build

__all__ = ["build"]
