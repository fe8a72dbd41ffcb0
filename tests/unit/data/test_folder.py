"""A folder of tables loads strictly; what is strange in a file is refused by file, column and value."""

from __future__ import annotations

import datetime
import shutil
from collections.abc import Callable
from pathlib import Path

import pandas as pd
import pytest

from plimsoll.data import SAMPLE_ENTITIES, Book, load, sample_book, save
from plimsoll.errors import BookError

Tables = dict[str, pd.DataFrame]


@pytest.fixture
def folder(tmp_path: Path, tables: Tables, make: Callable[..., Book]) -> Path:
    """Return a folder of CSV tables of a sound book."""
    place = tmp_path / "book"
    save(make(tables), place)
    for name in tables:
        frame = pd.read_parquet(place / f"{name}.parquet")
        frame = frame.assign(
            **{c: frame[c].map({True: "true", False: "false"}) for c in frame.select_dtypes("bool")}
        )
        frame.to_csv(place / f"{name}.csv", index=False)
        (place / f"{name}.parquet").unlink()
    return place


def refused(place: Path) -> list[tuple[str, str, str, str]]:
    with pytest.raises(BookError) as refusal:
        load(place)
    return [(p.table, p.column, p.value, p.reason) for p in refusal.value.problems]


def test_csv_and_parquet_are_the_same_book(folder: Path, tables: Tables, make: Callable[..., Book]) -> None:
    assert load(folder).digest == make(tables).digest


def test_a_saved_sample_bank_comes_back(tmp_path: Path) -> None:
    book = sample_book(exposures=150, entity=SAMPLE_ENTITIES["nordhaven"])
    save(book, tmp_path / "b")
    again = load(tmp_path / "b")
    assert again.digest == book.digest
    assert (again.entity, again.reference_date, again.source) == (
        book.entity,
        book.reference_date,
        book.source,
    )


def test_bom_crlf_and_quotes_are_read(folder: Path, tables: Tables, make: Callable[..., Book]) -> None:
    for file in folder.glob("*.csv"):
        text = file.read_text(encoding="utf-8")
        file.write_bytes(b"\xef\xbb\xbf" + text.replace("\n", "\r\n").encode())
    assert load(folder).digest == make(tables).digest


def test_hostile_text_stays_text(folder: Path) -> None:
    file = folder / "counterparties.csv"
    frame = pd.read_csv(file, keep_default_na=False, dtype=str)
    names = ['=cmd|"/c calc"!A0', 'Müller\nSöhne 💶, "&" <b>']
    frame["name"] = names
    frame.to_csv(file, index=False)
    assert load(folder).counterparties["name"].tolist() == names


def test_namibia_is_a_country_and_not_missing(folder: Path) -> None:
    assert load(folder).counterparties["country"].tolist() == ["FR", "NA"]


def test_a_decimal_comma_is_refused(folder: Path) -> None:
    file = folder / "exposures.csv"
    file.write_text(file.read_text().replace("2000000.0", '"2000000,0"'))
    assert refused(folder) == [("exposures", "amount", "2000000,0", "is not a number (write 1234.56)")]


def test_python_spelling_of_true_is_refused(folder: Path) -> None:
    file = folder / "exposures.csv"
    file.write_text(file.read_text().replace("false", "False"))
    assert {(c, v) for _, c, v, _ in refused(folder)} >= {("defaulted", "False"), ("on_balance", "False")}


def test_unknown_files_are_refused_by_name(folder: Path) -> None:
    (folder / "exposure.csv").write_text("a\n1\n")
    (folder / "deposits.xlsx").write_bytes(b"PK")
    assert refused(folder) == [
        ("deposits", "-", "deposits.xlsx", "is no Parquet or CSV table"),
        ("exposure", "-", "exposure.csv", "is no table of a book; did you mean 'exposures'?"),
    ]


def test_words_for_people_are_passed_over(folder: Path) -> None:
    (folder / "README.md").write_text("what this is")
    assert load(folder).source == "test"


def test_the_same_table_twice_is_refused(folder: Path) -> None:
    pd.DataFrame({"account": ["1"]}).to_parquet(folder / "ledger.parquet")
    assert refused(folder) == [("ledger", "-", "ledger.parquet", "comes beside ledger.csv: keep one")]


@pytest.mark.parametrize(
    ("content", "reason"),
    [
        ("", "is empty: not even a header"),
        ("account,account\n1,2\n", "stands twice in the header"),
        ("account,name\n1,a,b\n", "Expected 2 columns, got 3"),
    ],
)
def test_broken_csv_is_refused(folder: Path, content: str, reason: str) -> None:
    (folder / "ledger.csv").write_text(content)
    ((table, _, _, found),) = refused(folder)
    assert table == "ledger"
    assert reason in found


def test_other_encodings_are_refused(folder: Path) -> None:
    (folder / "ledger.csv").write_bytes("account,name,side,amount\n1,Aktiva Ä,asset,1\n".encode("latin-1"))
    assert [(table, why[:14]) for table, _, _, why in refused(folder)] == [("ledger", "cannot be read")]


def test_a_broken_parquet_file_is_refused(folder: Path) -> None:
    (folder / "deposits.parquet").write_bytes(b"PAR1 not at all PAR1")
    assert [(table, why[:14]) for table, _, _, why in refused(folder)] == [("deposits", "cannot be read")]


def test_book_toml_must_say_who_and_when(folder: Path) -> None:
    who, when = SAMPLE_ENTITIES["banque_du_port"], datetime.date(2026, 6, 30)
    (folder / "book.toml").unlink()
    ((_, column, _, reason),) = refused(folder)
    assert column == "entity"
    assert "book.toml, or pass entity=" in reason
    assert load(folder, entity=who, reference_date=when).entity == who
    with pytest.raises(BookError, match="or pass reference_date="):
        load(folder, entity=who)


@pytest.mark.parametrize(
    ("text", "column", "reason"),
    [
        ("reference_date = '2026-06-30'\n", "reference_date", "is not a date"),
        ("referencedate = 2026-06-30\n", "referencedate", "did you mean 'reference_date'"),
        ("[entity]\nname = 'B'\nlei = 'X'\n", "entity.scope", "is missing"),
        ("[entity]\nname = 'B'\nLEI = 'X'\n", "entity.LEI", "is unknown"),
        ("= 3\n", "-", "cannot be read"),
    ],
)
def test_book_toml_is_checked(folder: Path, text: str, column: str, reason: str) -> None:
    manifest = folder / "book.toml"
    rest = manifest.read_text()
    if text.startswith("reference_date"):
        text += rest[rest.index("source") :]
    manifest.write_text(text)
    ((_, found, _, why),) = refused(folder)
    assert found == column
    assert reason in why


def test_what_is_no_book_is_said_plainly(tmp_path: Path) -> None:
    assert refused(tmp_path / "nowhere") == [("book", "-", str(tmp_path / "nowhere"), "does not exist")]
    (tmp_path / "empty").mkdir()
    assert refused(tmp_path / "empty")[0][3].startswith("has no table; known are counterparties")
    (tmp_path / "book.xlsx").write_bytes(b"PK")
    assert refused(tmp_path / "book.xlsx")[0][3].startswith("is no book: name a folder")


def test_save_never_overwrites(folder: Path) -> None:
    book = load(folder)
    with pytest.raises(BookError, match="is not empty: name a new folder"):
        save(book, folder)
    shutil.rmtree(folder)
    save(book, folder)
    assert load(folder).digest == book.digest
