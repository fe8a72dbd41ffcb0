"""Every spoiled package is caught at its file or cell by our own layers; no good one raises an alarm."""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Mapping
from decimal import Decimal
from pathlib import Path

import pytest
from tests.acceptance.verdict.spoiling import BYTES, SUMS, TEXTS, Sum
from tests.unit.verdict.drafting import Draft, datapoint, draft_bank

from plimsoll.dictionary import Dictionary, open_dictionary
from plimsoll.returns.verdict import Finding, validate


@pytest.fixture(scope="module")
def dictionary(dictionary_path: Path) -> Dictionary:
    return open_dictionary(dictionary_path)


@pytest.fixture
def bank(dictionary: Dictionary) -> Draft:
    return draft_bank(dictionary)


def _spoken(finding: Finding) -> str:
    return f"{finding.sentence} {finding.place} {finding.table}"


def test_there_are_a_hundred_and_fifty() -> None:
    assert len(TEXTS) + len(BYTES) + len(SUMS) >= 150


@pytest.mark.parametrize("name", TEXTS)
def test_spoiled_text_is_caught(name: str, bank: Draft, dictionary: Dictionary, tmp_path: Path) -> None:
    case = TEXTS[name]
    case.change(bank, dictionary)
    verdict = validate(bank.write(tmp_path), dictionary=dictionary, layers=())
    assert verdict.outcome == "fail"
    found = [finding for finding in verdict.errors if finding.rule == case.rule]
    assert found, str(verdict)
    assert any(case.said in _spoken(finding) for finding in found), found


@pytest.mark.parametrize("name", BYTES)
def test_a_spoiled_zip_is_caught(name: str, bank: Draft, dictionary: Dictionary, tmp_path: Path) -> None:
    change, said = BYTES[name]
    path = bank.write(tmp_path)
    path.write_bytes(change(path, path.read_bytes()))
    verdict = validate(path, dictionary=dictionary, layers=())
    (finding,) = verdict.findings
    assert (verdict.outcome, finding.rule) == ("fail", "structure.package")
    assert said in finding.sentence


@pytest.mark.parametrize(
    "moved", SUMS, ids=lambda moved: f"{moved.table} {moved.row} {moved.column} {moved.rule}"
)
def test_a_broken_sum_is_caught(moved: Sum, bank: Draft, dictionary: Dictionary, tmp_path: Path) -> None:
    file = f"{moved.table.lower()}.csv"
    point = datapoint(dictionary, moved.table, moved.row, moved.column)
    old = Decimal(bank.line(file, point, moved.sheet).split(",")[1])
    bank.set_value(file, point, str(old + moved.moved), moved.sheet)
    verdict = validate(bank.write(tmp_path), dictionary=dictionary, layers=("eba_rules",))
    found = [finding for finding in verdict.findings if finding.rule == moved.rule]
    assert found, str(verdict)
    sheet = f", sheet {moved.sheet}" if moved.sheet else ""
    named = f"{moved.table}, row {moved.row}, column {moved.column}{sheet}"
    assert any(
        named in (*finding.cells, finding.sentence.partition(":")[0])
        or (finding.table, finding.row, finding.column) == (moved.table, moved.row, moved.column)
        or named in finding.sentence
        for finding in found
    ), found
    refused = any(finding.severity == "error" for finding in found)
    assert not refused or verdict.outcome == "fail"


def _everywhere(change: Callable[[str], str], suffix: str = ".csv") -> Callable[[Draft], None]:
    def apply(draft: Draft) -> None:
        draft.files = {n: change(t) if n.endswith(suffix) else t for n, t in draft.files.items()}

    return apply


def _body(change: Callable[[list[str]], list[str]]) -> Callable[[str], str]:
    def apply(text: str) -> str:
        header, *rows = text.splitlines()
        return "\n".join([header, *change(rows)]) + "\n"

    return apply


def _in(file: str, *pairs: tuple[str, str]) -> Callable[[Draft], None]:
    def apply(draft: Draft) -> None:
        for old, new in pairs:
            path = f"reports/{file}"
            assert old in draft.files[path], (file, old)
            draft.files[path] = draft.files[path].replace(old, new)

    return apply


def _entity(lei: str, scope: str) -> Callable[[Draft], None]:
    def apply(draft: Draft) -> None:
        draft.name = draft.name.replace("5493001KJTIIGC8Y1R12.CON", f"{lei}.{scope}")
        _in("parameters.csv", ("5493001KJTIIGC8Y1R12.CON", f"{lei}.{scope}"))(draft)

    return apply


def _named(old: str, new: str) -> Callable[[Draft], None]:
    def apply(draft: Draft) -> None:
        draft.name = draft.name.replace(old, new)

    return apply


def _backwards(text: str) -> str:
    """Turn the columns of a table round; those of the two fixed files have their order."""
    if not text.startswith("datapoint"):
        return text
    return "".join(",".join(line.split(",")[::-1]) + "\n" for line in text.splitlines())


def _quoted(text: str) -> str:
    return "".join(",".join(f'"{cell}"' for cell in line.split(",")) + "\n" for line in text.splitlines())


GOOD: Mapping[str, Callable[[Draft], None]] = {
    "as it is": lambda draft: None,
    "byte order marks": _everywhere(lambda text: "\ufeff" + text),
    "Windows line ends": _everywhere(lambda text: text.replace("\n", "\r\n")),
    "no line end at the end": _everywhere(lambda text: text.removesuffix("\n")),
    "every cell quoted": _everywhere(_quoted),
    "rows backwards": _everywhere(_body(lambda rows: rows[::-1])),
    "rows sorted": _everywhere(_body(sorted)),
    "JSON laid out": _everywhere(lambda text: text.replace("{", "{\n ").replace(",", ",\n "), ".json"),
    "columns backwards": _everywhere(_backwards),
    "a plus sign": _in("c_01.00.csv", ("1200000.00", "+1200000.00")),
    "leading zeros": _in("c_01.00.csv", ("1200000.00", "0001200000.00")),
    "no decimals": _in("c_01.00.csv", ("1200000.00", "1200000")),
    "a trailing point": _in("c_01.00.csv", ("1200000.00", "1200000.")),
    "more decimals": _in("c_01.00.csv", ("1200000.00", "1200000.0000")),
    "a ratio without its zero": _in("c_03.00.csv", (",0.", ",.")),
    "cents not stated": _in("parameters.csv", ("decimalsMonetary,2", "decimalsMonetary,0")),
    "ten thousands": _in("parameters.csv", ("decimalsMonetary,2", "decimalsMonetary,-4")),
    "finer percentages": _in("parameters.csv", ("decimalsPercentage,4", "decimalsPercentage,8")),
    "no value after the point": _in("c_01.00.csv", ("800000.00", "800000.0")),
    "another currency": _in("parameters.csv", ("iso4217:EUR", "iso4217:SEK")),
    "an individual report": _entity("5493001KJTIIGC8Y1R12", "IND"),
    "a liquidity subgroup": _entity("5493001KJTIIGC8Y1R12", "CRDLIQSUBGRP"),
    "another entity": _entity("529900T8BM49AURSDO55", "CON"),
    "another country": _named("_DE_", "_FR_"),
    "another time": _named("20260815101500000", "20261231235959999"),
}
"""Changes that leave a report as good as it was."""


def _repeated(draft: Draft, dictionary: Dictionary) -> None:
    """State a fact twice with one value: a complete duplicate, which the report allows."""
    draft.append("c_01.00.csv", f"{datapoint(dictionary, 'C_01.00', '0040')},800000.00")


def _zero(draft: Draft, dictionary: Dictionary) -> None:
    draft.append("c_01.00.csv", f"{datapoint(dictionary, 'C_01.00', '0092')},0.00")


def _promised(draft: Draft, _: Dictionary) -> None:
    """Report a template without facts: everything in it is zero."""
    _in("FilingIndicators.csv", ("C_17.01,false", "C_17.01,true"))(draft)


GOOD_BY_THE_DICTIONARY: Mapping[str, Callable[[Draft, Dictionary], None]] = {
    "the same fact twice": _repeated,
    "a true zero": _zero,
    "a template of zeros": _promised,
}

REPACKED: Mapping[str, Callable[[Path, dict[str, bytes]], None]] = {
    "stored, not deflated": lambda path, files: _repack(path, files, zipfile.ZIP_STORED),
    "entries backwards": lambda path, files: _repack(path, dict(reversed(files.items()))),
    "folders as entries": lambda path, files: _repack(
        path, {f"{path.stem}/": b"", f"{path.stem}/META-INF/": b"", f"{path.stem}/reports/": b"", **files}
    ),
    "bytes before the zip": lambda path, files: path.write_bytes(b"MZ" + path.read_bytes()) and None,
}


def _repack(path: Path, files: Mapping[str, bytes], kind: int = zipfile.ZIP_DEFLATED) -> None:
    with zipfile.ZipFile(path, "w", kind) as archive:
        for name, content in files.items():
            archive.writestr(name, content)


def _no_alarm(path: Path, dictionary: Dictionary) -> None:
    verdict = validate(path, dictionary=dictionary, layers=("filing", "eba_rules"))
    assert verdict.findings == (), str(verdict)
    assert [layer.outcome for layer in verdict.layers] == ["pass", "not_evaluated", "pass", "pass"]
    assert verdict.layer("eba_rules").evaluated > 50


def test_there_are_thirty_good_ones() -> None:
    assert len(GOOD) + len(GOOD_BY_THE_DICTIONARY) + len(REPACKED) >= 30


@pytest.mark.parametrize("name", GOOD)
def test_a_good_package_raises_no_alarm(
    name: str, bank: Draft, dictionary: Dictionary, tmp_path: Path
) -> None:
    GOOD[name](bank)
    _no_alarm(bank.write(tmp_path), dictionary)


@pytest.mark.parametrize("name", GOOD_BY_THE_DICTIONARY)
def test_what_the_rules_allow_raises_no_alarm(
    name: str, bank: Draft, dictionary: Dictionary, tmp_path: Path
) -> None:
    GOOD_BY_THE_DICTIONARY[name](bank, dictionary)
    _no_alarm(bank.write(tmp_path), dictionary)


@pytest.mark.parametrize("name", REPACKED)
def test_another_packing_raises_no_alarm(
    name: str, bank: Draft, dictionary: Dictionary, tmp_path: Path
) -> None:
    path = bank.write(tmp_path)
    with zipfile.ZipFile(io.BytesIO(path.read_bytes())) as archive:
        files = {entry: archive.read(entry) for entry in archive.namelist()}
    REPACKED[name](path, files)
    _no_alarm(path, dictionary)
