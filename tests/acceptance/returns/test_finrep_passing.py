"""The financial information of the three sample banks passes, with the rules truly evaluated."""

from __future__ import annotations

import datetime
import random
from decimal import Decimal
from pathlib import Path

import pytest

from plimsoll.data import SAMPLE_ENTITIES, Entity, sample_book
from plimsoll.dictionary import Dictionary, Module, open_dictionary
from plimsoll.reproduction import reproduce
from plimsoll.returns import Return, explain, fill, package
from plimsoll.returns.verdict import validate
from plimsoll.simulation import simulate

DAYS = (datetime.date(2025, 12, 31), datetime.date(2026, 6, 30), datetime.date(2026, 9, 30))
BANKS = {
    "banque_du_port": "savings_bank",
    "union_universelle": "universal_bank",
    "elbe_handelskredit": "corporate_lender",
    "elbe_handelskredit_alone": "corporate_lender",
}
QUICK = ("structure", "eba_rules")
AIM = 0.9  # of the active rules whose tables are reported


@pytest.fixture(scope="module")
def dictionary(dictionary_path: Path) -> Dictionary:
    return open_dictionary(dictionary_path)


def filled(kind: str, entity: Entity, day: datetime.date, dictionary: Dictionary) -> Return:
    book = sample_book(kind, exposures=2_000, entity=entity, reference_date=day)
    return fill(simulate(book), "finrep9", dictionary)


def applicable(report: Return, module: Module, dictionary: Dictionary) -> int:
    """Return how many active rules of the module alone select tables that are all reported."""
    told = {
        table: report.indicators[template.code] for template in module.templates for table in template.tables
    }
    told.update(report.indicators)
    return sum(
        rule.active
        and not rule.cross_module
        and bool(rule.tables)
        and all(told.get(t, False) for t in rule.tables)
        for rule in dictionary.rules(module)
    )


def check(name: str, day: datetime.date, dictionary: Dictionary, folder: Path) -> None:
    entity = SAMPLE_ENTITIES[name]
    report = filled(BANKS[name], entity, day, dictionary)
    made = package(report, folder, dictionary=dictionary)
    verdict = validate(made.path, dictionary=dictionary, layers=QUICK)
    assert verdict.findings == ()
    rules = verdict.layer("eba_rules")
    assert (rules.failed, rules.warned, rules.unsupported) == (0, 0, 0)
    module = dictionary.module("FINREP9", on=day)
    assert rules.evaluated >= AIM * applicable(report, module, dictionary), rules
    assert f".{entity.scope}_{entity.country}_FINREP" in made.path.name


@pytest.mark.parametrize("name", BANKS)
def test_no_rule_is_broken_and_nine_of_ten_are_evaluated(
    name: str, dictionary: Dictionary, tmp_path: Path
) -> None:
    check(name, DAYS[1], dictionary, tmp_path)


@pytest.mark.slow
@pytest.mark.parametrize("name", BANKS)
@pytest.mark.parametrize("day", [DAYS[0], DAYS[2]])
def test_nor_on_the_other_dates(
    name: str, day: datetime.date, dictionary: Dictionary, tmp_path: Path
) -> None:
    check(name, day, dictionary, tmp_path)


@pytest.mark.parametrize("name", list(BANKS)[:3])
def test_five_hundred_cells_drill_down_to_their_value(name: str, dictionary: Dictionary) -> None:
    """Drill sum = filed value, exactly; and no cell that is not empty is without what stands behind it."""
    report = filled(BANKS[name], SAMPLE_ENTITIES[name], DAYS[1], dictionary)
    numbers = [fact for fact in report.facts if isinstance(fact.value, Decimal) and fact.value != 0]
    chosen = random.Random(name).sample(numbers, min(500, len(numbers)))
    assert len(chosen) > 300
    for fact in chosen:
        found = explain(report, fact.table, row=fact.row, column=fact.column)
        assert found.total == fact.value == found.value, fact.cell
        assert len(found.lines), fact.cell


def test_the_same_return_comes_out_again(dictionary: Dictionary, tmp_path: Path) -> None:
    book = sample_book(exposures=300)
    report = fill(simulate(book), "finrep9", dictionary)
    made = package(report, tmp_path, dictionary=dictionary)
    shuffled = {name: table.sample(frac=1, random_state=1) for name, table in book.tables.items()}
    again = reproduce(report, book.replace(**shuffled), package_path=made.path, dictionary=dictionary)
    assert again.same, again.first_difference


@pytest.mark.parametrize(
    "name", [pytest.param(name, marks=pytest.mark.slow if name != "banque_du_port" else ()) for name in BANKS]
)
def test_the_package_passes_every_layer(name: str, dictionary: Dictionary, tmp_path: Path) -> None:
    report = filled(BANKS[name], SAMPLE_ENTITIES[name], DAYS[1], dictionary)
    verdict = validate(package(report, tmp_path, dictionary=dictionary).path, dictionary=dictionary)
    assert verdict.outcome == "pass", verdict.findings
    assert verdict.layer("arelle").evaluated == len(report.facts)
    assert verdict.layer("filing").failed == 0
