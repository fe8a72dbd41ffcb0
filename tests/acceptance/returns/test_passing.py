"""What Plimsoll files passes what a supervisor checks: sample bank, sample bank under a shock, real banks."""

from __future__ import annotations

from pathlib import Path

import pytest

from plimsoll.data import Book, load_transparency, sample_book
from plimsoll.dictionary import Dictionary, open_dictionary
from plimsoll.returns import fill, package
from plimsoll.returns.verdict import Verdict, validate
from plimsoll.simulation import simulate

REAL_BANKS = ["VWMYAEQSTOPNV0SUGU82", "0W2PZJM8XOY22M4GG883"]


@pytest.fixture(scope="module")
def dictionary(dictionary_path: Path) -> Dictionary:
    return open_dictionary(dictionary_path)


def judged(book: Book, scenario: str, dictionary: Dictionary, folder: Path) -> Verdict:
    filled = fill(simulate(book, scenario=scenario), "corep_of", dictionary)
    return validate(package(filled, folder, dictionary=dictionary).path, dictionary=dictionary)


@pytest.mark.parametrize("scenario", ["baseline", "house_prices_down_20"])
def test_the_sample_bank_passes_with_the_rules_truly_evaluated(
    scenario: str, dictionary: Dictionary, tmp_path: Path
) -> None:
    verdict = judged(sample_book("savings_bank", seed=7, exposures=2_000), scenario, dictionary, tmp_path)
    assert verdict.outcome == "pass", verdict.findings
    assert verdict.findings == ()
    assert verdict.layer("eba_rules").evaluated >= 120
    assert verdict.layer("arelle").evaluated > 1_500


@pytest.mark.parametrize("lei", REAL_BANKS)
def test_a_real_bank_passes(lei: str, shared_data: Path, dictionary: Dictionary, tmp_path: Path) -> None:
    book = load_transparency(shared_data / "eba_transparency_2025", lei=lei, period="202506")
    verdict = judged(book, "baseline", dictionary, tmp_path)
    assert verdict.outcome == "pass", verdict.findings
    assert verdict.layer("eba_rules").evaluated >= 40
