"""The sample bank's package passes every layer; spoiled in fourteen ways it is refused at the cell."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path

import pytest
from tests.unit.verdict.drafting import Draft, datapoint

import plimsoll
from plimsoll.dictionary import Dictionary, open_dictionary
from plimsoll.returns.verdict import Verdict, validate

Change = Callable[[Draft, Dictionary], None]


@pytest.fixture(scope="module")
def dictionary(dictionary_path: Path) -> Dictionary:
    return open_dictionary(dictionary_path)


@pytest.fixture(scope="module")
def packaged(dictionary: Dictionary, tmp_path_factory: pytest.TempPathFactory) -> Path:
    result = plimsoll.simulate(plimsoll.sample_book("savings_bank", seed=7, exposures=10_000))
    filled = plimsoll.fill(result, "corep_of", dictionary=dictionary)
    return plimsoll.package(filled, tmp_path_factory.mktemp("sample"), dictionary=dictionary).path


@pytest.fixture
def sample(packaged: Path) -> Draft:
    return Draft.read(packaged)


@dataclass(frozen=True)
class Spoil:
    """A change, and the finding it must lead to: rule, and (table, row, column, sheet)."""

    change: Change
    rule: str
    cell: tuple[str, str, str, str] = ("", "", "", "")
    said: str = ""


def _value(table: str, row: str, change: Callable[[Decimal], object], sheet: str = "") -> Change:
    def spoil(draft: Draft, dictionary: Dictionary) -> None:
        file = f"{table.lower()}.csv"
        point = datapoint(dictionary, table, row, "0215" if sheet else "0010")
        old = Decimal(draft.line(file, point, sheet).split(",")[1])
        draft.set_value(file, point, str(change(old)), sheet)

    return spoil


def _text(file: str, old: str, new: str) -> Change:
    return lambda draft, _: draft.replace(file, old, new)


def _duplicate(draft: Draft, dictionary: Dictionary) -> None:
    draft.append("c_01.00.csv", f"{datapoint(dictionary, 'C_01.00', '0040')},700000.00")


def _unknown_sheet(draft: Draft, dictionary: Dictionary) -> None:
    old = draft.line("c_07.00.a.csv", datapoint(dictionary, "C_07.00.a", "0010", "0040"), CORPORATES)
    draft.replace("c_07.00.a.csv", old, old.replace(CORPORATES, "eba_qEC:qx7"))


def _name(draft: Draft, _: Dictionary) -> None:
    draft.name = draft.name.replace("2026-06-30", "2026-03-31")


CORPORATES = "eba_qEC:qx2036"
SPOILS = {
    "total changed": Spoil(
        _value("C_01.00", "0015", lambda old: old + 50_000),
        "v1771_h",
        ("C_01.00", "0015", "0010", ""),
        "50,000",
    ),
    "sign flipped": Spoil(
        _value("C_01.00", "0310", lambda old: -old),
        "v3685_s",
        ("C_01.00", "0310", "0010", ""),
        "not exceed 0",
    ),
    "ratio too high": Spoil(
        _value("C_03.00", "0010", lambda old: old + Decimal("0.1")),
        "v0218_m",
        ("C_03.00", "0010", "0010", ""),
    ),
    "surplus wrong": Spoil(
        _value("C_03.00", "0020", lambda old: old * 2), "v0219_m", ("C_03.00", "0020", "0010", ""), "4.5%"
    ),
    "weight wrong": Spoil(
        _value("C_07.00.a", "0200", lambda old: old + 1_000, CORPORATES),
        "v0322_m",
        ("C_07.00.a", "0200", "0215", CORPORATES),
        "difference 1,000",
    ),
    "unknown data point": Spoil(
        lambda draft, _: draft.append("c_01.00.csv", "dp1,1.00"),
        "structure.datapoint",
        ("C_01.00", "", "", ""),
        "c_01.00.csv, line",
    ),
    "bad value": Spoil(
        _value("C_02.00.a", "0060", lambda _: "seven"),
        "structure.value",
        ("C_02.00.a", "0060", "0010", ""),
        "'seven'",
    ),
    "decimals too coarse": Spoil(
        _text("parameters.csv", "decimalsMonetary,-1", "decimalsMonetary,-6"), "structure.decimals"
    ),
    "indicator missing": Spoil(
        _text("FilingIndicators.csv", "C_13.01,false\n", ""), "structure.indicators", ("C_13.01", "", "", "")
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
    "entity scheme": Spoil(_text("parameters.csv", "rs:969", "lei:969"), "structure.entity", said="rs:<LEI>"),
    "file name": Spoil(_name, "structure.file_name", said="2026-03-31"),
}


def test_the_sample_bank_passes_every_layer(dictionary: Dictionary, packaged: Path) -> None:
    verdict = validate(packaged, dictionary=dictionary)
    assert verdict.outcome == "pass", str(verdict)
    assert [layer.outcome for layer in verdict.layers] == ["pass"] * 4
    facts = verdict.layer("arelle")
    assert facts.evaluated == facts.passed > 1_500
    rules = verdict.layer("eba_rules")
    assert (rules.failed, rules.unsupported) == (0, 0)
    assert rules.passed >= 140
    assert verdict.layer("filing").passed > 30
    assert "not the EBA package" in verdict.taxonomy
    assert Verdict.from_json(verdict.to_json()) == verdict
    assert validate(packaged, dictionary=dictionary).to_json() == verdict.to_json()


@pytest.mark.parametrize("name", SPOILS)
def test_a_spoiled_package_is_refused_at_the_cell(
    dictionary: Dictionary, sample: Draft, tmp_path: Path, name: str
) -> None:
    draft, spoil = sample, SPOILS[name]
    spoil.change(draft, dictionary)
    # Arelle takes seconds: it has its own test below, and our own layers must find the cell without it.
    verdict = validate(draft.write(tmp_path), dictionary=dictionary, layers=("filing", "eba_rules"))
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
def test_arelle_sees_the_same_cell(
    dictionary: Dictionary, sample: Draft, tmp_path: Path, name: str, code: str
) -> None:
    draft, spoil = sample, SPOILS[name]
    spoil.change(draft, dictionary)
    verdict = validate(draft.write(tmp_path), dictionary=dictionary)
    found = [finding for finding in verdict.errors if finding.layer == "arelle"]
    assert found, str(verdict)
    assert any((f.table, f.row, f.column, f.sheet) == spoil.cell for f in found), found
    assert any(f.rule.startswith(code) for f in found), found
