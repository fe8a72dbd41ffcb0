"""A document as a Word file."""

from __future__ import annotations

import datetime
import io
from typing import Any
from zipfile import ZIP_DEFLATED, ZipFile, ZipInfo

from plimsoll.exports.document import Bars, Block, Document, Gauges, Heading, Paragraph, Tabular

__all__ = ["render_word"]

_SEA, _SECOND = "0A5C8A", "42566B"
_STATES = {"draft": "8A5A00", "approved": "1B6E43", "void": "6B4E9B"}
_EPOCH = (1980, 1, 1, 0, 0, 0)
_MOMENT = datetime.datetime(1980, 1, 1)  # noqa: DTZ001  # Word knows no zones; the same document, the same bytes


def render_word(document: Document) -> bytes:
    """Return a document as the bytes of a .docx; gauges and bars as tables of the same figures."""
    import docx  # noqa: PLC0415  # only for those who export

    word = docx.Document()
    properties = word.core_properties
    properties.title, properties.author = f"{document.title}, {document.subtitle}", "Plimsoll"
    properties.created = properties.modified = _MOMENT
    properties.comments = document.standing
    section = word.sections[0]
    _write(section.header.paragraphs[0], document.standing, _STATES[document.state], bold=True)
    _write(section.footer.paragraphs[0], document.source, _SECOND)
    word.add_heading(document.title, level=0)
    _write(word.add_paragraph(), document.subtitle, _SECOND)
    for block in document.blocks:
        _add(word, block)
    for name, value in document.facts.items():
        _write(word.add_paragraph(), f"{name}: {value}", _SECOND, size=8)
    out = io.BytesIO()
    word.save(out)
    return _settled(out.getvalue())


def _add(word: Any, block: Block) -> None:  # noqa: ANN401  # python-docx has no types
    if isinstance(block, Heading):
        word.add_heading(block.text, level=block.level)
    elif isinstance(block, Paragraph):
        _write(
            word.add_paragraph(), block.text, _SECOND if block.small else None, size=9 if block.small else 11
        )
    elif isinstance(block, Tabular):
        _table(word, block.head, block.rows, block.caption)
    elif isinstance(block, Bars):
        _table(word, ("", block.caption), [(name, said) for name, _, said in block.rows], "")
    elif isinstance(block, Gauges):
        for rating in block.ratings:
            marks = [(f"{mark.name} ({mark.article})", mark.said) for mark in reversed(rating.marks)]
            _table(word, (rating.name, rating.said), [*marks, (rating.headroom, "")], "")


def _table(word: Any, head: Any, rows: Any, caption: str) -> None:  # noqa: ANN401  # python-docx has no types
    from docx.enum.text import WD_ALIGN_PARAGRAPH  # noqa: PLC0415  # as above

    if caption:
        _write(word.add_paragraph(), caption, _SECOND, size=9)
    table = word.add_table(rows=1 + len(rows), cols=len(head))
    table.style = "Light List Accent 1"
    for place, row in enumerate((head, *rows)):
        for column, text in enumerate(row):
            cell = table.cell(place, column)
            cell.text = text
            if column:
                cell.paragraphs[0].alignment = WD_ALIGN_PARAGRAPH.RIGHT
    word.add_paragraph()


def _write(paragraph: Any, text: str, colour: str | None, *, size: int = 10, bold: bool = False) -> None:  # noqa: ANN401  # python-docx has no types
    from docx.shared import Pt, RGBColor  # noqa: PLC0415  # as above

    run = paragraph.add_run(text)
    run.font.size, run.bold = Pt(size), bold
    if colour:
        run.font.color.rgb = RGBColor.from_string(colour)


def _settled(content: bytes) -> bytes:
    """Return the same file with every entry at one moment: the same document, the same bytes."""
    out = io.BytesIO()
    with ZipFile(io.BytesIO(content)) as given, ZipFile(out, "w") as settled:
        for name in given.namelist():
            settled.writestr(ZipInfo(name, _EPOCH), given.read(name), ZIP_DEFLATED)
    return out.getvalue()
