"""A position as a management report: PDF, Word or HTML, by the ending of its name."""

from __future__ import annotations

import json
import tempfile
from collections.abc import Callable, Mapping
from dataclasses import asdict
from importlib.resources import files
from pathlib import Path
from types import MappingProxyType

from plimsoll.errors import ReturnError
from plimsoll.exports.board import describe_position
from plimsoll.exports.document import Document
from plimsoll.exports.page import render_html
from plimsoll.exports.standing import Standing
from plimsoll.exports.word import render_word
from plimsoll.simulation import Result

__all__ = ["write_report"]


def write_report(
    result: Result,
    path: Path | str,
    *,
    previous: Result | None = None,
    standing: Standing | None = None,
    language: str = "en",
) -> Path:
    """Write the management report of a position; the same position gives the same bytes.

    Parameters
    ----------
    result
        The position.
    path
        Where to write: `.pdf`, `.docx` or `.html`.
    previous
        The position to say what moved since, of the same bank.
    standing
        Whether anyone approved it; every page of a report without says that it is a draft.
    language
        `en` or `fr`.

    Raises
    ------
    ReturnError
        The name ends in none of the three, or the language is not one of the two.
    SimulationError
        The two positions are not of one bank.
    """
    target = Path(path)
    render = _RENDERERS.get(target.suffix.lower())
    if render is None:
        raise ReturnError(
            f"{target.name} must end in {', '.join(_RENDERERS)}: the ending says what is written"
        )
    document = describe_position(result, previous=previous, standing=standing, language=language)
    target.write_bytes(render(document))
    return target


def _render_pdf(document: Document) -> bytes:
    import typst  # noqa: PLC0415  # only for those who export

    with tempfile.TemporaryDirectory() as folder:
        room = Path(folder)
        (room / "document.json").write_text(
            json.dumps(_plain(document), ensure_ascii=False), encoding="utf-8"
        )
        template = files("plimsoll.exports").joinpath("board.typ").read_text(encoding="utf-8")
        (room / "board.typ").write_text(template, encoding="utf-8")
        # Only the fonts inside the compiler: another machine's would give other bytes.
        made: bytes = typst.compile(str(room / "board.typ"), root=str(room), ignore_system_fonts=True)
    return made


def _plain(document: Document) -> dict[str, object]:
    """Return a document as JSON holds it; each block says its kind."""
    blocks = [{"kind": type(block).__name__.lower(), **asdict(block)} for block in document.blocks]
    return {**asdict(document), "blocks": blocks}


_RENDERERS: Mapping[str, Callable[[Document], bytes]] = MappingProxyType(
    {".pdf": _render_pdf, ".docx": render_word, ".html": render_html}
)
