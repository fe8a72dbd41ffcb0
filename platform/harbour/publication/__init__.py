"""Approved figures in force: what viewers see."""

from __future__ import annotations

from harbour.publication.published import Publication, Publications, sweep

__all__ = ["Publication", "Publications", "sweep"]
