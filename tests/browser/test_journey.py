"""The whole journey in a real browser: from an analyst's first sign-in to the viewer who reads the result."""

from __future__ import annotations

import re

import pytest
from playwright.sync_api import Page, expect
from tests.browser.signing_in import sign_in

pytestmark = pytest.mark.browser

NOTEBOOK = "02_save_and_submit.ipynb"
RUN_TIME = 200_000
"""Milliseconds the notebook may take: it executes a whole report."""
TALL = {"width": 1360, "height": 4000}
"""The Lab draws only the cells in sight."""


def run_all(page: Page, platform, member: str) -> str:
    """Open the example in the Lab, run every cell, and return all that its cells printed."""
    page.set_viewport_size(TALL)
    page.goto(f"{platform.address}/user/{member}/lab/tree/examples/{NOTEBOOK}")
    page.wait_for_selector(".jp-Notebook .jp-CodeCell")
    expect(page.get_by_role("button", name="Python 3 (ipykernel) | Idle")).to_be_visible()
    begun = page.locator(".jp-InputPrompt").filter(has_text=re.compile(r"\[(\*|\d+)\]"))
    while not begun.count():  # the Lab forgets cells that it is told to run before its kernel listens
        page.get_by_role("menuitem", name="Run", exact=True).click()
        page.locator(".lm-Menu [data-command='runmenu:run-all']").click()
        page.wait_for_timeout(3000)
    outputs = page.locator(".jp-OutputArea-output")
    last = outputs.filter(has_text=re.compile(r"SUBMISSION \d+ is still|Traceback"))
    expect(last.first).to_be_attached(timeout=RUN_TIME)
    return "\n".join(page.locator(".jp-OutputArea-output").all_inner_texts())


def decide(page: Page, act: str, comment: str) -> None:
    """Open every finding, write a comment, press the button, confirm."""
    shut = page.locator("[data-act^=read-]")
    for identifier in [button.get_attribute("id") for button in shut.all()]:
        page.locator(f"#{identifier}").click()
        expect(page.locator(f"#{identifier}")).to_have_count(0)
    page.locator("[data-field=comment]").fill(comment)
    page.locator(f"#{act}").click()
    page.locator("#yes").click()


def test_the_whole_journey(running_platform, new_page, shoot):
    submission = analyst_submits(running_platform, new_page(), shoot)
    another_bank_sees_nothing(running_platform, new_page(), shoot, submission)
    viewer_sees_nothing_yet(running_platform, new_page(), shoot)
    reviewer_approves(running_platform, new_page(), shoot, submission)
    viewer_reads_the_result(running_platform, new_page(), shoot)


def analyst_submits(platform, page, shoot) -> int:
    sign_in(page, platform, "amelie@port")
    page.get_by_role("link", name="Open JupyterLab").click()  # the first page, where analysts land
    page.wait_for_url(re.compile(r"/user/port-amelie/lab"))
    printed = run_all(page, platform, "port-amelie")
    shoot(page, "journey-1-analyst-submitted")
    assert not page.locator("[data-mime-type='application/vnd.jupyter.error']").count(), printed
    submission = int(re.search(r"SUBMISSION (\d+) in_review", printed)[1])
    refusals = re.findall(r"^Refused.*$", printed, re.MULTILINE)
    assert "Refused: You cannot approve what you prepared: another reviewer must decide." in refusals
    assert len(refusals) == 5, "through the library once, and past it four times"
    assert f"SUBMISSION {submission} is still in_review" in printed
    return submission


def another_bank_sees_nothing(platform, page, shoot, submission: int) -> None:
    sign_in(page, platform, "ragna@nordhaven")
    page.goto(f"{platform.address}/services/review/")
    expect(page.locator("nav.inbox")).to_contain_text("Nordhaven Sparbank")
    expect(page.locator("[data-item]")).to_have_count(0)
    expect(page.locator("body")).not_to_contain_text("Banque du Port")
    shoot(page, "journey-2-other-bank")


def viewer_sees_nothing_yet(platform, page, shoot) -> None:
    sign_in(page, platform, "victor@port")
    page.goto(f"{platform.address}/services/cockpit/")
    expect(page.locator("#again")).to_be_visible()
    expect(page.locator("body")).not_to_contain_text("CET1 ratio")
    shoot(page, "journey-3-viewer-before")


def reviewer_approves(platform, page, shoot, submission: int) -> None:
    sign_in(page, platform, "rene@port")
    page.goto(f"{platform.address}/services/review/")
    page.locator(f"#item-{submission}").click()
    expect(page.locator(f"[data-subject='{submission}']")).to_be_visible()
    shoot(page, "journey-4-reviewer-reads")
    decide(page, "approve", "Read with its findings: agreed.")
    expect(page.locator(".told")).to_be_visible()
    expect(page.locator(f"#item-{submission} .state")).to_have_class(re.compile("state-published"))
    shoot(page, "journey-5-reviewer-approved")


def viewer_reads_the_result(platform, page, shoot) -> None:
    sign_in(page, platform, "victor@port")
    page.goto(f"{platform.address}/services/cockpit/")
    expect(page.locator("body")).to_contain_text("Banque du Port")
    expect(page.locator("svg[role=img]").first).to_be_visible()
    shoot(page, "journey-6-viewer-reads")
