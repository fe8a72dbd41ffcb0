"""500 random cells of each bank, over its four returns: what stands behind each and the steps stated give its value."""

from __future__ import annotations

import random
from decimal import Decimal
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from plimsoll.data import sample_book
from plimsoll.dictionary import Dictionary, open_dictionary
from plimsoll.returns import Explanation, Fact, Return, explain, fill
from plimsoll.simulation import simulate

MODULES = ("corep_of", "corep_lr", "corep_le", "finrep9")
BANKS = [
    pytest.param("savings_bank", marks=pytest.mark.slow),
    pytest.param("universal_bank", marks=pytest.mark.slow),
    "corporate_lender",
]
CENT = Decimal("0.01")
RATIO = Decimal("0.000001")


@pytest.fixture(scope="module")
def dictionary(dictionary_path: Path) -> Dictionary:
    return open_dictionary(dictionary_path)


@pytest.mark.parametrize("bank", BANKS)
def test_what_stands_behind_a_cell_and_the_steps_stated_give_its_value(
    bank: str, dictionary: Dictionary
) -> None:
    result = simulate(sample_book(bank, exposures=300))
    returns = [fill(result, module, dictionary) for module in MODULES]
    held = [(filled, fact) for filled in returns for fact in filled.facts if fact.value != 0]
    assert all(fact.cell in filled.evaluation for filled, fact in held)
    assert {filled.module for filled, _ in held} == {module.upper() for module in MODULES}
    for filled, fact in random.Random(bank).sample(held, 500):
        told = explain(filled, fact.table, row=fact.row, column=fact.column, sheet=fact.sheet)
        assert told.value == fact.value, fact
        assert len(told.lines) or told.parts, f"{fact.cell} has nothing behind it: {told.formula}"
        assert stated(told, filled, fact) == fact.value, fact


def stated(told: Explanation, filled: Return, fact: Fact) -> Decimal | str:  # noqa: PLR0911  # one step per shape
    """Return what the rows and cells behind a cell come to, by the step that its formula states."""
    formula, lines, parts = told.definition, told.lines, [part.value for part in told.parts]
    numbers = [part for part in parts if isinstance(part, Decimal)]
    match formula.shape:
        case "sum" | "add" | "count":
            return told.total
        case "weighted":
            weight = sum(lines["weight"], Decimal(0))
            return (told.total / weight).quantize(Decimal(1).scaleb(-formula.places))
        case "yearly":
            sums = lines.groupby("year_end")[["contribution", "weight"]].sum()
            shares = [
                part / whole
                for part, whole in zip(sums["contribution"], sums["weight"], strict=True)
                if whole
            ]
            return (sum(shares, Decimal(0)) / len(shares)).quantize(Decimal(1).scaleb(-formula.places))
        case "mean":
            return (told.total / len(lines)).quantize(CENT)
        case "ratio":
            return (numbers[0] / numbers[1]).quantize(RATIO)
        case "surplus":
            return (numbers[0] - level_of(filled, formula.ratio, formula.marks) * numbers[1]).quantize(CENT)
        case "lowest":
            return min(numbers)
        case "level":
            return level_of(filled, formula.ratio, formula.marks)
        case "rate":
            return Decimal(str(lines[formula.column].iloc[0])).quantize(RATIO)
        case _:
            return word_of(lines[formula.column].iloc[0], formula.prefix, dict(formula.members), fact)


def level_of(filled: Return, ratio: str, marks: tuple[str, ...]) -> Decimal:
    """Return the level of the first of the marks there is."""
    table = filled.position.table("marks" if "marks" in filled.position.tables else "leverage_marks")
    levels = {row.mark: row.level for row in table.itertuples() if row.ratio == ratio}
    return Decimal(str(next(levels[mark] for mark in marks if mark in levels))).quantize(RATIO)


def word_of(word: object, prefix: str, members: dict[str, str], fact: Fact) -> str:
    """Return the word as it is filed: a member behind its prefix, one of a list, or words."""
    if fact.data_type != "e":
        return str(word).lower() if isinstance(word, bool | np.bool_) else str(word)
    assert not pd.isna(word)
    return f"{prefix}{word}" if prefix else members[str(word)]
