"""What a stranger sends is read exactly, or refused with the file and the line."""

from __future__ import annotations

import contextlib
import csv
import io
import stat
import zipfile
from pathlib import Path

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from tests.unit.verdict.drafting import NAME, Draft

from plimsoll.errors import PackageError
from plimsoll.returns.reading import Limits, open_package


def test_a_package_is_read_with_lines_and_keys(bank: Draft, tmp_path: Path) -> None:
    package = open_package(bank.write(tmp_path))
    assert package.root == NAME
    assert package.entry_point.endswith("/corep/4.2/mod/corep_of.json")
    assert package.parameters["refPeriod"] == "2026-06-30"
    assert package.indicators["C_01.00"] is True
    assert package.indicators["C_04.00"] is False
    by_file = {table.file: table for table in package.tables}
    assert list(by_file) == ["c_01.00.csv", "c_02.00.a.csv", "c_03.00.csv", "c_07.00.a.csv"]
    last = by_file["c_07.00.a.csv"].facts[-1]
    assert dict(last.keys) == {"qEBB": "eba_qEC:qx2036"}
    assert last.line == len(by_file["c_07.00.a.csv"].facts) + 1
    assert last.place == f"c_07.00.a.csv, line {last.line}"


def test_lines_are_physical_lines_even_after_a_cell_that_spans_two(bank: Draft, tmp_path: Path) -> None:
    lines = bank.files["reports/c_01.00.csv"].splitlines()
    lines.insert(1, 'dp1,"two\nlines"')
    bank.files["reports/c_01.00.csv"] = "\n".join(lines) + "\n"
    facts = open_package(bank.write(tmp_path)).tables[0].facts
    assert (facts[0].value, facts[0].line, facts[1].line) == ("two\nlines", 2, 4)


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        ("reports/parameters.csv", "name;value\n", "parameters.csv, line 1: the header must be name,value"),
        ("reports/parameters.csv", "name,value\na,b\nc\n", "parameters.csv, line 3: 1 cells"),
        ("reports/c_01.00.csv", "datapoint,factValue\ndp1,1,2\n", "c_01.00.csv, line 2: 3 cells"),
        ("reports/c_01.00.csv", "value,datapoint\n", "c_01.00.csv, line 1: the header must have"),
        ("reports/c_01.00.csv", "datapoint,factValue,a,a\n", "c_01.00.csv, line 1: a column stands twice"),
        ("reports/c_01.00.csv", 'datapoint,factValue\ndp1,"1\n', "c_01.00.csv, line 2"),
        ("reports/report.json", "{", "report.json is not JSON"),
        ("reports/report.json", "[]", "must hold one JSON object"),
        ("reports/report.json", '{"documentInfo":{},"documentInfo":{}}', "a name twice"),
        ("reports/report.json", "[" * 100_000, "report.json is not JSON"),
        ("META-INF/reportPackage.json", "{}", "documentType https://xbrl.org/report-package/2023"),
    ],
)
def test_a_bad_file_is_refused_by_name_and_line(
    bank: Draft, tmp_path: Path, file: str, text: str, said: str
) -> None:
    bank.files[file] = text
    with pytest.raises(PackageError) as refused:
        open_package(bank.write(tmp_path))
    assert said in str(refused.value)


@pytest.mark.parametrize(
    "file", ["reports/parameters.csv", "reports/FilingIndicators.csv", "reports/report.json"]
)
def test_a_missing_file_is_named(bank: Draft, tmp_path: Path, file: str) -> None:
    del bank.files[file]
    with pytest.raises(PackageError, match=f"has no {file}"):
        open_package(bank.write(tmp_path))


def test_text_that_is_not_utf8_is_refused_with_its_line(bank: Draft, tmp_path: Path) -> None:
    path = tmp_path / "bad.zip"
    with zipfile.ZipFile(path, "w") as archive:
        for name, text in bank.files.items():
            data = text.encode()
            archive.writestr(f"bad/{name}", data + b"dp1,\xff\n" if name.endswith("c_01.00.csv") else data)
    with pytest.raises(PackageError, match=r"c_01.00.csv, line 14: not UTF-8"):
        open_package(path)


def _hostile(path: Path, name: str, *, mode: int = 0, flags: int = 0, data: bytes = b"x") -> Path:
    with zipfile.ZipFile(path, "w", zipfile.ZIP_DEFLATED) as archive:
        entry = zipfile.ZipInfo(name)
        entry.external_attr = mode << 16
        entry.compress_type = zipfile.ZIP_DEFLATED
        archive.writestr(entry, data)
    if flags:
        raw = bytearray(path.read_bytes())
        for signature, offset in ((b"PK\x03\x04", 6), (b"PK\x01\x02", 8)):
            raw[raw.index(signature) + offset] |= flags
        path.write_bytes(raw)
    return path


@pytest.mark.parametrize(
    "name", ["../evil.csv", "a/../../evil", "/etc/passwd", "a\\b", "C:/x", "a//b", "a/./b", "a/\x01"]
)
def test_a_name_that_escapes_is_refused(tmp_path: Path, name: str) -> None:
    with pytest.raises(PackageError, match=r"must be a plain relative path|control characters"):
        open_package(_hostile(tmp_path / "p.zip", name))


def test_a_link_is_refused(tmp_path: Path) -> None:
    path = _hostile(tmp_path / "p.zip", "p/link", mode=stat.S_IFLNK | 0o777, data=b"/etc/passwd")
    with pytest.raises(PackageError, match="link or a device"):
        open_package(path)


def test_an_encrypted_entry_is_refused(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="encrypted"):
        open_package(_hostile(tmp_path / "p.zip", "p/a.csv", flags=1))


@pytest.mark.filterwarnings("ignore:Duplicate name:UserWarning")
@pytest.mark.parametrize("second", ["p/a.csv", "p/A.csv"])
def test_a_name_that_stands_twice_is_refused(tmp_path: Path, second: str) -> None:
    path = tmp_path / "p.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("p/a.csv", "1")
        archive.writestr(second, "2")
    with pytest.raises(PackageError, match="stands in the archive twice"):
        open_package(path)


def test_a_bomb_is_refused_before_it_unpacks(tmp_path: Path) -> None:
    with pytest.raises(PackageError, match="200 times its size"):
        open_package(_hostile(tmp_path / "p.zip", "p/a.csv", data=b"0" * 50_000_000))


def test_an_archive_that_lies_about_its_size_is_still_bounded(tmp_path: Path) -> None:
    path = _hostile(tmp_path / "p.zip", "p/a.csv", data=bytes(range(256)) * 4096)
    raw = bytearray(path.read_bytes())
    for signature, offset in ((b"PK\x03\x04", 22), (b"PK\x01\x02", 24)):
        where = raw.index(signature) + offset
        raw[where : where + 4] = (10).to_bytes(4, "little")
    path.write_bytes(raw)
    with pytest.raises(PackageError, match="cannot be unpacked"):
        open_package(path)


@pytest.mark.parametrize(
    "limits", [Limits(entries=3), Limits(file=20), Limits(total=100), Limits(archive=100), Limits(facts=5)]
)
def test_every_limit_holds(bank: Draft, tmp_path: Path, limits: Limits) -> None:
    with pytest.raises(PackageError, match="limit"):
        open_package(bank.write(tmp_path), limits=limits)


def test_two_folders_and_no_zip_are_refused(bank: Draft, tmp_path: Path) -> None:
    path = bank.write(tmp_path)
    with zipfile.ZipFile(path, "a") as archive:
        archive.writestr("other/file.txt", "x")
    with pytest.raises(PackageError, match="exactly one folder"):
        open_package(path)
    (tmp_path / "text.zip").write_text("not a zip")
    with pytest.raises(PackageError, match="not a zip file"):
        open_package(tmp_path / "text.zip")
    with pytest.raises(PackageError, match=r"none\.zip cannot be read"):
        open_package(tmp_path / "none.zip")


@settings(max_examples=60, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(where=st.integers(0, 20_000), value=st.integers(0, 255))
def test_no_damaged_byte_raises_anything_else(bank: Draft, tmp_path: Path, where: int, value: int) -> None:
    path = bank.write(tmp_path)
    raw = bytearray(path.read_bytes())
    raw[where % len(raw)] = value
    path.write_bytes(raw)
    with contextlib.suppress(PackageError):
        open_package(path)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(
    values=st.lists(st.text(st.characters(codec="utf-8", exclude_categories=["Cs"], exclude_characters="\r")))
)
def test_any_text_comes_back_as_it_was_written(bank: Draft, tmp_path: Path, values: list[str]) -> None:
    text = io.StringIO()
    writer = csv.writer(text, lineterminator="\n")
    writer.writerow(["datapoint", "factValue"])
    writer.writerows([f"dp{number}", value] for number, value in enumerate(values))
    bank.files["reports/c_01.00.csv"] = text.getvalue()
    read = open_package(bank.write(tmp_path)).tables[0].facts
    assert [fact.value for fact in read] == values
