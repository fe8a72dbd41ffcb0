"""COREP_LR and COREP_LE of the sample banks pass every layer, with the rules truly evaluated, on every date."""

from __future__ import annotations

import datetime
from pathlib import Path

import pytest

from plimsoll.data import sample_book
from plimsoll.dictionary import Dictionary, open_dictionary
from plimsoll.returns import Return, fill, package
from plimsoll.returns.verdict import Verdict, validate
from plimsoll.simulation import simulate

DAYS = [datetime.date(2025, 12, 31), datetime.date(2026, 6, 30), datetime.date(2026, 9, 30)]
OTHERS = [
    pytest.param(kind, day, marks=pytest.mark.slow)
    for kind in ("savings_bank", "universal_bank", "corporate_lender")
    for day in DAYS
    if (kind, day) != ("universal_bank", DAYS[1])
]


@pytest.fixture(scope="module")
def dictionary(dictionary_path: Path) -> Dictionary:
    return open_dictionary(dictionary_path)


def active(filled: Return, dictionary: Dictionary) -> int:
    """Return how many active rules of the module alone look at a table that is reported."""
    module = dictionary.module(filled.module, on=filled.reference_date)
    reported = {fact.table for fact in filled.facts}
    return sum(
        rule.active and not rule.cross_module and bool(reported.intersection(rule.tables))
        for rule in dictionary.rules(module)
    )


@pytest.mark.parametrize("module", ["corep_lr", "corep_le"])
@pytest.mark.parametrize(("kind", "day"), [("universal_bank", DAYS[1]), *OTHERS])
def test_the_bank_passes(
    kind: str, day: datetime.date, module: str, dictionary: Dictionary, tmp_path: Path
) -> None:
    filled = fill(simulate(sample_book(kind, exposures=2_000, reference_date=day)), module, dictionary)
    verdict: Verdict = validate(package(filled, tmp_path, dictionary=dictionary).path, dictionary=dictionary)
    assert verdict.outcome == "pass", verdict.findings
    assert verdict.findings == ()
    evaluated = verdict.layer("eba_rules").evaluated
    assert evaluated >= 0.9 * active(filled, dictionary)
    assert evaluated >= {"corep_lr": 40, "corep_le": 20}[module]
