"""A real browser, and the evidence it leaves: screenshots in `test-artefacts/`."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect, sync_playwright

ARTEFACTS = Path(__file__).resolve().parents[2] / "test-artefacts"
ARGUMENTS = [
    "--no-sandbox",
    "--disable-dev-shm-usage",
    "--disable-gpu",
    "--disable-background-networking",
    "--no-first-run",
]
PATIENCE = 60_000
"""Milliseconds a page may take on a busy machine: only what fails waits that long."""

expect.set_options(timeout=PATIENCE)
Shoot = Callable[[Page, str], None]
DESKTOP, PHONE = {"width": 1360, "height": 900}, {"width": 390, "height": 844}


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    """Start the distribution's Chromium, or skip where there is none.

    It ends with its module: while it lives, Playwright keeps an event loop running in this thread, and the tests
    after it that start one of their own would fail.
    """
    program = shutil.which("chromium") or shutil.which("chromium-browser") or shutil.which("google-chrome")
    if program is None:
        pytest.skip("needs a Chromium: install the distribution's package `chromium`")
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=program, args=ARGUMENTS)
        yield browser
        browser.close()


@pytest.fixture
def new_page(chromium: Browser) -> Iterator[Callable[[], Page]]:
    """Return what opens a page with no memory of the others: another person's browser."""
    contexts = []

    def open_page() -> Page:
        context = chromium.new_context(viewport=DESKTOP, locale="en-GB")
        context.set_default_timeout(PATIENCE)
        contexts.append(context)
        return context.new_page()

    yield open_page
    for context in contexts:
        context.close()


@pytest.fixture
def shoot() -> Shoot:
    """Return what keeps a screenshot of a page under a name."""
    ARTEFACTS.mkdir(exist_ok=True)

    def keep(page: Page, name: str) -> None:
        page.screenshot(path=ARTEFACTS / f"{name}.png", full_page=True)

    return keep


@pytest.fixture
def album(shoot: Shoot) -> Shoot:
    """Return what keeps a page four times: on a desktop and a phone, light and dark."""

    def keep(page: Page, name: str) -> None:
        before = page.viewport_size
        for size, words in ((DESKTOP, "desktop"), (PHONE, "phone")):
            page.set_viewport_size(size)
            for scheme in ("light", "dark"):
                page.emulate_media(color_scheme=scheme)
                shoot(page, f"{name}-{words}-{scheme}")
        page.emulate_media(color_scheme="light")
        page.set_viewport_size(before or DESKTOP)

    return keep
