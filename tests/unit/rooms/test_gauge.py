"""The load-line gauge: geometry, states, and what it says to those who do not see it."""

from __future__ import annotations

import re
import xml.etree.ElementTree as ET
from itertools import pairwise

import pytest
from dashboards.theme import SMALL, Mark, Style, colour, gauge_svg, marks_of, standing, words
from dashboards.theme.gauge import BOTTOM, HEIGHT, LABEL_GAP, RING, TOP, spread_labels
from hypothesis import given
from hypothesis import strategies as st

CET1 = (
    Mark("minimum", 0.045, "CRR Art. 92(1)(a)"),
    Mark("pillar_2_requirement", 0.05625, "CRD Art. 104a"),
    Mark("combined_buffer", 0.0875, "CRD Art. 128"),
    Mark("pillar_2_guidance", 0.0975, "CRD Art. 104b"),
)
SVG = "{http://www.w3.org/2000/svg}"

names = ("minimum", "pillar_2_requirement", "combined_buffer", "pillar_2_guidance")
levels = st.lists(st.floats(0.001, 0.3), min_size=1, max_size=4).map(sorted)
marks_strategy = levels.map(
    lambda found: tuple(Mark(name, level, "CRR Art. 92") for name, level in zip(names, found, strict=False))
)
values = st.floats(-0.5, 5)


def drawn(value: float | None, marks: tuple[Mark, ...] = CET1, **more: object) -> ET.Element:
    return ET.fromstring(gauge_svg("cet1_ratio", value, marks, **more))  # type: ignore[arg-type]


def of_class(svg: ET.Element, name: str) -> list[ET.Element]:
    return [element for element in svg.iter() if element.get("class") == name]


def ring_height(svg: ET.Element) -> float:
    return float(of_class(svg, "ring")[0].get("cy", "nan"))


def text_of(svg: ET.Element) -> str:
    return " | ".join("".join(t.itertext()) for t in svg.iter(f"{SVG}text"))


@given(values, values, marks_strategy)
def test_a_higher_ratio_never_sits_lower(one: float, other: float, marks: tuple[Mark, ...]) -> None:
    # `previous` holds both drawings to the same scale only up to where the scale pins; compare on one scale.
    low, high = sorted((one, other))
    svg = drawn(high, marks, previous=low)
    ghost = float(re.match(r"M\S+ ([\d.]+)h", of_class(svg, "ghost")[0].get("d", ""))[1])  # type: ignore[index]
    assert ring_height(svg) <= ghost + 0.01


@given(values, marks_strategy)
def test_ring_stays_on_the_scale_and_inside_the_drawing(value: float, marks: tuple[Mark, ...]) -> None:
    height = ring_height(drawn(value, marks))
    assert TOP <= height <= BOTTOM
    assert height - RING > 0
    assert height + RING < HEIGHT


@given(values, marks_strategy)
def test_zones_stack_from_the_bottom_without_gap_or_overlap(value: float, marks: tuple[Mark, ...]) -> None:
    floor = BOTTOM
    zones = of_class(drawn(value, marks), "zone")
    assert len(zones) == len(marks)
    for zone in zones:
        top, height = float(zone.get("y", "nan")), float(zone.get("height", "nan"))
        assert height >= 0
        assert top + height == pytest.approx(floor, abs=0.02)
        floor = top
    assert floor >= TOP


@given(values, marks_strategy)
def test_labels_stand_apart_in_the_order_of_their_marks(value: float, marks: tuple[Mark, ...]) -> None:
    heights = [float(label.get("y", "nan")) for label in of_class(drawn(value, marks), "label")]
    assert len(heights) == len(marks)
    assert all(lower - upper >= LABEL_GAP - 0.02 for lower, upper in pairwise(heights))
    assert all(TOP <= height <= HEIGHT - 20 for height in heights)


@given(st.lists(st.floats(0, 100), max_size=12).map(sorted), st.floats(0, 60))
def test_spread_labels_keeps_bounds_order_and_gap(wanted: list[float], gap: float) -> None:
    placed = spread_labels(wanted, gap, 0, 100)
    fits = gap if len(wanted) < 2 else min(gap, 100 / (len(wanted) - 1))
    assert all(-1e-9 <= p <= 100 + 1e-9 for p in placed)
    assert all(b - a >= fits - 1e-9 for a, b in pairwise(placed))


@given(st.lists(st.floats(0, 100), min_size=1, max_size=6).map(sorted))
def test_labels_that_do_not_collide_stay_at_their_marks(wanted: list[float]) -> None:
    assert spread_labels(wanted, 0, 0, 100) == pytest.approx(wanted)


@given(st.floats(0.0, 0.3), st.floats(0.0, 0.3), marks_strategy)
def test_more_capital_never_makes_the_standing_worse(
    one: float, other: float, marks: tuple[Mark, ...]
) -> None:
    rank = {"danger": 0, "guidance": 1, "ok": 2}
    low, high = sorted((one, other))
    assert rank[standing(low, marks).state] <= rank[standing(high, marks).state]


def test_headroom_to_the_nearest_mark_is_written() -> None:
    assert "+214\u00a0bp to Pillar 2 guidance" in text_of(drawn(0.0975 + 0.0214))
    assert "+15\u00a0bp to combined buffer" in text_of(drawn(0.0875 + 0.0015))


def test_under_a_requirement_the_ring_turns_danger_and_says_so() -> None:
    svg = drawn(0.0870)
    assert of_class(svg, "ring")[0].get("stroke") == "var(--danger)"
    assert "▼  Below combined buffer" in text_of(svg)
    assert "\u22125\u00a0bp to combined buffer" in text_of(svg)


def test_under_guidance_alone_is_not_a_breach() -> None:
    svg = drawn(0.09)
    assert of_class(svg, "ring")[0].get("stroke") == "var(--warn)"
    assert "Requirements met, below Pillar 2 guidance" in text_of(svg)


def test_the_lowest_missed_requirement_is_the_one_named() -> None:
    assert standing(0.04, CET1).missed == CET1[0]
    assert standing(0.05, CET1).missed == CET1[1]


def test_exactly_on_the_line_is_met() -> None:
    assert standing(0.0975, CET1).state == "ok"
    assert standing(0.045 + 0.01125 + 0.03125, CET1).state == "guidance"
    assert standing(0.0875 - 1e-6, CET1).state == "danger"


@pytest.mark.parametrize("value", [None, float("nan"), float("inf")])
def test_an_absent_ratio_is_hatched_and_never_zero(value: float | None) -> None:
    svg = drawn(value)
    assert of_class(svg, "hatched")
    assert not of_class(svg, "ring")
    assert "Not reported" in text_of(svg)
    assert "0.00%" not in text_of(svg)


def test_beyond_the_scale_the_ring_is_pinned_with_an_arrow() -> None:
    svg = drawn(0.62)
    assert of_class(svg, "beyond")
    assert ring_height(svg) == pytest.approx(TOP)
    assert "62.00%" in text_of(svg)
    assert of_class(drawn(-0.02), "beyond")
    assert not of_class(drawn(0.14), "beyond")


def test_each_mark_carries_percentage_name_and_article() -> None:
    said = text_of(drawn(0.14))
    for expected in ("4.50% minimum", "CRR Art. 92(1)(a)", "8.75% combined buffer", "CRD Art. 128"):
        assert expected in said


def test_without_marks_it_says_that_no_requirement_is_recorded() -> None:
    assert "No requirement recorded" in text_of(drawn(0.14, ()))


def test_it_speaks_to_those_who_do_not_see_it() -> None:
    svg = drawn(0.1189)
    ids = {e.get("id"): e.text for e in svg.iter() if e.get("id")}
    title, description = (ids[key] for key in svg.get("aria-labelledby", "").split())
    assert svg.get("role") == "img"
    assert title == "CET1 ratio"
    assert description is not None
    assert description.startswith("11.89%. Above every mark. +214\u00a0bp to Pillar 2 guidance.")
    assert "minimum 4.50% CRR Art. 92(1)(a)" in description


def test_colours_come_from_the_page_or_are_fixed() -> None:
    assert "var(--sea)" in gauge_svg("cet1_ratio", 0.14, CET1)
    fixed = gauge_svg("cet1_ratio", 0.14, CET1, style=Style(mode="dark"))
    assert "var(" not in fixed
    assert colour("sea", "dark") in fixed


def test_french() -> None:
    said = text_of(drawn(0.1189, say=words("fr")))
    assert "11,89\u00a0%" in said
    assert "+214\u00a0pb · recommandation pilier 2" in said


def test_small_has_the_scale_and_the_words_but_no_text() -> None:
    svg = drawn(0.14, style=SMALL)
    assert of_class(svg, "ring")
    assert not list(svg.iter(f"{SVG}text"))
    assert svg.find(f"{SVG}desc") is not None


def test_names_are_escaped() -> None:
    svg = gauge_svg('a"><script>', 0.1, (Mark("<b>", 0.05, "<i>"),))
    assert "<script>" not in svg
    assert "<b>" not in svg
    ET.fromstring(svg)


def test_marks_of_reads_a_summary_and_sorts() -> None:
    rows = [{"mark": "combined_buffer", "level": 0.09}, {"mark": "minimum", "level": 0.045, "article": "x"}]
    assert [m.mark for m in marks_of(rows)] == ["minimum", "combined_buffer"]
