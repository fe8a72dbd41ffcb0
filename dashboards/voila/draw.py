"""The HTML of the room of published notebooks."""

from __future__ import annotations

from pathlib import Path

from dashboards.theme.sheet import draw
from dashboards.theme.words import Words
from dashboards.voila.compute import Shelf

__all__ = ["draw_shelf"]

HERE = Path(__file__).parent


def draw_shelf(shelf: Shelf, page: tuple[int, str] | None, say: Words) -> str:
    """Return the room: the dashboards, what waits, and the page of the run that was asked for."""
    return draw(HERE / "shelf.html", say, shelf=shelf, page=page)
