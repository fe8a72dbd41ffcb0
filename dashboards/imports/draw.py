"""The imports room's HTML: the shelf of books, the way in, and what a book says."""

from __future__ import annotations

from collections.abc import Mapping
from decimal import Decimal
from pathlib import Path
from typing import Any

from dashboards.imports.compute import STATED, Shelf, compare, the_one_before
from dashboards.theme import figures
from dashboards.theme.sheet import draw
from dashboards.theme.words import Words
from harbour.execution.unpacking import LIMITS

__all__ = ["draw_book", "draw_form", "draw_problems", "draw_progress", "draw_shelf"]

HERE = Path(__file__).parent
MEGABYTE = 1 << 20


def draw_shelf(shelf: Shelf, chosen: int | None, say: Words) -> str:
    """Return the list of books, by entity, newest first."""
    entities: dict[str, list[object]] = {}
    for book in shelf.books:
        entities.setdefault(book.name, []).append(book)
    return draw(HERE / "shelf.html", say, shelf=shelf, entities=entities, chosen=chosen)


def draw_form(shelf: Shelf, say: Words, failed: str = "", given: Mapping[str, str] | None = None) -> str:
    """Return the way in, or who may use it."""
    return draw(
        HERE / "form.html",
        say,
        shelf=shelf,
        failed=failed,
        given=given or {},
        stated=STATED,
        largest=LIMITS.sent // MEGABYTE,
        unpacked=LIMITS.unpacked // MEGABYTE,
        files=LIMITS.files,
    )


def draw_progress(step: str, done: int, total: int, say: Words) -> str:
    """Return what is running, how far it is, and how to stop it; `step` is `send` while files arrive."""
    arriving = {"done": done // MEGABYTE, "total": max(total // MEGABYTE, 1)} if step == "send" else {}
    sentence = say("imports.step_" + step, **arriving)
    return draw(HERE / "progress.html", say, sentence=sentence, done=done, total=max(total, 1))


def draw_problems(report: Mapping[str, Any], say: Words) -> str:
    """Return what is wrong with a book, row by row, and that nothing of it was kept."""
    return draw(HERE / "problems.html", say, report=report)


def draw_book(
    shelf: Shelf,
    report: Mapping[str, Any],
    say: Words,
    *,
    kept: int | None = None,
    told: str = "",
    failed: str = "",
) -> str:
    """Return what a valid book says; `kept` is its number once it is one of the shelf's."""
    before = the_one_before(shelf.books, report, kept)
    twin = next((book for book in shelf.books if book.digest == report["book_digest"]), None)
    gaps = report.get("gaps", {})
    return draw(
        HERE / "book.html",
        say,
        shelf=shelf,
        report=report,
        entity=report["entity"],
        book=shelf.find(kept),
        twin=twin if kept is None else None,
        before=before,
        changes=compare(before.report if before else None, report),
        gaps=gaps,
        stopping={
            module: [gap for gap in found if gap.get("refused") or gap["stops"]]
            for module, found in gaps.items()
        },
        exact=lambda text: figures.digits(Decimal(text), 2, say.language),
        moved=lambda value: ("+" if value > 0 else "") + figures.amount(value, say.language),
        told=told,
        failed=failed,
    )
