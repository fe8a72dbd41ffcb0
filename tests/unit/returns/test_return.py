"""A return outlives the kernel that made it."""

from __future__ import annotations

import json
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


def test_a_return_of_the_first_form_still_opens(filled: Return, tmp_path: Path) -> None:
    path = filled.save(tmp_path / "june.return")
    with ZipFile(path) as new, ZipFile(tmp_path / "old.return", "w") as old:
        document = json.loads(new.read("return.json")) | {"format": 1}
        del document["sources"], document["definitions"]["module.toml"]
        for name in new.namelist():
            if name == "return.json":
                old.writestr(name, json.dumps(document))
            elif name != "entity.parquet":
                old.writestr(name, new.read(name))
    opened = open_return(tmp_path / "old.return")
    assert opened.facts == filled.facts
    assert opened.position.table("entity").equals(filled.position.table("entity"))


def test_a_return_of_a_later_form_is_refused(filled: Return, tmp_path: Path) -> None:
    path = filled.save(tmp_path / "june.return")
    with ZipFile(path) as new, ZipFile(tmp_path / "later.return", "w") as later:
        for name in new.namelist():
            held = new.read(name)
            if name == "return.json":
                held = json.dumps(json.loads(held) | {"format": 99}).encode()
            later.writestr(name, held)
    with pytest.raises(ReturnError, match="format 99"):
        open_return(tmp_path / "later.return")


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
