"""A day at the bank, in real browsers on the running platform, with another bank at work beside it.

A broken book is refused, and where it came past the room its scheduled report fails and a mail says where; it is
mended and run again. Its analyst tries a scenario, submits, is asked about one cell, adjusts and submits again; the
reviewer approves on a phone; the viewer sees it; the administrator shuts the analyst out; the auditor checks the
evidence. The other bank sees none of it.
"""

from __future__ import annotations

import datetime
import io
import re
import subprocess
import sys
import zipfile
from dataclasses import dataclass, field
from pathlib import Path

import openpyxl
import pandas
import pytest
from playwright.sync_api import Browser, Page, expect
from tests.browser.conftest import PATIENCE, PHONE, Shoot
from tests.browser.importing import offer
from tests.browser.signing_in import sign_in
from tests.kernels import open_lab, run_code
from tests.platform_fixture import RunningPlatform

from harbour.execution.books import pack_book
from plimsoll.data import Entity, sample_book

pytestmark = pytest.mark.browser

CHECKER = Path(__file__).resolve().parents[2] / "tools" / "check_evidence.py"
RUN_TIME = 240_000
"""Milliseconds a report may take on a busy machine."""
PEOPLE = {
    "golfe": (
        "Crédit du Golfe",
        {"lea": "analyst", "ravi": "reviewer", "vito": "viewer", "odette": "org_admin"},
    ),
    "ostsee": ("Ostsee Bank", {"anna": "analyst", "rolf": "reviewer"}),
}
UNSEEN = "Crédit du Golfe"
"""What the other bank must never read."""
STORE = """
import pathlib, harbour
with harbour.connect() as hub:
    print("STORED", hub.artefacts.put(pathlib.Path("delivered.zip").read_bytes()))
"""


def make_lei(stem: str) -> str:
    """Return an LEI with its check digits (ISO 17442)."""
    digits = int("".join(str(int(sign, 36)) for sign in f"{stem:0<18}00"))
    return f"{stem:0<18}{98 - digits % 97:02d}"


def last_quarter_end() -> datetime.date:
    """Return the reference date of a report that runs today by the quarter."""
    today = datetime.datetime.now(datetime.UTC).date()
    return today.replace(month=3 * ((today.month - 1) // 3) + 1, day=1) - datetime.timedelta(days=1)


@dataclass
class Day:
    """The platform and its people's pages."""

    platform: RunningPlatform
    browser: Browser
    shoot: Shoot
    album: Shoot
    pages: dict[str, Page] = field(default_factory=dict)

    def page(self, login: str) -> Page:
        """Return a person's own browser, signed in."""
        if login not in self.pages:
            context = self.browser.new_context(viewport={"width": 1360, "height": 900}, locale="en-GB")
            context.set_default_timeout(PATIENCE)
            self.pages[login] = context.new_page()
            sign_in(self.pages[login], self.platform, login)
        return self.pages[login]

    def room(self, login: str, name: str, query: str = "") -> Page:
        """Return a person's page in a room, filled in."""
        page = self.page(login)
        page.goto(f"{self.platform.address}/services/{name}/?lang=en{query}")
        page.wait_for_selector("#content[data-ready=yes]")
        return page


@pytest.fixture
def day(running_platform, chromium, shoot, album):
    for slug, (name, people) in PEOPLE.items():
        made = running_platform.harbour("organisation", "add", slug, "--name", name)
        assert made.returncode == 0, made.stderr
        for person, role in people.items():
            login = f"{person}@{slug}"
            added = running_platform.harbour("member", "add", login, "--name", person.title(), "--role", role)
            assert added.returncode == 0, added.stderr
            running_platform.one_time[login] = re.search(rf"^{login}  (\S+)$", added.stdout, re.MULTILINE)[1]
    held = Day(running_platform, chromium, shoot, album)
    yield held
    for page in held.pages.values():
        page.context.close()


def test_a_day_at_the_bank(day, tmp_path):
    an_organisation_is_there_once(day)
    books_are_made(day, tmp_path)
    a_broken_book_is_refused(day, tmp_path / "broken.zip")
    the_report_fails_and_says_where(day, a_broken_book_is_stored(day, tmp_path / "broken.zip"))
    theirs = a_book_is_imported(day, "anna@ostsee", tmp_path / "anna@ostsee-first.zip")
    run_scheduled(day, "anna@ostsee", "Own funds", theirs)
    ours = a_book_is_imported(day, "lea@golfe", tmp_path / "lea@golfe-first.zip")
    day.album(day.page("lea@golfe"), "day-01-imports-kept")
    run_scheduled(day, "lea@golfe", "Own funds, mended", ours)
    a_scenario_is_tried_and_kept(day)
    submission = the_analyst_submits(day)
    another_bank_submits_its_own(day)
    the_reviewer_asks_about_a_cell(day, submission)
    adjusted = a_book_is_imported(day, "lea@golfe", tmp_path / "lea@golfe-second.zip")
    the_analyst_adjusts_and_submits_again(day, submission, adjusted)
    viewer_waits = day.room("vito@golfe", "cockpit")
    expect(viewer_waits.locator("body")).not_to_contain_text("CET1 ratio")
    the_reviewer_approves_on_a_phone(day, submission)
    the_viewer_sees_it_and_takes_it_away(day, viewer_waits, tmp_path)
    another_bank_sees_nothing(day)
    the_analyst_is_shut_out(day)
    the_auditor_checks(day, submission, tmp_path)


def an_organisation_is_there_once(day):
    again = day.platform.harbour("organisation", "add", "golfe", "--name", "Another")
    assert again.returncode != 0
    assert "There is an organisation 'golfe' already." in again.stderr
    odd = day.platform.harbour("organisation", "add", "Crédit", "--name", "Another")
    assert "no short name" in odd.stderr


def books_are_made(day, folder) -> None:
    """Write each bank's books as it would deliver them, and one with a row that lacks its amount."""
    for login, name, stem in (
        ("lea@golfe", UNSEEN, "9695GOLFE"),
        ("anna@ostsee", "Ostsee Bank", "5299OSTSEE"),
    ):
        entity = Entity(
            name=name, lei=make_lei(stem), scope="CON", country="FR", currency="EUR", accounting="ifrs"
        )
        for word, seed in (("first", 5), ("second", 6)):
            facts = {"seed": seed, "exposures": 400, "entity": entity, "reference_date": last_quarter_end()}
            path = folder / f"{login}-{word}.zip"
            path.write_bytes(pack_book(sample_book("savings_bank", **facts)))
    with zipfile.ZipFile(path) as whole, zipfile.ZipFile(folder / "broken.zip", "w") as spoilt:
        for entry in whole.namelist():
            content = whole.read(entry)
            if entry == "exposures.parquet":
                rows = pandas.read_parquet(io.BytesIO(content))
                rows.loc[17, "amount"] = None
                rows.to_parquet(folder / "rows.parquet", index=False)
                content = (folder / "rows.parquet").read_bytes()
            spoilt.writestr(entry, content)


def a_book_is_imported(day, login, path) -> str:
    """Bring a book in, and return how a report asks for it."""
    page = day.room(login, "imports")
    offer(page, path)
    page.locator("#keep").click(timeout=RUN_TIME)
    expect(page.locator(".band.whole")).to_be_visible()
    return page.locator("article.imported code.break").inner_text()


def a_broken_book_is_refused(day, path):
    page = day.room("lea@golfe", "imports")
    offer(page, path)
    row = page.locator("table.problems tbody tr").first
    expect(row).to_contain_text("amount", timeout=RUN_TIME)
    for word in ("exposures", "18", "missing and required"):
        expect(row).to_contain_text(word)
    day.album(page, "day-00-imports-refused")


def a_broken_book_is_stored(day, path) -> str:
    """Put the same book into the store past the room, as a feed that nobody looks at would."""
    homes = day.platform.data / "homes" / "golfe-lea"
    with day.platform.signed_in("lea@golfe") as client:
        open_lab(client, "golfe-lea")
        delivered = homes / "delivered.zip"
        delivered.write_bytes(path.read_bytes())
        delivered.chmod(0o644)
        printed = run_code(client, "golfe-lea", STORE)
    return f"artefact:{re.search('STORED ([0-9a-f]{64})', printed)[1]}"


def run_scheduled(day, login, name, book):
    page = day.room(login, "calendar")
    page.locator("#new, #new-here").first.click()
    page.select_option("#f-template", "corep_own_funds")
    expect(page.locator("[data-subject=new-corep_own_funds]")).to_be_visible()
    page.fill("#f-name", name)
    page.select_option("#f-when", "cron")
    page.select_option("#f-period", "quarter")
    page.fill("#f-retries", "0")
    page.fill("#p-book", book)
    page.locator("#create").click()
    expect(page.locator(".schedule h2")).to_have_text(name)
    page.locator("#run").click()
    return page


def the_report_fails_and_says_where(day, book):
    page = day.room("lea@golfe", "calendar")
    page.locator("#telling").click()
    page.fill("#f-email", "lea@golfe.example")
    page.locator("#tell-me").click()
    expect(page.locator(".told")).to_be_visible()
    page = run_scheduled(day, "lea@golfe", "Own funds, as delivered", book)
    expect(page.locator(".fires .fire-failed").first).to_be_visible(timeout=RUN_TIME)
    said = page.locator(".attempts pre").first.inner_text()
    for word in ("exposures", "row 18", "amount"):
        assert word in said, said
    day.album(page, "day-01-calendar-failed")
    mail = day.platform.letterbox.wait_for(lambda mail: mail["To"] == "lea@golfe.example")
    text = mail.get_body(("plain",)).get_content()
    assert "Own funds, as delivered" in mail["Subject"]
    assert "amount" in text
    assert "It stopped" in text or "not valid" in text


def a_scenario_is_tried_and_kept(day):
    page = day.page("lea@golfe")
    expect(page.locator(".fires .fire-succeeded").first).to_be_visible(timeout=RUN_TIME)
    day.shoot(page, "day-02-calendar-succeeded")
    page = day.room("lea@golfe", "explorer")
    expect(page.locator(".gauge-card").first).to_be_visible()
    page.locator("#preset-house_prices_down_20").click()
    expect(page.locator("table.waterfall tbody tr")).to_have_count(2)
    day.album(page, "day-03-explorer")
    page.fill("#name", "House prices, June")
    page.locator("#save").click()
    expect(page.locator(".told")).to_contain_text("Saved as run")


def the_analyst_submits(day) -> int:
    page = day.room("lea@golfe", "review")
    page.locator("[data-act=own]").filter(has_text="Crédit du Golfe").first.click()
    expect(page.locator("article.submission")).to_contain_text("Made by you, not submitted")
    day.album(page, "day-04-review-own-run")
    page.locator("[data-field=note]").fill("The second quarter, from the mended book.")
    page.locator("#submit").click()
    expect(page.locator(".foot .told")).to_contain_text("it waits for a reviewer now")
    expect(page.locator("#approve")).to_be_disabled()
    return int(page.locator("section.foot").get_attribute("data-subject"))


def another_bank_submits_its_own(day):
    page = day.room("anna@ostsee", "review")
    run = page.locator("[data-act=own]").filter(has_text="Ostsee Bank").first
    expect(run).to_be_visible(timeout=RUN_TIME)
    run.click()
    page.locator("#submit").click()
    expect(page.locator(".foot .told")).to_be_visible()


def the_reviewer_asks_about_a_cell(day, submission):
    page = day.room("ravi@golfe", "returns", f"&submission={submission}&table=C_01.00&row=0010&column=0010")
    expect(page.locator("aside.drawer .amount")).to_be_visible()
    page.locator("#said").fill("Why is this so much lower than in March? @lea")
    page.locator("#blocking").check()
    page.locator("#say").click()
    expect(page.locator(".talk")).to_contain_text("Blocks approval")
    day.album(page, "day-05-returns-cell")
    page = day.room("ravi@golfe", "review", f"&submission={submission}")
    expect(page.locator("#approve")).to_be_disabled()
    expect(page.locator("#reason")).to_contain_text("blocks approval")
    page.locator("[data-field=comment]").fill("Please look at C 01.00 once more.")
    page.locator("#return").click()
    page.locator("#yes").click()
    expect(page.locator(".foot .told")).to_be_visible()
    day.album(page, "day-06-review-returned")


def the_analyst_adjusts_and_submits_again(day, submission, book):
    page = run_scheduled(day, "lea@golfe", "Own funds, adjusted", book)
    expect(page.locator(".fires .fire-succeeded").first).to_be_visible(timeout=RUN_TIME)
    page = day.room("lea@golfe", "returns", f"&submission={submission}&table=C_01.00&row=0010&column=0010")
    answer = page.locator("textarea[data-field^=answer-]")
    answer.fill("A tape was missing: it is in the new run.")
    page.locator("[data-act=answer]").click()
    expect(page.locator(".talk")).to_contain_text("A tape was missing")
    page = day.room("lea@golfe", "review")
    page.locator("[data-act=own]").filter(has_text="Own funds, adjusted").first.click()
    page.locator("[data-field=note]").fill("Adjusted as asked.")
    page.locator("#resubmit").click()
    expect(page.locator(".foot .told")).to_be_visible()
    assert page.locator("section.foot").get_attribute("data-subject") == str(submission)


def the_reviewer_approves_on_a_phone(day, submission):
    page = day.room("ravi@golfe", "returns", f"&submission={submission}&table=C_01.00&row=0010&column=0010")
    page.locator("[data-act=resolve]").click()
    expect(page.locator(".talk")).to_contain_text("Resolved by")
    page.set_viewport_size(PHONE)
    page = day.room("ravi@golfe", "review", f"&submission={submission}")
    page.locator("[data-field=comment]").fill("Read on the way: agreed.")
    page.locator("#approve").click()
    day.shoot(page, "day-07-review-phone-asks")
    page.locator("#yes").click()
    expect(page.locator(f"#item-{submission} .state")).to_have_class(re.compile("state-published"))
    day.album(page, "day-08-review-approved")


def the_viewer_sees_it_and_takes_it_away(day, page, folder):
    expect(page.locator("body")).to_contain_text("Crédit du Golfe")  # by itself: nothing was pressed
    expect(page.locator("svg[role=img]").first).to_be_visible()
    day.album(page, "day-09-cockpit")
    page = day.room("vito@golfe", "returns")
    with page.expect_download() as download:
        page.locator("#export").click()
    path = folder / "return.xlsx"
    download.value.save_as(path)
    book = openpyxl.load_workbook(path)
    assert book["C 01.00"]["A3"].value.startswith("Approved · Ravi")


def another_bank_sees_nothing(day):
    for login, rooms in (
        ("anna@ostsee", ("home", "explorer", "returns", "review", "calendar", "cockpit")),
        ("rolf@ostsee", ("home", "returns", "review")),
    ):
        for room in rooms:
            page = day.room(login, room)
            theirs = "Nothing approved yet" if room == "cockpit" else "Ostsee Bank"
            expect(page.locator("body")).to_contain_text(theirs)
            assert UNSEEN not in page.content()
            assert UNSEEN not in page.locator("body").inner_text()


def the_analyst_is_shut_out(day):
    lea = day.room("lea@golfe", "calendar")
    page = day.room("odette@golfe", "admin")
    day.album(page, "day-10-admin")
    page.locator("#member-golfe-lea").click()
    page.locator("#ask-suspend").click()
    page.locator("#suspend").click()
    expect(page.locator(".state-suspended").first).to_be_visible()
    expect(lea.locator("body")).to_contain_text("You are signed out")
    lea.goto(f"{day.platform.address}/user/golfe-lea/lab")
    expect(lea).to_have_url(re.compile("/hub/login"))
    lea.fill("#username_input", "lea@golfe")
    lea.fill("#password_input", day.platform.chosen["lea@golfe"])
    lea.click("#login_submit")
    expect(lea).to_have_url(re.compile("/hub/login"))


def the_auditor_checks(day, submission, tmp_path):
    folder = tmp_path / "evidence"
    folder.mkdir()
    made = day.platform.harbour("evidence", str(submission), "--out", str(folder), "--as", "ravi@golfe")
    assert made.returncode == 0, made.stderr
    (pack,) = folder.glob("*.zip")
    key = re.search(r"signed by +(\S+)", made.stdout)[1]
    assert zipfile.is_zipfile(pack)
    command = [sys.executable, "-I", CHECKER, pack, "--key", key]
    checked = subprocess.run(command, capture_output=True, text=True, check=False, cwd=folder)
    assert checked.returncode == 0, checked.stdout + checked.stderr
    content = bytearray(pack.read_bytes())
    content[len(content) // 2] ^= 1
    pack.write_bytes(content)
    assert subprocess.run(command, capture_output=True, check=False, cwd=folder).returncode == 1
