"""A run's book is the one asked for, or the run is refused with the reason."""

from __future__ import annotations

import hashlib
from pathlib import Path

import pytest

import plimsoll
from harbour.execution.books import open_book, pack_book
from harbour.execution.paths import BOOKS, absolute_book, find_artefact
from plimsoll.errors import BookError

DAY = "2026-06-30"
SAMPLE = "sample:savings_bank?seed=3&exposures=120"


def test_a_sample_takes_its_seed_size_and_entity():
    book = open_book(SAMPLE, entity="969500DEMOPORT000140.IND.FR.Banque du Port", reference_date=DAY)
    assert len(book.exposures) == 120
    assert book.entity.scope == "IND"
    assert open_book(SAMPLE, reference_date=DAY).digest == open_book(SAMPLE, reference_date=DAY).digest


@pytest.mark.parametrize(
    ("asked", "said"),
    [
        ("sample:savings_bank?seed=three", "is not sample:NAME"),
        ("sample:savings_bank?mood=1", "asks for mood"),
        ("artefact:" + "0" * 64, "is no packed book here"),
        ("/nowhere/at/all", "does not exist"),
    ],
)
def test_what_cannot_be_opened_is_refused_with_the_reason(asked, said):
    with pytest.raises(BookError, match=said):
        open_book(asked, reference_date=DAY)


def test_a_folder_is_checked_against_date_and_entity(tmp_path):
    plimsoll.save(open_book(SAMPLE, reference_date=DAY), tmp_path / "book")
    path = str(tmp_path / "book")
    lei = open_book(path, reference_date=DAY).entity.lei
    assert open_book(path, entity=f"{lei}.CON", reference_date=DAY).entity.scope == "CON"
    with pytest.raises(BookError, match="is not the book's date, 2026-06-30"):
        open_book(path, reference_date="2026-03-31")
    with pytest.raises(BookError, match="is not the book's entity"):
        open_book(path, entity=f"{lei}.IND", reference_date=DAY)


def test_a_packed_book_comes_back_the_same(tmp_path, monkeypatch):
    book = open_book(SAMPLE, reference_date=DAY)
    packed = pack_book(book)
    assert packed == pack_book(book)
    sha256 = hashlib.sha256(packed).hexdigest()
    (tmp_path / sha256).write_bytes(packed)
    monkeypatch.setenv(BOOKS, str(tmp_path))
    assert open_book(f"artefact:{sha256}", reference_date=DAY).digest == book.digest


def test_requests_keep_their_meaning_in_another_folder(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    assert absolute_book("book") == str(Path(tmp_path, "book").resolve())
    assert absolute_book("transparency:data") == f"transparency:{Path(tmp_path, 'data').resolve()}"
    assert absolute_book(SAMPLE) == SAMPLE
    assert find_artefact("artefact:../../etc/passwd") is None
