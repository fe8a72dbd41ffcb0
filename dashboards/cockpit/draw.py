"""The cockpit's HTML: gauges first, then amounts and classes, and who approved them."""

from __future__ import annotations

from pathlib import Path

from dashboards.cockpit.compute import Position, Shelf, find_void
from dashboards.theme.sheet import draw
from dashboards.theme.words import Words

__all__ = ["draw_cockpit"]

HERE = Path(__file__).parent


def draw_cockpit(shelf: Shelf, position: Position | None, say: Words, *, void: bool = False) -> str:
    """Return the cockpit of a position, or the empty state; `void` when its approval fell while shown."""
    if position is None:
        return draw(HERE / "empty.html", say, shelf=shelf)
    return draw(
        HERE / "cockpit.html",
        say,
        shelf=shelf,
        position=position,
        summary=position.summary,
        previous=shelf.previous(position),
        void=void,
        fall=find_void(shelf, position.id) if void else None,
        others=[other for other in shelf.voids if other.id != position.id],
    )
