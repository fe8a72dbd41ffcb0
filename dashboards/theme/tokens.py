"""The tokens of the theme: read once, turned into CSS, checked for contrast."""

from __future__ import annotations

import functools
import tomllib
from pathlib import Path
from typing import Any, Literal

__all__ = [
    "CONTRAST_LEAST",
    "HUB_STYLE",
    "Mode",
    "colour",
    "contrast",
    "hub_css",
    "mark_svg",
    "rooms_css",
    "tokens",
    "tokens_css",
]

Mode = Literal["light", "dark"]

HERE = Path(__file__).parent
HUB_STYLE = HERE.parents[1] / "hub_config" / "templates" / "plimsoll.css"


@functools.cache
def tokens() -> dict[str, Any]:
    """Return the tokens as written in `tokens.toml`."""
    return tomllib.loads((HERE / "tokens.toml").read_text(encoding="utf-8"))


CONTRAST_LEAST: float = tokens()["contrast"]["least"]


def colour(role: str, mode: Mode) -> str:
    """Return the colour of a role as `#RRGGBB`; KeyError for a role the theme does not have."""
    return str(tokens()[mode][role])


def contrast(one: str, other: str) -> float:
    """Return the contrast ratio of two `#RRGGBB` colours, 1 to 21 (WCAG 2.2, relative luminance)."""
    lighter, darker = sorted((_luminance(one), _luminance(other)), reverse=True)
    return (lighter + 0.05) / (darker + 0.05)


def _luminance(hex_colour: str) -> float:
    channels = [int(hex_colour[i : i + 2], 16) / 255 for i in (1, 3, 5)]
    linear = [c / 12.92 if c <= 0.04045 else ((c + 0.055) / 1.055) ** 2.4 for c in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def _properties(mode: Mode) -> str:
    roles = {role: value for role, value in tokens()[mode].items() if role != "series"}
    roles |= {f"series-{i}": value for i, value in enumerate(tokens()[mode]["series"], 1)}
    return "".join(f"--{role}:{value};" for role, value in roles.items())


def tokens_css() -> str:
    """Return the custom properties: light by default, dark by the system's wish or the viewer's own."""
    sizes = "".join(f"--size-{size}:{size}px;" for size in tokens()["type"]["sizes"])
    shape = f"--radius:{tokens()['space']['radius']}px;--step:{tokens()['space']['step']}px;"
    light, dark = _properties("light"), _properties("dark")
    return (
        f":root{{color-scheme:light;--family:{tokens()['type']['family']};{sizes}{shape}{light}}}\n"
        f"@media (prefers-color-scheme:dark){{:root:not([data-theme=light]){{color-scheme:dark;{dark}}}}}\n"
        f":root[data-theme=dark]{{color-scheme:dark;{dark}}}\n"
    )


def hub_css() -> str:
    """Return the style sheet of the Hub's pages, whose own switch sets `data-bs-theme`.

    It is kept as a file among the Hub's templates: `python -m dashboards.theme` writes it.
    """
    dark = f":root[data-bs-theme=dark]{{color-scheme:dark;{_properties('dark')}}}\n"
    light = tokens_css().splitlines()[0]
    return f"{light}\n{dark}{(HERE / 'hub.css').read_text(encoding='utf-8')}"


@functools.cache
def rooms_css() -> str:
    """Return the style sheet of the rooms' own elements (it reads the custom properties)."""
    return (HERE / "rooms.css").read_text(encoding="utf-8")


@functools.cache
def mark_svg() -> str:
    """Return the Plimsoll mark for inlining: its lines take the colour `sea` of the page."""
    return (
        '<svg class="mark" viewBox="0 0 32 32" aria-hidden="true" focusable="false">'
        '<g fill="none" stroke="var(--sea)" stroke-width="3">'
        '<circle cx="16" cy="16" r="9.5"/><path d="M1 16h30" stroke-linecap="round"/></g></svg>'
    )
