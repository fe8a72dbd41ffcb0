"""COREP_OF of three banks on three dates: no finding, and the EBA's rules truly evaluated."""

from __future__ import annotations

import datetime
import random
from decimal import Decimal
from pathlib import Path

import pytest

from plimsoll.data import sample_book
from plimsoll.dictionary import Dictionary, open_dictionary
from plimsoll.returns import Return, explain, fill, package
from plimsoll.returns.verdict import validate
from plimsoll.simulation import simulate

DAYS = [datetime.date(2025, 12, 31), datetime.date(2026, 6, 30), datetime.date(2026, 9, 30)]
KINDS = ["savings_bank", "universal_bank", "corporate_lender"]
OTHERS = [
    pytest.param(kind, day, marks=pytest.mark.slow)
    for kind in KINDS
    for day in DAYS
    if (kind, day) != ("universal_bank", DAYS[1])
]
FEWEST = {"savings_bank": 213, "universal_bank": 334, "corporate_lender": 209}
"""Rules truly evaluated: fewer means that something is no longer reported."""


@pytest.fixture(scope="module")
def dictionary(dictionary_path: Path) -> Dictionary:
    return open_dictionary(dictionary_path)


@pytest.mark.parametrize(("kind", "day"), [("universal_bank", DAYS[1]), *OTHERS])
def test_no_rule_finds_anything(
    kind: str, day: datetime.date, dictionary: Dictionary, tmp_path: Path
) -> None:
    filled = fill(simulate(sample_book(kind, exposures=800, reference_date=day)), "corep_of", dictionary)
    path = package(filled, tmp_path, dictionary=dictionary).path
    verdict = validate(path, dictionary=dictionary, layers=("filing", "eba_rules"))
    assert verdict.findings == (), str(verdict)
    assert [layer.outcome for layer in verdict.layers] == ["pass", "not_evaluated", "pass", "pass"]
    rules = verdict.layer("eba_rules")
    assert (rules.failed, rules.warned, rules.unsupported) == (0, 0, 0)
    assert rules.evaluated >= FEWEST[kind]
    told = set(rules.corrected)
    assert told <= {"v4770_m", "v6272_m", "v0330_m", "v0333_m"}


@pytest.mark.slow
@pytest.mark.parametrize("kind", KINDS)
def test_five_hundred_cells_are_explained_to_the_cent(kind: str, dictionary: Dictionary) -> None:
    filled = fill(simulate(sample_book(kind, exposures=2_000)), "corep_of", dictionary)
    picked = random.Random(7).sample(filled.facts, 500)
    assert sum(_explained(filled, fact.cell) for fact in picked) > 200


def test_cells_of_internal_ratings_are_explained(dictionary: Dictionary) -> None:
    filled = fill(simulate(sample_book("universal_bank", exposures=800)), "corep_of", dictionary)
    rated = [fact for fact in filled.facts if fact.table.startswith(("C_06", "C_08", "C_09"))]
    picked = random.Random(11).sample(rated, 120)
    assert sum(_explained(filled, fact.cell) for fact in picked) > 50


def _explained(filled: Return, cell: object) -> bool:
    """Check a cell against its explanation; say whether its rows sum to it."""
    fact = filled.values[cell]  # type: ignore[index]
    told = explain(filled, fact.table, row=fact.row, column=fact.column, sheet=fact.sheet)
    assert told.value == fact.value, fact
    if told.is_sum:
        assert told.total == fact.value, fact
    if told.definition.shape == "weighted":
        weights = sum(told.lines["weight"], Decimal(0))
        places = Decimal(1).scaleb(-told.definition.places)
        assert (told.total / weights).quantize(places) == fact.value, fact
    return told.is_sum
