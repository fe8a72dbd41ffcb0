"""Rules are dated and cited, or they do not load."""

from __future__ import annotations

import datetime
import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from plimsoll import rules
from plimsoll.errors import RuleError
from plimsoll.rules.__main__ import draw

DAY = datetime.date(2026, 6, 30)
HEAD = 'act = "Regulation (EU) No 575/2013"\nshort = "CRR"\nvalid_from = 2025-01-01\n'
RULE = '[[rule]]\nid = "a.b"\nvalue = 0.5\nunit = "risk weight"\narticle = "Article 1(2)"\n'


def test_rule_carries_value_unit_article_and_citation() -> None:
    rule = rules.on(DAY)["credit.sa.residential.secured"]

    assert rule.number == 0.2
    assert rule.unit == "risk weight"
    assert rule.article == "CRR Art. 125(1)"
    assert rule.citation.startswith("Regulation (EU) No 575/2013")
    assert rule.citation.endswith("Article 125(1)")


def test_every_rule_has_a_source_without_address_and_a_unit() -> None:
    for rule in rules.read_rules():
        assert re.search(r"(Regulation|Directive|Guidelines)", rule.citation)
        assert re.search(r"Article|paragraph", rule.citation)
        assert "http" not in rule.citation + rule.note
        assert rule.unit
        assert rule.found or rule.note


@pytest.mark.parametrize(
    ("day", "weight"), [("2025-12-31", 1.0), ("2026-01-01", 1.3), ("2029-12-31", 2.2), ("2030-01-01", 2.5)]
)
def test_the_date_chooses_the_value(day: str, weight: float) -> None:
    assert rules.on(datetime.date.fromisoformat(day))["credit.sa.equity.standard"].number == weight


@given(st.dates(min_value=datetime.date(2025, 1, 1), max_value=datetime.date(2040, 12, 31)))
def test_every_day_has_every_rule_once(day: datetime.date) -> None:
    assert set(rules.on(day)) == {rule.id for rule in rules.read_rules()}


def test_a_day_before_the_law_says_so() -> None:
    with pytest.raises(
        RuleError, match=r"no rules are known for 2024-12-31; the first day known is 2025-01-01"
    ):
        rules.on(datetime.date(2024, 12, 31))


def test_unknown_id_names_its_neighbours() -> None:
    with pytest.raises(RuleError, match=r"'credit.sa.retail.best'.*credit.sa.retail.standard"):
        rules.on(DAY)["credit.sa.retail.best"]


def test_set_is_frozen_and_its_digest_tells_dates_and_values_apart() -> None:
    in_force = rules.on(DAY)
    with pytest.raises((TypeError, AttributeError)):
        in_force["x"] = None  # type: ignore[index]  # the point of the test
    with pytest.raises(TypeError):
        in_force.rules["x"] = None  # type: ignore[index]  # the point of the test
    assert re.fullmatch("[0-9a-f]{64}", in_force.digest)
    assert in_force.digest == rules.on(DAY).digest
    assert in_force.digest != rules.on(datetime.date(2027, 6, 30)).digest


@pytest.mark.parametrize(
    ("text", "sentence"),
    [
        (HEAD + RULE.replace('article = "Article 1(2)"\n', ""), "no source"),
        (RULE + "valid_from = 2025-01-01\n", "no source"),
        (HEAD + RULE.replace('unit = "risk weight"\n', ""), "lacking"),
        (HEAD + RULE.replace('"risk weight"', '""'), "lacking"),
        (HEAD + RULE.replace("value = 0.5\n", ""), "lacking"),
        (HEAD + RULE + 'color = "red"\n', "unknown"),
        (HEAD.replace("valid_from = 2025-01-01\n", "") + RULE, "must be a date"),
        (HEAD + RULE + "valid_to = 2024-01-01\n", "before it begins"),
        (HEAD + RULE + "found = false\n", "say in `note`"),
        (HEAD + RULE + RULE, "two values on 2025-01-01"),
        (HEAD + RULE + "valid_to = 2026-01-01\n" + RULE + "valid_from = 2026-01-01\n", "two values"),
        ("this is not toml", "is not TOML"),
    ],
)
def test_what_cannot_be_trusted_does_not_load(text: str, sentence: str) -> None:
    with pytest.raises(RuleError, match=sentence):
        rules.parse_rules({"law.toml": text})


def test_versions_that_follow_each_other_load() -> None:
    later = RULE.replace("0.5", "0.7") + "valid_from = 2026-01-02\n"
    loaded = rules.parse_rules({"law.toml": HEAD + RULE + "valid_to = 2026-01-01\n" + later})

    assert [rule.number for rule in loaded] == [0.5, 0.7]


def test_a_value_is_read_as_what_it_is() -> None:
    in_force = rules.on(DAY)
    assert in_force["credit.sa.corporate.rated"].numbers == (0.2, 0.5, 0.75, 1.0, 1.5, 1.5)
    assert in_force["credit.sa.commercial.income_producing"].pairs[-1] == (float("inf"), 1.1)
    assert in_force["union.domestic_currency"].names["SE"] == "SEK"
    for wrong in ("number", "pairs", "names"):
        with pytest.raises(RuleError, match="is not"):
            getattr(in_force["credit.sa.corporate.rated"], wrong)
    with pytest.raises(RuleError, match="is not"):
        _ = in_force["credit.sa.retail.standard"].numbers


def test_the_page_of_rules_is_drawn_from_them() -> None:
    page = Path(__file__).resolve().parents[3] / "docs" / "rules.md"

    assert page.read_text(encoding="utf-8") == draw(), "run `python -m plimsoll.rules > docs/rules.md`"
