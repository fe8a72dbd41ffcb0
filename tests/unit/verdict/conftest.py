"""A dictionary, a consistent bank's package, and the package beside its module."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

import pytest
from tests.unit.verdict.drafting import Draft, corep_of, draft_bank

from plimsoll.dictionary import Dictionary, open_dictionary
from plimsoll.returns.reading import open_package
from plimsoll.returns.verdict.placing import Placing


@pytest.fixture(scope="session")
def dictionary(dictionary_path: Path) -> Dictionary:
    return open_dictionary(dictionary_path)


@pytest.fixture
def bank(dictionary: Dictionary) -> Draft:
    return draft_bank(dictionary)


@pytest.fixture
def placed(dictionary: Dictionary, tmp_path: Path) -> Callable[[Draft], Placing]:
    def place(draft: Draft) -> Placing:
        return Placing(open_package(draft.write(tmp_path)), corep_of(dictionary))

    return place
