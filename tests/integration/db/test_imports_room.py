"""The imports room against a real Postgres: a book comes in, its twin and its successor, and nobody else's."""

from __future__ import annotations

import asyncio
import csv
import io
import json
import re
import zipfile
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pytest
from dashboards.explorer.compute import find_source, open_position, read_shelf
from dashboards.imports.app import ImportsRoom
from dashboards.theme.sheet import Piece, Press

import plimsoll


@dataclass
class Person:
    """A viewer of the room, over the rooms' own login."""

    banks: Any
    name: str
    language: Any = "en"
    signed_in: bool = True

    def connect(self) -> Any:
        return self.banks.through("harbour_dashboards", self.name)

    async def is_signed_in(self) -> bool:
        return self.signed_in


@pytest.fixture(scope="module")
def books(tmp_path_factory) -> dict[str, bytes]:
    """Two books of one bank as ZIP: the second has one loan less, and a broken one."""
    folder = tmp_path_factory.mktemp("books")
    book = plimsoll.sample_book(exposures=200)
    later = book.replace(ledger=book.ledger.assign(name=[f"{name}." for name in book.ledger["name"]]))
    found = {}
    for name, each in (("first", book), ("later", later)):
        plimsoll.save(each, folder / name)
        found[name] = pack(folder / name)
    lines = book.ledger.astype(object)
    lines["amount"] = ["12,5", *lines["amount"][1:]]
    (folder / "later" / "ledger.parquet").unlink()
    lines.to_csv(folder / "later" / "ledger.csv", index=False)
    return found | {"broken": pack(folder / "later")}


def pack(folder: Path) -> bytes:
    content = io.BytesIO()
    with zipfile.ZipFile(content, "w") as archive:
        for path in folder.iterdir():
            archive.write(path, path.name)
    return content.getvalue()


@pytest.fixture
def opened(banks):
    rooms = []

    def open_for(name: str, language: str = "en") -> ImportsRoom:
        room = ImportsRoom(Person(banks, name, language))
        room.wants, room.files = [], []
        room.paper.want = lambda *piece: room.wants.append(piece)
        room.paper.hand_over = lambda *file: room.files.append(file)
        asyncio.run(room.open())
        rooms.append(room)
        return room

    yield open_for
    for room in rooms:
        room.end()


def press(room: ImportsRoom, act: str, id_: str = "", **fields: str) -> str:
    asyncio.run(room.press(Press(act, id_, fields)))
    return words(room.paper.html)


def words(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]+>", " ", html))


def bring(room: ImportsRoom, content: bytes, name: str = "book.zip") -> str:
    press(room, "offer", files=json.dumps([[name, len(content)]]))
    while room.wants:
        file, position = room.wants.pop()
        asyncio.run(room.take(Piece(file, position, content[position : position + 40_000])))
    return words(room.paper.html)


def test_a_book_comes_in_is_kept_and_can_be_explored_by_a_colleague(banks, opened, books):
    room = opened("port-amelie")
    assert "No book is kept here yet" in words(room.rail.html)
    said = bring(room, books["first"])
    for expected in (
        "Every row is valid",
        "not kept yet",
        "lines agree to the cent",
        "can be filled",
        "first book",
    ):
        assert expected in said
    with banks.member("port-amelie") as amelie:
        assert amelie.runs.made_with("book") == (), "examining keeps nothing"
    assert "Kept as version 1." in press(room, "keep")
    scratch = room.arrival
    assert scratch is None, "nothing is left of what came in"

    twin = bring(room, books["first"])
    assert "same book as version 1" in twin
    assert 'data-act="keep"' not in room.paper.html

    later = bring(room, books["later"])
    assert "beside version 1" in later
    assert "Kept as version 2." in press(room, "keep")

    with banks.through("harbour_dashboards", "port-bruno") as bruno:
        shelf = read_shelf(bruno)
        kept = [source for source in shelf.sources if source.kept]
        assert len(kept) == 2
        position = open_position(bruno, find_source(shelf, kept[0].run_id))
        assert position.book.digest == room.shelf.books[0].digest
    for stranger in ("nordhaven-nils", "port-dario"):
        other = opened(stranger)
        assert "Sparkasse" not in other.rail.html
        assert "No book is kept here yet" in words(other.rail.html)
        assert "kept by" not in press(other, "open", str(room.chosen))


def test_a_broken_book_is_named_row_by_row_and_not_kept(opened, books):
    room = opened("port-bruno", "fr")
    kept = room.shelf.books
    said = bring(room, books["broken"])
    assert "Ce livre n'a pas été repris" in said.replace("&#39;", "'")
    assert "12,5" in said
    press(room, "csv")
    name, content = room.files[0]
    rows = list(csv.reader(io.StringIO(content.decode("utf-8-sig"))))
    assert name == "problems.csv"
    assert ["ledger", "amount", "12,5"] in [[row[0], *row[2:4]] for row in rows]
    press(room, "keep")
    asyncio.run(room.refresh())
    assert room.shelf.books == kept


def test_who_only_reads_or_decides_keeps_nothing(opened, books):
    for name in ("port-dario", "port-chloe"):
        room = opened(name)
        assert "Analysts bring books in" in press(room, "new")
        press(room, "offer", files=json.dumps([["book.zip", len(books["first"])]]))
        assert room.wants == []
        assert room.arrival is None


def test_what_is_cancelled_or_closed_leaves_nothing(opened, books):
    room = opened("port-amelie")
    press(room, "offer", files=json.dumps([["book.zip", len(books["first"])]]))
    folder = room.arrival.folder
    assert folder.exists()
    asyncio.run(room.take(Piece(0, 0, books["first"][:1000])))
    assert "Files arrive" in room.status.html
    press(room, "stop")
    assert not folder.exists()
    assert room.status.html == ""
    assert "at most 256 MiB" in press(room, "offer", files=json.dumps([["book.zip", 1 << 40]]))
    assert "choose them again" in press(room, "offer", files="nonsense")
    press(room, "offer", files=json.dumps([["a.csv", 5]]))
    folder = room.arrival.folder
    room.viewer.signed_in = False
    press(room, "new")
    assert not folder.exists(), "who is signed out leaves nothing behind"
