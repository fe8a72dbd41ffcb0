"""A notebook becomes a dashboard: run in a clean kernel, approved by another, replaced, voided; each bank its own."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path

import nbformat
import pytest
from dashboards.review.compute import read_detail, read_inbox
from dashboards.review.draw import draw_detail, draw_inbox
from dashboards.theme.words import words
from dashboards.voila.compute import read_page, read_shelf
from dashboards.voila.draw import draw_shelf
from tests.database import records

from harbour.errors import BadParameters, NotFound, OwnWork, RunFailed
from harbour.identity import names
from plimsoll.data import SAMPLE_ENTITIES

SHIPPED = Path(__file__).resolve().parents[3] / "notebooks" / "voila"
ENTITY = {"name": "Banque du Port", "lei": "969500PORT0000000001", "country": "FR"}
WHO = "import harbour\nwith harbour.connect() as hub:\n    print('seen as', hub.me.name)"


def notebook(path: Path, *sources: str) -> Path:
    cells = [nbformat.v4.new_code_cell(source) for source in sources]
    made = nbformat.v4.new_notebook(cells=[nbformat.v4.new_markdown_cell("# A dashboard"), *cells])
    made.metadata["voila"] = {"template": "another"}
    nbformat.write(made, path)
    return path


@pytest.fixture
def analyst(banks, monkeypatch):
    monkeypatch.setenv("PLIMSOLL_DSN", banks.dsn(names.role_of("port-amelie")))
    monkeypatch.setenv("PGPASSFILE", str(banks.pgpass))
    with banks.member("port-amelie") as connection:
        yield connection


def approve(banks, submission) -> None:
    with banks.through("harbour_dashboards", "port-chloe") as judge:
        judge.submissions.approve(submission.id, judge.submissions.open(submission.id).digest)


def shown_to(banks, name: str) -> dict[str, int]:
    with banks.member(name) as connection:
        return {found.title: found.id for found in connection.dashboards.list()}


def test_a_dashboard_is_published_by_another_replaced_and_voided(banks, analyst, tmp_path):
    first = analyst.workspace.publish_notebook(
        notebook(tmp_path / "d.ipynb", WHO), "Who looks", description="Shows who looks.", entity=ENTITY["lei"]
    )
    assert (first.state, first.template) == ("in_review", "dashboard")
    run = analyst.runs.get(first.run_id)
    assert set(run.digests) == {"code", "data", "parameters", "environment", "outputs", "verdict"}
    assert b"seen as port-amelie" in analyst.dashboards.page(run.id)
    assert "Who looks" not in shown_to(banks, "port-dario")
    with pytest.raises(OwnWork):
        analyst.submissions.approve(first.id, first.digest)
    approve(banks, first)
    id_ = shown_to(banks, "port-dario")["Who looks"]
    with banks.member("port-dario") as viewer:
        source = nbformat.reads(viewer.dashboards.source(id_).decode(), as_version=4)
        assert [cell.source for cell in source.cells][1] == WHO
        assert set(source.metadata) == {"kernelspec", "language_info"}
        assert not [found for found in viewer.publications.list() if found.kind == "dashboard"]

    second = analyst.workspace.publish_notebook(
        notebook(tmp_path / "d.ipynb", WHO, "40 + 2"), "Who looks", entity=ENTITY["lei"]
    )
    assert [line for line in analyst.dashboards.changes(second.run_id) if line[0] in "+-"] == ["+40 + 2", "+"]
    assert shown_to(banks, "port-dario")["Who looks"] == id_
    approve(banks, second)
    with banks.member("port-dario") as viewer:
        (found,) = viewer.dashboards.list()
        assert [version.state for version in found.versions] == ["published", "superseded"]
        assert found.approved_by == "port-chloe"
        with pytest.raises(NotFound):
            viewer.dashboards.source(id_)
        viewer.dashboards.source(found.id)
    assert shown_to(banks, "nordhaven-pia") == {}
    for stranger in ("nordhaven-pia", "nordhaven-olga"):
        with banks.member(stranger) as connection, pytest.raises(NotFound):
            connection.dashboards.source(found.id)
    with banks.through("harbour_dashboards", "port-chloe") as judge:
        judge.submissions.void(second.id, "It shows the wrong thing.")
    assert "Who looks" not in shown_to(banks, "port-dario")
    with banks.member("port-dario") as viewer, pytest.raises(NotFound):
        viewer.dashboards.source(found.id)
    assert not [void for void in analyst.publications.voided() if void.kind == "dashboard"]


def test_a_reviewer_sees_what_changes_and_a_page_without_script(banks, analyst, tmp_path):
    made = analyst.workspace.publish_notebook(
        notebook(tmp_path / "d.ipynb", "print('<script>alert(1)</script>')"),
        "Shown <b>first</b>",
        entity=ENTITY["lei"],
    )
    with banks.through("harbour_dashboards", "port-chloe") as judge:
        shelf = read_shelf(judge)
        (waiting,) = [item for item in shelf.waiting if item.submission.id == made.id]
        assert "+print('<script>alert(1)</script>')" in waiting.changes
        page = read_page(judge, made.run_id)
        for language in ("en", "fr"):
            html = draw_shelf(shelf, (made.run_id, page), words(language))
            assert "Shown &lt;b&gt;first&lt;/b&gt;" in html
            assert "<script" not in html
            assert 'sandbox=""' in html
            assert "dashboards%2Fdashboard" not in html, "a reviewer opens no dashboard live"
            assert "first&lt;/b&gt;" in draw_inbox(read_inbox(judge), made.id, words(language))
            assert "first&lt;/b&gt;" in draw_detail(read_detail(judge, made.id), words(language))
    approve(banks, made)
    with banks.member("port-dario") as viewer:
        seen = read_shelf(viewer)
        html = draw_shelf(seen, None, words("en"))
        assert not seen.waiting
        id_ = next(found.id for found in seen.dashboards if found.run_id == made.run_id)
        assert (
            f"/hub/spawn/port-dario/dashboards?next=%2Fuser%2Fport-dario%2Fdashboards%2Fdashboard%2F{id_}"
            in html
        )
    with banks.member("nordhaven-pia") as stranger:
        assert read_shelf(stranger).dashboards == ()
        with pytest.raises(NotFound):
            read_page(stranger, made.run_id)


def test_what_cannot_be_published_is_refused_with_its_reason(banks, analyst, tmp_path):
    with pytest.raises(RunFailed, match="ZeroDivisionError"):
        analyst.workspace.publish_notebook(
            notebook(tmp_path / "d.ipynb", "1 / 0"), "Broken", entity=ENTITY["lei"]
        )
    with pytest.raises(BadParameters, match="no title"):
        analyst.workspace.publish_notebook(tmp_path / "d.ipynb", "…", entity=ENTITY["lei"])
    (tmp_path / "e.ipynb").write_text("not a notebook")
    with pytest.raises(BadParameters, match="no notebook"):
        analyst.workspace.publish_notebook(tmp_path / "e.ipynb", "Text", entity=ENTITY["lei"])


def test_the_shipped_notebooks_show_the_approved_position(banks, analyst):
    bank = SAMPLE_ENTITIES["banque_du_port"]
    parameters = {
        "book": "sample:savings_bank?seed=7&exposures=500",
        "reference_date": "2026-06-30",
        "entity": f"{bank.lei}.{bank.scope}.{bank.country}.{bank.name}",
    }
    record = records("position")
    record.summary["entity"] = {"name": bank.name, "lei": bank.lei}
    run = analyst.workspace.save(replace(record, parameters=parameters))
    approve(banks, analyst.workspace.submit(run.id))
    for name, shown in (
        ("house_prices", ("Banque du Port", "approved by port-chloe")),
        ("what_moved", ("15.32%", "One period only is in force")),
    ):
        made = analyst.workspace.publish_notebook(SHIPPED / f"{name}.ipynb", name)
        page = analyst.dashboards.page(made.run_id).decode()
        assert all(text in page for text in shown), page[-4000:]
        assert made.summary["entity"]["lei"] == bank.lei
