"""Start a whole platform and use its rooms in a browser: python -m bench.rooms [runs].

Prints the seconds of each step of the start (`up.*`; packages and dictionary are there already:
`make up` on a fresh clone leaves theirs in <data>/logs/up.jsonl), then how long people wait, each with its median and
95th percentile: `against` names the target of the product where there is one, and the line says it also where it is
missed. A loaded machine makes all of it longer: the sign-in page of the same run is the yardstick.
"""

from __future__ import annotations

import asyncio
import shutil
import sys
import tempfile
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import Browser, BrowserContext, Page, sync_playwright
from tests.platform_fixture import RunningPlatform, free_port, lend_dictionary, platform_folder

import plimsoll
from bench.crowd import Crowd, room_memory
from bench.harness import report
from plimsoll.dictionary import dictionary_folder

QUIET = ["--no-sandbox", "--disable-dev-shm-usage", "--disable-gpu", "--disable-background-networking"]
FIRST_PAINT = "performance.getEntriesByName('first-contentful-paint').map(e => e.startTime)[0]"
GAUGE = "svg[role=img]"
EXPOSURES, VIEWERS, TURNS = 100_000, 100, 20
TURN = """async ([lever, size]) => {
  const find = (selector, root = document) => {
    const found = root.querySelector(selector)
    if (found) return found
    for (const each of root.querySelectorAll("*")) {
      const inside = each.shadowRoot && find(selector, each.shadowRoot)
      if (inside) return inside
    }
  }
  const slider = find(`#lever-${lever}`), paper = find(".explored").closest(".sheet")
  const answered = new Promise((done) => new MutationObserver(done).observe(paper, { childList: true }))
  const begun = performance.now()
  slider.value = size
  slider.dispatchEvent(new Event("input", { bubbles: true }))
  await answered
  return (performance.now() - begun) / 1000
}"""


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


def timed(act: Callable[[], object]) -> float:
    """Return the seconds an act takes."""
    start = time.perf_counter()
    act()
    return time.perf_counter() - start


def said(name: str, seconds: list[float], target: float, **more: object) -> None:
    """Print a line with its 95th percentile, and whether that is within the target."""
    p95 = sorted(seconds)[min(len(seconds) - 1, int(0.95 * len(seconds)))]
    report(name, 1, seconds, p95_s=round(p95, 6), target_s=target, within=p95 <= target, **more)


def signed_in(browser: Browser, platform: RunningPlatform, login: str) -> BrowserContext:
    """Return a browser context in which a member is signed in."""
    with platform.signed_in(login) as client:
        cookies = [
            {"name": cookie.name, "value": cookie.value or "", "domain": "127.0.0.1", "path": cookie.path}
            for cookie in client.cookies.jar
        ]
    context = browser.new_context()
    context.set_default_timeout(300_000)
    context.add_cookies(cookies)  # type: ignore[arg-type]  # the stubs want a TypedDict of the same keys
    return context


def act_in_review(platform: RunningPlatform, context: BrowserContext) -> None:
    """Comment several times, then approve: the cockpit needs figures in force."""
    page = context.new_page()
    page.goto(f"{platform.address}/services/review/")
    page.wait_for_selector(GAUGE)
    seconds = []
    for number in range(TURNS):
        page.locator("[data-field=comment]").fill(f"Comment {number}")
        seconds.append(timed(lambda n=number: _press(page, "#add-comment", f"text=Comment {n}")))  # type: ignore[misc]  # of this turn
    said("review.action", seconds, 0.2)
    for identifier in [button.get_attribute("id") for button in page.locator("[data-act^=read-]").all()]:
        page.locator(f"#{identifier}").click()
        page.wait_for_selector(f"#{identifier}", state="detached")
    page.locator("[data-field=comment]").fill("Agreed.")
    page.locator("#approve").click()
    page.locator("#yes").click()
    page.wait_for_selector(".told")
    page.close()


def _press(page: Page, button: str, then: str) -> None:
    page.locator(button).click()
    page.wait_for_selector(f".comments >> {then}")


def read_cockpit(platform: RunningPlatform, browser: Browser, runs: int) -> None:
    """Time the cockpit with an empty cache and with a full one."""
    address = f"{platform.address}/services/cockpit/"
    cold = []
    for _ in range(runs):
        context = signed_in(browser, platform, "victor@port")
        cold.append(paint(context, address, GAUGE)[1])
        context.close()
    said("cockpit.cold", cold, 1.0)
    context = signed_in(browser, platform, "victor@port")
    said("cockpit.warm", several(lambda: paint(context, address, GAUGE), runs)[1], 0.3)
    context.close()


def bring_book(platform: RunningPlatform, page: Page) -> None:
    """Import a large book and keep it: how an analyst comes to explore one."""
    with tempfile.TemporaryDirectory() as folder:
        book, packed = Path(folder) / "book", Path(folder) / "book.zip"
        plimsoll.save(plimsoll.sample_book(exposures=EXPOSURES), book)
        with zipfile.ZipFile(packed, "w") as archive:
            for path in book.iterdir():
                archive.write(path, path.name)
        page.goto(f"{platform.address}/services/imports/")
        page.wait_for_selector("#content[data-ready]")

        def bring() -> None:
            page.set_input_files("#files", packed)
            page.wait_for_selector("#keep")

        report("imports.examine", EXPOSURES, [timed(bring)], bytes=packed.stat().st_size)
    page.locator("#keep").click()
    page.wait_for_selector(".told")


def explore(platform: RunningPlatform, context: BrowserContext) -> None:
    """Turn a slider over a large book, and open the exposures behind a bar."""
    page = context.new_page()
    bring_book(platform, page)
    page.locator("a[href*='explorer/?run=']").click()
    page.wait_for_selector(".explored")
    turns = [page.evaluate(TURN, ["residential_property_value", -0.01 * n]) for n in range(1, TURNS + 1)]
    said("explorer.slider", turns[1:], 0.15, exposures=EXPOSURES)
    drills = []
    for _ in range(TURNS // 2):
        drills.append(timed(lambda: (page.locator("#bar-1").click(), page.wait_for_selector(".opened"))))
        page.locator("#bar-1").click()
        page.wait_for_selector(".opened", state="detached")
    said("explorer.drill_down", drills, 0.3, exposures=EXPOSURES)
    page.close()


def open_lab(platform: RunningPlatform, context: BrowserContext) -> None:
    """Time a JupyterLab from the press of the button, and again once its server runs."""
    for name in ("lab.started", "lab.again"):
        page = context.new_page()
        start = time.perf_counter()
        page.goto(f"{platform.address}/hub/spawn", wait_until="commit")
        page.wait_for_selector(".jp-Launcher, .jp-Notebook")
        said(name, [time.perf_counter() - start], 5.0)
        page.close()


def crowd_in(platform: RunningPlatform) -> None:
    """Open the cockpit a hundred times at once, each page with its own websocket, as a browser would."""
    with platform.signed_in("victor@port") as client:
        client.get("/services/cockpit/")
        before = room_memory(platform.data, "cockpit")
        crowd = Crowd(platform.address, "cockpit", {c.name: c.value or "" for c in client.cookies.jar})
        seconds, after = asyncio.run(crowd.open(VIEWERS, lambda: room_memory(platform.data, "cockpit")))
    said("cockpit.crowd", seconds, 2.0, viewers=VIEWERS, bytes_per_viewer=(after - before) // VIEWERS)


def look_around(platform: RunningPlatform, runs: int) -> None:
    """Print the start's steps and the waits for a room."""
    print(Path(platform.data / "logs" / "up.jsonl").read_text(encoding="utf-8"), end="")
    with sync_playwright() as playwright:
        chromium = shutil.which("chromium") or shutil.which("chromium-browser")
        browser = playwright.chromium.launch(executable_path=chromium, args=QUIET)
        plain = browser.new_context()
        door = several(lambda: paint(plain, f"{platform.address}/hub/login", "#login_submit"), runs)
        reviewer = signed_in(browser, platform, "rene@port")
        room = several(lambda: paint(reviewer, f"{platform.address}/services/review/", GAUGE), runs)
        report("room.first_paint", 1, room[0], against="sign-in page, first paint", baseline=door[0])
        report("room.figures", 1, room[1], against="sign-in page, usable", baseline=door[1])
        act_in_review(platform, reviewer)
        read_cockpit(platform, browser, runs)
        analyst = signed_in(browser, platform, "amelie@port")
        explore(platform, analyst)
        open_lab(platform, analyst)
        browser.close()
    crowd_in(platform)


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
