"""A document as data: blocks that PDF, Word and HTML each render, so that the three always say the same."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

__all__ = ["Bars", "Block", "Document", "Gauges", "Heading", "Mark", "Paragraph", "Rating", "Tabular"]


@dataclass(frozen=True)
class Heading:
    """A heading; level 1 is a chapter."""

    text: str
    level: int = 1


@dataclass(frozen=True)
class Paragraph:
    """A sentence or several; `small` for notes and sources."""

    text: str
    small: bool = False


@dataclass(frozen=True)
class Mark:
    """A requirement on a gauge: its name, level (fraction), the level as written, and article."""

    name: str
    level: float
    said: str
    article: str


@dataclass(frozen=True)
class Rating:
    """A ratio on its load line: value as a fraction and as written, the headroom as written, last period's."""

    name: str
    value: float
    said: str
    headroom: str
    met: bool
    marks: tuple[Mark, ...]
    previous: float | None = None


@dataclass(frozen=True)
class Gauges:
    """Ratios side by side."""

    ratings: tuple[Rating, ...]


@dataclass(frozen=True)
class Tabular:
    """A table; the first column is text, the others are right-aligned figures as written."""

    head: Sequence[str]
    rows: Sequence[Sequence[str]]
    caption: str
    last_is_total: bool = False


@dataclass(frozen=True)
class Bars:
    """Amounts drawn beside each other: name, amount, amount as written."""

    rows: Sequence[tuple[str, float, str]]
    caption: str


Block = Heading | Paragraph | Gauges | Tabular | Bars


@dataclass(frozen=True)
class Document:
    """A document: title, who it is about, its standing on every page, and its blocks."""

    title: str
    subtitle: str
    state: str
    standing: str
    source: str
    language: str
    blocks: tuple[Block, ...]
    facts: Mapping[str, str] = field(default_factory=dict)
