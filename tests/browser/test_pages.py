"""Every page as everyone meets it: readable by axe-core's rules, light enough, and nothing from anywhere else."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.resources import files
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Page, Request
from tests.browser.signing_in import sign_in

pytestmark = pytest.mark.browser

AXE = files("axe_playwright_python").joinpath("axe.min.js").read_text(encoding="utf-8")
SERIOUS = ("serious", "critical")
WIDTHS = {"desktop": {"width": 1360, "height": 900}, "phone": {"width": 390, "height": 844}}
ROOM = "#content[data-ready]"
VISITS: Mapping[str, Mapping[str, tuple[str, str]]] = {
    "amelie@port": {
        "home": ("/services/home/", ROOM),
        "explorer": ("/services/explorer/", "svg[role=img]"),
        "returns": ("/services/returns/", ROOM),
        "review": ("/services/review/", ROOM),
        "calendar": ("/services/calendar/", ROOM),
        "imports": ("/services/imports/", ROOM),
        "voila": ("/services/voila/", ROOM),
        "notebooks": ("/hub/notebooks", "main, .container"),
        "codes": ("/hub/codes", "main, .container"),
        "not there": ("/hub/not-there", "main, .container"),
    },
    "victor@port": {"cockpit": ("/services/cockpit/", ROOM)},
    "odile@port": {"admin": ("/services/admin/", ROOM), "health": ("/services/health/", ROOM)},
}
"""Who opens which page, and what is there once it is filled in."""
MOST_BYTES, MOST_REQUESTS = 3_600_000, 30
"""Of one page in a browser with an empty cache; Bokeh and Panel are 2.2 MB of it."""


@dataclass
class Traffic:
    """What a browser asked for."""

    addresses: list[str] = field(default_factory=list)
    bytes: int = 0

    def note(self, request: Request) -> None:
        """Count one request."""
        self.addresses.append(request.url)
        if request.url.startswith("http"):
            self.bytes += request.sizes()["responseBodySize"]

    @property
    def hosts(self) -> set[str]:
        """Hosts spoken to."""
        return {urlsplit(url).netloc for url in self.addresses if not url.startswith(("data:", "blob:"))}


@contextmanager
def watched(page: Page) -> Iterator[Traffic]:
    """Count what a page asks for."""
    traffic = Traffic()
    page.on("requestfinished", traffic.note)
    page.on("requestfailed", lambda request: traffic.addresses.append(request.url))
    page.on("websocket", lambda socket: traffic.addresses.append(socket.url))
    yield traffic
    page.remove_listener("requestfinished", traffic.note)


def violations(page: Page) -> list[str]:
    """Return what axe-core finds serious on the page as it is shown now."""
    page.evaluate(AXE)
    found: list[dict[str, Any]] = page.evaluate("async () => (await axe.run(document)).violations")
    return [
        f"{rule['id']} ({rule['impact']}): {node['target']} {node.get('failureSummary', '')} {node['html'][:200]}"
        for rule in found
        if rule["impact"] in SERIOUS
        for node in rule["nodes"]
    ]


def look(page: Page, address: str, ready: str) -> None:
    page.goto(address)
    page.wait_for_selector(ready)
    page.emulate_media(reduced_motion="reduce")


def read_all(
    page: Page, platform: Any, login: str, language: str, looks: list[tuple[str, str]], shoot: Any
) -> None:
    problems = {}
    for name, (path, ready) in VISITS[login].items():
        look(page, f"{platform.address}{path}?lang={language}", ready)
        for width, scheme in looks:
            page.set_viewport_size(WIDTHS[width])  # type: ignore[arg-type]  # a TypedDict of the same keys
            page.emulate_media(color_scheme=scheme)  # type: ignore[arg-type]  # light or dark
            found = violations(page)
            if page.evaluate("document.documentElement.scrollWidth > innerWidth"):
                found.append("the page is wider than its window")
            if found:
                problems[name, width, scheme] = found
            shoot(page, f"page-{name}-{language}-{width}-{scheme}")
    assert not problems


@pytest.mark.parametrize("login", VISITS)
def test_every_page_is_readable(running_platform, new_page, shoot, login):
    page = new_page()
    sign_in(page, running_platform, login)
    read_all(page, running_platform, login, "fr", [("phone", "dark"), ("desktop", "light")], shoot)


@pytest.mark.slow
@pytest.mark.parametrize("language", ["en", "fr"])
@pytest.mark.parametrize("login", VISITS)
def test_every_page_is_readable_in_every_way(running_platform, new_page, shoot, login, language):
    page = new_page()
    sign_in(page, running_platform, login)
    looks = [(width, scheme) for width in WIDTHS for scheme in ("light", "dark")]
    read_all(page, running_platform, login, language, looks, shoot)


def test_the_sign_in_page_is_readable_and_asks_nobody_else(running_platform, new_page):
    page = new_page()
    with watched(page) as traffic:
        look(page, f"{running_platform.address}/hub/login", "#login_submit")
        assert violations(page) == []
    assert traffic.hosts == {urlsplit(running_platform.address).netloc}


@pytest.mark.parametrize("login", VISITS)
def test_pages_stay_light_and_no_request_leaves_the_machine(running_platform, new_page, login):
    heavy = {}
    here = {urlsplit(running_platform.address).netloc}
    page = new_page()
    sign_in(page, running_platform, login)
    cache = page.context.new_cdp_session(page)
    for name, (path, ready) in VISITS[login].items():
        cache.send("Network.clearBrowserCache")
        with watched(page) as traffic:
            look(page, f"{running_platform.address}{path}", ready)
            page.wait_for_load_state("networkidle")
        assert traffic.hosts == here, name
        if traffic.bytes > MOST_BYTES or len(traffic.addresses) > MOST_REQUESTS:
            heavy[name] = (traffic.bytes, len(traffic.addresses))
    assert not heavy
