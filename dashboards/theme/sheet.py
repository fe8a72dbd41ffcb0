"""A sheet: HTML drawn by the server, and the presses that come back from it.

Panel carries both over its websocket; what is shown is ours alone, so that a room looks as the theme says.
The HTML is drawn from autoescaped templates only. What comes back is untrusted input.
"""

from __future__ import annotations

import base64
import functools
from collections.abc import Callable, Coroutine, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import jinja2
import panel as pn
import param
from markupsafe import Markup

from dashboards.theme import figures
from dashboards.theme.gauge import Mark, gauge_svg
from dashboards.theme.tokens import rooms_css
from dashboards.theme.words import Words

__all__ = ["PIECE", "Piece", "Press", "Sheet", "draw"]

PIECE = 1 << 20  # bytes of a file that a browser sends at once

LONGEST_ID = 240  # a row of an open table is named by all its keys
LONGEST_FIELD = 10_000  # characters kept of anything a browser sends


@dataclass(frozen=True)
class Press:
    """What a person pressed: the act, the thing it is about, and what was typed."""

    act: str
    id: str = ""
    fields: dict[str, str] = field(default_factory=dict)

    @classmethod
    def read(cls, message: object) -> Press | None:
        """Return the press in a browser's message; None for anything else."""
        if not isinstance(message, dict) or not isinstance(message.get("act"), str):
            return None
        given = message.get("fields")
        fields = given if isinstance(given, dict) else {}
        return cls(
            message["act"][:40],
            str(message.get("id") or "")[:LONGEST_ID],
            {str(key)[:40]: str(value)[:LONGEST_FIELD] for key, value in list(fields.items())[:20]},
        )


@dataclass(frozen=True)
class Piece:
    """A piece of a file that the person chose: number of the file, first byte, content."""

    file: int
    position: int
    content: bytes

    @classmethod
    def read(cls, message: object) -> Piece | None:
        """Return the piece in a browser's message; None for anything else."""
        if not isinstance(message, dict) or not isinstance(message.get("piece"), str):
            return None
        file, position = message.get("file"), message.get("position")
        if not isinstance(file, int) or not isinstance(position, int) or len(message["piece"]) > 2 * PIECE:
            return None
        try:
            return cls(file, position, base64.b64decode(message["piece"], validate=True))
        except ValueError:
            return None


class Sheet(pn.custom.JSComponent):
    """A part of a page that repaints itself when its HTML is set."""

    html = param.String(default="")
    tick = param.Integer(default=0)
    fills = param.Boolean(default=True)
    """Whether the page is no longer a skeleton once this is shown; the header's parts say no."""

    _esm = Path(__file__).parent / "sheet.js"
    _stylesheets = [rooms_css()]  # noqa: RUF012  # panel reads it as declared on the class

    def __init__(
        self,
        on_press: Callable[[Press], Coroutine[Any, Any, None]],
        on_piece: Callable[[Piece], Coroutine[Any, Any, None]] | None = None,
    ) -> None:
        """`on_piece` is given the pieces of files that the room asks for by `want`."""
        super().__init__(sizing_mode="stretch_width", margin=0)  # type: ignore[no-untyped-call]  # panel's own
        self._on_press, self._on_piece = on_press, on_piece

    def paint(self, html: str) -> None:
        """Show the HTML, even when it is what is shown already (a pressed button must wake up again)."""
        self.param.update(html=html, tick=self.tick + 1)

    def hand_over(self, name: str, content: bytes) -> None:
        """Give the person's browser a file to keep."""
        self._send_msg({"file": name, "content": base64.b64encode(content).decode()})  # type: ignore[no-untyped-call]  # panel's own

    def want(self, file: int, position: int) -> None:
        """Ask the person's browser for the next piece of a file that was chosen."""
        self._send_msg({"wanted": file, "position": position, "size": PIECE})  # type: ignore[no-untyped-call]  # panel's own

    def _handle_msg(self, data: object) -> None:
        press, piece = Press.read(data), Piece.read(data)
        if press is not None:
            pn.state.execute(functools.partial(self._on_press, press))
        elif piece is not None and self._on_piece is not None:
            pn.state.execute(functools.partial(self._on_piece, piece))


def _environment(folder: Path) -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.FileSystemLoader([folder, Path(__file__).parent]),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


environment = functools.cache(_environment)


def draw(template: Path, say: Words, **facts: object) -> str:
    """Return a template's HTML, with the language's sentences and figures at hand."""
    language = say.language

    def gauge(
        ratio: str, value: float | None, marks: Sequence[Mark], previous: float | None = None
    ) -> Markup:
        # The gauge escapes every word it is given.
        return Markup(gauge_svg(ratio, value, marks, previous=previous, say=say))  # noqa: S704  # as said

    return (
        environment(template.parent)
        .get_template(template.name)
        .render(
            say=say,
            gauge=gauge,
            millions=functools.partial(figures.millions, language=language),
            amount=functools.partial(figures.amount, language=language),
            count=functools.partial(figures.count, language=language),
            percentage=functools.partial(figures.percentage, language=language),
            date=functools.partial(figures.date, language=language),
            moment=functools.partial(figures.moment, language=language),
            **facts,
        )
    )
