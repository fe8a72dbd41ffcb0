"""The page of the accounts is drawn from what it describes."""

from __future__ import annotations

import runpy
from pathlib import Path

from plimsoll.data.ledger import read_items

ROOT = Path(__file__).parents[3]


def test_the_page_is_current() -> None:
    drawing = runpy.run_path(str(ROOT / "tools" / "draw_ledger_docs.py"))
    page = (ROOT / "docs" / "ledger.md").read_text("utf-8")
    assert page == drawing["draw"](), "run python tools/draw_ledger_docs.py"
    assert all(f"`{item}`" in page for items in read_items().values() for item in items)
