"""The explorer's HTML: sliders on the left; gauges, waterfall and classes on the right."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import TypedDict

import pandas as pd

from dashboards.explorer.compute import Explored, Position, Shelf, Source
from dashboards.theme import figures
from dashboards.theme.gauge import Mark, marks_of
from dashboards.theme.sheet import draw
from dashboards.theme.summary import RATIOS
from dashboards.theme.waterfall import lay_out_waterfall
from dashboards.theme.words import Words
from plimsoll.scenarios import list_parameters, list_scenarios

__all__ = ["MEASURES", "Shown", "draw_form", "draw_nothing", "draw_position", "draw_progress"]

HERE = Path(__file__).parent
MEASURES = ("cet1_ratio", "rwa")
BEHIND = 12
BASIS = 10_000  # basis points of a whole


class Shown(TypedDict, total=False):
    """How a position is shown: by which measure, which bar is open, and what was just done."""

    measure: str
    bar: int | None
    told: str
    failed: str


@dataclass(frozen=True)
class ClassChange:
    """One exposure class before and after."""

    name: str
    before: float
    after: float

    @property
    def change(self) -> float:
        """What the scenario did to it."""
        return self.after - self.before


def draw_form(shelf: Shelf, source: Source, sizes: Mapping[str, float], say: Words) -> str:
    """Return the choice of the position, and a slider for each parameter of a scenario."""
    groups: dict[str, list[object]] = {}
    for parameter in list_parameters():
        groups.setdefault(parameter.group, []).append(parameter)
    return draw(
        HERE / "form.html",
        say,
        shelf=shelf,
        source=source,
        groups=groups,
        sizes=sizes,
        presets=[s for s in list_scenarios() if s.shocks],
        size=lambda parameter, value: said(parameter.unit, value, say),
    )


def said(unit: str, value: float, say: Words) -> str:
    """Return a size as the slider shows it: `−20%`, `+1`."""
    if unit == "steps":
        return f"{'+' if value > 0 else figures.MINUS if value < 0 else ''}{abs(int(value))}"
    text = figures.level(abs(value), say.language)
    return f"{'+' if value > 0 else figures.MINUS if value < 0 else ''}{text}"


def draw_position(shelf: Shelf, position: Position, explored: Explored, say: Words, shown: Shown) -> str:
    """Return the scenario's position beside the baseline."""
    result, baseline = explored.result, position.baseline
    measure = shown.get("measure", MEASURES[0])
    steps = explored.movement.steps
    levels = zip(steps["step"], steps["detail"], steps[measure], strict=True)
    falls = lay_out_waterfall([(str(name), str(detail), float(level)) for name, detail, level in levels])
    bar = shown.get("bar")
    return draw(
        HERE / "position.html",
        say,
        shelf=shelf,
        position=position,
        entity=position.book.entity,
        explored=explored,
        shown=shown,
        measure=measure,
        measures=MEASURES,
        ratios=[
            (name, _finite(result.all_ratios[name]), _finite(baseline.all_ratios[name])) for name in RATIOS
        ],
        marks={name: _marks(result.all_marks, name) for name in RATIOS},
        falls=falls,
        bar=bar if bar is not None and 0 < bar < len(falls) else None,
        behind=_behind(explored, bar),
        classes=_classes(baseline.by_class(), result.by_class()),
        totals=(baseline.ratios["rwa"], result.ratios["rwa"]),
        level=lambda value: _level(value, measure, say),
        change=lambda value: _change(value, measure, say),
        moved=lambda value: signed(value, say),
        bp=lambda new, old: "" if new is None or old is None else _change(new - old, "cet1_ratio", say),
    )


def draw_progress(step: str, done: int, total: int, say: Words) -> str:
    """Return what is running, how far it is, and how to stop it."""
    return draw(HERE / "progress.html", say, step=say.name("step", step), done=done, total=total)


def draw_nothing(sentence: str, say: Words) -> str:
    """Return a page without a position, and why."""
    return draw(HERE / "nothing.html", say, sentence=sentence)


def signed(value: float, say: Words) -> str:
    """Return a change of an amount in millions, with its sign."""
    text = figures.millions(value, say.language)
    return f"+{text}" if value > 0 else text


def _level(value: float, measure: str, say: Words) -> str:
    return (
        figures.millions(value, say.language) if measure == "rwa" else figures.percentage(value, say.language)
    )


def _change(value: float, measure: str, say: Words) -> str:
    if measure == "rwa":
        return signed(value, say)
    return figures.signed_basis_points(round(value * BASIS), say.language)


def _finite(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None


def _marks(marks: pd.DataFrame, ratio: str) -> tuple[Mark, ...]:
    held = marks.loc[marks["ratio"] == ratio]
    columns = zip(held["mark"], held["level"], held["article"], strict=True)
    return marks_of({"mark": mark, "level": level, "article": article} for mark, level, article in columns)


def _classes(before: pd.DataFrame, after: pd.DataFrame) -> list[ClassChange]:
    old, new = (dict(zip(table["class"], table["rwa"], strict=True)) for table in (before, after))
    return [
        ClassChange(name, float(old.get(name, 0.0)), float(new.get(name, 0.0)))
        for name in sorted(old.keys() | new.keys())
    ]


def _behind(explored: Explored, bar: int | None) -> list[tuple[str, float, float, float]]:
    if bar is None or not 0 < bar < len(explored.movement.steps):
        return []
    rows = explored.movement.exposures(bar).head(BEHIND)
    return [(str(a), float(b), float(c), float(d)) for a, b, c, d in rows.itertuples(index=False)]
