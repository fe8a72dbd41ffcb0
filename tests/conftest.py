"""What every test may ask for."""

from __future__ import annotations

import os
from pathlib import Path

import pytest
from tests.platform_fixture import running_platform
from tests.scheduling import pytest_xdist_make_scheduler

from plimsoll.dictionary import build_dictionary, dictionary_folder

__all__ = ["pytest_xdist_make_scheduler", "running_platform"]

REPOSITORY = Path(__file__).resolve().parents[1]


@pytest.fixture(scope="session")
def shared_data() -> Path:
    """Return the folder of real data, or skip: it is never committed."""
    folder = Path(os.environ.get("PLIMSOLL_SHARED", REPOSITORY.parent / "shared")) / "data"
    if not folder.is_dir():
        pytest.skip(f"needs the real data, which is not committed: {folder} is absent")
    return folder


@pytest.fixture(scope="session")
def dictionary_path() -> Path:
    """Return the folder of the supervisor's dictionary, built on first use; workers take turns."""
    folder = dictionary_folder()
    build_dictionary(folder)
    return folder
