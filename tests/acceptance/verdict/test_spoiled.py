"""A sound package passes every layer; spoiled in a dozen ways it is refused each time, at the cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path

import pytest
from tests.unit.verdict.drafting import CORPORATES, NAME, Draft, datapoint, draft_bank

from plimsoll.dictionary import Dictionary, open_dictionary
from plimsoll.returns.verdict import Verdict, validate

Change = Callable[[Draft, Dictionary], None]


@pytest.fixture(scope="module")
def dictionary(dictionary_path: Path) -> Dictionary:
    return open_dictionary(dictionary_path)


@dataclass(frozen=True)
class Spoil:
    """A change, and the finding it must lead to: rule, and (table, row, column, sheet)."""

    change: Change
    rule: str
    cell: tuple[str, str, str, str] = ("", "", "", "")
    said: str = ""


def _value(table: str, row: str, value: str, column: str = "0010", sheet: str = "") -> Change:
    def change(draft: Draft, dictionary: Dictionary) -> None:
        point = datapoint(dictionary, table, row, column)
        draft.set_value(f"{table.lower()}.csv", point, value, sheet)

    return change


def _text(file: str, old: str, new: str) -> Change:
    return lambda draft, _: draft.replace(file, old, new)


def _duplicate(draft: Draft, dictionary: Dictionary) -> None:
    draft.append("c_01.00.csv", f"{datapoint(dictionary, 'C_01.00', '0040')},700000.00")


def _unknown_sheet(draft: Draft, dictionary: Dictionary) -> None:
    point = datapoint(dictionary, "C_07.00.a", "0010", "0040")
    draft.replace(
        "c_07.00.a.csv", draft.line("c_07.00.a.csv", point, CORPORATES), f"{point},7000000.00,eba_qEC:qx7"
    )


def _wrong_weight(draft: Draft, dictionary: Dictionary) -> None:
    for column, value in (("0200", "100.00"), ("0215", "60.00")):
        point = datapoint(dictionary, "C_07.00.a", "0200", column)
        draft.append("c_07.00.a.csv", f"{point},{value},{CORPORATES}")


def _name(draft: Draft, _: Dictionary) -> None:
    draft.name = NAME.replace("2026-06-30", "2026-03-31")


SPOILS = {
    "total changed": Spoil(
        _value("C_01.00", "0015", "1000500.00"), "v1771_h", ("C_01.00", "0015", "0010", ""), "1,000,500"
    ),
    "sign flipped": Spoil(
        _value("C_01.00", "0310", "50000.00"), "v3685_s", ("C_01.00", "0310", "0010", ""), "50,000"
    ),
    "ratio too high": Spoil(_value("C_03.00", "0010", "0.2250"), "v0218_m", ("C_03.00", "0010", "0010", "")),
    "surplus wrong": Spoil(
        _value("C_03.00", "0020", "740000.00"), "v0219_m", ("C_03.00", "0020", "0010", ""), "740,000"
    ),
    "weight wrong": Spoil(
        _wrong_weight,
        "v0322_m",
        ("C_07.00.a", "0200", "0215", CORPORATES),
        "60 should equal 50",
    ),
    "unknown data point": Spoil(
        lambda draft, _: draft.append("c_01.00.csv", "dp1,1.00"),
        "structure.datapoint",
        ("C_01.00", "", "", ""),
        "line 14",
    ),
    "bad value": Spoil(
        _value("C_02.00.a", "0060", "seven"), "structure.value", ("C_02.00.a", "0060", "0010", ""), "'seven'"
    ),
    "decimals too coarse": Spoil(
        _text("parameters.csv", "decimalsMonetary,2", "decimalsMonetary,-6"), "structure.decimals"
    ),
    "indicator missing": Spoil(
        _text("FilingIndicators.csv", "C_04.00,false\n", ""), "structure.indicators", ("C_04.00", "", "", "")
    ),
    "indicator false with file": Spoil(
        _text("FilingIndicators.csv", "C_03.00,true", "C_03.00,false"),
        "structure.tables",
        ("C_03.00", "", "", ""),
    ),
    "contradictory duplicate": Spoil(
        _duplicate, "structure.contradiction", ("C_01.00", "0040", "0010", ""), "700000.00"
    ),
    "undefined sheet": Spoil(
        _unknown_sheet, "structure.key", ("C_07.00.a", "0010", "0040", "eba_qEC:qx7"), "eba_qEC:qx7"
    ),
    "entity scheme": Spoil(_text("parameters.csv", "rs:549", "lei:549"), "structure.entity", said="rs:<LEI>"),
    "file name": Spoil(_name, "structure.file_name", said="2026-03-31"),
}


def _judge(draft: Draft, dictionary: Dictionary, folder: Path) -> Verdict:
    return validate(draft.write(folder), dictionary=dictionary)


def test_the_sound_package_passes_every_layer(dictionary: Dictionary, tmp_path: Path) -> None:
    verdict = _judge(draft_bank(dictionary), dictionary, tmp_path)
    assert verdict.outcome == "pass", str(verdict)
    assert [layer.outcome for layer in verdict.layers] == ["pass"] * 4
    facts = verdict.layer("arelle")
    assert facts.evaluated == facts.passed == 81
    assert verdict.layer("eba_rules").passed == 75
    assert verdict.layer("filing").passed > 30
    assert "not the EBA package" in verdict.taxonomy
    assert Verdict.from_json(verdict.to_json()) == verdict


@pytest.mark.parametrize("name", SPOILS)
def test_a_spoiled_package_is_refused_at_the_cell(dictionary: Dictionary, tmp_path: Path, name: str) -> None:
    draft, spoil = draft_bank(dictionary), SPOILS[name]
    spoil.change(draft, dictionary)
    verdict = _judge(draft, dictionary, tmp_path)
    assert verdict.outcome == "fail"
    found = [finding for finding in verdict.errors if finding.rule == spoil.rule]
    assert found, str(verdict)
    table, row, column, sheet = spoil.cell
    named = ", ".join(
        [table, *(f"{a} {c}" for a, c in (("row", row), ("column", column), ("sheet", sheet)) if c)]
    )
    assert any(
        (finding.table, finding.row, finding.column, finding.sheet) == spoil.cell or named in finding.cells
        for finding in found
    ), found
    assert any(spoil.said in f"{finding.sentence} {finding.place}" for finding in found), found


@pytest.mark.parametrize(
    ("name", "code"),
    [("bad value", "xbrl"), ("undefined sheet", "xbrl"), ("contradictory duplicate", "oime")],
)
def test_arelle_sees_the_same_cell(dictionary: Dictionary, tmp_path: Path, name: str, code: str) -> None:
    draft, spoil = draft_bank(dictionary), SPOILS[name]
    spoil.change(draft, dictionary)
    verdict = _judge(draft, dictionary, tmp_path)
    found = [finding for finding in verdict.errors if finding.layer == "arelle"]
    assert found, str(verdict)
    assert any((f.table, f.row, f.column, f.sheet) == spoil.cell for f in found), found
    assert any(f.rule.startswith(code) for f in found), found
