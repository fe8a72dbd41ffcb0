"""Two returns compared: every cell that differs, and why where one reason can be told."""

from __future__ import annotations

from dataclasses import replace
from decimal import Decimal

import pytest

import plimsoll
from plimsoll.dictionary import Dictionary
from plimsoll.errors import ReturnError
from plimsoll.returns import Return, compare, fill
from plimsoll.simulation import Result, simulate


def test_a_return_does_not_differ_from_itself(filled: Return) -> None:
    same = plimsoll.compare(filled, filled)
    assert (len(same.cells), same.causes, same.cause) == (0, (), None)


def test_a_scenario_is_the_one_cause(filled: Return, result: Result, dictionary: Dictionary) -> None:
    shocked = fill(simulate(result.book, scenario="house_prices_down_20"), "corep_of", dictionary)
    found = compare(filled, shocked)
    assert found.cause == "scenario"
    cells = found.cells
    (total,) = cells[(cells["table"] == "C_02.00.a") & (cells["row"] == "0010")].itertuples(index=False)
    assert total.change == total.after - total.before > 0
    changed = {
        name
        for name in filled.values.keys() | shocked.values.keys()
        if (filled.values[name].value if name in filled.values else None)
        != (shocked.values[name].value if name in shocked.values else None)
    }
    assert len(found.cells) == len(changed)


def test_data_and_scenario_together_have_no_one_cause(
    filled: Return, result: Result, dictionary: Dictionary
) -> None:
    exposures = result.book.tables["exposures"].copy()
    exposures["amount"] = exposures["amount"] * 2
    shocked = simulate(result.book.replace(exposures=exposures), scenario="house_prices_down_20")
    found = compare(filled, fill(shocked, "corep_of", dictionary))
    assert found.causes == ("data", "scenario")
    assert found.cause is None


def test_a_cell_no_longer_reported_counts_as_zero(filled: Return) -> None:
    gone = next(fact for fact in filled.facts if fact.table == "C_07.00.a" and fact.value)
    shorter = replace(filled, facts=tuple(fact for fact in filled.facts if fact is not gone))
    found = compare(filled, shorter)
    (row,) = found.cells.itertuples(index=False)
    assert (row.before, row.after, row.change) == (gone.value, None, -Decimal(gone.value))
    assert found.cause == "code"


def test_different_modules_do_not_compare(filled: Return) -> None:
    with pytest.raises(ReturnError, match="no cells in common"):
        compare(filled, replace(filled, module="COREP_LR"))
