"""A book brought in by a browser: refused with its CSV, mended, kept, and explored."""

from __future__ import annotations

import csv
import zipfile
from pathlib import Path

import pytest
from playwright.sync_api import expect
from tests.browser.importing import offer
from tests.browser.signing_in import sign_in

import plimsoll

pytestmark = pytest.mark.browser


@pytest.fixture
def books(tmp_path: Path) -> dict[str, Path]:
    """Pack a book as a folder, and one whose ledger has a comma where a point belongs."""
    book = plimsoll.sample_book(exposures=300)
    lines = book.ledger.astype(object).replace({True: "true", False: "false"})
    lines.loc[2, "amount"] = "12,5"
    for name in ("whole", "broken"):
        plimsoll.save(book, tmp_path / name)
    (tmp_path / "broken" / "ledger.parquet").unlink()
    lines.to_csv(tmp_path / "broken" / "ledger.csv", index=False)
    packed = {}
    for name in ("whole", "broken"):
        packed[name] = tmp_path / f"{name}.zip"
        with zipfile.ZipFile(packed[name], "w") as archive:
            for path in (tmp_path / name).iterdir():
                archive.write(path, f"{name}/{path.name}")
    return packed


def test_a_book_is_refused_then_kept_then_explored(running_platform, new_page, shoot, books):
    page = new_page()
    sign_in(page, running_platform, "amelie@port")
    page.goto(f"{running_platform.address}/services/imports/?lang=en")
    offer(page, books["broken"])
    expect(page.locator(".problems")).to_contain_text("12,5")
    shoot(page, "imports-refused")
    with page.expect_download() as download:
        page.locator("#csv").click()
    rows = list(csv.reader(Path(download.value.path()).read_text(encoding="utf-8-sig").splitlines()))
    assert [row[0:1] + row[2:4] for row in rows[1:]] == [["ledger", "amount", "12,5"]]
    page.locator("#again").click()
    page.wait_for_selector("#files", state="attached")
    offer(page, books["whole"])
    page.locator("#keep").click()
    expect(page.locator(".told")).to_contain_text("Kept as version")
    shoot(page, "imports-kept")
    page.get_by_role("link", name="Explore scenarios").click()
    expect(page.locator(".explored")).to_contain_text("Risk-weighted assets by class")
