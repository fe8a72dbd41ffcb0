"""C 00.01, the nature of the report: stated by the book, never guessed."""

from __future__ import annotations

import datetime
from dataclasses import replace
from pathlib import Path

import pytest

from plimsoll.data import SAMPLE_ENTITIES, Book, Entity, load, sample_book, save
from plimsoll.dictionary import Dictionary
from plimsoll.errors import BookError
from plimsoll.returns import Return, explain, fill
from plimsoll.simulation import simulate

UNSTATED = Entity("Testbank", "529900T8BM49AURSDO55", "IND", "DE")


def made(entity: Entity, day: datetime.date = datetime.date(2026, 6, 30)) -> Book:
    return sample_book("savings_bank", seed=3, exposures=200, entity=entity, reference_date=day)


@pytest.mark.parametrize(
    ("bank", "day", "accounting", "level"),
    [
        ("banque_du_port", datetime.date(2026, 6, 30), "eba_qAS:qx2004", "eba_qSC:qx10"),
        ("nordhaven", datetime.date(2026, 6, 30), "eba_qAS:qx2005", "eba_qSC:qx9"),
        ("banque_du_port", datetime.date(2025, 12, 31), "eba_AS:x2", "eba_SC:x7"),
        ("nordhaven", datetime.date(2025, 12, 31), "eba_AS:x1", "eba_SC:x6"),
    ],
)
def test_the_member_is_the_one_of_the_module_in_force(
    bank: str, day: datetime.date, accounting: str, level: str, dictionary: Dictionary
) -> None:
    filled = fill(simulate(made(SAMPLE_ENTITIES[bank], day)), "corep_of", dictionary)
    held = {fact.row: fact.value for fact in filled.facts if fact.table == "C_00.01"}
    assert held == {"0010": accounting, "0020": level}
    assert filled.indicators["C_00.01"]


def test_the_cell_is_explained(filled: Return) -> None:
    told = explain(filled, "C_00.01", row="0010", column="0010")
    assert (told.value, told.formula) == ("eba_qAS:qx2004", "the entity's accounting")


def test_an_unstated_standard_leaves_the_template_out_and_says_so(dictionary: Dictionary) -> None:
    result = simulate(made(UNSTATED))
    filled = fill(result, "corep_of", dictionary)
    assert not filled.indicators["C_00.01"]
    assert not [fact for fact in filled.facts if fact.table == "C_00.01"]
    assert any("C 00.01" in notice for notice in result.notices)


def test_the_standard_is_part_of_the_book(tmp_path: Path) -> None:
    book = made(replace(UNSTATED, accounting="gaap"))
    folder = tmp_path / "book"
    save(book, folder)
    assert load(folder).entity == book.entity
    assert load(folder).digest == book.digest != made(UNSTATED).digest


def test_no_other_word_is_a_standard() -> None:
    with pytest.raises(BookError, match="accounting"):
        replace(UNSTATED, accounting="hgb")  # type: ignore[arg-type]  # what a book.toml may say
