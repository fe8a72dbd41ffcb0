"""Instances of dates before 2026-03-31 are what Arelle accepts, typed keys included."""

from __future__ import annotations

import datetime
import json
import subprocess
import sys
from pathlib import Path

import pytest

from plimsoll.data import sample_book
from plimsoll.dictionary import open_dictionary
from plimsoll.dictionary.taxonomy import ensure_taxonomy
from plimsoll.returns import fill, write_instance
from plimsoll.returns.verdict.specification import MEMORY, WORKER
from plimsoll.simulation import simulate

DECEMBER = datetime.date(2025, 12, 31)


@pytest.mark.slow
@pytest.mark.parametrize("module", ["corep_le", "corep_of"])
def test_arelle_finds_nothing(module: str, dictionary_path: Path, tmp_path: Path) -> None:
    dictionary = open_dictionary(dictionary_path)
    book = sample_book("universal_bank", exposures=500, reference_date=DECEMBER)
    instance = write_instance(fill(simulate(book), module, dictionary), tmp_path, dictionary=dictionary)
    answer = tmp_path / "answer.json"
    command = [sys.executable, "-I", str(WORKER), str(instance.path), str(ensure_taxonomy(dictionary))]
    subprocess.run([*command, str(answer), str(MEMORY)], check=True, cwd=tmp_path, capture_output=True)
    document = json.loads(answer.read_text("utf-8"))
    # The worker loads OIM, which has no tuples; an instance's filing indicators are one by the filing rules.
    assert {message["code"] for message in document["messages"]} <= {"xbrlxe:unsupportedTuple"}
    written = instance.path.read_text("utf-8").count(' contextRef="c') - sum(
        "filingIndicator" in line for line in instance.path.read_text("utf-8").splitlines()
    )
    assert document["facts"] == written + 1  # and the tuple of filing indicators
