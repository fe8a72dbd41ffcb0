"""The first page's HTML."""

from __future__ import annotations

from pathlib import Path

from dashboards.home.compute import Home
from dashboards.theme.sheet import draw
from dashboards.theme.summary import RATIOS
from dashboards.theme.words import Words

__all__ = ["draw_home"]

HERE = Path(__file__).parent
SOON_DAYS = 10
"""From so many days before it is due, an unapproved report is marked."""


def draw_home(home: Home, say: Words) -> str:
    """Return the page: tasks and figures first, then what is due, then the doors."""
    return draw(HERE / "home.html", say, home=home, ratios=RATIOS, soon=SOON_DAYS)
