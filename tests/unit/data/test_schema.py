"""The table of truth is read whole, and holds together."""

from __future__ import annotations

import re
import runpy
from pathlib import Path
from typing import get_args

from plimsoll.data.schema import Kind, read_schema


def test_every_table_has_its_key_first_required_and_unique() -> None:
    for table in read_schema().values():
        assert next(iter(table.columns)) == table.key
        assert table.columns[table.key].required
        assert table.columns[table.key].unique


def test_every_column_is_of_a_known_kind_and_explained() -> None:
    for table in read_schema().values():
        for column in table.columns.values():
            assert column.kind in get_args(Kind), column
            assert len(column.about) > 5


def test_references_name_the_key_of_a_table() -> None:
    found = [c.references for t in read_schema().values() for c in t.columns.values() if c.references]
    assert ("counterparties", "counterparty_id") in found
    for table, column in found:
        assert read_schema()[table].key == column


def test_patterns_compile_and_boolean_columns_say_what_an_unknown_means() -> None:
    for table in read_schema().values():
        for column in table.columns.values():
            re.compile(column.pattern or "")
            if column.kind == "boolean":
                known = column.required or column.default is not None
                assert known or "Missing:" in column.about, f"{table.name}.{column.name}"


def test_the_page_of_the_book_is_current() -> None:
    root = Path(__file__).resolve().parents[3]
    drawing = runpy.run_path(str(root / "tools" / "draw_book_docs.py"))
    page = (root / "docs" / "book.md").read_text(encoding="utf-8")
    assert page == drawing["draw"](), "run python tools/draw_book_docs.py"
    assert "## exposures" in page
