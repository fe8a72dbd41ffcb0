"""A return outlives the kernel that made it."""

from __future__ import annotations

from pathlib import Path
from zipfile import ZipFile

import pytest

from plimsoll.dictionary import Dictionary
from plimsoll.errors import ReturnError
from plimsoll.returns import Return, open_return, package


def test_a_saved_return_comes_back_whole(filled: Return, dictionary: Dictionary, tmp_path: Path) -> None:
    path = filled.save(tmp_path / "june.return")
    opened = open_return(path)
    assert opened.facts == filled.facts
    assert opened.indicators == filled.indicators
    assert opened.entity == filled.entity
    assert opened.definitions.digest == filled.definitions.digest
    assert opened.save(tmp_path / "again.return").read_bytes() == path.read_bytes()
    ours, theirs = (package(one, tmp_path, dictionary=dictionary) for one in (filled, opened))
    assert ours.sha256 == theirs.sha256


@pytest.mark.parametrize("content", [b"", b"not a zip"])
def test_another_file_is_refused(tmp_path: Path, content: bytes) -> None:
    (tmp_path / "x.return").write_bytes(content)
    with pytest.raises(ReturnError, match="is not a saved return"):
        open_return(tmp_path / "x.return")


def test_a_missing_or_foreign_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(ReturnError, match="is not a saved return"):
        open_return(tmp_path / "absent")
    with ZipFile(tmp_path / "foreign", "w") as archive:
        archive.writestr("something.json", "{}")
    with pytest.raises(ReturnError, match="is not a saved return"):
        open_return(tmp_path / "foreign")
