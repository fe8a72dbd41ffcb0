"""The page of coverage is the one the definitions give."""

from __future__ import annotations

import datetime
from pathlib import Path

from plimsoll.dictionary import Dictionary
from plimsoll.returns.__main__ import draw

PAGE = Path(__file__).parents[3] / "docs" / "coverage.md"


def test_the_page_is_current(dictionary: Dictionary) -> None:
    assert draw(dictionary) == PAGE.read_text("utf-8"), "run python -m plimsoll.returns > docs/coverage.md"


def test_every_table_of_the_module_stands_on_it(dictionary: Dictionary) -> None:
    text = draw(dictionary)
    module = dictionary.module("COREP_OF", on=datetime.date(2026, 6, 30))
    assert [code for code in module.tables if f"| {code} " not in text] == []
