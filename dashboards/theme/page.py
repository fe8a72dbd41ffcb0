"""The page around a room: header, bell, skeleton, theme."""

from __future__ import annotations

import base64
import functools
from pathlib import Path

import panel as pn
from jinja2 import Template
from panel.io.resources import parse_template

from dashboards.theme.bell import Bell
from dashboards.theme.live import follow
from dashboards.theme.room import Room, Viewer
from dashboards.theme.sheet import Sheet
from dashboards.theme.tokens import mark_svg, rooms_css, tokens_css
from dashboards.theme.words import words

__all__ = ["REFRESH_SECONDS", "Room", "Viewer", "build_page"]

HERE = Path(__file__).parent
ROOMS = ("cockpit", "explorer", "returns", "review", "calendar", "imports", "voila")
SHORTCUTS = {"c": "cockpit", "e": "explorer", "r": "returns", "v": "review", "k": "calendar", "i": "imports"}
"""Letter after `g` → the room it goes to."""
REFRESH_SECONDS = 15
BELL = "bell"


@functools.cache
def _template() -> Template:
    """Return the page's template, compiled once and not for every page that is opened."""
    return parse_template((HERE / "page.html").read_text(encoding="utf-8"))  # type: ignore[no-any-return]  # panel's own


def build_page(room: str, viewer: Viewer, sheets: dict[str, Sheet], base_url: str) -> pn.Template:
    """Return the page of a room: shown with its skeleton at once, filled in when the sheets are."""
    say = words(viewer.language)
    icon = base64.b64encode((HERE / "mark.svg").read_bytes()).decode()
    page = pn.Template(_template())
    for name, sheet in sheets.items():
        page.add_panel(name, sheet)
    bell = Bell(viewer)
    page.add_panel(BELL, bell.sheet)
    pn.state.onload(bell.refresh)
    follow(viewer, viewer.name.partition("-")[0], bell.refresh)
    facts: dict[str, object] = {
        "say": say,
        "room": room,
        "page_title": f"{say('page.' + room)} · Plimsoll",
        "rooms": ROOMS if room in {*ROOMS, "home"} else (*ROOMS, room),
        "bell": BELL,
        "shortcuts": SHORTCUTS,
        "viewer": viewer.name,
        "css": tokens_css() + rooms_css(),
        "mark": mark_svg(),
        "icon": f"data:image/svg+xml;base64,{icon}",
        "home": base_url,
        "services": f"{base_url}services/",
        "sign_out": f"{base_url}hub/logout",
    }
    for name, fact in facts.items():
        page.add_variable(name, fact)
    return page
