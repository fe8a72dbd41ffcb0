"""A document as one HTML page that asks nothing of any other machine."""

from __future__ import annotations

from html import escape
from importlib.resources import files

from plimsoll.exports.document import Bars, Block, Document, Gauges, Heading, Paragraph, Rating, Tabular

__all__ = ["render_html"]

_STYLE = files("plimsoll.exports").joinpath("page.css").read_text(encoding="utf-8")


def render_html(document: Document) -> bytes:
    """Return a document as the bytes of one page."""
    body = "".join(_html(block) for block in document.blocks)
    facts = "".join(
        f"<li>{escape(name)}: <code>{escape(value)}</code></li>" for name, value in document.facts.items()
    )
    title = escape(f"{document.title}, {document.subtitle}")
    return (
        f'<!DOCTYPE html><html lang="{document.language}"><head><meta charset="utf-8">'
        f'<meta name="viewport" content="width=device-width,initial-scale=1"><title>{title}</title>'
        f"<style>{_STYLE}</style></head><body>"
        f'<p class="band {document.state}">{escape(document.standing)}</p>'
        f'<h1>{escape(document.title)}</h1><p class="second">{escape(document.subtitle)}</p>'
        f"{body}<ul>{facts}</ul></body></html>"
    ).encode()


def _html(block: Block) -> str:
    if isinstance(block, Heading):
        return f"<h{block.level + 1}>{escape(block.text)}</h{block.level + 1}>"
    if isinstance(block, Paragraph):
        return f"<p{' class=second' if block.small else ''}>{escape(block.text)}</p>"
    if isinstance(block, Tabular):
        return _table(block)
    if isinstance(block, Bars):
        return _bars(block)
    return _gauges(block)


def _table(block: Tabular) -> str:
    head = "".join(f'<th scope="col">{escape(text)}</th>' for text in block.head)
    rows = []
    for place, row in enumerate(block.rows, 1):
        total = ' class="total"' if block.last_is_total and place == len(block.rows) else ""
        rows.append(f"<tr{total}>{''.join(f'<td>{escape(text)}</td>' for text in row)}</tr>")
    body = f"<thead><tr>{head}</tr></thead><tbody>{''.join(rows)}</tbody>"
    return f"<small>{escape(block.caption)}</small><table>{body}</table>"


def _bars(block: Bars) -> str:
    most = max((abs(amount) for _, amount, _ in block.rows), default=0.0) or 1.0
    rows = "".join(
        f'<tr><td>{escape(name)}</td><td class="track"><span class="bar" style="width:{abs(amount) / most:.2%}">'
        f"</span></td><td>{escape(said)}</td></tr>"
        for name, amount, said in block.rows
    )
    return f"<small>{escape(block.caption)}</small><table><tbody>{rows}</tbody></table>"


def _gauges(block: Gauges) -> str:
    return f'<div class="ratings">{"".join(_rating(rating) for rating in block.ratings)}</div>'


def _rating(rating: Rating) -> str:
    marks = "".join(
        f"<li><strong>{escape(mark.said)}</strong> {escape(mark.name)} <small>{escape(mark.article)}</small></li>"
        for mark in reversed(rating.marks)
    )
    missed = "" if rating.met else ' class="missed"'
    return (
        f'<div class="rating"><span class="second">{escape(rating.name)}</span><b>{escape(rating.said)}</b>'
        f"<span{missed}>{escape(rating.headroom)}</span><ul>{marks}</ul></div>"
    )
