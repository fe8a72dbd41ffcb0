"""A return that was truly filled, and its workbook, opened."""

from __future__ import annotations

from pathlib import Path

import openpyxl
import pytest
from openpyxl.workbook import Workbook

from plimsoll.data import sample_book
from plimsoll.dictionary import Dictionary, open_dictionary
from plimsoll.exports import Standing, write_workbook
from plimsoll.returns import Return, fill
from plimsoll.simulation import simulate

APPROVED = Standing("approved", "run 12", "Benoît Roux, 14 Jul 2026", "ab" * 32)


@pytest.fixture(scope="session")
def dictionary(dictionary_path: Path) -> Dictionary:
    """Return the built dictionary."""
    return open_dictionary(dictionary_path)


@pytest.fixture(scope="session")
def filled(dictionary: Dictionary) -> Return:
    """Return the own-funds return of a small bank."""
    return fill(simulate(sample_book(exposures=400)), "corep_of", dictionary)


@pytest.fixture(scope="session")
def written(filled: Return, dictionary: Dictionary, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Return the path of its workbook."""
    path = tmp_path_factory.mktemp("workbook") / "return.xlsx"
    return write_workbook(filled, path, standing=APPROVED, dictionary=dictionary)


@pytest.fixture(scope="session")
def workbook(written: Path) -> Workbook:
    """Return its workbook as another program reads it."""
    return openpyxl.load_workbook(written)
