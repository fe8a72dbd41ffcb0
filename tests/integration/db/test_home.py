"""The first page against a real Postgres: each sees what waits for him, what is due, and nothing of another bank."""

from __future__ import annotations

import copy
from datetime import date

import pytest
from dashboards.home.compute import Home, read_home
from dashboards.home.draw import draw_home
from dashboards.home.due import read_filings
from dashboards.theme.words import words
from tests.database import records

ROOMS = ("review", "cockpit", "returns", "explorer", "home")
ENTITY = {"name": "Banque du Port", "lei": "969500PORT0000000001", "country": "FR"}


@pytest.fixture(scope="module")
def submitted(banks):
    """Have the analyst of each bank submit; the second submission of the first bank is published."""
    made = {}
    for name, reviewer in (("port-amelie", "port-chloe"), ("nordhaven-nils", "nordhaven-olga")):
        for title in ("waits", "decided"):
            with banks.member(name) as maker:
                record = records(f"{name} {title}")
                record.summary["entity"] = ENTITY | {"name": f"Bank of {name}"}
                run = maker.workspace.save(record)
                made[name, title] = maker.submissions.submit(run.id).id
        with banks.through("harbour_dashboards", reviewer) as judge:
            seen = judge.submissions.open(made[name, "decided"])
            judge.submissions.approve(seen.id, seen.digest)
    return made


def home_of(banks, name: str) -> Home:
    with banks.through("harbour_dashboards", name) as connection:
        return read_home(connection, ROOMS)


def test_a_reviewer_is_asked_to_decide_and_the_maker_told_to_wait(banks, submitted):
    waiting = submitted["port-amelie", "waits"]
    reviewer, maker = home_of(banks, "port-chloe"), home_of(banks, "port-amelie")
    assert ("decide", waiting) in [(task.kind, task.submission) for task in reviewer.tasks]
    assert [task.kind for task in maker.tasks if task.submission == waiting] == ["waiting"]
    assert (maker.has_lab, reviewer.has_lab) == (True, False)
    assert "Open JupyterLab" in draw_home(maker, words("en"))
    assert "Open JupyterLab" not in draw_home(reviewer, words("en"))


def test_a_viewer_sees_figures_and_no_work(banks, submitted):
    viewer = home_of(banks, "port-dario")
    assert not viewer.tasks
    assert not viewer.runs
    assert submitted["port-amelie", "decided"] in [figure.submission_id for figure in viewer.figures]
    assert "review" not in viewer.doors
    html = draw_home(viewer, words("fr"))
    assert "Chiffres en vigueur" in html
    assert "15,32" in html
    assert "pas commencé" not in html  # what he may not see is not said to be absent
    assert "Not reported" not in draw_home(viewer, words("en"))


def test_no_line_of_another_bank_is_on_the_page(banks, submitted):
    for name in ("port-amelie", "port-chloe", "port-dario", "port-elsa"):
        assert "nordhaven" not in draw_home(home_of(banks, name), words("en")), name
    assert "Bank of nordhaven-nils" in draw_home(home_of(banks, "nordhaven-olga"), words("en"))


def test_returned_work_waits_for_its_maker(banks, submitted):
    number = submitted["nordhaven-nils", "waits"]
    with banks.through("harbour_dashboards", "nordhaven-olga") as judge:
        judge.submissions.return_(number, "The equity line is missing.")
    assert home_of(banks, "nordhaven-nils").tasks[0].kind == "adjust"
    assert "Adjust and submit again" in draw_home(home_of(banks, "nordhaven-nils"), words("en"))


def test_what_is_due_follows_from_what_is_reported(banks, submitted):
    with banks.member("port-amelie") as maker:
        submissions = maker.submissions.list()
    today = date(2026, 8, 1)
    found = read_filings([], submissions, today)
    # ITS (EU) 2024/3117: due on 11 August and 11 November; the latter is a holiday in France.
    assert [(f.module, f.reference_date, f.due, f.days) for f in found] == [
        ("COREP_OF", "2026-06-30", date(2026, 8, 11), 10),
        ("COREP_OF", "2026-09-30", date(2026, 11, 12), 103),
    ]
    assert [filing.state for filing in found] == ["published", "open"]


@pytest.mark.parametrize(
    "entity", [{"name": "B", "lei": "L"}, {"name": "B", "lei": "L", "country": "ZZ"}, {}]
)
def test_no_due_date_is_guessed(banks, submitted, entity):
    with banks.member("port-amelie") as maker:
        submission = copy.deepcopy(maker.submissions.list()[0])
    submission.summary["entity"] = entity
    assert read_filings([], [submission], date(2026, 8, 1)) == ()
