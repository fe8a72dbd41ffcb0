"""The own funds report on a sample bank: its files, its digests, and the same again when run again."""

from __future__ import annotations

import hashlib
import json
import re

import pytest

import plimsoll
from harbour.errors import RunFailed
from harbour.execution import execute, read_manifest
from harbour.execution.records import record_of

ASKED = {"book": "sample:savings_bank?seed=7&exposures=300", "reference_date": "2026-06-30"}


@pytest.fixture(scope="module")
def runs(dictionary_path, tmp_path_factory):
    """Return two runs of the same thing."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("PLIMSOLL_DICTIONARY", str(dictionary_path))
        folder = tmp_path_factory.mktemp("runs")
        return [execute("corep_of", ASKED, folder / name) for name in ("one", "two")]


def test_the_report_leaves_package_return_verdict_and_page(runs):
    manifest = runs[0]
    summary = manifest.summary()
    package = manifest.find_output(".zip")
    assert package.name.startswith("969500DEMOPORT000140.CON_FR_COREP")
    assert hashlib.sha256(package.read_bytes()).hexdigest() == summary["package"]["sha256"]
    assert manifest.outputs[package.name] == summary["package"]["sha256"]
    assert {"corep_of.return", "executed.ipynb", "report.html", "verdict.json"} <= set(manifest.outputs)
    assert summary["verdict"]["outcome"] == "pass"
    assert read_manifest(manifest.folder) == manifest


def test_its_figures_are_the_librarys_own(runs):
    result = plimsoll.simulate(plimsoll.sample_book("savings_bank", 7, 300))
    assert runs[0].summary()["ratios"]["cet1_ratio"] == result.ratios["cet1_ratio"]
    assert runs[0].digests["data"] == result.book.digest


def test_its_return_explains_any_cell_later(runs):
    filled = plimsoll.open_return(runs[0].folder / "corep_of.return")
    cell = plimsoll.explain(filled, "C_07.00.a", row="0070", column="0200", sheet="retail")
    assert cell.total == cell.value > 0


def test_the_same_run_gives_the_same_bytes_and_digests(runs):
    one, two = runs
    assert one.outputs == two.outputs
    assert one.digests == two.digests
    assert all(re.fullmatch("[0-9a-f]{64}", digest) for digest in one.digests.values())
    assert one.digest == two.digest


def test_its_page_is_a_document_that_loads_nothing(runs):
    page = (runs[0].folder / "report.html").read_text()
    assert "<h2" in page
    assert "12 checks" in page
    assert not re.findall(r"<(script|link|iframe|img[^>]+http)", page)
    assert "Traceback" not in page


def test_its_record_is_complete_enough_to_be_submitted(runs):
    record = record_of(runs[0], "Own funds")
    assert set(record.digests) == {"code", "data", "parameters", "environment", "outputs", "verdict"}
    assert set(record.artefacts) == {*runs[0].outputs, "manifest.json"}
    json.dumps(record.summary, allow_nan=False)


def test_another_banks_name_stops_it_at_the_book(dictionary_path, tmp_path, monkeypatch):
    monkeypatch.setenv("PLIMSOLL_DICTIONARY", str(dictionary_path))
    asked = ASKED | {"entity": "5493001KJTIIGC8Y1R12"}
    with pytest.raises(RunFailed, match=r"is not the book's entity, 969500DEMOPORT000140\.CON") as failed:
        execute("corep_of", asked, tmp_path / "out")
    assert failed.value.manifest.failure.error == "BookError"
    assert failed.value.manifest.digests["verdict"] is None
