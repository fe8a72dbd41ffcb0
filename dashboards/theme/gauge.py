"""The load-line gauge: a ratio against the marks it must stay above, drawn as SVG.

Pure: figures in, a string out. Colours are the page's custom properties (light and dark follow the
page) unless a mode is given, as mails and PDFs need it.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from html import escape
from typing import Literal

from dashboards.theme.figures import basis_points, is_reported, level, percentage, signed_basis_points
from dashboards.theme.tokens import Mode, colour
from dashboards.theme.words import Words, words

__all__ = [
    "LARGE",
    "SMALL",
    "Mark",
    "Standing",
    "Style",
    "gauge_svg",
    "marks_of",
    "spread_labels",
    "standing",
]

REQUIREMENTS = ("minimum", "pillar_2_requirement", "combined_buffer", "leverage_buffer")
SQUASH = 1.9  # a value beyond this multiple of the highest mark is pinned, or the marks would be unreadable
HEADWAY = 1.12  # empty scale above the highest thing drawn

WIDTH, HEIGHT = 288, 368
TOP, BOTTOM = 136.0, 354.0
BAR_LEFT, BAR_WIDTH = 42, 10
LABEL_LEFT = 92
LABEL_GAP = 36.0
RING = 10
SMALL_WIDTH, SMALL_HEIGHT = 40, 56


@dataclass(frozen=True)
class Mark:
    """A line of the scale: its name, its cumulative level (a fraction) and the article that sets it."""

    mark: str
    level: float
    article: str = ""


@dataclass(frozen=True)
class Standing:
    """Where a value stands: `ok`, `guidance` (below guidance only), `danger`, `unmarked` or `absent`."""

    state: Literal["ok", "guidance", "danger", "unmarked", "absent"]
    nearest: Mark | None = None
    points: int = 0
    missed: Mark | None = None


@dataclass(frozen=True)
class Style:
    """How a gauge is drawn: large with figures and labels, or the scale alone; colours fixed by a mode."""

    size: Literal["large", "small"] = "large"
    mode: Mode | None = None


LARGE = Style()
SMALL = Style("small")


def marks_of(rows: Iterable[Mapping[str, object]]) -> tuple[Mark, ...]:
    """Return marks from a run summary's rows, lowest first."""
    marks = [Mark(str(row["mark"]), float(str(row["level"])), str(row.get("article") or "")) for row in rows]
    return tuple(sorted((m for m in marks if is_reported(m.level)), key=lambda m: m.level))


def standing(value: float | None, marks: Sequence[Mark]) -> Standing:
    """Return where a ratio (fraction) stands among its marks.

    A value equal to a mark meets it. Missing one of the requirements (minimum, Pillar 2 requirement,
    combined buffer) is danger; missing guidance alone is not, as guidance is no requirement
    (CRD Art. 104b). `nearest` is the mark with the smallest distance, `missed` the lowest one not met.
    """
    if value is None or not is_reported(value):
        return Standing("absent")
    if not marks:
        return Standing("unmarked")
    nearest = min(marks, key=lambda m: abs(value - m.level))
    points = basis_points(value, nearest.level)
    missed = [m for m in marks if basis_points(value, m.level) < 0]
    if not missed:
        return Standing("ok", nearest, points)
    required = [m for m in missed if m.mark in REQUIREMENTS]
    if required:
        return Standing("danger", nearest, points, required[0])
    return Standing("guidance", nearest, points, missed[0])


def spread_labels(wanted: Sequence[float], gap: float, low: float, high: float) -> list[float]:
    """Return positions as near as possible to the wanted ones, at least `gap` apart, within bounds.

    Parameters
    ----------
    wanted : sequence of float
        Positions in ascending order.
    gap, low, high : float
        The least distance, and the bounds; where the labels cannot fit, the gap shrinks evenly.

    Notes
    -----
    Least-squares by pooling adjacent violators on the positions less their cumulated gaps.
    """
    if len(wanted) > 1:
        gap = min(gap, (high - low) / (len(wanted) - 1))
    blocks: list[tuple[float, int]] = []  # mean, size
    for index, position in enumerate(wanted):
        blocks.append((position - index * gap, 1))
        while len(blocks) > 1 and blocks[-2][0] > blocks[-1][0]:
            (left, n), (right, m) = blocks[-2:]
            blocks[-2:] = [((left * n + right * m) / (n + m), n + m)]
    flat = [mean for mean, size in blocks for _ in range(size)]
    ceiling = high - (len(wanted) - 1) * gap
    return [min(max(base, low), max(ceiling, low)) + index * gap for index, base in enumerate(flat)]


@dataclass(frozen=True)
class _Scale:
    """A vertical scale from zero: fractions to y, pinned at its ends."""

    top: float
    bottom: float
    end: float

    def y(self, value: float) -> float:
        share = min(max(value / self.end, 0.0), 1.0)
        return self.bottom - share * (self.bottom - self.top)


def _scale(values: Sequence[float], marks: Sequence[Mark], top: float, bottom: float) -> _Scale:
    """Return a scale that holds the marks, and the values unless they would squash the marks."""
    highest = max((m.level for m in marks), default=0.0)
    reach = max([*values, highest, 0.0])
    if highest > 0:
        reach = min(reach, highest * SQUASH)
    return _Scale(top, bottom, reach * HEADWAY if reach > 0 else 1.0)


def gauge_svg(
    ratio: str,
    value: float | None,
    marks: Sequence[Mark] = (),
    *,
    previous: float | None = None,
    say: Words | None = None,
    style: Style = LARGE,
) -> str:
    """Return the gauge of one ratio.

    Parameters
    ----------
    ratio : str
        Its name in the summary (`cet1_ratio`); the label and the element ids come from it.
    value, previous : float or None
        Fractions; None or NaN is not reported (drawn hatched), never zero.
    marks : sequence of Mark
        Lowest first, levels cumulative.
    say : Words, optional
        The language; English without.
    style : Style
        `LARGE` on pages, `SMALL` in tables, or one with fixed colours for mails and PDFs.
    """
    say = say or words("en")
    where = standing(value, marks)
    pen = _Pen(style.mode)
    small = style.size == "small"
    top, bottom = (8.0, SMALL_HEIGHT - 8.0) if small else (TOP, BOTTOM)
    drawn = [v for v in (value, previous) if v is not None and is_reported(v)]
    scale = _scale(drawn, marks, top, bottom)
    left = SMALL_WIDTH / 2 - BAR_WIDTH / 2 if small else BAR_LEFT
    parts = [_bar(pen, scale, marks, left, hatched=where.state == "absent", ids=ratio)]
    if not small:
        parts.append(_head(pen, say, ratio, value, where))
        parts.append(_labels(pen, say, scale, marks))
    if previous is not None and is_reported(previous):
        parts.append(_ghost(pen, scale, previous, left))
    if value is not None and where.state != "absent":
        if not small and where.nearest is not None:
            parts.append(_bracket(pen, scale, value, where.nearest.level))
        parts.append(_value(pen, scale, value, where, left))
    return _wrap(pen, "".join(parts), ratio, style.size, _spoken(say, ratio, value, where, marks))


class _Pen:
    """Colours by role: the page's custom properties, or fixed ones."""

    def __init__(self, mode: Mode | None) -> None:
        self.mode = mode

    def __call__(self, role: str) -> str:
        return colour(role, self.mode) if self.mode else f"var(--{role})"

    def text(self, x: float, y: float, words_: str, size: int, role: str = "text", weight: int = 400) -> str:
        return (
            f'<text x="{x:g}" y="{y:.1f}" font-size="{size}" font-weight="{weight}" fill="{self(role)}">'
            f"{escape(words_)}</text>"
        )


ROLES = {"ok": "sea", "unmarked": "sea", "guidance": "warn", "danger": "danger", "absent": "second"}
ICONS = {"ok": "✓", "unmarked": "○", "guidance": "△", "danger": "▼", "absent": "–"}


def _bar(pen: _Pen, scale: _Scale, marks: Sequence[Mark], left: float, *, hatched: bool, ids: str) -> str:
    """Draw the scale: a zone under each mark, the strongest at the bottom, empty water above."""
    top, bottom = scale.top, scale.bottom
    out = [
        f'<rect class="scale" x="{left}" y="{top}" width="{BAR_WIDTH}" height="{bottom - top}" rx="2" '
        f'fill="{pen("page")}" stroke="{pen("line")}"/>'
    ]
    if hatched:
        pattern = f"hatch-{escape(ids)}"
        out.insert(
            0,
            f'<pattern id="{pattern}" width="6" height="6" patternUnits="userSpaceOnUse" '
            f'patternTransform="rotate(45)"><path d="M0 0V6" stroke="{pen("second")}" stroke-width="2"/>'
            "</pattern>",
        )
        out.append(
            f'<rect class="hatched" x="{left}" y="{top}" width="{BAR_WIDTH}" height="{bottom - top}" rx="2" '
            f'fill="url(#{pattern})"/>'
        )
    floor = bottom
    for index, mark in enumerate(marks):
        y = scale.y(mark.level)
        strength = max(0.85 - 0.22 * index, 0.16)
        if not hatched:
            out.append(
                f'<rect class="zone" x="{left}" y="{y:.2f}" width="{BAR_WIDTH}" height="{floor - y:.2f}" '
                f'fill="{pen("sea")}" fill-opacity="{strength:.2f}"/>'
            )
        out.append(f'<path class="tick" d="M{left} {y:.2f}h{BAR_WIDTH + 4}" stroke="{pen("text")}"/>')
        floor = y
    return "".join(out)


def _head(pen: _Pen, say: Words, ratio: str, value: float | None, where: Standing) -> str:
    """Write the label, the figure, its state in a word with an icon, and the headroom."""
    role = {"guidance": "warn", "danger": "danger"}.get(where.state, "second")
    figure = percentage(value, say.language) if where.state != "absent" else say("gauge.not_reported")
    size, colour_role = (40, "text") if where.state != "absent" else (20, "second")
    rows = [
        pen.text(0, 14, say.name("figure", ratio), 14, "second", 500),
        pen.text(-2 if where.state != "absent" else 0, 57, figure, size, colour_role, 600),
        pen.text(0, 84, _headroom(say, where), 14, "text", 500),
        pen.text(0, 106, f"{ICONS[where.state]}  {_state(say, where)}", 12, role, 500),
    ]
    return "".join(rows if where.state != "absent" else rows[:2])


def _state(say: Words, where: Standing) -> str:
    if where.state == "ok":
        return say("gauge.above")
    if where.state == "unmarked":
        return say("gauge.none")
    if where.missed is None:
        return say("gauge.not_reported")
    key = "gauge.below" if where.state == "danger" else "gauge.at_requirements"
    return say(key, mark=say.name("mark", where.missed.mark))


def _headroom(say: Words, where: Standing) -> str:
    if where.nearest is None:
        return ""
    points = signed_basis_points(where.points, say.language)
    return say("gauge.headroom", points=points, mark=say.name("mark", where.nearest.mark))


def _labels(pen: _Pen, say: Words, scale: _Scale, marks: Sequence[Mark]) -> str:
    """Write each mark's percentage, name and article beside its line, apart from one another."""
    ys = [scale.y(m.level) for m in marks]
    downwards = spread_labels(ys[::-1], LABEL_GAP, scale.top + 4, scale.bottom - 10)
    out = []
    for mark, y, at in zip(marks, ys, downwards[::-1], strict=True):
        start = BAR_LEFT + BAR_WIDTH + 18
        out.append(
            f'<path class="leader" d="M{start} {y:.2f}L{LABEL_LEFT - 6} {at:.2f}" fill="none" '
            f'stroke="{pen("line")}" stroke-width="1"/>'
        )
        exact = level(mark.level, say.language)
        out.append(
            f'<text class="label" x="{LABEL_LEFT}" y="{at + 3:.2f}" font-size="12" fill="{pen("text")}">'
            f'<tspan font-weight="600">{escape(exact)}</tspan> {escape(say.name("mark", mark.mark))}</text>'
        )
        out.append(pen.text(LABEL_LEFT, at + 17, mark.article, 12, "second"))
    return "".join(out)


def _ghost(pen: _Pen, scale: _Scale, previous: float, left: float) -> str:
    y = scale.y(previous)
    return (
        f'<path class="ghost" d="M{left - 14} {y:.2f}h{BAR_WIDTH + 28}" stroke="{pen("second")}" '
        'stroke-width="1" stroke-dasharray="3 3"/>'
    )


def _bracket(pen: _Pen, scale: _Scale, value: float, level_: float) -> str:
    """Draw the headroom: a line along the scale from the nearest mark to the value."""
    y, mark, x = scale.y(value), scale.y(level_), BAR_LEFT - 24
    return (
        f'<path class="headroom" d="M{x + 5} {mark:.2f}H{x}V{y:.2f}h5" fill="none" stroke="{pen("second")}" '
        'stroke-width="1"/>'
    )


def _value(pen: _Pen, scale: _Scale, value: float, where: Standing, left: float) -> str:
    """Draw the Plimsoll mark at the value's height; an arrow where the value is beyond the scale."""
    y, middle, stroke = scale.y(value), left + BAR_WIDTH / 2, pen(ROLES[where.state])
    ring = (
        f'<circle class="ring" cx="{middle:g}" cy="{y:.2f}" r="{RING}" fill="{pen("surface")}" '
        f'fill-opacity="0.72" stroke="{stroke}" stroke-width="3"/>'
        f'<path class="load" d="M{middle - RING - 9:g} {y:.2f}H{middle + RING + 9:g}" stroke="{stroke}" '
        'stroke-width="3" stroke-linecap="round"/>'
    )
    if value > scale.end:
        tip = y - RING - 7
        ring += _arrow(middle, tip + 5, -5, stroke)
    if value < 0:
        tip = y + RING + 7
        ring += _arrow(middle, tip - 5, 5, stroke)
    return ring


def _arrow(middle: float, y: float, rise: int, stroke: str) -> str:
    path = f"M{middle - 5:g} {y:.2f}l5 {rise}l5 {-rise}"
    return f'<path class="beyond" d="{path}" fill="none" stroke="{stroke}" stroke-width="2"/>'


def _spoken(say: Words, ratio: str, value: float | None, where: Standing, marks: Sequence[Mark]) -> str:
    label, state = say.name("figure", ratio), _state(say, where)
    if where.state == "absent":
        return say("gauge.description_plain", label=label, value=say("gauge.not_reported"), state=state)
    figure = percentage(value, say.language)
    if not marks:
        return say("gauge.description_plain", label=label, value=figure, state=state)
    named = "; ".join(
        f"{say.name('mark', m.mark)} {level(m.level, say.language)} {m.article}".strip() for m in marks
    )
    return say(
        "gauge.description",
        label=label,
        value=figure,
        state=state,
        headroom=_headroom(say, where),
        marks=named,
    )


def _wrap(pen: _Pen, body: str, ratio: str, size: str, spoken: str) -> str:
    width, height = (SMALL_WIDTH, SMALL_HEIGHT) if size == "small" else (WIDTH, HEIGHT)
    family = escape(_family(pen))
    title, description = f"gauge-{escape(ratio)}-{size}-title", f"gauge-{escape(ratio)}-{size}-desc"
    label, _, rest = spoken.partition(": ")
    return (
        f'<svg class="gauge {size}" xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {width} {height}" '
        f'width="{width}" height="{height}" role="img" aria-labelledby="{title} {description}" '
        f'font-family="{family}" style="font-variant-numeric:tabular-nums">'
        f'<title id="{title}">{escape(label)}</title><desc id="{description}">{escape(rest)}</desc>'
        f"{body}</svg>"
    )


def _family(pen: _Pen) -> str:
    return "Inter, sans-serif" if pen.mode else "var(--family)"
