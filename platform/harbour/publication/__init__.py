"""Approved figures: those in force, which viewers see, and those that fell."""

from __future__ import annotations

from harbour.publication.dashboards import Dashboard, Dashboards, Version
from harbour.publication.published import Publication, Publications, Void, sweep

__all__ = ["Dashboard", "Dashboards", "Publication", "Publications", "Version", "Void", "sweep"]
