"""Choose a file in the imports room as a person would: once its form is there."""

from __future__ import annotations

from pathlib import Path

from playwright.sync_api import Page


def offer(page: Page, path: Path) -> None:
    """Offer a file; a page that shows a book or its problems is asked for a new one first."""
    page.wait_for_selector("#files, article.imported, .problems", state="attached")
    if not page.locator("#files").count():
        page.locator("#new").click()
        page.wait_for_selector("#files", state="attached")  # painted anew, it would forget an earlier choice
    page.set_input_files("#files", path)
