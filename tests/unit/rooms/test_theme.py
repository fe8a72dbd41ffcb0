"""The theme: contrast from the tokens, both catalogues complete, figures as the looks say."""

from __future__ import annotations

import datetime
import re
import string
from pathlib import Path

import pytest
from dashboards.theme import choose_language, colour, contrast, figures, tokens, tokens_css, words
from dashboards.theme.tokens import HUB_STYLE, hub_css
from hypothesis import given
from hypothesis import strategies as st

MODES = ("light", "dark")
PAIRS = [
    (mode, text, surface)
    for mode in MODES
    for text in tokens()["contrast"]["texts"]
    for surface in tokens()["contrast"]["surfaces"]
]


@pytest.mark.parametrize(("mode", "text", "surface"), PAIRS)
def test_every_text_is_readable_on_every_surface(mode: str, text: str, surface: str) -> None:
    assert contrast(colour(text, mode), colour(surface, mode)) >= tokens()["contrast"]["least"]


@pytest.mark.parametrize("mode", MODES)
def test_text_on_the_primary_button_is_readable(mode: str) -> None:
    assert contrast(colour("on-sea", mode), colour("sea", mode)) >= tokens()["contrast"]["least"]


def test_contrast_knows_its_ends() -> None:
    assert contrast("#000000", "#FFFFFF") == pytest.approx(21)
    assert contrast("#777777", "#777777") == 1


def test_both_modes_have_the_same_roles() -> None:
    assert tokens()["light"].keys() == tokens()["dark"].keys()
    assert len(tokens()["light"]["series"]) == len(tokens()["dark"]["series"]) == 7


def test_style_sheets_use_only_properties_the_theme_defines() -> None:
    theme = Path(__file__).parents[3] / "dashboards" / "theme"
    defined = set(re.findall(r"(--[\w-]+):", tokens_css()))
    used = set(re.findall(r"var\((--[\w-]+)", (theme / "rooms.css").read_text()))
    assert used <= defined
    assert not re.findall(r"#[0-9A-Fa-f]{3,8}\b", (theme / "rooms.css").read_text()), (
        "colours live in the tokens"
    )


def test_both_languages_say_the_same_things_with_the_same_facts() -> None:
    english, french = words("en").sentences, words("fr").sentences
    assert english.keys() == french.keys()

    def facts(sentence: str) -> set[str]:
        return {name for _, name, _, _ in string.Formatter().parse(sentence) if name}

    assert {key: facts(s) for key, s in english.items()} == {key: facts(s) for key, s in french.items()}
    assert all(s.strip() for s in [*english.values(), *french.values()])


def test_an_unknown_term_is_shown_as_it_is() -> None:
    assert words("en").name("class", "something_new") == "something new"


@pytest.mark.parametrize(
    ("asked", "accepted", "language"),
    [
        ("fr", None, "fr"),
        ("en", "fr-FR", "en"),
        (None, "fr-FR,fr;q=0.9,en;q=0.5", "fr"),
        (None, "de,en;q=0.5,fr;q=0.7", "fr"),
        (None, "de", "en"),
        (None, None, "en"),
        ("xx", "fr;q=nonsense,en", "en"),
    ],
)
def test_language_is_chosen_by_the_page_then_by_the_browser(
    asked: str | None, accepted: str | None, language: str
) -> None:
    assert choose_language(asked, accepted) == language


def test_amounts_are_millions_with_one_decimal() -> None:
    assert figures.millions(1_234_567_890.12) == "1,234.6"
    assert figures.millions(1_234_567_890.12, "fr") == "1\u202f234,6"
    assert figures.millions(-250_000) == "\u22120.3"
    assert figures.millions(-40_000) == "0.0", "no negative zero"
    assert figures.millions(0) == "0"
    assert figures.millions(None) == figures.millions(float("nan")) == "–"
    assert figures.amount(1234567.5) == "1,234,568"


def test_ratios_are_percentages_with_two_decimals() -> None:
    assert figures.percentage(0.14205) == "14.21%"
    assert figures.percentage(0.14205, "fr") == "14,21\u00a0%"
    assert figures.percentage(float("nan")) == "–"


@given(st.integers(-3000, 3000), st.integers(0, 3000))
def test_basis_points_are_exact_on_whole_points(value: int, reference: int) -> None:
    assert figures.basis_points(value / 10_000, reference / 10_000) == value - reference


@given(st.floats(-0.3, 0.3), st.floats(0, 0.3))
def test_basis_points_never_flatter(value: float, reference: float) -> None:
    assert figures.basis_points(value, reference) <= (value - reference) * 10_000 + 1e-5


def test_a_breach_too_small_to_see_is_still_a_breach() -> None:
    assert figures.basis_points(0.07999, 0.08) == -1
    assert figures.basis_points(0.045 + 0.01125 + 0.025, 0.08125) == 0, (
        "residue of adding floats is no breach"
    )


def test_signs_and_units_of_basis_points() -> None:
    assert figures.signed_basis_points(214) == "+214\u00a0bp"
    assert figures.signed_basis_points(-1214, "fr") == "\u22121\u202f214\u00a0pb"


def test_dates() -> None:
    assert figures.date("2026-06-30") == "30 Jun 2026"
    assert figures.date(datetime.date(2026, 6, 30), "fr") == "30 juin 2026"
    assert figures.date("2026-05-01", "fr") == "1er mai 2026"
    paris = datetime.timezone(datetime.timedelta(hours=2))
    assert figures.moment(datetime.datetime(2026, 7, 14, 9, 5, tzinfo=paris)) == "14 Jul 2026, 07:05 UTC"
    assert figures.moment(None) == "–"


def test_the_hub_s_style_sheet_is_made_of_the_tokens() -> None:
    assert HUB_STYLE.read_text() == hub_css(), "run `python -m dashboards.theme`"
    rules = (HUB_STYLE.parents[2] / "dashboards" / "theme" / "hub.css").read_text()
    assert not re.findall(r"#[0-9A-Fa-f]{3,8}\b", rules.replace("#login", "")), "colours live in the tokens"
    defined = set(re.findall(r"(--[\w-]+):", hub_css()))
    assert set(re.findall(r"var\((--[\w-]+)", rules)) <= defined
