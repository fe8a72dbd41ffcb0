"""The summary that dashboards read: the shape that was agreed, and figures that agree with the return."""

from __future__ import annotations

import json
from decimal import Decimal
from pathlib import Path

import pytest

from plimsoll.dictionary import Dictionary
from plimsoll.returns import Package, Return, fill, package, summarise
from plimsoll.returns.verdict import Finding, Layer, Verdict
from plimsoll.simulation import Result, simulate

KEYS = {
    "entity",
    "reference_date",
    "scenario",
    "ratios",
    "amounts",
    "marks",
    "rwa_by_class",
    "verdict",
    "package",
    "notices",
    "book_digest",
    "rules_digest",
    "large_exposures",
}


@pytest.fixture(scope="module")
def packed(filled: Return, dictionary: Dictionary, tmp_path_factory: pytest.TempPathFactory) -> Package:
    return package(filled, tmp_path_factory.mktemp("out"), dictionary=dictionary)


def verdict_of(packed: Package) -> Verdict:
    finding = Finding(layer="eba_rules", severity="warning", rule="v1_m", sentence="Something is off.")
    return Verdict(
        outcome="pass",
        package=packed.name,
        sha256=packed.sha256,
        entity="x",
        reference_date="2026-06-30",
        module="COREP_OF",
        taxonomy="reconstructed",
        layers=(Layer("eba_rules", "pass", "rules", evaluated=3, passed=2, warned=1),),
        findings=(finding,) * 60,
    )


def test_the_summary_is_what_was_agreed(filled: Return, result: Result, packed: Package) -> None:
    told = summarise(result, filled, packed, verdict_of(packed))
    assert set(told) == KEYS
    assert json.loads(json.dumps(told, allow_nan=False)) == told
    assert told["package"] == {"name": packed.path.name, "sha256": packed.sha256}
    assert told["verdict"]["outcome"] == "pass"
    assert told["verdict"]["layers"][0]["evaluated"] == 3
    assert len(told["verdict"]["findings"]) == 50
    assert told["marks"]["cet1_ratio"][0] == {
        "mark": "minimum",
        "level": 0.045,
        "article": "CRR Art. 92(1)(a)",
    }
    assert told["book_digest"] == result.book.digest


def test_its_figures_are_those_of_the_return(filled: Return, result: Result, packed: Package) -> None:
    told = summarise(result, filled, packed, verdict_of(packed))
    total = filled.fact("C_02.00.a", "0010", "0010")
    credit = filled.fact("C_02.00.a", "0040", "0010")
    assert total is not None
    assert credit is not None
    assert Decimal(str(told["amounts"]["rwa"])) == total.value
    assert Decimal(str(told["amounts"]["rwa_credit"])) == credit.value
    assert sum(Decimal(str(entry["rwa"])) for entry in told["rwa_by_class"]) == credit.value
    measure = Decimal(str(told["amounts"]["leverage_exposure"]))
    assert measure == Decimal(str(result.leverage.measure))
    assert told["ratios"]["leverage_ratio"] == result.leverage.ratio
    assert [mark["level"] for mark in told["marks"]["leverage_ratio"]] == [0.03]
    above = result.large_exposures.breaches
    assert [row["group"] for row in told["large_exposures"]["breaches"]] == above["group_id"].tolist()
    assert told["large_exposures"]["reported"] == result.large_exposures.groups["reported"].sum() > 0
    retail = next(entry for entry in told["rwa_by_class"] if entry["class"] == "retail")
    cell = filled.fact("C_07.00.a", "0010", "0200", "eba_qEC:qx26")
    assert cell is not None
    assert Decimal(str(retail["exposure_value"])) == cell.value


def test_unknown_own_funds_are_null_not_nan(result: Result, dictionary: Dictionary, tmp_path: Path) -> None:
    bare = simulate(result.book.replace(own_funds_items=result.book.tables["own_funds_items"].iloc[:0]))
    filled = fill(bare, "corep_of", dictionary)
    packed = package(filled, tmp_path, dictionary=dictionary)
    told = summarise(bare, filled, packed, verdict_of(packed))
    assert told["ratios"] == {
        "cet1_ratio": None,
        "tier1_ratio": None,
        "total_ratio": None,
        "leverage_ratio": None,
    }
    assert told["amounts"]["cet1"] is None
    json.dumps(told, allow_nan=False)
