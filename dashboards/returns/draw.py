"""The returns room's HTML: the tree of templates, the table, and the drawer of one cell."""

from __future__ import annotations

from collections import Counter
from decimal import Decimal
from pathlib import Path

from markupsafe import Markup

from dashboards.returns.cell import Drawer
from dashboards.returns.compute import Filing, Filled, Shelf
from dashboards.returns.grid import Leaf, count_by_sheet, count_findings
from dashboards.returns.threads import Talk
from dashboards.theme import figures
from dashboards.theme.sheet import draw
from dashboards.theme.words import Words
from plimsoll.returns import Grid

__all__ = ["draw_drawer", "draw_grid", "draw_nothing", "draw_talk", "draw_tree"]

HERE = Path(__file__).parent
CENTS = 2


def short(value: Decimal | str, data_type: str, say: Words) -> str:
    """Return a value as a cell shows it: amounts in millions, shares in per cent, words as they are coded."""
    if isinstance(value, str):
        return value.rpartition(":")[2]
    if data_type == "m":
        return figures.millions(float(value), say.language)
    return (
        figures.percentage(float(value), say.language) if data_type == "p" else exact(value, data_type, say)
    )


def exact(value: Decimal | str, data_type: str, say: Words) -> str:
    """Return a value with nothing rounded away: amounts to the cent."""
    if isinstance(value, str):
        return value
    places = CENTS if data_type == "m" else max(0, -int(value.as_tuple().exponent))
    return figures.digits(value, places, say.language)


def draw_tree(
    shelf: Shelf, filing: Filing, leaves: tuple[Leaf, ...], table: str, say: Words, more: int = 0
) -> str:
    """Return the filings, and the chosen one's templates with their findings."""
    return draw(
        HERE / "tree.html",
        say,
        shelf=shelf,
        filing=filing,
        reported=[leaf for leaf in leaves if leaf.tables],
        others=[leaf for leaf in leaves if not leaf.tables],
        table=table,
        more=more,
    )


def draw_grid(
    filing: Filing,
    held: Filled,
    grid: Grid,
    cell: tuple[str, str] | None,
    say: Words,
    said: Counter[tuple[str, str]],
) -> str:
    """Return a table, one sheet of it, with the chosen cell marked; `said` counts each cell's open threads."""
    return draw(
        HERE / "grid.html",
        say,
        filing=filing,
        summary=filing.summary,
        grid=grid,
        cell=cell,
        said=said,
        found=count_findings(held, grid),
        found_in=count_by_sheet(held, grid),
        short=lambda fact: short(fact.value, fact.data_type, say),
        exact=lambda fact: exact(fact.value, fact.data_type, say),
    )


def draw_talk(talk: Talk, say: Words, failed: str = "") -> str:
    """Return what was said about a cell, and the field to add to it."""
    return draw(HERE / "threads.html", say, talk=talk, failed=failed)


def draw_drawer(
    drawer: Drawer | None, grid: Grid, currency: str, say: Words, *, talk: str = "", fresh: bool = False
) -> str:
    """Return what stands behind a cell, and what `draw_talk` drew; nothing while none is chosen."""
    if drawer is None:
        return ""
    rows = {line.code: line.label for line in grid.lines}
    columns = {column.code: column.label for column in grid.columns}
    sheets = {tab.member: tab.label for tab in grid.tabs}
    return draw(
        HERE / "drawer.html",
        say,
        drawer=drawer,
        talk=Markup(talk),  # noqa: S704  # drawn from an autoescaped template
        subject=f"{grid.code} {grid.sheet or ''} {drawer.row} {drawer.column}",
        fresh=fresh,
        told=drawer.explanation,
        weighted=any(row.risk_weight is not None for row in drawer.behind),
        labels=(rows.get(drawer.row, ""), columns.get(drawer.column, ""), sheets.get(drawer.sheet or "", "")),
        unit=currency if drawer.data_type == "m" else "",
        exact=lambda value: exact(value, drawer.data_type, say),
        cents=lambda value: exact(value, "m", say),
    )


def draw_nothing(sentence: str, say: Words) -> str:
    """Return a page without a return, and why."""
    return draw(HERE / "nothing.html", say, sentence=sentence)
