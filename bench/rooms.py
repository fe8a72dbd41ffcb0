"""Start a whole platform and open a room in a browser: python -m bench.rooms [runs].

Prints the seconds of each step of the start (`up.*`; packages and dictionary are there already:
`make up` on a fresh clone leaves theirs in <data>/logs/up.jsonl), then how long a reviewer waits
for the first paint and for the figures, against the sign-in page of the same server in the same
run.
"""

from __future__ import annotations

import shutil
import sys
import time
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, sync_playwright
from tests.platform_fixture import RunningPlatform, free_port, lend_dictionary, platform_folder

from bench.harness import report
from plimsoll.dictionary import dictionary_folder

QUIET = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"]
FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint').map(e => e.startTime)[0]"


def paint(context: BrowserContext, address: str, ready: str) -> tuple[float, float]:
    """Return the seconds until the first paint and until what the page is for is visible, in a new page."""
    page = context.new_page()
    start = time.perf_counter()
    page.goto(address, wait_until="commit")
    page.wait_for_selector(ready, state="visible")
    filled = time.perf_counter() - start
    page.wait_for_function(f"{FIRST_PAINT} !== undefined")
    painted = float(page.evaluate(FIRST_PAINT)) / 1000
    page.close()
    return painted, filled


def several(look: Callable[[], tuple[float, float]], runs: int) -> tuple[list[float], list[float]]:
    """Return first paints and fills of several looks, after one that is not counted."""
    look()
    times = [look() for _ in range(runs)]
    return [painted for painted, _ in times], [filled for _, filled in times]


def signed_in(browser: Browser, platform: RunningPlatform, login: str) -> BrowserContext:
    """Return a browser context in which a member is signed in."""
    with platform.signed_in(login) as client:
        cookies = [
            {"name": cookie.name, "value": cookie.value or "", "domain": "127.0.0.1", "path": cookie.path}
            for cookie in client.cookies.jar
        ]
    context = browser.new_context()
    context.add_cookies(cookies)  # type: ignore[arg-type]  # the stubs want a TypedDict of the same keys
    return context


def look_around(platform: RunningPlatform, runs: int) -> None:
    """Print the start's steps and the waits for a room."""
    print(Path(platform.data / "logs" / "up.jsonl").read_text(encoding="utf-8"), end="")
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        plain = browser.new_context()
        door = several(lambda: paint(plain, f"{platform.address}/hub/login", "#login_submit"), runs)
        context = signed_in(browser, platform, "rene@port")
        room = several(lambda: paint(context, f"{platform.address}/services/review/", "svg[role=img]"), runs)
        report("room.first_paint", 1, room[0], against="sign-in page, first paint", baseline=door[0])
        report("room.figures", 1, room[1], against="sign-in page, usable", baseline=door[1])
        browser.close()


def main(runs: int) -> None:
    """Start in a throwaway folder, look around, stop."""
    with platform_folder() as folder:
        platform = RunningPlatform(folder, free_port())
        lend_dictionary(dictionary_folder(), platform)
        try:
            platform.start()
            look_around(platform, runs)
        finally:
            platform.stop()


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 5)
