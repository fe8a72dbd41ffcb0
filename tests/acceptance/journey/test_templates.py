"""The report for the board and the monitoring of models, run as the worker runs them."""

from __future__ import annotations

import csv

import numpy as np
import pytest

import plimsoll
from harbour.errors import RunFailed
from harbour.execution import execute
from harbour.execution.records import record_of
from plimsoll.credit.irb import jeffreys_test

DATE = "2026-06-30"


@pytest.fixture(autouse=True)
def dictionary(dictionary_path, monkeypatch):
    monkeypatch.setenv("PLIMSOLL_DICTIONARY", str(dictionary_path))


def test_the_board_gets_a_pdf_of_the_librarys_own_figures(tmp_path):
    asked = {"book": "sample:savings_bank?exposures=200", "reference_date": DATE, "language": "fr"}
    manifest = execute("board_risk", asked, tmp_path / "out")
    pdf = (tmp_path / "out" / "risk_report.pdf").read_bytes()
    assert pdf.startswith(b"%PDF")
    result = plimsoll.simulate(plimsoll.sample_book(exposures=200))
    assert manifest.summary()["ratios"]["cet1_ratio"] == result.ratios["cet1_ratio"]
    page = (tmp_path / "out" / "report.html").read_text()
    assert "house prices down 20" in page
    assert "agree to the cent" in page
    assert "risk_report.pdf" in record_of(manifest, None).artefacts


def test_models_are_held_against_outcomes(tmp_path):
    asked = {"book": "sample:universal_bank?exposures=400", "reference_date": DATE}
    manifest = execute("model_monitoring", asked, tmp_path / "out")
    outcomes = plimsoll.sample_book("universal_bank", exposures=400).rating_outcomes
    outcomes = outcomes[outcomes["pd"] < 1]
    with (tmp_path / "out" / "tests.csv").open() as stream:
        tests = list(csv.DictReader(stream))
    row = next(row for row in tests if row["years"] == "all" and row["rating_grade"])
    same = outcomes[
        (outcomes["approach"] == row["approach"])
        & (outcomes["irb_class"] == row["irb_class"])
        & (outcomes["rating_grade"] == row["rating_grade"])
    ]
    assert float(row["obligors"]) == same["obligors"].sum()
    arrays = [np.array([float(row[name])]) for name in ("defaulted", "obligors", "pd")]
    assert float(row["jeffreys"]) == pytest.approx(jeffreys_test(*arrays)[0])
    assert manifest.summary()["notices"]
    page = (tmp_path / "out" / "report.html").read_text()
    for words in ("Jeffreys", "AUC", "stability index", "Article 185"):
        assert words in page


def test_a_bank_that_does_not_rate_is_told_so(tmp_path):
    asked = {"book": "sample:savings_bank?exposures=200", "reference_date": DATE}
    manifest = execute("model_monitoring", asked, tmp_path / "out")
    assert manifest.summary()["notices"] == ["The book tells no outcome of a rated year."]


def test_half_a_comparison_stops_the_report(tmp_path):
    asked = {
        "book": "sample:savings_bank?exposures=200",
        "reference_date": DATE,
        "previous_date": "2026-05-31",
    }
    with pytest.raises(RunFailed, match="given together"):
        execute("board_risk", asked, tmp_path / "out")
