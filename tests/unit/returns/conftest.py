"""A small bank, simulated and filled once."""

from __future__ import annotations

from pathlib import Path

import pytest

from plimsoll.data import sample_book
from plimsoll.dictionary import Dictionary, open_dictionary
from plimsoll.returns import Return, fill
from plimsoll.simulation import Result, simulate


@pytest.fixture(scope="session")
def dictionary(dictionary_path: Path) -> Dictionary:
    return open_dictionary(dictionary_path)


@pytest.fixture(scope="session")
def result() -> Result:
    """A bank where every tenth contract is one whose obligor earns another currency (Article 123a)."""
    book = sample_book("savings_bank", seed=11, exposures=600)
    exposures = book.tables["exposures"].copy()
    exposures["income_currency_mismatch"] = exposures.index % 10 == 0
    return simulate(book.replace(exposures=exposures))


@pytest.fixture(scope="session")
def filled(result: Result, dictionary: Dictionary) -> Return:
    return fill(result, "corep_of", dictionary)
